package dev.pollux.executor;

import dev.pollux.core.Waker;
import dev.pollux.spi.Driver;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A driver whose events are posted by tests. Whoever parks in it finds them, and wakes their tasks:
 * nobody else does. {@link MultiThreadDriverTest} lets the service loader find it.
 */
public final class EventDriver implements Driver {

  /** What futures look for. */
  public interface Events {}

  /** Those that were made, in order. */
  static final List<EventDriver> MADE = Collections.synchronizedList(new ArrayList<>());

  final List<String> misuse = Collections.synchronizedList(new ArrayList<>());
  volatile RuntimeException failsToPark;
  volatile RuntimeException failsToClose;
  volatile int closes;
  private final AtomicInteger inside = new AtomicInteger();
  private final ConcurrentLinkedQueue<Waker> events = new ConcurrentLinkedQueue<>();
  private final Semaphore permit = new Semaphore(0);

  /** Found and made by the service loader. */
  public EventDriver() {
    MADE.add(this);
  }

  /** An event happens: whoever is in the driver, or comes into it next, wakes the task. */
  void post(Waker waker) {
    events.add(waker);
    permit.release();
  }

  boolean isParked() {
    return inside.get() > 0;
  }

  @Override
  public void park(long timeoutNanos) {
    if (inside.incrementAndGet() > 1) {
      misuse.add("parked by two threads");
    }
    if (closes > 0) {
      misuse.add("parked after close");
    }
    try {
      RuntimeException failure = failsToPark;
      if (failure != null) {
        throw failure;
      }
      if (timeoutNanos < 0) {
        permit.acquire();
      } else if (timeoutNanos > 0) {
        boolean unparked = permit.tryAcquire(timeoutNanos, TimeUnit.NANOSECONDS);
        assert unparked || timeoutNanos > 0;
      }
      permit.drainPermits();
      for (Waker event = events.poll(); event != null; event = events.poll()) {
        event.wake();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      inside.decrementAndGet();
    }
  }

  @Override
  public void unpark() {
    permit.release();
  }

  @Override
  public <S> Optional<S> service(Class<S> type) {
    return type == Events.class ? Optional.of(type.cast(new Events() {})) : Optional.empty();
  }

  @Override
  @SuppressWarnings("NonAtomicVolatileUpdate") // closed by one thread
  public void close() {
    closes++;
    if (isParked()) {
      misuse.add("closed while a thread was in it");
    }
    RuntimeException failure = failsToClose;
    if (failure != null) {
      throw failure;
    }
  }
}
