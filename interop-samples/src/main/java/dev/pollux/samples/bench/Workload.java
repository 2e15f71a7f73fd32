package dev.pollux.samples.bench;

import dev.pollux.executor.PolluxRuntime;
import java.util.List;

/**
 * Something that is measured.
 *
 * @param name by which it is asked for
 * @param what one line that says what it does, and in which unit
 * @param heap what it needs
 * @param runtimes the kinds of runtime that it can be measured on; the first is the usual one
 * @param body runs and measures it
 */
public record Workload(String name, String what, Heap heap, List<RuntimeKind> runtimes, Body body) {

  /** For works of tasks. */
  static final List<RuntimeKind> ON_BOTH =
      List.of(RuntimeKind.MULTI_THREAD, RuntimeKind.CURRENT_THREAD);

  /** For works of one task, which need no second thread. */
  static final List<RuntimeKind> ON_BOTH_USUALLY_ONE_THREAD =
      List.of(RuntimeKind.CURRENT_THREAD, RuntimeKind.MULTI_THREAD);

  /** For what happens between threads. */
  static final List<RuntimeKind> ON_SEVERAL_THREADS = List.of(RuntimeKind.MULTI_THREAD);

  /** Runs a workload. */
  @FunctionalInterface
  interface Body {

    /**
     * Runs it as often as the meter asks.
     *
     * @param runtime fresh, and closed by the caller
     * @throws IllegalStateException if a result is wrong
     */
    void run(Meter meter, PolluxRuntime runtime) throws Exception;
  }

  /** The options of the virtual machines that it is measured in, whoever runs it. */
  public List<String> heapOptions() {
    return heap.options();
  }

  /** The kind of runtime that it is measured on if nobody asks for another. */
  public RuntimeKind usualRuntime() {
    return runtimes.get(0);
  }

  /** Runs it in this virtual machine, and hands what was measured to {@code results}. */
  public void run(RuntimeKind kind, Results results) throws Exception {
    run(kind, new Meter(Settings.fromEnvironment(), name, results));
  }

  void run(RuntimeKind kind, Meter meter) throws Exception {
    try (PolluxRuntime runtime = kind.open()) {
      body.run(meter, runtime);
    }
  }
}
