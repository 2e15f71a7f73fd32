package dev.pollux.stream;

import static java.util.Objects.requireNonNull;

import dev.pollux.core.AsyncIterator;
import java.util.function.Consumer;

/**
 * A look at what passes through a stream, which is handed on unchanged. Made by {@link
 * AsyncIterator#observed()}, and used once.
 *
 * <pre>{@code
 * AsyncIterator<Order> orders = source.observed().metrics(metrics);
 * }</pre>
 *
 * <p>A look at the elements alone is {@link AsyncIterator#inspect}. None of these holds an element.
 *
 * @param <T> the type of the elements
 * @threading as the iterator, which belongs to one task
 */
public final class Observed<T> {

  private final SingleUse<T> upstream;

  private Observed(AsyncIterator<T> upstream) {
    this.upstream = new SingleUse<>("observed()", upstream);
  }

  /**
   * The view of {@code upstream}, which it owns from now on: what {@link AsyncIterator#observed()}
   * calls.
   *
   * @param upstream what is looked at
   * @param <T> the type of the elements
   * @return the view: to be used once
   */
  public static <T> Observed<T> of(AsyncIterator<T> upstream) {
    return new Observed<>(upstream);
  }

  /**
   * Shows {@code tap} the first poll, the elements, and how the stream came to its end.
   *
   * <p>Source: the {@code doOn} methods of Reactor and RxJava, in one.
   *
   * @param tap sees what passes, before it is handed on
   * @return the new iterator, which owns the upstream
   * @cancellation tells {@code tap}, then cancels the upstream; nothing is lost
   */
  public AsyncIterator<T> tap(Tap<? super T> tap) {
    return made("tap", requireNonNull(tap, "tap"));
  }

  /**
   * Tells {@code action} once how the stream came to its end: it ended, failed, or was cancelled.
   *
   * <pre>{@code
   * AsyncIterator<Row> rows = query.rows().observed().whenOver(how -> connection.release());
   * }</pre>
   *
   * <p>It is called before the end is answered or the failure thrown. What it throws is the failure
   * of the stream at its end, a suppressed exception at a failure, and goes to the uncaught-failure
   * handler at a cancel. Source: {@code doFinally} of Reactor and RxJava.
   *
   * @param action is told
   * @return the new iterator, which owns the upstream
   * @cancellation tells {@code action}, then cancels the upstream; nothing is lost
   */
  public AsyncIterator<T> whenOver(Consumer<? super Over> action) {
    return made("whenOver", new OverTap<T>(requireNonNull(action, "action")));
  }

  /**
   * Logs the first poll, each element, and how the stream came to its end, with a failure and its
   * stack trace.
   *
   * <p>An element is turned into text only if the logger logs the level. Source: {@code log} of
   * Reactor.
   *
   * @param logger where to; what it throws is treated as what a {@link Tap} throws
   * @param level the level of all lines
   * @param name what the lines begin with
   * @return the new iterator, which owns the upstream
   * @cancellation logs that, then cancels the upstream; nothing is lost
   */
  public AsyncIterator<T> log(System.Logger logger, System.Logger.Level level, String name) {
    return made(
        "log",
        new LogTap<T>(
            requireNonNull(logger, "logger"),
            requireNonNull(level, "level"),
            requireNonNull(name, "name")));
  }

  /**
   * Counts in {@code metrics} the elements, the polls that found none, how the stream came to its
   * end, and the time to its first element, which the timer of the stream's task tells.
   *
   * <p>Source: {@code metrics} of Reactor.
   *
   * @param metrics what is counted in; may be shared by several streams
   * @return the new iterator, which owns the upstream; it fails at its first poll with a {@link
   *     dev.pollux.core.MissingServiceException} if whatever polls it has no timer
   * @cancellation counts that, and cancels the upstream; nothing is lost
   */
  public AsyncIterator<T> metrics(StreamMetrics metrics) {
    requireNonNull(metrics, "metrics");
    return upstream.into(source -> new MeteredIterator<>(source, metrics));
  }

  private AsyncIterator<T> made(String kind, Tap<? super T> tap) {
    return upstream.into(source -> new TapIterator<>(kind, source, tap));
  }
}
