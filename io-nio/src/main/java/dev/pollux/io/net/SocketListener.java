package dev.pollux.io.net;

import dev.pollux.core.AsyncIterator;
import dev.pollux.core.Context;
import dev.pollux.core.Future;
import dev.pollux.core.Futures;
import dev.pollux.io.driver.Registration;
import dev.pollux.spi.Unpolled;
import dev.pollux.sync.Notify;
import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Takes connections in: what the listeners of TCP and of Unix domain sockets have in common.
 *
 * @param <S> the kind of connection
 * @threading any thread, and any number of tasks at once
 */
public abstract class SocketListener<S extends SocketStream> implements Closeable {

  final ServerSocketChannel channel;
  final Registration registration;

  /** Tells those who rest that this was closed. */
  final Notify closed = new Notify();

  private final AcceptBackoff backoff = new AcceptBackoff();
  private final LongAdder accepted = new LongAdder();

  /** Made by the first {@link #pollAccept}. */
  private @Nullable Acceptor<S> own;

  /**
   * @param channel bound and non-blocking
   */
  SocketListener(ServerSocketChannel channel) {
    this.channel = channel;
    this.registration = new Registration(channel, true);
  }

  /**
   * Makes the connection of a socket that was accepted.
   *
   * @throws IOException if it is of no use any more; the channel will be closed
   */
  abstract S connection(SocketChannel channel, Registration registration) throws IOException;

  /**
   * Accepts one connection. Any number of these may wait at once, in any tasks.
   *
   * <p>If the system can't give another descriptor, or has no memory for the connection, this does
   * not fail: it rests for 5 ms, or twice as long each time up to a second, and tries again. Such a
   * failure is counted by {@link #acceptFailures()}, and reported as one without an owner, once a
   * minute at most.
   *
   * @return a future of the connection. It fails with a {@link
   *     java.nio.channels.ClosedChannelException} once this is closed
   * @cancellation no connection is lost: one that was not answered is still in the backlog
   */
  public Future<S> accept() {
    return Unpolled.made(new Accept<>(new Acceptor<>(this)));
  }

  /**
   * Accepts connections for as long as this is open, as {@link #accept()}. It ends, and does not
   * fail, when this is closed, so what was begun with the connections goes on.
   *
   * @cancellation no connection is lost, and this is not closed
   */
  public AsyncIterator<S> incoming() {
    return Unpolled.made(new Incoming<>(new Acceptor<>(this)));
  }

  /**
   * Accepts one connection, as {@link #accept()}, for who polls by hand.
   *
   * @param cx whose waker is stored if there is none
   * @return a connection, or null if there is none now and the waker is stored
   * @throws java.nio.channels.ClosedChannelException if this is closed, also while somebody waits
   * @throws IOException if the listener can't be waited for
   * @threading one task at a time: a second one that waits takes the place of the first. For more
   *     use {@link #accept()}
   */
  public @Nullable S pollAccept(Context cx) throws IOException {
    Acceptor<S> acceptor = own;
    if (acceptor == null) {
      acceptor = new Acceptor<>(this);
      own = acceptor;
    }
    return acceptor.poll(cx);
  }

  /** Takes a socket from the backlog; null if there is none. */
  @Nullable SocketChannel tryAccept() throws IOException {
    return channel.accept();
  }

  /** Makes a connection, or closes what is of no use; null then. */
  @Nullable S accepted(Context cx, SocketChannel channel) {
    backoff.succeeded();
    Registration registration = new Registration(channel, true);
    try {
      channel.configureBlocking(false);
      S stream = connection(channel, registration);
      accepted.increment();
      return stream;
    } catch (IOException dead) { // the peer has gone already: as if it had never come
      closeDead(cx, registration);
      return null;
    } catch (Throwable failure) {
      closeDead(cx, registration);
      throw failure;
    }
  }

  private void closeDead(Context cx, Registration registration) {
    try {
      registration.close();
    } catch (IOException failure) {
      cx.discard().uncaught(failure, "closing a connection of " + this);
    }
  }

  /** Hears that an accept has failed; says how long to rest, in nanoseconds. */
  long failed(Context cx, IOException failure) {
    long now = cx.timer().nanoTime();
    long restNanos = backoff.failed(now);
    if (backoff.mayReport(now)) {
      cx.discard()
          .uncaught(
              failure,
              "accepting at "
                  + this
                  + ", which goes on in "
                  + Duration.ofNanos(restNanos).toMillis()
                  + " ms; "
                  + acceptFailures()
                  + " failures so far");
    }
    return restNanos;
  }

  /** How many connections were accepted so far. */
  public long accepted() {
    return accepted.sum();
  }

  /**
   * How often accepting has failed so far because the system had no descriptor, or no memory, for
   * another connection.
   */
  public long acceptFailures() {
    return backoff.failures();
  }

  /**
   * Listens no more: who waits to accept fails with a {@link
   * java.nio.channels.ClosedChannelException}, and connections that nobody has accepted are reset
   * by the system. Those that were accepted stay open. Idempotent; never blocks.
   *
   * <p>While nobody drives the runtime that this belongs to, as between two calls of one of the
   * current thread, the system hears of it when somebody does, or when the runtime is closed. Until
   * then the address is in use.
   *
   * @throws IOException if letting go fails; this is closed all the same
   */
  @Override
  public void close() throws IOException {
    try {
      registration.close();
    } finally {
      closed.notifyWaiters();
    }
  }

  /**
   * Tells when somebody has closed this; at once if it is closed. The end of its runtime, which
   * cancels the tasks, tells nobody.
   *
   * @return a future of null
   * @cancellation nothing is lost
   */
  public Future<Void> whenClosed() {
    Future<Void> told = closed.notified(); // before the look: a close from here on completes it
    if (isOpen()) {
      return told;
    }
    told.cancel();
    return Futures.done();
  }

  /** Whether this was not closed, neither by {@link #close()} nor by the end of its runtime. */
  public boolean isOpen() {
    return !registration.isClosed();
  }
}
