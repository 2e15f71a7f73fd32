package dev.pollux.samples.echo;

import java.io.IOException;

/** Thrown where other bytes come back than were sent. */
final class WrongEchoException extends IOException {

  private static final long serialVersionUID = 1L;

  WrongEchoException(String message) {
    super(message);
  }
}
