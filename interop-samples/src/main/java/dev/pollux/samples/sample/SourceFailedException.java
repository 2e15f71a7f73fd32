package dev.pollux.samples.sample;

/**
 * The failure of a {@link NumberSource}; made once, so that it adds nothing to what is measured.
 */
@SuppressWarnings("StaticAssignmentOfThrowable") // they have no stack trace to be wrong
final class SourceFailedException extends RuntimeException {

  static final SourceFailedException OF_SOURCE = new SourceFailedException("the source failed");

  static final SourceFailedException OF_CLOSE = new SourceFailedException("the close failed");

  private static final long serialVersionUID = 1;

  private SourceFailedException(String message) {
    super(message, null, false, false);
  }
}
