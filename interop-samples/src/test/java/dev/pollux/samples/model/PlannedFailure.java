package dev.pollux.samples.model;

/** A failure that a pipeline is meant to have: known by its message in the model. */
final class PlannedFailure extends RuntimeException {

  private static final long serialVersionUID = 1;

  PlannedFailure(String message) {
    super(message, null, false, false);
  }
}
