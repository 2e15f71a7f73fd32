package dev.pollux.testing;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import dev.pollux.core.Waker;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A waker that counts how often it was woken.
 *
 * <pre>{@code
 * CountingWaker waker = new CountingWaker();
 * poller.poll(future, waker);
 * event.run();
 * assert waker.count() == 1;
 * }</pre>
 *
 * <p>Source: {@code futures_test::task::new_count_waker}.
 *
 * @threading every method may be called from any thread; what happened before a wake is seen by
 *     whoever sees it counted
 */
public final class CountingWaker implements Waker {

  private final AtomicLong count = new AtomicLong();

  /** Makes a waker that was never woken. */
  public CountingWaker() {}

  @Override
  public void wake() {
    count.incrementAndGet();
  }

  /** How often it was woken since it was made or {@linkplain #reset() reset}. */
  public long count() {
    return count.get();
  }

  /** Starts to count from zero again, and returns the count so far. */
  @CanIgnoreReturnValue
  public long reset() {
    return count.getAndSet(0);
  }

  @Override
  public String toString() {
    return "CountingWaker[" + count + "]";
  }
}
