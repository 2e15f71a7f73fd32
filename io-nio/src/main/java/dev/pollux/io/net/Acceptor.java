package dev.pollux.io.net;

import dev.pollux.core.Context;
import dev.pollux.core.Description;
import dev.pollux.core.Future;
import dev.pollux.core.Futures;
import dev.pollux.io.driver.ReadinessWaiters;
import dev.pollux.io.driver.Registration;
import dev.pollux.time.Time;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * One who accepts at a listener, beside others.
 *
 * @param <S> the kind of connection
 * @threading confined to the polling task
 */
final class Acceptor<S extends SocketStream> {

  private final SocketListener<S> listener;
  private final ReadinessWaiters.Waiter waiter = new ReadinessWaiters.Waiter();

  /** Until when not to try, or until the listener is closed; null if now. */
  private @Nullable Future<Void> rest;

  Acceptor(SocketListener<S> listener) {
    this.listener = listener;
  }

  /**
   * Accepts a connection.
   *
   * @return null if there is none, and the waker is stored
   * @throws ClosedChannelException if the listener is closed
   * @throws IOException if the listener can't be registered
   */
  @Nullable S poll(Context cx) throws IOException {
    Registration registration = listener.registration;
    while (true) {
      if (!listener.isOpen()) { // outside the budget, and in the midst of a rest
        throw new ClosedChannelException();
      }
      if (isResting(cx)) {
        return null;
      }
      int seen = registration.pollReady(cx, Registration.IN, waiter);
      if (seen < 0) {
        return null;
      }
      SocketChannel channel;
      try {
        channel = listener.tryAccept();
      } catch (ClosedChannelException closed) {
        throw closed;
      } catch (IOException failure) {
        rest = rest(cx, failure);
        continue;
      }
      if (channel == null) {
        registration.exhausted(Registration.IN, seen);
        continue;
      }
      S stream = listener.accepted(cx, channel);
      if (stream != null) {
        return stream;
      }
    }
  }

  private boolean isResting(Context cx) {
    Future<Void> rest = this.rest;
    if (rest == null) {
      return false;
    }
    try {
      if (rest.poll(cx).isPending()) {
        return true;
      }
    } catch (RuntimeException shutdown) {
      throw shutdown;
    } catch (Exception impossible) {
      throw new AssertionError("a sleep does not fail so", impossible);
    }
    this.rest = null;
    return false;
  }

  /**
   * What to wait for after a failure. That of one connection the JDK has dealt with already; here
   * it is one of the whole process, or of the system: too many descriptors, no memory.
   */
  private Future<Void> rest(Context cx, IOException failure) {
    long restNanos = listener.failed(cx, failure);
    // Made before the rest is polled for the first time: a close from here on ends it.
    Future<Void> closed = listener.closed.notified();
    return listener.isOpen()
        ? Futures.race(Time.sleep(Duration.ofNanos(restNanos)), closed)
        : closedAlready(closed);
  }

  private static Future<Void> closedAlready(Future<Void> unused) {
    unused.cancel();
    return Futures.done();
  }

  /** Whether nothing will be accepted any more. */
  boolean isOver() {
    return !listener.isOpen();
  }

  /** Stops to wait. Idempotent. */
  void end() {
    listener.registration.forget(waiter);
    Future<Void> rest = this.rest;
    this.rest = null;
    if (rest != null) {
      rest.cancel();
    }
  }

  void describe(Description description) {
    if (rest == null) {
      description.waitsFor("a connection at " + listener);
    } else {
      description.with("at", listener).child("rest after a failure", rest);
    }
  }
}
