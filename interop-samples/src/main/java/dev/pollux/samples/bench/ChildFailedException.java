package dev.pollux.samples.bench;

/** Thrown if the virtual machine of a workload has failed. It has said why on standard error. */
public final class ChildFailedException extends Exception {

  private static final long serialVersionUID = 1L;

  /** One that says how it ended. */
  public ChildFailedException(int exitCode) {
    super("its JVM ended with exit code " + exitCode);
  }
}
