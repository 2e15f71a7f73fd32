package dev.pollux.io.limit;

/** What was not put up with. */
public enum Refusal {
  /** There were as many connections as there may be: the next one had to wait in the backlog. */
  FULL("had to wait"),
  /** The address had as many connections as it may have: another one was closed. */
  PEER("too many of one address"),
  /** Nothing came or went for too long, while somebody waited for it. */
  IDLE("idle too long"),
  /** The peer took nothing for too long of what was written. */
  STALLED("took nothing too long"),
  /** The peer sent something all the time, but hardly anything. */
  TRICKLE("sent too slowly"),
  /** The connection was there for longer than one may be. */
  LIFETIME("open too long"),
  /** A frame was begun, and was not complete in time. */
  FRAME("frame not complete in time");

  private final String words;

  Refusal(String words) {
    this.words = words;
  }

  /** In words: {@code idle too long}. */
  @Override
  public String toString() {
    return words;
  }
}
