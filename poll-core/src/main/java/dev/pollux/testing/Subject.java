package dev.pollux.testing;

import dev.pollux.core.Description;
import java.util.List;

/** What is tested, a future or an iterator, as the trial sees it. */
interface Subject {

  /** What came of one poll. */
  enum Progress {
    /** Something, and more can be had at once. */
    MORE,
    PENDING,
    /** It completed or ended. */
    OVER,
    /** It has given all that is expected of it, and would go on. */
    ENOUGH
  }

  /** Polls once. Throws what the subject throws. */
  Progress poll(PollHarness harness) throws Exception;

  /**
   * Polls once, in every way there is, a subject that should be over; returns what it did instead
   * of refusing.
   */
  List<String> pollAfterEnd(PollHarness harness);

  void cancel();

  Description description();

  /** The future or iterator itself. */
  Object itself();

  /** The answers so far, for messages. */
  String given();

  /** Forgets the answers. */
  void letGo();
}
