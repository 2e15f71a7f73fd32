package dev.pollux.stream;

import dev.pollux.core.Description;

/**
 * The elements of one window.
 *
 * @cancellation what is left of it is discarded as it comes
 * @threading confined to the polling task
 */
final class WindowReader<T> extends QueueReader<T, T> implements AutoCloseable {

  // Guarded by the lock of the upstream.

  /** Whether all of its elements have come. */
  private boolean complete;

  /** Whether somebody has it. */
  private boolean given;

  WindowReader(WindowedUpstream<T> upstream) {
    super(upstream);
  }

  @Override
  String kind() {
    return "window";
  }

  void give() {
    given = true;
  }

  boolean isGiven() {
    return given;
  }

  void complete() {
    complete = true;
  }

  @Override
  boolean hasEnded() {
    return complete;
  }

  /** What is discarded is closed: so a window that an operator drops is cancelled. */
  @Override
  public void close() {
    cancel();
  }

  @Override
  void describeHeld(Description description) {
    description.with("held", held());
    if (upstream() instanceof WindowedUpstream<T> windows) {
      windows.describeTimer(description);
    }
  }
}
