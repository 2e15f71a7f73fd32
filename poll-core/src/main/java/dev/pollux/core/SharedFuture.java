package dev.pollux.core;

import dev.pollux.operator.StackRoom;
import dev.pollux.spi.Unpolled;
import org.jspecify.annotations.Nullable;

/**
 * One handle of a future that has several: each task that wants the output polls a handle of its
 * own, and all get the same output, or the same failure. Made by {@link Future#shared()}.
 *
 * <pre>{@code
 * SharedFuture<Config> config = loadConfig().shared();
 * for (Request request : requests) {
 *   spawner.spawn(config.another().flatMap(loaded -> answer(request, loaded))).detach();
 * }
 * config.cancel();   // not needed any more: the others go on
 * }</pre>
 *
 * <p>The future behind the handles is polled by whoever comes, one at a time, with the context of
 * that one: its budget, its services, its task locals. When it asks to be polled again, all that
 * wait are woken, and the first to come polls it. So it does not matter which task of them is slow,
 * or goes away. When the last handle is cancelled, so is the future. A handle that is forgotten
 * without a word counts, but hinders nobody.
 *
 * <p>The output is shared by all who have it, and should be immutable or made for that; it is never
 * {@linkplain Discard discarded}. A failure is thrown to every handle, the same object. A future
 * that waits for a handle of its own waits for ever.
 *
 * <p>To compute a value at the first need, and again when that failed, there is {@link
 * dev.pollux.sync.AsyncOnceCell}. Source: {@code Shared} of futures-rs.
 *
 * @param <T> the output
 * @threading a handle is polled, cancelled and described by one task at a time, as every future;
 *     {@link #another} may be called from any thread. What was done before the future completed is
 *     seen by whoever has the output
 * @cancellation gives this handle up; cancels the future if it was the last one. Nothing is lost to
 *     the others
 */
public final class SharedFuture<T extends @Nullable Object> implements Future<T> {

  /** Null once over. */
  private volatile @Nullable SharedState<T> shared;

  // Owned by SharedState: its list of those who wait.
  @Nullable Waker waker;
  @Nullable SharedFuture<T> before;
  @Nullable SharedFuture<T> after;

  SharedFuture(SharedState<T> shared) {
    this.shared = shared;
  }

  /**
   * Another handle of the same future, for another task. Whoever wants to have handles later on
   * keeps one that is not polled.
   *
   * @return the handle
   * @throws IllegalStateException if this handle is over
   */
  public SharedFuture<T> another() {
    Unpolled.used(this); // one that others are made of need not be polled
    SharedState<T> shared = this.shared;
    if (shared == null || !shared.enter()) {
      throw new IllegalStateException("a handle of a shared future that is over makes no other");
    }
    return Unpolled.made(new SharedFuture<>(shared));
  }

  @Override
  public Poll<T> poll(Context cx) throws Exception {
    SharedState<T> shared = this.shared;
    if (shared == null) {
      throw new PollAfterEndException("share");
    }
    Unpolled.used(this);
    if (shared.isOver()) {
      if (!cx.tryProceed()) {
        return Poll.pending();
      }
    } else {
      if (!StackRoom.isLeft()) { // else the others would wait for a poll that was cut off
        throw new StackOverflowError("there is too little stack left to poll a shared future");
      }
      if (shared.transitionToPolling(this, cx.waker())) {
        shared.poll(this, cx);
      }
    }
    if (!shared.isOver()) {
      return Poll.pending();
    }
    this.shared = null;
    return shared.outcome();
  }

  @Override
  public void cancel() {
    Unpolled.used(this);
    SharedState<T> shared = this.shared;
    this.shared = null;
    if (shared != null) {
      shared.leave(this);
    }
  }

  @Override
  public void describe(Description description) {
    description.name("share");
    SharedState<T> shared = this.shared;
    if (shared != null) {
      shared.describe(this, description);
    }
  }
}
