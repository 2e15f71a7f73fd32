package dev.pollux.stream;

import dev.pollux.core.AsyncIterator;
import dev.pollux.core.Description;

/**
 * Gives windows.
 *
 * @cancellation cancels a window that it has not given; one that it has goes on
 * @threading confined to the polling task
 */
final class WindowsReader<T> extends QueueReader<T, AsyncIterator<T>> {

  WindowsReader(WindowedUpstream<T> upstream) {
    super(upstream);
  }

  @Override
  String kind() {
    return "windowed";
  }

  @Override
  AsyncIterator<T> take(Afterwards afterwards) {
    AsyncIterator<T> window = super.take(afterwards);
    ((WindowReader<T>) window).give();
    return window;
  }

  /** A window that was not given is a reader, which the upstream has leave too. */
  @Override
  void drop(Afterwards afterwards) {
    clear();
  }

  @Override
  void describeHeld(Description description) {
    if (upstream() instanceof WindowedUpstream<T> windows) {
      windows.describeTimer(description);
      if (held() == 0 && !windows.mayDrive(this)) {
        description.waitsFor("the window that is open to be read to its end or cancelled");
      }
    }
  }
}
