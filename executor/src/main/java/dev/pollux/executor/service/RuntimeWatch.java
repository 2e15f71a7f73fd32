package dev.pollux.executor.service;

import dev.pollux.core.Context;
import dev.pollux.core.Description;
import dev.pollux.core.Future;
import dev.pollux.core.Poll;
import dev.pollux.core.Waker;
import org.jspecify.annotations.Nullable;

/**
 * A future that never completes: being cancelled with the other tasks of its runtime is how a
 * service learns that the runtime is shut down, even if it has no command there.
 *
 * @cancellation calls what it was made with
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
    description.name("scheduled executor service");
    if (waker != null) {
      description.waitsFor("its shutdown, or that of the runtime");
    }
  }
}
