package dev.pollux.samples.cli;

/** Thrown by a command that was called wrongly; the message is all that the user needs. */
final class UsageException extends Exception {

  private static final long serialVersionUID = 1L;

  UsageException(String message) {
    super(message);
  }
}
