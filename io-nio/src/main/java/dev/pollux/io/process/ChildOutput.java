package dev.pollux.io.process;

import java.nio.charset.StandardCharsets;

/**
 * What a child has left behind: see {@link ChildCommand#output}.
 *
 * @threading immutable, but for the arrays, which belong to whoever has this
 */
public final class ChildOutput {

  private final int exitCode;
  private final byte[] stdout;
  private final byte[] stderr;

  ChildOutput(int exitCode, byte[] stdout, byte[] stderr) {
    this.exitCode = exitCode;
    this.stdout = stdout;
    this.stderr = stderr;
  }

  /** The exit code, as {@link ChildProcess#exit()} tells it. */
  public int exitCode() {
    return exitCode;
  }

  /** Whether the exit code is 0. */
  public boolean succeeded() {
    return exitCode == 0;
  }

  /** All that it has written to its standard output, if that was a pipe; not a copy. */
  public byte[] stdout() {
    return stdout;
  }

  /** All that it has written to its standard error output, if that was a pipe; not a copy. */
  public byte[] stderr() {
    return stderr;
  }

  /** The standard output as UTF-8; what is none is replaced. */
  public String stdoutText() {
    return new String(stdout, StandardCharsets.UTF_8);
  }

  /** The standard error output as UTF-8; what is none is replaced. */
  public String stderrText() {
    return new String(stderr, StandardCharsets.UTF_8);
  }

  @Override
  public String toString() {
    return "ChildOutput[exit code "
        + exitCode
        + ", "
        + stdout.length
        + " and "
        + stderr.length
        + " bytes]";
  }
}
