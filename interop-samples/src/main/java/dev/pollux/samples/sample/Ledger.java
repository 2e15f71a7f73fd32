package dev.pollux.samples.sample;

import org.jspecify.annotations.Nullable;

/**
 * What one run of {@link PullVsPushSample} has done, counted at both of its ends: by the source
 * that makes the numbers and by the reader that takes them.
 *
 * @threading confined to one thread
 */
final class Ledger {

  private int requests;
  private long requested;
  private int made;
  private int taken;
  private int told;
  private int failuresTold;
  private int mostInFlight;
  private boolean inOrder = true;
  private boolean isOver;
  private @Nullable Throwable failure;

  // ---- the source

  /** The source was asked for some more. */
  void requested(long more) {
    requests++;
    requested += more;
  }

  /** The source has made an element. */
  void makes() {
    made++;
    mostInFlight = Math.max(mostInFlight, inFlight());
  }

  // ---- the reader

  /** The reader has taken an element. */
  void took(int number) {
    inOrder &= number >= taken;
    taken++;
  }

  /** The reader was told the end. */
  void ended() {
    isOver = true;
  }

  /** The reader was told the failure. */
  void failed(Throwable failure) {
    isOver = true;
    this.failure = failure;
  }

  // ---- the hooks

  /** A hook was told of an element that nobody will take. */
  void told(Object element) {
    told++;
  }

  /** A hook was told of a failure that nobody will see. */
  void toldFailure(Throwable failure) {
    failuresTold++;
  }

  // ---- what came out

  int requests() {
    return requests;
  }

  long requestedSum() {
    return requested;
  }

  int made() {
    return made;
  }

  int taken() {
    return taken;
  }

  int told() {
    return told;
  }

  int failuresTold() {
    return failuresTold;
  }

  /** How many were made, and neither taken nor told to a hook so far. */
  int inFlight() {
    return made - taken - told;
  }

  /** The most there ever were. */
  int mostInFlight() {
    return mostInFlight;
  }

  /** Whether the numbers came in ascending order. */
  boolean isInOrder() {
    return inOrder;
  }

  /** Whether the reader was told the end or a failure. */
  boolean isOver() {
    return isOver;
  }

  @Nullable Throwable failure() {
    return failure;
  }
}
