package dev.pollux.samples.sample;

/** What the source has, and what the reader wants of it: the same for each library. */
enum Script {
  /** 1,000 numbers, and a reader that takes one at a tick. */
  SLOW(1_000) {
    @Override
    void readBy(Ticks ticks) {
      ticks.pass(Integer.MAX_VALUE, 1);
    }
  },

  /** The same, and the reader gives up half-way; then the close of the source fails. */
  CANCELLED(1_000) {
    @Override
    void readBy(Ticks ticks) {
      ticks.pass(500, 1);
      ticks.cancel();
    }
  },

  /** A source that fails after 500 numbers. */
  FAILING(500) {
    @Override
    void readBy(Ticks ticks) {
      ticks.pass(Integer.MAX_VALUE, 1);
    }
  },

  /** A reader that takes one at a tick, then ten, then none, then a hundred. */
  CHANGING(1_000) {
    @Override
    void readBy(Ticks ticks) {
      ticks.pass(100, 1);
      ticks.pass(50, 10);
      ticks.pass(100, 0);
      ticks.pass(5, 100);
    }
  };

  private final int end;

  Script(int end) {
    this.end = end;
  }

  /** The source that is read. */
  NumberSource source(Ledger ledger) {
    return new NumberSource(
        ledger,
        end,
        this == FAILING ? SourceFailedException.OF_SOURCE : null,
        this == CANCELLED ? SourceFailedException.OF_CLOSE : null);
  }

  /** Reads it. */
  abstract void readBy(Ticks ticks);
}
