package dev.pollux.core;

import dev.pollux.spi.Unpolled;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * Runs a callable at its first poll.
 *
 * @cancellation the callable is not run
 * @threading confined to the polling task
 */
final class Lazy<T extends @Nullable Object> implements Future<T> {

  private @Nullable Callable<? extends T> body;

  Lazy(Callable<? extends T> body) {
    this.body = body;
  }

  @Override
  public Poll<T> poll(Context cx) throws Exception {
    Unpolled.used(this);
    Callable<? extends T> body = this.body;
    if (body == null) {
      throw new PollAfterEndException("lazy");
    }
    this.body = null;
    return Poll.ready(body.call());
  }

  @Override
  public void cancel() {
    Unpolled.used(this);
    body = null;
  }

  @Override
  public void describe(Description description) {
    description.name("lazy");
  }
}
