package dev.pollux.io.process;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import dev.pollux.core.Future;
import dev.pollux.core.Poll;
import dev.pollux.testing.PollHarness;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waits for what other threads and processes do, without limits that a busy machine meets. */
final class Awaiting {

  private static final long LIMIT_NANOS = TimeUnit.SECONDS.toNanos(60);
  private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

  private Awaiting() {}

  static void await(String what, BooleanSupplier condition) {
    long start = System.nanoTime();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime() - start).as("waited in vain: " + what).isLessThan(LIMIT_NANOS);
      LockSupport.parkNanos(LOOK_NANOS);
    }
  }

  /** Polls {@code future} whenever it is woken, to its end. */
  @CanIgnoreReturnValue
  static <T> T complete(PollHarness harness, Future<T> future) throws Exception {
    while (true) {
      Poll<T> answer = harness.poll(future);
      if (answer.isReady()) {
        return answer.value();
      }
      await("a wake", () -> harness.runTasks() > 0 || harness.woken());
    }
  }

  static void gone(long pid) {
    await("the end of process " + pid, () -> ProcessHandle.of(pid).isEmpty());
  }
}
