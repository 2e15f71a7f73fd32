package dev.pollux.tck;

import dev.pollux.core.AsyncIterator;
import dev.pollux.core.AsyncIterators;
import dev.pollux.core.Futures;
import dev.pollux.core.RuntimeShutdownException;
import dev.pollux.executor.PolluxRuntime;
import org.reactivestreams.tck.TestEnvironment;

/** A runtime with a thread that drives it, for the time of one suite. */
final class Carrier implements AutoCloseable {

  /** How long a garbage collection may take to find a subscriber that was let go (3.13). */
  static final long REFERENCE_GC_MILLIS = 1000;

  private final PolluxRuntime runtime;

  private Carrier(PolluxRuntime runtime) {
    this.runtime = runtime;
  }

  /**
   * The environment of every suite: signals within ten seconds, which a busy machine may need, none
   * for 50 ms, polled every 50 ms.
   */
  static TestEnvironment environment() {
    return new TestEnvironment(10_000, 50, 50);
  }

  static Carrier start() {
    PolluxRuntime runtime = PolluxRuntime.currentThread();
    Thread driver =
        new Thread(
            () -> {
              try {
                runtime.blockOn(Futures.<Void>pending());
              } catch (RuntimeShutdownException closed) {
                // The suite is over.
              } catch (Exception failure) {
                throw new IllegalStateException(failure);
              }
            },
            "tck-driver");
    driver.setDaemon(true);
    driver.start();
    return new Carrier(runtime);
  }

  /** A carrier of that kind. */
  static Carrier start(Workers workers) {
    return switch (workers) {
      case CURRENT_THREAD -> start();
      case ONE -> new Carrier(PolluxRuntime.builder().workers(1).multiThread());
      case MANY -> new Carrier(PolluxRuntime.builder().workers(4).multiThread());
    };
  }

  /** A runtime that was shut down, which refuses whatever it is asked. */
  static PolluxRuntime closed() {
    PolluxRuntime runtime = PolluxRuntime.currentThread();
    runtime.close();
    return runtime;
  }

  PolluxRuntime runtime() {
    return runtime;
  }

  /** The source of the publishers under test. */
  static AsyncIterator<Long> source(long elements) {
    return AsyncIterators.rangeLong(0, elements);
  }

  @Override
  public void close() {
    runtime.close();
  }
}
