package dev.pollux.io.net;

import dev.pollux.executor.PolluxRuntime;
import dev.pollux.executor.RuntimeBuilder;
import java.util.function.Function;
import java.util.stream.Stream;

/** The runtimes that sockets are tested in. */
enum Runtimes {
  CURRENT_THREAD(RuntimeBuilder::currentThread),
  ONE_WORKER(builder -> builder.workers(1).multiThread()),
  TWO_WORKERS(builder -> builder.workers(2).multiThread()),
  EIGHT_WORKERS(builder -> builder.workers(8).multiThread());

  private final Function<RuntimeBuilder, PolluxRuntime> make;

  Runtimes(Function<RuntimeBuilder, PolluxRuntime> make) {
    this.make = make;
  }

  static Stream<Runtimes> all() {
    return Stream.of(values());
  }

  /** Opens one, for {@code blockOn} and for tasks. */
  PolluxRuntime open() {
    return open(PolluxRuntime.builder());
  }

  /** Opens one with what the builder says. */
  PolluxRuntime open(RuntimeBuilder builder) {
    return make.apply(builder);
  }
}
