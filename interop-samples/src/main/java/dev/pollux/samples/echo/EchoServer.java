package dev.pollux.samples.echo;

import java.io.IOException;

/**
 * A server that sends back what it is sent.
 *
 * @threading {@link #run} on one thread, once; {@link #close} there too, after it; the rest: any
 *     thread
 */
public interface EchoServer extends AutoCloseable {

  /** The port that it listens on. */
  int port();

  /**
   * Serves until {@link #stop}, and then drains: no more connections are accepted, what has come is
   * sent back, and each connection is ended. What is still open after a few seconds is cut off.
   *
   * @throws Exception if it can't accept any more
   */
  void run() throws Exception;

  /** Asks {@link #run} to come to its end. Idempotent. */
  void stop();

  /** What it has done so far. */
  EchoCounts counts();

  @Override
  void close() throws IOException;
}
