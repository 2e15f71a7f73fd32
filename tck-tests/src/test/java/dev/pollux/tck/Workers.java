package dev.pollux.tck;

import org.testng.annotations.DataProvider;

/** The runtimes that a suite is run on. */
public enum Workers {
  /** The current-thread runtime, with one thread to drive it. */
  CURRENT_THREAD,
  /** The work-stealing runtime with a single worker. */
  ONE,
  /** The work-stealing runtime with more workers than the machines of most builds have. */
  MANY;

  /** One of each, for the factories of suites. */
  @DataProvider(name = "workers")
  public static Object[][] all() {
    return new Object[][] {{CURRENT_THREAD}, {ONE}, {MANY}};
  }
}
