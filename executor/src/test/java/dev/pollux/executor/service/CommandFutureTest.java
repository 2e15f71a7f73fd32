package dev.pollux.executor.service;

import dev.pollux.executor.RuntimeBuilder;
import org.junit.jupiter.api.Nested;

/** The contract of {@code java.util.concurrent.Future}: the reference keeps it, and so do we. */
class CommandFutureTest {

  @Nested
  class Reference extends FutureContract {
    @Override
    Host open() {
      return Host.reference();
    }
  }

  @Nested
  class OnTheCurrentThread extends FutureContract {
    @Override
    Host open() {
      return Host.onWorkers(RuntimeBuilder::currentThread);
    }
  }

  @Nested
  class OnItsBlockingPool extends FutureContract {
    @Override
    Host open() {
      return Host.onBlockingPool(RuntimeBuilder::currentThread);
    }
  }
}
