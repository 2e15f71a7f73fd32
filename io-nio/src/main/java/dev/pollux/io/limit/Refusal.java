package dev.pollux.io.limit;

/** What was not put up with. */
public enum Refusal {
  /** There were as many connections as there may be: the next one had to wait in the backlog. */
  FULL(1 << 0, "had to wait"),
  /** The address had as many connections as it may have: another one was closed. */
  PEER(1 << 1, "too many of one address"),
  /** Nothing came or went for too long, while somebody waited for it. */
  IDLE(1 << 2, "idle too long"),
  /** The peer took nothing for too long of what was written. */
  STALLED(1 << 3, "took nothing too long"),
  /** The peer sent something all the time, but hardly anything. */
  TRICKLE(1 << 4, "sent too slowly"),
  /** The connection was there for longer than one may be. */
  LIFETIME(1 << 5, "open too long"),
  /** A frame was begun, and was not complete in time. */
  FRAME(1 << 6, "frame not complete in time");

  /** A bit of its own, for a set in one word. */
  final int bit;

  private final String words;

  Refusal(int bit, String words) {
    this.bit = bit;
    this.words = words;
  }

  /** In words: {@code idle too long}. */
  @Override
  public String toString() {
    return words;
  }
}
