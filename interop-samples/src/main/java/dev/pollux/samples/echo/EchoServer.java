package dev.pollux.samples.echo;

import dev.pollux.io.process.GracefulShutdown;
import dev.pollux.io.process.GracefulShutdownBuilder;
import java.io.IOException;
import java.time.Duration;

/**
 * A server that sends back what it is sent.
 *
 * @threading {@link #run} on one thread, once; {@link #close} there too, after it; the rest: any
 *     thread
 */
public interface EchoServer extends AutoCloseable {

  /** How long a server that was asked to stop waits for its connections. */
  Duration PATIENCE = Duration.ofSeconds(3);

  /** For an end that a server may be run until: it waits for {@link #PATIENCE}. */
  static GracefulShutdownBuilder shutdown() {
    return GracefulShutdown.builder().patience(PATIENCE);
  }

  /** The port that it listens on. */
  int port();

  /**
   * Serves until the end is asked for, and then drains: no more connections are accepted, what has
   * come is sent back, and each connection is ended. What is still open after a few seconds is cut
   * off.
   *
   * @throws Exception if it can't accept any more
   */
  void run() throws Exception;

  /** What it has done so far. */
  EchoCounts counts();

  @Override
  void close() throws IOException;
}
