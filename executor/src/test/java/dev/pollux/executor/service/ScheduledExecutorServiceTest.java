package dev.pollux.executor.service;

import dev.pollux.executor.RuntimeBuilder;
import org.junit.jupiter.api.Nested;

/** The contract of {@code ScheduledExecutorService}: the reference keeps it, and so do we. */
class ScheduledExecutorServiceTest {

  @Nested
  class Reference extends ScheduledExecutorServiceContract {
    @Override
    Host open() {
      return Host.reference();
    }
  }

  @Nested
  class OnTheCurrentThread extends ScheduledExecutorServiceContract {
    @Override
    Host open() {
      return Host.onWorkers(RuntimeBuilder::currentThread);
    }
  }

  @Nested
  class OnItsBlockingPool extends ScheduledExecutorServiceContract {
    @Override
    Host open() {
      return Host.onBlockingPool(RuntimeBuilder::currentThread);
    }
  }
}
