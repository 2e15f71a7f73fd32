package dev.pollux.samples.echo;

import java.io.IOException;

/** Thrown where the server ends a connection that the client has not ended. */
final class ClosedByServerException extends IOException {

  private static final long serialVersionUID = 1L;

  ClosedByServerException() {
    super("the server has closed the connection");
  }
}
