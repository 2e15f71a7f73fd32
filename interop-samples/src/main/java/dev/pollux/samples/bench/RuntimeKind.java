package dev.pollux.samples.bench;

import dev.pollux.executor.PolluxRuntime;
import java.util.Locale;

/** The kinds of runtime that workloads are measured on. */
public enum RuntimeKind {
  /** Several workers, as many as there are processors. */
  MULTI_THREAD,
  /** The thread that measures. */
  CURRENT_THREAD;

  /** Makes a runtime of this kind, with the default options. */
  PolluxRuntime open() {
    return this == MULTI_THREAD ? PolluxRuntime.multiThread() : PolluxRuntime.currentThread();
  }

  /** As on the command line: {@code multi-thread}. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
