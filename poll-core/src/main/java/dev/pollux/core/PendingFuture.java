package dev.pollux.core;

import org.jspecify.annotations.Nullable;

/**
 * Never completes.
 *
 * <p>It keeps the latest waker though nothing will ever use it. Debug mode takes a pending task
 * whose waker nobody holds for stuck, and this one waits for ever on purpose.
 *
 * @cancellation nothing is lost
 * @threading confined to the polling task
 */
final class PendingFuture<T extends @Nullable Object> implements Future<T> {

  @SuppressWarnings("unused") // kept reachable, see above
  private @Nullable Waker waker;

  private boolean cancelled;

  @Override
  public Poll<T> poll(Context cx) {
    if (cancelled) {
      throw new PollAfterEndException("pending");
    }
    waker = cx.waker();
    return Poll.pending();
  }

  @Override
  public void cancel() {
    cancelled = true;
    waker = null;
  }

  @Override
  public void describe(Description description) {
    description.name("pending").waitsFor("nothing, for ever");
  }
}
