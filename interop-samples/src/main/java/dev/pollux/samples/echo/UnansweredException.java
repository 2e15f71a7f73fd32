package dev.pollux.samples.echo;

import java.io.IOException;

/** Thrown where an echo does not come for so long that it will not. */
final class UnansweredException extends IOException {

  private static final long serialVersionUID = 1L;

  UnansweredException() {
    super("no answer within " + Load.STALL_NANOS / 1_000_000_000 + " s");
  }
}
