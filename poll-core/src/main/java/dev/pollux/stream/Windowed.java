package dev.pollux.stream;

import static java.util.Objects.requireNonNull;

import dev.pollux.core.AsyncIterator;
import dev.pollux.core.Discard;
import dev.pollux.operator.Counts;
import dev.pollux.spi.Unpolled;
import java.time.Duration;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A stream in windows: made by {@link AsyncIterator#windowed()}. A window is an iterator of
 * elements that follow each other, and is given when its first element has come; none is empty.
 *
 * <pre>{@code
 * Future<Long> sumOfLargest =
 *     numbers.windowed().ofSize(1_000)
 *         .flatMap(window -> window.fold(0L, Math::max).toAsyncIterator())
 *         .fold(0L, Long::sum);
 * }</pre>
 *
 * <p>One window is open at a time. <em>The next is not given before that is over</em>: read to its
 * end, or cancelled. So nothing is held for windows that nobody reads yet, and who collects windows
 * before reading them waits for ever; a description says so. Of a window that is cancelled the
 * elements that are left are pulled and {@linkplain Discard discarded}, up to where it would have
 * ended.
 *
 * <p>Nothing is pulled but by whoever reads: the window that is open, or, if none is, the iterator
 * of the windows. They may be of different tasks and threads. Whatever the windows are made by, one
 * element is held at most: the first of a window, until it is read.
 *
 * <p>Source: {@code window} of Reactor and RxJava, where windows may overlap and be empty, are held
 * without limit, and go by the clock and not by their first element; {@code ofSize(n)} and {@code
 * until} give the same as theirs.
 *
 * @param <T> the type of the elements
 * @cancellation no window is given any more; the one that is open goes on, and the upstream is
 *     cancelled with it
 * @threading confined to the thread that assembles the pipeline; it is used once
 */
public final class Windowed<T> {

  /** Null once used. */
  private @Nullable AsyncIterator<? extends T> upstream;

  private Windowed(AsyncIterator<? extends T> upstream) {
    this.upstream = upstream;
  }

  /**
   * The view of {@code upstream}, which it owns from now on.
   *
   * @param upstream what is divided
   * @param <T> the type of the elements
   * @return the view: to be used once
   */
  public static <T> Windowed<T> of(AsyncIterator<? extends T> upstream) {
    return new Windowed<>(requireNonNull(upstream, "upstream"));
  }

  /**
   * Windows of {@code size} elements; the last may have fewer. Holds at most one element.
   *
   * @param size how many elements, at least 1
   * @return the windows
   * @throws IllegalArgumentException if {@code size} is less than 1
   */
  public AsyncIterator<AsyncIterator<T>> ofSize(int size) {
    return windows(Counts.positive("size", size), null, null);
  }

  /**
   * Windows of what comes within {@code duration} of their first element. An element that comes
   * when the time is over begins the next window, and so does one that is there in the poll which
   * finds that it is over. Holds at most one element.
   *
   * @param duration how long a window is open from its first element, more than 0
   * @return the windows
   * @throws IllegalArgumentException if {@code duration} is not more than 0
   */
  public AsyncIterator<AsyncIterator<T>> ofTime(Duration duration) {
    return windows(Integer.MAX_VALUE, positive(duration), null);
  }

  /**
   * Windows of {@code size} elements, or of fewer that came within {@code duration} of the first.
   * Holds at most one element.
   *
   * @param size how many elements at most, at least 1
   * @param duration how long a window is open from its first element, more than 0
   * @return the windows
   * @throws IllegalArgumentException if {@code size} is less than 1, or {@code duration} not more
   *     than 0
   */
  public AsyncIterator<AsyncIterator<T>> ofSizeOrTime(int size, Duration duration) {
    return windows(Counts.positive("size", size), positive(duration), null);
  }

  /**
   * Windows that end with an element for which {@code predicate} holds, the last with the stream.
   * Holds at most one element.
   *
   * @param predicate says which element is the last of its window
   * @return the windows; if {@code predicate} throws, they and the window that is open fail
   */
  public AsyncIterator<AsyncIterator<T>> until(Predicate<? super T> predicate) {
    return windows(Integer.MAX_VALUE, null, requireNonNull(predicate, "predicate"));
  }

  private static Duration positive(Duration duration) {
    requireNonNull(duration, "duration");
    if (duration.isZero() || duration.isNegative()) {
      throw new IllegalArgumentException("duration must be more than 0, was " + duration);
    }
    return duration;
  }

  private AsyncIterator<AsyncIterator<T>> windows(
      int size, @Nullable Duration duration, @Nullable Predicate<? super T> predicate) {
    AsyncIterator<? extends T> upstream = this.upstream;
    if (upstream == null) {
      throw new IllegalStateException("a stream is divided once: this view has been used");
    }
    this.upstream = null;
    return Unpolled.made(
        new WindowedUpstream<T>(upstream, size, duration, predicate).outer(), upstream);
  }
}
