package dev.pollux.operator;

import dev.pollux.core.AsyncIterator;
import dev.pollux.core.Description;
import dev.pollux.core.Next;
import dev.pollux.core.PollAfterEndException;
import dev.pollux.spi.Unpolled;

/**
 * A source of elements that reads nothing upstream: whether it is over, and what is done then.
 *
 * @param <T> the type of the elements
 */
public abstract class Source<T> implements AsyncIterator<T> {

  private boolean over;

  /** What this is, for messages and dumps. */
  protected abstract String kind();

  /** Lets go of what the user gave. Called once, when this is over for whatever reason. */
  protected abstract void release();

  /** Refuses a poll of a source that is over. */
  protected final void open() {
    Unpolled.used(this);
    if (over) {
      throw new PollAfterEndException(kind());
    }
  }

  protected final boolean isOver() {
    return over;
  }

  /** Ends this; answers the end. */
  protected final Next<T> end() {
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
