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

  @Nested
  class OnManyWorkers extends ScheduledExecutorServiceContract {
    @Override
    Host open() {
      return Host.onWorkers(builder -> builder.workers(4).multiThread());
    }
  }

  @Nested
  class OnTheirBlockingPool extends ScheduledExecutorServiceContract {
    @Override
    Host open() {
      return Host.onBlockingPool(builder -> builder.workers(2).multiThread());
    }
  }
}
