package dev.pollux.stream;

import static java.util.Objects.requireNonNull;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import dev.pollux.core.AsyncIterator;
import dev.pollux.core.AsyncIterators;
import dev.pollux.core.Discard;
import dev.pollux.core.Future;
import dev.pollux.operator.Counts;
import dev.pollux.spi.Unpolled;
import java.util.function.Consumer;

/**
 * The writing end of a stream whose elements come from outside: callbacks, listeners, other
 * threads. The reading end is an {@link AsyncIterator}; what is between holds as many elements as
 * was said, and {@link Overflow} says what becomes of one more.
 *
 * <pre>{@code
 * AsyncIterator<Price> prices =
 *     AsyncIterators.emitter(
 *         64,
 *         Overflow.DROP_OLDEST,
 *         emitter -> {
 *           Listener listener = emitter::emit;
 *           exchange.add(listener);
 *           emitter.onCancel(() -> exchange.remove(listener));
 *         });
 * }</pre>
 *
 * <p>All methods may be called by any thread, and at once: they take turns. The elements of one
 * thread keep their order. After {@link #end} or {@link #fail}, of which the first counts, what is
 * held is given before the end or the failure.
 *
 * <p>Source: {@code Flux.create} and {@code Sinks} of Reactor, whose sinks must not be used by
 * several threads at once unless they are told so, and buffer without limit unless they are told
 * otherwise.
 *
 * @param <T> the type of the elements, never null
 * @threading any thread, and any number at once
 */
public final class Emitter<T> {

  /**
   * The two ends of a stream.
   *
   * @param emitter what is written to
   * @param elements what is read; it must be read to its end or cancelled
   * @param <T> the type of the elements
   */
  public record Pipe<T>(Emitter<T> emitter, AsyncIterator<T> elements) {

    /** Refuses null. */
    public Pipe {
      requireNonNull(emitter, "emitter");
      requireNonNull(elements, "elements");
    }
  }

  private final EmitterQueue<T> queue;

  Emitter(EmitterQueue<T> queue) {
    this.queue = queue;
  }

  /**
   * Makes a stream and what writes to it.
   *
   * <pre>{@code
   * Emitter.Pipe<String> pipe = Emitter.pipe(16, Overflow.WAIT);
   * pipe.emitter().emit("first");
   * }</pre>
   *
   * @param capacity how many elements are held at most, at least 1
   * @param overflow what becomes of one more
   * @param <T> the type of the elements
   * @return both ends
   * @throws IllegalArgumentException if {@code capacity} is less than 1
   */
  public static <T> Pipe<T> pipe(int capacity, Overflow overflow) {
    EmitterQueue<T> queue = queue(capacity, overflow);
    return new Pipe<>(new Emitter<>(queue), Unpolled.made(new EmitterIterator<>(queue, null)));
  }

  /**
   * The reading end of a stream whose writing end is given to {@code start} at the first poll:
   * {@link AsyncIterators#emitter}.
   *
   * @param capacity how many elements are held at most, at least 1
   * @param overflow what becomes of one more
   * @param start takes the writing end
   * @param <T> the type of the elements
   * @return the reading end
   * @throws IllegalArgumentException if {@code capacity} is less than 1
   */
  public static <T> AsyncIterator<T> started(
      int capacity, Overflow overflow, Consumer<? super Emitter<T>> start) {
    EmitterQueue<T> queue = queue(capacity, overflow);
    return Unpolled.made(new EmitterIterator<>(queue, requireNonNull(start, "start")));
  }

  private static <T> EmitterQueue<T> queue(int capacity, Overflow overflow) {
    return new EmitterQueue<>(
        Counts.positive("capacity", capacity), requireNonNull(overflow, "overflow"));
  }

  /**
   * Gives {@code value} to the reader, without waiting. It stays the caller's if the answer is
   * {@link Emission#FULL} or {@link Emission#OVER}.
   *
   * @param value the element
   * @return what has become of it
   * @threading any thread
   */
  @CanIgnoreReturnValue
  public Emission emit(T value) {
    return queue.emit(requireNonNull(value, "value"));
  }

  /**
   * Gives {@code value} to the reader when there is room. Does nothing before it is polled. With
   * another policy than {@link Overflow#WAIT} it is over at once, as {@link #emit} is.
   *
   * @param value the element, which the future owns from now on
   * @return completes when the value is held, or was dropped by the policy; fails with an {@link
   *     IllegalStateException} if the stream is over or was ended, and the value is {@linkplain
   *     Discard discarded} then
   * @cancellation the value is discarded, unless the future was complete; the sends behind it move
   *     up
   * @threading made by any thread; the future is owned by one task
   */
  public Future<Void> send(T value) {
    return Unpolled.made(new EmitterSend<>(queue, requireNonNull(value, "value")));
  }

  /**
   * Ends the stream: the reader gets what is held, and then the end. Sends that wait fail. Does
   * nothing if the stream is over or was ended.
   *
   * @threading any thread
   */
  public void end() {
    queue.finish(null);
  }

  /**
   * Fails the stream: the reader gets what is held, and then {@code failure}. Sends that wait fail.
   * If the reader is cancelled before it has got the failure, that is reported to {@link
   * Discard#uncaught}.
   *
   * @param failure what the reader throws, unchanged
   * @return false if the stream is over or was ended: then the failure is the caller's to report
   * @threading any thread
   */
  @CanIgnoreReturnValue
  public boolean fail(Throwable failure) {
    return queue.finish(requireNonNull(failure, "failure"));
  }

  /**
   * Has {@code action} run once when the reader is cancelled, or fails for {@link Overflow}: to
   * take leave of where the elements come from. Run at once if that has happened; not run after
   * {@link #end} or {@link #fail}. The actions are run in the order in which they were added.
   *
   * @param action what is done, by the thread that cancels; what it throws is reported to {@link
   *     Discard#uncaught}
   * @threading any thread
   */
  public void onCancel(Runnable action) {
    queue.onCancel(requireNonNull(action, "action"));
  }

  /** Whether nothing can be emitted any more: the stream is over or was ended. */
  public boolean isOver() {
    return queue.isFinished();
  }

  @Override
  public String toString() {
    return queue.toString();
  }
}
