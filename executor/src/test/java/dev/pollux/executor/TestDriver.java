package dev.pollux.executor;

import dev.pollux.spi.Driver;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * A driver without events, which writes down how it is used. {@link DriverTest} lets the service
 * loader find it; no other test does.
 */
public final class TestDriver implements Driver {

  /** What futures look for. */
  public interface Readiness {
    /** The driver that answers. */
    TestDriver driver();
  }

  /** Those that were made, in order. */
  static final List<TestDriver> MADE = Collections.synchronizedList(new ArrayList<>());

  final List<Long> parks = Collections.synchronizedList(new ArrayList<>());
  final List<String> misuse = Collections.synchronizedList(new ArrayList<>());
  volatile RuntimeException failsToPark;
  volatile RuntimeException failsToClose;
  volatile int closes;
  private volatile Thread parked;
  private final Semaphore permit = new Semaphore(0);

  /** Found and made by the service loader. */
  public TestDriver() {
    MADE.add(this);
  }

  @Override
  public void park(long timeoutNanos) {
    if (parked != null) {
      misuse.add("parked by two threads");
    }
    if (closes > 0) {
      misuse.add("parked after close");
    }
    RuntimeException failure = failsToPark;
    if (failure != null) {
      throw failure;
    }
    parked = Thread.currentThread();
    parks.add(timeoutNanos);
    try {
      if (timeoutNanos < 0) {
        permit.acquire();
      } else if (timeoutNanos > 0) {
        boolean unparked = permit.tryAcquire(timeoutNanos, TimeUnit.NANOSECONDS);
        assert unparked || timeoutNanos > 0;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    permit.drainPermits();
    parked = null;
  }

  @Override
  public void unpark() {
    permit.release();
  }

  @Override
  public <S> Optional<S> service(Class<S> type) {
    Readiness readiness = () -> this;
    return type == Readiness.class ? Optional.of(type.cast(readiness)) : Optional.empty();
  }

  @Override
  @SuppressWarnings("NonAtomicVolatileUpdate") // closed by one thread
  public void close() {
    closes++;
    RuntimeException failure = failsToClose;
    if (failure != null) {
      throw failure;
    }
  }
}
