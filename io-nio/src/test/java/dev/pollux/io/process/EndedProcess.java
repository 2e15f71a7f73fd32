package dev.pollux.io.process;

import java.io.InputStream;
import java.io.OutputStream;
import java.util.concurrent.CompletableFuture;

/** A process that has exited with 0, and never was one. */
final class EndedProcess extends Process {

  @Override
  public OutputStream getOutputStream() {
    return OutputStream.nullOutputStream();
  }

  @Override
  public InputStream getInputStream() {
    return InputStream.nullInputStream();
  }

  @Override
  public InputStream getErrorStream() {
    return InputStream.nullInputStream();
  }

  @Override
  public int waitFor() {
    return 0;
  }

  @Override
  public int exitValue() {
    return 0;
  }

  @Override
  public void destroy() {}

  @Override
  public boolean isAlive() {
    return false;
  }

  @Override
  public long pid() {
    return 0;
  }

  @Override
  public ProcessHandle toHandle() {
    return ProcessHandle.current();
  }

  @Override
  public CompletableFuture<Process> onExit() {
    return CompletableFuture.completedFuture(this);
  }
}
