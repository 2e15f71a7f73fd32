package dev.pollux.streams.reactor;

import dev.pollux.core.Context;
import dev.pollux.core.Description;
import dev.pollux.core.Future;
import dev.pollux.core.Poll;
import dev.pollux.core.PollAfterEndException;
import dev.pollux.core.Waker;
import org.jspecify.annotations.Nullable;

/**
 * Never completes: being cancelled with the other tasks of its runtime is how a scheduler on the
 * blocking pool learns of the shutdown while jobs of it still run.
 *
 * @cancellation calls what it was made with, once
 * @threading confined to its task
 */
final class RuntimeWatch implements Future<Void> {

  private @Nullable Runnable onShutdown;

  /** Kept as every pending future keeps it, so that the task doesn't count as forgotten. */
  private @Nullable Waker waker;

  RuntimeWatch(Runnable onShutdown) {
    this.onShutdown = onShutdown;
  }

  @Override
  public Poll<Void> poll(Context cx) {
    if (onShutdown == null) {
      throw new PollAfterEndException("the watch of a scheduler");
    }
    waker = cx.waker();
    return Poll.pending();
  }

  @Override
  public void cancel() {
    waker = null;
    Runnable told = onShutdown;
    onShutdown = null;
    if (told != null) {
      told.run();
    }
  }

  @Override
  public void describe(Description description) {
    description.name("scheduler on the blocking pool");
    if (waker != null) {
      description.waitsFor("its disposal, or the shutdown of the runtime");
    }
  }
}
