package dev.pollux.samples.bench;

/** Thrown if the virtual machine of a workload has failed. It has said why on standard error. */
public final class ChildFailedException extends Exception {

  private static final long serialVersionUID = 1L;

  ChildFailedException(String workload, int exitCode) {
    super("workload " + workload + " failed: its JVM ended with exit code " + exitCode);
  }
}
