package dev.pollux.executor.task;

import static java.util.Objects.requireNonNull;

import dev.pollux.core.Ready;
import dev.pollux.spi.RuntimeListener.Outcome;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * A call that blocks, as a task of one turn: it is queued once, runs on a thread that may block,
 * and can be taken back until it begins.
 */
public final class BlockingJob<T extends @Nullable Object> extends NamedTask<T>
    implements Runnable {

  /**
   * Makes a job; the caller registers it and queues it once.
   *
   * @param job what it calls
   * @param name its name, if any
   * @param spawnSite the frame that queued it, if captured
   */
  public BlockingJob(
      Callable<T> job, @Nullable String name, @Nullable StackTraceElement spawnSite) {
    super((Object) job, name, spawnSite);
  }

  /** Runs the job, unless it was taken back. */
  @Override
  @SuppressWarnings("unchecked") // until COMPLETE the stage of a job is its callable
  public void run() {
    if (!tryTransitionToRunning()) {
      return;
    }
    Ready<T> output;
    try {
      output = new Ready<>(((Callable<T>) requireNonNull(stage())).call());
    } catch (Throwable failure) {
      fail(failure);
      return;
    }
    complete(output, Outcome.COMPLETED);
  }

  /** Takes the job back if it has not begun. */
  @Override
  public void requestCancel() {
    boolean push = transitionToCancelled();
    assert !push : describeState();
    if (tryTransitionToRunning()) {
      complete(Output.Cancelled.INSTANCE, Outcome.CANCELLED);
    }
  }
}
