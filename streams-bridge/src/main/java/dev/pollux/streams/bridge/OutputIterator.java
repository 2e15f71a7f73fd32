package dev.pollux.streams.bridge;

import static java.util.Objects.requireNonNull;

import dev.pollux.core.AsyncIterator;
import dev.pollux.core.Context;
import dev.pollux.core.Description;
import dev.pollux.core.Discard;
import dev.pollux.core.Future;
import dev.pollux.core.Next;
import dev.pollux.core.Poll;
import dev.pollux.core.PollAfterEndException;
import dev.pollux.spi.Unpolled;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The output of a future as an iterator of one element, or of none if the output is null.
 *
 * @param <T> the output
 * @cancellation cancels the future
 * @threading confined to the polling task
 */
public final class OutputIterator<T> implements AsyncIterator<T> {

  private static final String KIND = "the output of a future";

  private enum State {
    RUNNING,
    /** The element was answered, the end was not. */
    ENDING,
    OVER
  }

  private State state = State.RUNNING;

  /** The future while RUNNING. */
  private @Nullable Future<? extends @Nullable T> future;

  /** That of the first poll. */
  private Discard discard = Discard.closing();

  public OutputIterator(Future<? extends @Nullable T> future) {
    this.future = requireNonNull(future, "future");
    Unpolled.used(future);
  }

  /** Makes an iterator of each future that {@code futures} makes. */
  public static <T> Supplier<AsyncIterator<T>> each(
      Supplier<? extends Future<? extends @Nullable T>> futures) {
    requireNonNull(futures, "future");
    return new Supplier<>() {
      @Override
      public AsyncIterator<T> get() {
        Future<? extends @Nullable T> made = futures.get();
        if (made == null) {
          throw new NullPointerException("the supplier of the future returned null");
        }
        return new OutputIterator<>(made);
      }

      @Override
      public String toString() {
        return futures.toString();
      }
    };
  }

  @Override
  public Next<T> pollNext(Context cx) throws Exception {
    Future<? extends @Nullable T> future = this.future;
    if (future == null) {
      if (state == State.OVER) {
        throw new PollAfterEndException(KIND);
      }
      state = State.OVER;
      return Next.end();
    }
    discard = cx.discard();
    // The unit of the element is taken afterwards: the future may need the last one itself.
    if (cx.budget().isExhausted() && !cx.tryProceed()) {
      return Next.pending();
    }
    T element;
    try {
      Poll<? extends @Nullable T> answer = future.poll(cx);
      if (answer.isPending()) {
        return Next.pending();
      }
      element = answer.value();
    } catch (Throwable failure) {
      end(State.OVER);
      throw failure;
    }
    if (element == null) {
      end(State.OVER);
      return Next.end();
    }
    end(State.ENDING);
    var unused = cx.budget().tryConsume();
    return Next.item(element);
  }

  @Override
  public boolean knownEnded() {
    return state == State.ENDING;
  }

  @Override
  public void cancel() {
    Future<? extends @Nullable T> left = future;
    end(State.OVER);
    if (left != null) {
      try {
        left.cancel();
      } catch (Throwable failure) {
        discard.uncaught(failure, "the cancel of a future whose output is published");
      }
    }
  }

  private void end(State state) {
    this.state = state;
    future = null;
  }

  @Override
  public void describe(Description description) {
    description.name(KIND).child("future", future);
  }
}
