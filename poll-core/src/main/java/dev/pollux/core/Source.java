package dev.pollux.core;

import dev.pollux.spi.Unpolled;

/**
 * A source of elements that reads nothing upstream: whether it is over, and what is done then.
 *
 * @param <T> the type of the elements
 */
abstract class Source<T> implements AsyncIterator<T> {

  private boolean over;

  /** What this is, for messages and dumps. */
  abstract String kind();

  /** Lets go of what the user gave. Called once, when this is over for whatever reason. */
  abstract void release();

  /** Refuses a poll of a source that is over. */
  final void open() {
    Unpolled.used(this);
    if (over) {
      throw new PollAfterEndException(kind());
    }
  }

  final boolean isOver() {
    return over;
  }

  /** Ends this; answers the end. */
  final Next<T> end() {
    cancel();
    return Next.end();
  }

  @Override
  public void cancel() {
    Unpolled.used(this);
    if (!over) {
      over = true;
      release();
    }
  }

  @Override
  public void describe(Description description) {
    description.name(kind());
  }
}
