package dev.pollux.core;

import static java.util.Objects.requireNonNull;

import dev.pollux.operator.Cancel;
import dev.pollux.operator.Raise;
import dev.pollux.operator.StackRoom;
import dev.pollux.spi.Spawner;
import dev.pollux.spi.Unpolled;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Gives the elements of an iterator that uses a resource, which a future opens and another closes.
 * The close is awaited at the end and at a failure. A cancel can't wait, so there it goes on as a
 * task: the spawner for it is taken before anything is opened.
 *
 * @cancellation cancels the open in flight, or the iterator; then closes the resource in a task
 * @threading confined to the polling task, and the close after a cancel to a task of its own
 */
final class UsingAsyncIterator<R, T> implements AsyncIterator<T> {

  private enum State {
    /** Nothing was done, or the open is in flight. */
    OPENING,
    /** The elements are given, or about to be made. */
    USING,
    /** The close is in flight. */
    CLOSING,
    OVER
  }

  private State state = State.OPENING;

  // Null once this is over.
  private @Nullable Supplier<? extends Future<? extends R>> open;
  private @Nullable Function<? super R, ? extends AsyncIterator<? extends T>> use;
  private @Nullable Function<? super R, ? extends Future<?>> close;

  private @Nullable Future<? extends R> opening;

  /** Set while USING. */
  private @Nullable R resource;

  private @Nullable AsyncIterator<T> elements;
  private @Nullable Future<?> closing;

  /** What is thrown once the resource is closed, null if it is the end that is answered. */
  private @Nullable Throwable failure;

  private @Nullable Spawner spawner;
  private @Nullable Discard discard;

  UsingAsyncIterator(
      Supplier<? extends Future<? extends R>> open,
      Function<? super R, ? extends AsyncIterator<? extends T>> use,
      Function<? super R, ? extends Future<?>> close) {
    this.open = open;
    this.use = use;
    this.close = close;
  }

  @Override
  public Next<T> pollNext(Context cx) throws Exception {
    if (!opened(cx)) {
      return Next.pending();
    }
    if (state == State.USING) {
      Throwable failure = null;
      try {
        Next<T> next = elements().pollNext(cx);
        if (!next.isEnd()) {
          return next;
        }
      } catch (Throwable thrown) {
        failure = thrown;
      }
      close(failure);
    }
    return closed(cx) ? Next.end() : Next.pending();
  }

  @Override
  public Turn pollEach(Context cx, Sink<? super T> sink) throws Exception {
    if (!opened(cx)) {
      return Turn.PENDING;
    }
    if (state == State.USING) {
      Throwable failure = null;
      try {
        Turn turn = elements().pollEach(cx, sink);
        if (turn != Turn.ENDED) {
          return turn;
        }
      } catch (Throwable thrown) {
        failure = thrown;
      }
      close(failure);
    }
    return closed(cx) ? Turn.ENDED : Turn.PENDING;
  }

  /** Whether the resource was opened; else the open in flight has the waker. */
  private boolean opened(Context cx) throws Exception {
    if (state == State.OVER) {
      throw new PollAfterEndException("usingAsync");
    }
    if (discard == null) {
      Unpolled.used(this);
      discard = cx.discard();
    }
    if (state != State.OPENING) {
      return true;
    }
    try {
      Future<? extends R> opening = this.opening;
      if (opening == null) {
        spawner = cx.spawner().inheriting(cx.locals()); // refused here, if there is none
        opening =
            requireNonNull(
                requireNonNull(open, "open").get(),
                "usingAsync: open answered null instead of a future");
        this.opening = opening;
      }
      Poll<? extends R> answer = opening.poll(cx);
      if (answer.isPending()) {
        return false;
      }
      this.opening = null;
      resource = requireNonNull(answer.value(), "usingAsync: open gave null");
      state = State.USING;
      return true;
    } catch (Throwable thrown) {
      opening = null; // it has failed
      forget();
      throw thrown;
    }
  }

  @SuppressWarnings(
      "unchecked") // an iterator only gives elements, so it may stand for a wider type
  private AsyncIterator<T> elements() {
    AsyncIterator<T> elements = this.elements;
    if (elements == null) {
      elements =
          (AsyncIterator<T>)
              requireNonNull(
                  requireNonNull(use, "use").apply(requireNonNull(resource, "resource")),
                  "usingAsync: use answered null instead of an iterator");
      this.elements = elements;
    }
    return elements;
  }

  /** Begins to close the resource; {@code failure} is thrown when that is done. */
  private void close(@Nullable Throwable failure) {
    if (failure instanceof StackOverflowError overflow && !StackRoom.isLeft()) {
      throw overflow; // owners further up have more stack, and cancel this
    }
    AsyncIterator<T> elements = this.elements;
    this.elements = null;
    Cancel.iterator(elements, discard); // over, unless it was a sink that has thrown
    this.failure = failure;
    try {
      R resource = this.resource;
      this.resource = null;
      closing = closeFuture(close, resource);
      state = State.CLOSING;
    } catch (Throwable thrown) {
      throw endWith(thrown);
    }
  }

  private static <R> Future<?> closeFuture(
      @Nullable Function<? super R, ? extends Future<?>> close, @Nullable R resource) {
    return requireNonNull(
        requireNonNull(close, "close").apply(requireNonNull(resource, "resource")),
        "usingAsync: close answered null instead of a future");
  }

  /** Whether the resource is closed and the end to be answered; else the close has the waker. */
  private boolean closed(Context cx) {
    try {
      if (requireNonNull(closing, "closing").poll(cx).isPending()) {
        return false;
      }
    } catch (Throwable thrown) {
      throw endWith(thrown);
    }
    if (failure != null) {
      throw endWith(failure);
    }
    forget();
    return true;
  }

  /**
   * Ends with the failure of the stream, and {@code thrown} by the close as a suppressed exception,
   * or with that alone.
   */
  private RuntimeException endWith(Throwable thrown) {
    Throwable first = failure == null ? thrown : failure;
    if (first != thrown) {
      first.addSuppressed(thrown);
    }
    forget();
    throw Raise.unchecked(first);
  }

  @Override
  public void cancel() {
    Unpolled.used(this);
    Discard discard = Cancel.orClosing(this.discard);
    boolean opened = state == State.USING || state == State.CLOSING;
    Future<?> opening = this.opening;
    AsyncIterator<?> elements = this.elements;
    Function<? super R, ? extends Future<?>> close = this.close;
    R resource = this.resource;
    Future<?> closing = this.closing;
    Throwable failure = this.failure;
    Spawner spawner = this.spawner;
    forget(); // first, since what is called from here on may cancel this again
    Cancel.child(opening, discard);
    Cancel.iterator(elements, discard);
    if (failure != null) {
      discard.uncaught(failure, "a stream that was cancelled while its resource was closed");
    }
    if (!opened) {
      return;
    }
    try {
      Future<?> left = closing == null ? closeFuture(close, resource) : closing;
      requireNonNull(spawner, "spawner").spawnShielded(left).detach();
    } catch (Throwable thrown) {
      discard.uncaught(thrown, "closing the resource of a stream that was cancelled");
    }
  }

  private void forget() {
    state = State.OVER;
    open = null;
    use = null;
    close = null;
    opening = null;
    resource = null;
    elements = null;
    closing = null;
    failure = null;
    spawner = null;
    discard = null;
  }

  // Not known to have ended even if the elements are: the close is awaited first.

  @Override
  public void describe(Description description) {
    description.name("usingAsync").with("state", state).child("open", opening).stream(
            "elements", elements)
        .child("close", closing);
  }
}
