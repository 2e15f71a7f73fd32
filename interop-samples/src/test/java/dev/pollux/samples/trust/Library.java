package dev.pollux.samples.trust;

import dev.pollux.executor.PolluxRuntime;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.reactivestreams.Publisher;

/** One of the two libraries whose operators are tried. */
interface Library {

  /**
   * Assembles a pipeline on the schedulers that are in force.
   *
   * @param live how many subscriptions its source has
   */
  Publisher<Integer> assemble(Plan plan, AtomicInteger live);

  /** Makes {@code runtime} its schedulers until the answer is closed. */
  AutoCloseable install(PolluxRuntime runtime);

  /** Hands failures that nobody can be told of to {@code handler} until the answer is closed. */
  AutoCloseable watch(Consumer<Throwable> handler);
}
