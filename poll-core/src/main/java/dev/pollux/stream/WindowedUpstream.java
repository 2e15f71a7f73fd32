package dev.pollux.stream;

import dev.pollux.core.AsyncIterator;
import dev.pollux.core.Context;
import dev.pollux.core.Description;
import dev.pollux.time.Sleep;
import dev.pollux.time.Time;
import java.time.Duration;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The upstream of windows, and of the iterator that gives them.
 *
 * @threading any thread
 */
final class WindowedUpstream<T> extends SharedUpstream<T> {
  /*
   * `window` is the window of which the last element has not come, or has not been read. If it is there and its reader has
   * not left, only that reader drives; if it has left, the windows' reader does, and discards; if there is no window, the
   * first element that comes opens one. So what is held is the first element of a window, and nothing else, for any other
   * was pulled by the reader that wants it.
   */

  private final int size;
  private final @Nullable Duration duration;
  private final WindowsReader<T> outer;

  // Belong to the driver.
  private @Nullable Predicate<? super T> predicate;

  /** Armed while a window is open that has a time. */
  private @Nullable Sleep sleep;

  private boolean elapsed;
  private int count;

  /** Whether the element that is being placed is the last of its window. */
  private boolean last;

  /** Guarded by the lock. */
  private @Nullable WindowReader<T> window;

  WindowedUpstream(
      AsyncIterator<? extends T> upstream,
      int size,
      @Nullable Duration duration,
      @Nullable Predicate<? super T> predicate) {
    super(upstream);
    this.size = size;
    this.duration = duration;
    this.predicate = predicate;
    this.outer = new WindowsReader<>(this);
    synchronized (lock()) {
      add(outer);
    }
  }

  WindowsReader<T> outer() {
    return outer;
  }

  @Override
  boolean mayDrive(UpstreamReader<T, ?> reader) {
    WindowReader<T> window = this.window;
    return reader == outer ? window == null || !readers().contains(window) : reader == window;
  }

  // ---- by the driver

  @Override
  boolean isInterrupted(Context cx) throws Exception {
    Sleep sleep = this.sleep;
    if (sleep != null && (elapsed || pollBeside(cx, sleep).isReady())) {
      this.sleep = null;
      return true;
    }
    return false;
  }

  @Override
  void examine(Context cx, T item) throws Exception {
    count++;
    last = count == size || (predicate != null && predicate.test(item));
    if (count == 1 && !last && duration != null) {
      Sleep sleep = Time.sleep(duration);
      elapsed = pollBeside(cx, sleep).isReady(); // at once, for the time runs from here
      this.sleep = sleep;
    }
  }

  // ---- with the lock held

  @Override
  void place(T item, Afterwards afterwards) {
    WindowReader<T> window = this.window;
    if (window == null) {
      window = new WindowReader<>(this);
      this.window = window;
      add(window);
      outer.put(window);
      tell(outer, afterwards);
    }
    if (readers().contains(window)) {
      window.put(item);
      tell(window, afterwards);
    } else {
      afterwards.discard(item);
    }
    if (last) {
      complete(window, afterwards);
    }
  }

  @Override
  void interrupt(Afterwards afterwards) {
    if (window != null) {
      complete(window, afterwards);
    }
  }

  private void complete(WindowReader<T> window, Afterwards afterwards) {
    window.complete();
    tell(window, afterwards);
    stopTimer(afterwards);
    count = 0;
    roomMade(afterwards);
  }

  private void stopTimer(Afterwards afterwards) {
    afterwards.cancel(sleep);
    sleep = null;
  }

  @Override
  void roomMade(Afterwards afterwards) {
    WindowReader<T> window = this.window;
    if (window != null && window.hasEnded() && window.held() == 0) {
      this.window = null;
    }
  }

  @Override
  void left(UpstreamReader<T, ?> reader, Afterwards afterwards) {
    WindowReader<T> window = this.window;
    if (reader == outer && window != null && !window.isGiven()) {
      remove(window, afterwards);
    }
  }

  @Override
  void release(Afterwards afterwards) {
    predicate = null;
    window = null;
    stopTimer(afterwards);
  }

  // ---- describing

  void describeTimer(Description description) {
    description.child("sleep", sleep);
  }
}
