package dev.pollux.core;

import static java.util.Objects.requireNonNull;

import dev.pollux.operator.Cancel;
import dev.pollux.spi.Unpolled;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * An iterator whose poll, cancel and description are functions. It adds what every source owes: it
 * takes budget, refuses to be polled once over, and cancels once.
 *
 * <p>{@code pollEach} is the inherited one: the function answers element by element.
 *
 * @cancellation runs the cancel function, once, unless the iterator is over
 * @threading confined to the polling task
 */
final class PollFnIterator<T> implements AsyncIterator<T> {

  /** Null once over. */
  private @Nullable PollNextFunction<T> poll;

  private @Nullable Runnable cancel;
  private @Nullable Consumer<? super Description> describe;
  private @Nullable Discard discard;

  PollFnIterator(
      PollNextFunction<T> poll,
      @Nullable Runnable cancel,
      @Nullable Consumer<? super Description> describe) {
    this.poll = poll;
    this.cancel = cancel;
    this.describe = describe;
  }

  @Override
  public Next<T> pollNext(Context cx) throws Exception {
    PollNextFunction<T> poll = this.poll;
    if (poll == null) {
      throw new PollAfterEndException("pollFn");
    }
    if (discard == null) {
      Unpolled.used(this);
      discard = cx.discard();
    }
    Budget budget = cx.budget();
    if (budget.isExhausted() && !cx.tryProceed()) {
      return Next.pending();
    }
    Next<T> next;
    try {
      next = requireNonNull(poll.pollNext(cx), "the poll function answered null");
    } catch (Throwable failure) {
      end();
      throw failure;
    }
    if (next.isItem()) {
      budget.consume();
    } else if (next.isEnd()) {
      end();
    }
    return next;
  }

  @Override
  public void cancel() {
    Unpolled.used(this);
    Runnable cancel = this.cancel;
    Discard discard = this.discard;
    end();
    if (cancel != null) {
      try {
        cancel.run();
      } catch (Throwable failure) {
        Cancel.orClosing(discard).uncaught(failure, "the cancel function of a pollFn");
      }
    }
  }

  private void end() {
    poll = null;
    cancel = null;
    describe = null;
    discard = null;
  }

  @Override
  public void describe(Description description) {
    description.name("pollFn");
    if (describe != null) {
      describe.accept(description);
    }
  }
}
