package dev.pollux.io.net;

import dev.pollux.executor.PolluxRuntime;
import dev.pollux.executor.RuntimeBuilder;
import java.util.stream.Stream;

/** The runtimes that sockets are tested in. */
public enum Runtimes {
  CURRENT_THREAD(0),
  ONE_WORKER(1),
  TWO_WORKERS(2),
  EIGHT_WORKERS(8);

  private final int workers;

  Runtimes(int workers) {
    this.workers = workers;
  }

  public static Stream<Runtimes> all() {
    return Stream.of(values());
  }

  /** Opens one, for {@code blockOn} and for tasks. */
  public PolluxRuntime open() {
    return open(PolluxRuntime.builder());
  }

  /** Opens one with what the builder says. */
  public PolluxRuntime open(RuntimeBuilder builder) {
    return workers == 0 ? builder.currentThread() : builder.workers(workers).multiThread();
  }
}
