package dev.pollux.samples.cli;

/** Thrown by a command that can't go on, where the message is all that the user needs. */
final class CommandException extends Exception {

  private static final long serialVersionUID = 1L;

  private final int exitCode;

  CommandException(int exitCode, String message) {
    super(message);
    this.exitCode = exitCode;
  }

  int exitCode() {
    return exitCode;
  }
}
