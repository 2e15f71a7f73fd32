package dev.pollux.samples.bench;

/**
 * Something that is measured.
 *
 * @param name by which it is asked for
 * @param what one line that says what it does, and in which unit
 * @param heap what it needs
 * @param body runs and measures it
 */
public record Workload(String name, String what, Heap heap, Body body) {

  /** Runs a workload. */
  @FunctionalInterface
  interface Body {

    /**
     * Runs it as often as the meter asks.
     *
     * @throws IllegalStateException if a result is wrong
     */
    void run(Meter meter) throws Exception;
  }

  /** Runs it in this virtual machine, and hands what was measured to {@code results}. */
  public void run(Results results) throws Exception {
    body.run(new Meter(Settings.fromEnvironment(), name, results));
  }
}
