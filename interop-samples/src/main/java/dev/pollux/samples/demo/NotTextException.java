package dev.pollux.samples.demo;

import java.io.IOException;

/** Thrown where a file turns out to be something else than UTF-8 text. */
final class NotTextException extends IOException {

  private static final long serialVersionUID = 1L;

  NotTextException(String why, long offset) {
    super("not a text file: " + why + " at byte " + offset);
  }
}
