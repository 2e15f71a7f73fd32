package dev.pollux.samples.echo;

import java.util.concurrent.TimeUnit;

/** How long a server that was asked to stop waits for its connections. */
final class Drain {

  static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(3);

  private Drain() {}
}
