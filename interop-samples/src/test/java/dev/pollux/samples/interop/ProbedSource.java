package dev.pollux.samples.interop;

import dev.pollux.core.AsyncIterator;
import dev.pollux.core.Context;
import dev.pollux.core.Next;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Counts up from 0 to an end, a failure or a silence, and remembers how it was treated. */
final class ProbedSource implements AsyncIterator<Integer> {

  private final int count;
  private final @Nullable Exception failure;
  private final boolean silent;
  private final AtomicInteger pulled = new AtomicInteger();
  private final CountDownLatch cancelled = new CountDownLatch(1);

  private ProbedSource(int count, @Nullable Exception failure, boolean silent) {
    this.count = count;
    this.failure = failure;
    this.silent = silent;
  }

  /** Ends after {@code count} elements. */
  static ProbedSource of(int count) {
    return new ProbedSource(count, null, false);
  }

  /** Fails after {@code count} elements. */
  static ProbedSource failing(int count, Exception failure) {
    return new ProbedSource(count, failure, false);
  }

  /** Is pending for ever after {@code count} elements. */
  static ProbedSource silent(int count) {
    return new ProbedSource(count, null, true);
  }

  @Override
  public Next<Integer> pollNext(Context cx) throws Exception {
    if (pulled.get() < count) {
      return cx.tryProceed() ? Next.item(pulled.getAndIncrement()) : Next.pending();
    }
    if (silent) {
      return Next.pending();
    }
    if (failure != null) {
      throw failure;
    }
    return Next.end();
  }

  @Override
  public void cancel() {
    cancelled.countDown();
  }

  /** How many elements were asked of it. */
  int pulled() {
    return pulled.get();
  }

  /** Waits until it is cancelled. */
  void awaitCancel() throws InterruptedException {
    cancelled.await();
  }

  boolean isCancelled() {
    return cancelled.getCount() == 0;
  }
}
