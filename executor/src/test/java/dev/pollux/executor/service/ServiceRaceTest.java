package dev.pollux.executor.service;

import dev.pollux.executor.PolluxRuntime;
import dev.pollux.executor.RuntimeBuilder;
import org.junit.jupiter.api.Nested;

/** The races of the service, on each kind of runtime. */
class ServiceRaceTest {

  @Nested
  class OnTheCurrentThread extends ServiceRaceContract {
    @Override
    PolluxRuntime build(RuntimeBuilder options) {
      return options.currentThread();
    }
  }
}
