package dev.pollux.core;

import static java.util.Objects.requireNonNull;

import dev.pollux.operator.Cancel;
import dev.pollux.operator.StackRoom;
import dev.pollux.spi.Unpolled;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Gives the elements of an iterator that uses a resource, which is opened at the first poll and
 * closed at the end, however it comes.
 *
 * @cancellation cancels the iterator, then closes the resource
 * @threading confined to the polling task, which opens and closes the resource too
 */
final class UsingIterator<R, T> implements AsyncIterator<T> {

  // All null once this is over; open and use also once they were called.
  private @Nullable Callable<? extends R> open;
  private @Nullable Function<? super R, ? extends AsyncIterator<? extends T>> use;
  private @Nullable Consumer<? super R> close;

  /** Null before it is opened. */
  private @Nullable R resource;

  private @Nullable AsyncIterator<T> elements;
  private @Nullable Discard discard;

  UsingIterator(
      Callable<? extends R> open,
      Function<? super R, ? extends AsyncIterator<? extends T>> use,
      Consumer<? super R> close) {
    this.open = open;
    this.use = use;
    this.close = close;
  }

  @Override
  public Next<T> pollNext(Context cx) throws Exception {
    refuseIfOver(cx);
    Next<T> next;
    try {
      next = elements().pollNext(cx);
    } catch (Throwable failure) {
      throw failed(failure);
    }
    if (next.isEnd()) {
      closeAtEnd();
    }
    return next;
  }

  @Override
  public Turn pollEach(Context cx, Sink<? super T> sink) throws Exception {
    refuseIfOver(cx);
    Turn turn;
    try {
      turn = elements().pollEach(cx, sink);
    } catch (Throwable failure) {
      throw failed(failure);
    }
    if (turn == Turn.ENDED) {
      closeAtEnd();
    }
    return turn;
  }

  private void refuseIfOver(Context cx) {
    if (close == null) {
      throw new PollAfterEndException("using");
    }
    if (discard == null) {
      Unpolled.used(this);
      discard = cx.discard();
    }
  }

  /** The elements, for which the resource is opened at the first call. */
  @SuppressWarnings(
      "unchecked") // an iterator only gives elements, so it may stand for a wider type
  private AsyncIterator<T> elements() throws Exception {
    AsyncIterator<T> elements = this.elements;
    if (elements == null) {
      R resource = requireNonNull(requireNonNull(open, "open").call(), "using: open answered null");
      this.resource = resource;
      open = null;
      elements =
          (AsyncIterator<T>)
              requireNonNull(
                  requireNonNull(use, "use").apply(resource),
                  "using: use answered null instead of an iterator");
      use = null;
      this.elements = elements;
    }
    return elements;
  }

  /** Closes the resource; what that throws is the failure of this. */
  private void closeAtEnd() {
    Consumer<? super R> close = requireNonNull(this.close, "close");
    R resource = requireNonNull(this.resource, "resource");
    forget();
    close.accept(resource);
  }

  /** Closes the resource, and throws {@code failure}. */
  private Exception failed(Throwable failure) throws Exception {
    if (failure instanceof StackOverflowError overflow && !StackRoom.isLeft()) {
      throw overflow; // owners further up have more stack, and cancel this
    }
    AsyncIterator<T> elements = this.elements;
    Consumer<? super R> close = this.close;
    R resource = this.resource;
    Discard discard = this.discard;
    forget();
    Cancel.iterator(elements, discard); // over, unless it was a sink that has thrown
    if (close != null && resource != null) {
      try {
        close.accept(resource);
      } catch (Throwable second) {
        if (second != failure) {
          failure.addSuppressed(second);
        }
      }
    }
    if (failure instanceof Error error) {
      throw error;
    }
    throw (Exception) failure;
  }

  @Override
  public void cancel() {
    Unpolled.used(this);
    AsyncIterator<T> elements = this.elements;
    Consumer<? super R> close = this.close;
    R resource = this.resource;
    Discard discard = this.discard;
    forget();
    Cancel.iterator(elements, discard);
    if (close != null && resource != null) {
      try {
        close.accept(resource);
      } catch (Throwable failure) {
        Cancel.orClosing(discard).uncaught(failure, "closing the resource of a stream");
      }
    }
  }

  private void forget() {
    open = null;
    use = null;
    close = null;
    resource = null;
    elements = null;
    discard = null;
  }

  @Override
  public boolean knownEnded() {
    return false; // closing may fail first
  }

  @Override
  public void describe(Description description) {
    description.name("using").with("open", resource != null).stream("elements", elements);
  }
}
