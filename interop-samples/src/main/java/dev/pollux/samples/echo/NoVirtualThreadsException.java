package dev.pollux.samples.echo;

/** Thrown where virtual threads are asked for on a JDK that has none. */
public final class NoVirtualThreadsException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  NoVirtualThreadsException() {
    super("virtual threads need JDK 21 or newer, this is " + Runtime.version().feature());
  }
}
