package dev.pollux.structure;

import dev.pollux.core.Context;
import dev.pollux.core.Description;
import dev.pollux.core.JoinHandle;
import dev.pollux.core.Poll;
import dev.pollux.core.TaskFailedException;
import dev.pollux.core.TaskInfo;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * The handle of a child whose failure the scope owns: who is thrown that failure by the handle has
 * claimed it, and the scope need not report it.
 *
 * @cancellation as every handle
 * @threading as every handle
 */
final class ScopeHandle<T extends @Nullable Object> implements JoinHandle<T> {

  private final ScopeState state;
  private final ScopeChild<T> child;
  private final JoinHandle<T> handle;

  ScopeHandle(ScopeState state, ScopeChild<T> child, JoinHandle<T> handle) {
    this.state = state;
    this.child = child;
    this.handle = handle;
  }

  @Override
  public Poll<T> poll(Context cx) throws Exception {
    try {
      return handle.poll(cx);
    } catch (TaskFailedException failure) {
      state.claim(child);
      throw failure;
    }
  }

  @Override
  public T join() throws InterruptedException {
    try {
      return handle.join();
    } catch (TaskFailedException failure) {
      state.claim(child);
      throw failure;
    }
  }

  @Override
  public T join(Duration timeout) throws InterruptedException, TimeoutException {
    try {
      return handle.join(timeout);
    } catch (TaskFailedException failure) {
      state.claim(child);
      throw failure;
    }
  }

  @Override
  public void cancel() {
    handle.cancel();
  }

  @Override
  public void requestCancel() {
    handle.requestCancel();
  }

  @Override
  public void detach() {
    handle.detach();
  }

  @Override
  public boolean isFinished() {
    return handle.isFinished();
  }

  @Override
  public long id() {
    return handle.id();
  }

  @Override
  public Optional<String> name() {
    return handle.name();
  }

  @Override
  public Optional<StackTraceElement> spawnSite() {
    return handle.spawnSite();
  }

  @Override
  public void describe(Description description) {
    handle.describe(description);
  }

  @Override
  public String toString() {
    return TaskInfo.describe(this);
  }
}
