package dev.pollux.executor.service;

import dev.pollux.executor.RuntimeBuilder;
import org.junit.jupiter.api.Nested;

/** The contract of {@code ExecutorService}: the reference keeps it, and so do we. */
class ExecutorServiceTest {

  @Nested
  class Reference extends ExecutorServiceContract {
    @Override
    Host open() {
      return Host.reference();
    }
  }

  @Nested
  class OnTheCurrentThread extends ExecutorServiceContract {
    @Override
    Host open() {
      return Host.onWorkers(RuntimeBuilder::currentThread);
    }
  }

  @Nested
  class OnItsBlockingPool extends ExecutorServiceContract {
    @Override
    Host open() {
      return Host.onBlockingPool(RuntimeBuilder::currentThread);
    }
  }
}
