package dev.pollux.io;

import static java.util.Objects.requireNonNull;

import dev.pollux.core.Context;
import dev.pollux.core.Future;
import dev.pollux.io.driver.ReadinessWaiters.Waiter;
import dev.pollux.io.driver.Registration;
import dev.pollux.spi.Unpolled;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.IllegalBlockingModeException;
import java.nio.channels.SelectableChannel;
import org.jspecify.annotations.Nullable;

/**
 * Waits for any selectable channel: one that another library has made, or of a kind that has no
 * class of its own here.
 *
 * <pre>{@code
 * pipe.source().configureBlocking(false);
 * try (Readiness readiness = Readiness.of(pipe.source())) {
 *   Future<Integer> count = readiness.whenReadable(() -> {
 *     int bytes = pipe.source().read(buffer);
 *     return bytes == 0 ? null : bytes;       // null: not yet
 *   });
 *   ...
 * }
 * }</pre>
 *
 * <p>{@link #whenReadable} tries first, and waits only when there is nothing: that is the fast way.
 * {@link #readable} waits for a report of the system first, and leaves the try to the caller.
 * Several may wait for each direction, and all of them are told.
 *
 * <p>A channel has one of these at a time in each runtime; tasks share it. It belongs to the
 * runtime in which somebody first has to wait. The channel belongs to whoever made it: it may be
 * closed there at any time, which is noticed within a second or so.
 *
 * <p>Source: {@code AsyncFd} of Tokio, {@code Async} of smol.
 *
 * @threading every method may be called from any thread
 */
public final class Readiness implements Closeable {

  private final Registration registration;

  private Readiness(Registration registration) {
    this.registration = registration;
  }

  /**
   * One for {@code channel}.
   *
   * @param channel a channel in non-blocking mode, which it must keep; the caller closes it
   * @throws IllegalBlockingModeException if the channel is in blocking mode
   */
  public static Readiness of(SelectableChannel channel) {
    if (requireNonNull(channel, "channel").isOpen() && channel.isBlocking()) {
      throw new IllegalBlockingModeException();
    }
    return new Readiness(new Registration(channel, false));
  }

  /** A try that does not wait. */
  @FunctionalInterface
  public interface Attempt<T> {

    /**
     * Tries once.
     *
     * @return what was had; null if there is nothing yet
     * @throws IOException if there will be nothing; ends the future
     */
    @Nullable T attempt() throws IOException;
  }

  /**
   * Waits until the system says that the channel can be read, or has a connection to accept. What
   * it said before is not looked at. One who is told may still find nothing: others may have been
   * faster, and the system itself may err.
   *
   * <p>The future throws {@link java.nio.channels.ClosedChannelException} if this or the channel is
   * closed; {@link IllegalStateException} if the channel has another {@code Readiness} in the same
   * runtime; {@link IOException} if the system refuses to watch the channel.
   *
   * @throws UnsupportedOperationException if a channel of this kind is never readable
   * @cancellation nothing is lost
   */
  public Future<Void> readable() {
    return Unpolled.made(new ReadinessReport(registrationFor(Registration.IN), Registration.IN));
  }

  /**
   * Waits until the system says that the channel can be written, or that its connection is there or
   * has failed. Otherwise as {@link #readable()}.
   *
   * @throws UnsupportedOperationException if a channel of this kind is never writable
   * @cancellation nothing is lost
   */
  public Future<Void> writable() {
    return Unpolled.made(new ReadinessReport(registrationFor(Registration.OUT), Registration.OUT));
  }

  /**
   * What {@code attempt} gets, which is tried at once, and again whenever the channel can be read
   * or accepts, until it gets something. The future fails as that of {@link #readable()}, and with
   * what the attempt throws.
   *
   * @param attempt called by polls; it must find nothing only if the channel has nothing
   * @param <T> what it gets
   * @throws UnsupportedOperationException if a channel of this kind is never readable
   * @cancellation nothing is lost: what an attempt has got was answered by that poll
   */
  public <T> Future<T> whenReadable(Attempt<? extends T> attempt) {
    return Unpolled.made(
        new ReadinessAttempt<>(
            registrationFor(Registration.IN), Registration.IN, requireNonNull(attempt, "attempt")));
  }

  /**
   * As {@link #whenReadable}, when the channel can be written or connected.
   *
   * @param attempt called by polls; it must find nothing only if the channel has no room
   * @param <T> what it gets
   * @throws UnsupportedOperationException if a channel of this kind is never writable
   * @cancellation nothing is lost: what an attempt has got was answered by that poll
   */
  public <T> Future<T> whenWritable(Attempt<? extends T> attempt) {
    return Unpolled.made(
        new ReadinessAttempt<>(
            registrationFor(Registration.OUT),
            Registration.OUT,
            requireNonNull(attempt, "attempt")));
  }

  /**
   * As {@link #whenReadable}, for a future that is written by hand and is the only one that reads:
   * it needs no object. A second one that waits so takes the place of the first.
   *
   * @param cx whose waker is stored if there is nothing
   * @param attempt it must find nothing only if the channel has nothing
   * @param <T> what it gets
   * @return what it got; null if there is nothing yet, and the waker is stored
   * @throws IOException as the future of {@link #whenReadable}
   * @throws UnsupportedOperationException if a channel of this kind is never readable
   */
  public <T> @Nullable T pollReadable(Context cx, Attempt<? extends T> attempt) throws IOException {
    return poll(cx, Registration.IN, attempt);
  }

  /**
   * As {@link #pollReadable}, for the only one that writes.
   *
   * @param cx whose waker is stored if there is no room
   * @param attempt it must find nothing only if the channel has no room
   * @param <T> what it gets
   * @return what it got; null if there is no room yet, and the waker is stored
   * @throws IOException as the future of {@link #whenWritable}
   * @throws UnsupportedOperationException if a channel of this kind is never writable
   */
  public <T> @Nullable T pollWritable(Context cx, Attempt<? extends T> attempt) throws IOException {
    return poll(cx, Registration.OUT, attempt);
  }

  private <T> @Nullable T poll(Context cx, int direction, Attempt<? extends T> attempt)
      throws IOException {
    Registration registration = registrationFor(direction);
    while (true) {
      int seen = registration.pollReady(cx, direction);
      if (seen < 0) {
        return null;
      }
      T got = attempt.attempt();
      if (got != null) {
        registration.stopWaiting(direction);
        return got;
      }
      registration.exhausted(direction, seen);
    }
  }

  /** The registration, to wait for {@code direction}; nothing would ever be reported of another. */
  private Registration registrationFor(int direction) {
    if (!registration.has(direction)) {
      throw new UnsupportedOperationException(
          "is never "
              + (direction == Registration.IN ? "readable: " : "writable: ")
              + registration.channel());
    }
    return registration;
  }

  /** The channel. */
  public SelectableChannel channel() {
    return registration.channel();
  }

  /**
   * Ends this, and leaves the channel open: whoever waits here fails with {@link
   * java.nio.channels.ClosedChannelException}. The channel can be awaited by another one at once.
   * Idempotent; never blocks.
   */
  @Override
  public void close() {
    try {
      registration.close();
    } catch (IOException impossible) { // the channel is not touched
      throw new UncheckedIOException(impossible);
    }
  }

  @Override
  public String toString() {
    return "Readiness["
        + (registration.isClosed() ? "closed, " : "")
        + registration.channel()
        + "]";
  }

  // ---- for those who wait

  /** What a future of this class waits for, in the words of a dump. */
  static String waitsFor(Registration registration, int direction) {
    return (direction == Registration.IN ? "readable " : "writable ") + registration.channel();
  }

  /** Forgets a waiter, if there is one. */
  static void forget(Registration registration, @Nullable Waiter waiter) {
    if (waiter != null) {
      registration.forget(waiter);
    }
  }
}
