package dev.pollux.core;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeoutException;

/** A join handle over another, for tests that change a method of it. */
class DelegatingHandle<T> implements JoinHandle<T> {

  private final JoinHandle<T> handle;

  DelegatingHandle(JoinHandle<T> handle) {
    this.handle = handle;
  }

  @Override
  public Poll<T> poll(Context cx) throws Exception {
    return handle.poll(cx);
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
  public T join() throws InterruptedException {
    return handle.join();
  }

  @Override
  public T join(Duration timeout) throws InterruptedException, TimeoutException {
    return handle.join(timeout);
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
}
