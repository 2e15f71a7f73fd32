package dev.pollux.stream;

import static java.util.Objects.requireNonNull;

import dev.pollux.core.AsyncIterator;
import dev.pollux.core.AsyncIterators;
import dev.pollux.core.Settled;
import dev.pollux.spi.Unpolled;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * What is done about the failure of a stream. Made by {@link AsyncIterator#failures()}, and used
 * once.
 *
 * <pre>{@code
 * AsyncIterator<Quote> quotes = live.failures().resume(failure -> lastKnown());
 * }</pre>
 *
 * <p>A failure is the end of an iterator, so none of these goes on with the iterator that has
 * failed. What passes an item over that fails by itself is {@code concurrent(limit)} with {@code
 * skippingFailures}; what runs the whole stream again is {@link AsyncIterators#retry}.
 *
 * <p>All of these see an {@link Exception}, never an {@link Error}, which passes. What was given
 * before the failure has been given. If a function throws, that is the failure of the stream, with
 * the first one as a suppressed exception. None holds an element.
 *
 * @param <T> the type of the elements
 * @threading as the iterator, which belongs to one task
 */
public final class Failures<T> {

  private final SingleUse<T> upstream;

  private Failures(AsyncIterator<T> upstream) {
    this.upstream = new SingleUse<>("failures()", upstream);
  }

  /**
   * The view of {@code upstream}, which it owns from now on: what {@link AsyncIterator#failures()}
   * calls.
   *
   * @param upstream what may fail
   * @param <T> the type of the elements
   * @return the view: to be used once
   */
  public static <T> Failures<T> of(AsyncIterator<T> upstream) {
    return new Failures<>(upstream);
  }

  /**
   * Goes on with the iterator that {@code function} makes of the failure, whose own failure passes.
   *
   * <p>Source: {@code onErrorResume} of Reactor, {@code onErrorResumeNext} of RxJava.
   *
   * @param function makes what follows; null is a failure of the stream
   * @return the new iterator, which owns the upstream
   * @cancellation cancels whichever of the two iterators is read; nothing is lost
   */
  public AsyncIterator<T> resume(
      Function<? super Exception, ? extends AsyncIterator<? extends T>> function) {
    return made("resume", requireNonNull(function, "function"));
  }

  /**
   * Gives what {@code function} makes of the failure as the last element, which takes a unit of
   * budget.
   *
   * <p>Source: {@code onErrorReturn} of Reactor, {@code onErrorReturn} of RxJava.
   *
   * @param function makes the last element; null is a failure of the stream
   * @return the new iterator, which owns the upstream
   * @cancellation cancels the upstream; nothing is lost
   */
  public AsyncIterator<T> replace(Function<? super Exception, ? extends T> function) {
    requireNonNull(function, "function");
    return made(
        "replace",
        failure ->
            AsyncIterators.<T>fromIterable(
                List.of(
                    requireNonNull(
                        function.apply(failure),
                        "replace: the function answered null, and an element may not be null"))));
  }

  /**
   * Fails with what {@code function} makes of the failure.
   *
   * <p>Source: {@code map_err} of Rust, {@code onErrorMap} of Reactor.
   *
   * @param function makes what is thrown, as a rule with its argument as the cause; null is a
   *     failure of the stream
   * @return the new iterator, which owns the upstream
   * @cancellation cancels the upstream; nothing is lost
   */
  public AsyncIterator<T> map(Function<? super Exception, ? extends Exception> function) {
    requireNonNull(function, "function");
    return upstream.into(source -> new MapFailureIterator<>(source, function));
  }

  /**
   * Ends in place of the failure, once {@code action} has seen it.
   *
   * <p>Source: {@code onErrorComplete} of Reactor and RxJava, which drop the failure unseen.
   *
   * @param action sees the failure
   * @return the new iterator, which owns the upstream
   * @cancellation cancels the upstream; nothing is lost
   */
  public AsyncIterator<T> end(Consumer<? super Exception> action) {
    requireNonNull(action, "action");
    return made(
        "end",
        failure -> {
          action.accept(failure);
          return AsyncIterators.<T>empty();
        });
  }

  /**
   * Gives each element as an {@link Settled} and the failure as the last one, after which the
   * stream ends. {@link #fromResults} is the way back.
   *
   * <p>Source: {@code materialize} of Reactor and RxJava, without a signal for the end.
   *
   * @return the new iterator, which owns the upstream
   * @cancellation cancels the upstream; a failure that has come and was not asked for yet goes to
   *     the uncaught-failure handler
   */
  public AsyncIterator<Settled<T>> toResults() {
    return upstream.into(ResultsIterator::new);
  }

  /**
   * Gives the element of each outcome. The first that is a failure is the failure of the stream,
   * and cancels {@code results}.
   *
   * <p>Holds no element. Source: {@code dematerialize} of Reactor and RxJava.
   *
   * @param results what {@link #toResults()} made
   * @param <T> the type of the elements
   * @return the new iterator, which owns {@code results}
   * @cancellation cancels {@code results}; nothing is lost
   */
  public static <T> AsyncIterator<T> fromResults(
      AsyncIterator<? extends Settled<? extends T>> results) {
    return Unpolled.made(new FromResultsIterator<T>(requireNonNull(results, "results")), results);
  }

  private AsyncIterator<T> made(
      String kind, Function<? super Exception, ? extends AsyncIterator<? extends T>> function) {
    return upstream.into(source -> new ResumeIterator<>(kind, source, function));
  }
}
