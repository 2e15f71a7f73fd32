package dev.pollux.testing;

/**
 * A rule of the contract of {@link dev.pollux.core.Future} or {@link dev.pollux.core.AsyncIterator}
 * that the conformance suites check, each by a check of its own.
 */
public enum Law {
  /**
   * The output, the elements or the failure are as expected, however often and late the children
   * answer.
   */
  OUTCOME("gives what is expected of it"),

  /**
   * Once it has answered {@code Ready} or {@code End}, or has thrown, a poll throws {@link
   * IllegalStateException}.
   */
  OVER_IS_OVER("refuses to be polled after its end"),

  /** {@code cancel} after any number of polls never throws, is idempotent, and ends it. */
  CANCEL("can be cancelled after any number of polls"),

  /** Every child that is not over is cancelled before it ends and by its cancel, newest first. */
  CHILDREN_CANCELLED("cancels its children, newest first"),

  /** No child is polled after its end, or cancelled from inside its own poll. */
  CHILDREN_POLLED("polls no child that is over"),

  /**
   * What the cancel of a child throws goes to the uncaught-failure handler, and hinders nothing.
   */
  THROWING_CANCEL("survives a child whose cancel throws"),

  /** A {@code Pending} has registered the waker: every event that it waits for wakes it. */
  WAKE_UP("is woken by what it waits for"),

  /** When each poll shows another waker, it is the latest that is woken. */
  LATEST_WAKER("wakes the waker of the latest poll"),

  /** Polls that nothing asked for change nothing. */
  SPURIOUS_POLL("can be polled without having been woken"),

  /** Each poll and each wake may come from another thread. */
  ANY_THREAD("can change threads between polls"),

  /** An exception of a child or a function, at whatever step, comes out unchanged. */
  FAILURE("hands on an exception of every step"),

  /**
   * An {@code Error} of a child or a function, at whatever step, comes out unchanged, even past a
   * recovery.
   */
  ERROR("hands on an error of every step"),

  /** A description, at any time, leads to every child that is not over, and does nothing else. */
  DESCRIBED("describes its children"),

  /** Once it is over, it holds no waker, element or function, and no timer entry stays armed. */
  NOTHING_RETAINED("lets go of what it was given"),

  /**
   * With an empty budget it makes no element and asks for another turn; with a small one it gets to
   * its end.
   */
  BUDGET("keeps to its budget"),

  /**
   * Every {@linkplain ConformanceKit#invariant invariant} holds at its end, at whatever step it
   * fails or is cancelled.
   */
  INVARIANT("keeps the invariants"),

  /**
   * A value of a child that it holds is discarded if it fails or is cancelled. Checked where {@code
   * discardsWhatItHolds} was said.
   */
  HELD_VALUES("discards the values that it holds"),

  /**
   * {@code pollNext} and {@code pollEach} in any mixture give the same elements. Iterators only.
   */
  MIXED_POLLING("gives the same elements by pollNext and pollEach"),

  /**
   * The sink may stop at every element, and is offered nothing more in that turn. Iterators only.
   */
  SINK_STOP("stops where the sink stops"),

  /**
   * A sink that throws, against its contract, ends it, is reported, and is rethrown. Iterators
   * only.
   */
  THROWING_SINK("reports a sink that throws, and is over"),

  /** {@code knownEnded} is true only if the next answer is {@code End}. Iterators only. */
  KNOWN_ENDED("ends when it says that it will");

  private final String sentence;

  Law(String sentence) {
    this.sentence = sentence;
  }

  /** What a subject that keeps this law does, in a few words; follows the name of the subject. */
  public String sentence() {
    return sentence;
  }
}
