package dev.pollux.operator;

import dev.pollux.core.AsyncIterator;
import dev.pollux.core.Context;
import dev.pollux.core.Discard;
import dev.pollux.core.Next;
import dev.pollux.core.PollAfterEndException;
import dev.pollux.spi.Unpolled;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What everything that reads several iterators shares: whether it is over, and a cancel that
 * reaches every source, newest first, in constant stack however such owners are nested.
 *
 * @param <T> the type of the elements that it gives
 */
public abstract class SourcesOwner<T> implements AsyncIterator<T> {

  /** What is left to cancel, and where its failures go. */
  private record Left(AsyncIterator<?> iterator, Discard discard) {}

  private boolean over;

  /** Bound at the first poll: {@code cancel} is given no context. */
  private @Nullable Discard discard;

  /** For subclasses. */
  protected SourcesOwner() {}

  /** What this is, for messages and dumps. */
  protected abstract String kind();

  /**
   * Lets go of the user's functions, and discards the elements that are held. Called once, when
   * this is over for whatever reason.
   */
  protected abstract void release(Discard discard);

  /** Hands the sources over that are not over, oldest first; called after {@link #release}. */
  protected abstract void giveSources(Consumer<? super AsyncIterator<?>> taker);

  /** To be called at the start of a poll: refuses one of what is over. */
  protected final void open(Context cx) {
    Unpolled.used(this);
    if (over) {
      throw new PollAfterEndException(kind());
    }
    if (discard == null) {
      discard = cx.discard();
    }
  }

  protected final boolean isOver() {
    return over;
  }

  protected final Discard discard() {
    return Cancel.orClosing(discard);
  }

  /** Ends this, with the sources that are left; answers the end. */
  protected final Next<T> end() {
    cancel();
    return Next.end();
  }

  /**
   * Ends this with a failure, which it throws; declared to return so that the caller can write
   * {@code throw}.
   */
  protected final RuntimeException failed(Throwable failure) {
    // As in UpstreamOwner: without stack a cancel would be half done.
    if (!(failure instanceof StackOverflowError) || StackRoom.isLeft()) {
      cancel();
    }
    throw Raise.unchecked(failure);
  }

  @Override
  public final void cancel() {
    Unpolled.used(this);
    Deque<Left> left = new ArrayDeque<>();
    letGo(left, Discard.closing());
    for (Left last = left.pollLast(); last != null; last = left.pollLast()) {
      AsyncIterator<?> iterator = last.iterator();
      Discard discard = last.discard();
      while (true) {
        if (iterator instanceof UpstreamOwner<?> stage) {
          discard = stage.discardOr(discard);
          iterator = stage.letGo(discard);
        } else if (iterator instanceof Unwinding reader) {
          iterator = reader.letGo();
        } else {
          break;
        }
      }
      if (iterator instanceof SourcesOwner<?> owner) {
        owner.letGo(left, discard);
      } else {
        Cancel.iterator(iterator, discard);
      }
    }
  }

  /**
   * Lets go of all that is held, and puts the sources on the list of what is to be cancelled.
   *
   * @param outer the discard of who owns this, for one that was never polled
   */
  private void letGo(Deque<Left> left, Discard outer) {
    if (!over) {
      Discard discard = this.discard == null ? outer : this.discard;
      over = true;
      this.discard = null;
      release(discard);
      giveSources(source -> left.addLast(new Left(source, discard)));
    }
  }
}
