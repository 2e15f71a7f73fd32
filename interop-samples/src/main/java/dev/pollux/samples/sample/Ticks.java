package dev.pollux.samples.sample;

/**
 * The clock of a script: at each tick the reader wants some more, and then everything runs that
 * can.
 *
 * @threading confined to one thread
 */
final class Ticks {

  private final Reader reader;
  private final Ledger ledger;
  private final HandCrank crank;

  Ticks(Reader reader, Ledger ledger, HandCrank crank) {
    this.reader = reader;
    this.ledger = ledger;
    this.crank = crank;
  }

  /** So many ticks, at each of which the reader wants {@code each}; fewer if it is over before. */
  void pass(int ticks, int each) {
    for (int tick = 0; tick < ticks && !ledger.isOver(); tick++) {
      if (each > 0) {
        reader.want(each);
      }
      crank.turn();
    }
  }

  /** The reader gives up. */
  void cancel() {
    reader.cancel();
    crank.turn();
  }
}
