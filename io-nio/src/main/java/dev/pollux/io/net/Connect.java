package dev.pollux.io.net;

import dev.pollux.core.Context;
import dev.pollux.core.Description;
import dev.pollux.core.Discard;
import dev.pollux.core.Future;
import dev.pollux.core.Poll;
import dev.pollux.core.PollAfterEndException;
import dev.pollux.io.driver.Registration;
import dev.pollux.spi.Unpolled;
import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketAddress;
import java.net.SocketException;
import java.nio.channels.SocketChannel;
import java.nio.channels.UnsupportedAddressTypeException;
import org.jspecify.annotations.Nullable;

/**
 * Connects one socket to one address. The socket is opened by the first poll.
 *
 * @param <S> the kind of connection
 * @cancellation the socket is closed
 * @threading confined to the polling task, as every future is
 */
final class Connect<S extends SocketStream> implements Future<S> {

  /** Makes the two ends of a future of this kind. */
  interface Kind<S> {
    /** Opens a socket, with its options set and bound to a local address if that was asked for. */
    SocketChannel open() throws IOException;

    /** Makes the connection of a socket that is connected. */
    S connected(SocketChannel channel, Registration registration) throws IOException;
  }

  private final SocketAddress remote;

  /** Null once over. */
  private @Nullable Kind<S> kind;

  /** Null before the first poll, and once over. */
  private @Nullable Registration registration;

  private Discard discard = Discard.closing();

  Connect(SocketAddress remote, Kind<S> kind) {
    this.remote = remote;
    this.kind = kind;
  }

  @Override
  public Poll<S> poll(Context cx) throws IOException {
    Kind<S> kind = this.kind;
    if (kind == null) {
      throw new PollAfterEndException("connect");
    }
    Unpolled.used(this);
    discard = cx.discard();
    try {
      Registration registration = this.registration;
      SocketChannel channel;
      if (registration == null) {
        channel = kind.open();
        registration = new Registration(channel, true);
        this.registration = registration;
        channel.configureBlocking(false);
        if (connect(channel)) {
          return connected(kind, channel, registration);
        }
      } else {
        channel = (SocketChannel) registration.channel();
      }
      while (true) {
        int seen = registration.pollReady(cx, Registration.OUT);
        if (seen < 0) {
          return Poll.pending();
        }
        if (finishConnect(channel)) {
          return connected(kind, channel, registration);
        }
        registration.exhausted(Registration.OUT, seen);
      }
    } catch (Throwable failure) {
      cancel();
      throw failure;
    }
  }

  private boolean connect(SocketChannel channel) throws IOException {
    try {
      return channel.connect(remote);
    } catch (UnsupportedAddressTypeException other) {
      throw named(new SocketException("the JDK was told not to use addresses of this family"));
    } catch (IOException failure) {
      throw named(failure);
    }
  }

  private boolean finishConnect(SocketChannel channel) throws IOException {
    try {
      return channel.finishConnect();
    } catch (IOException failure) {
      throw named(failure);
    }
  }

  private Poll<S> connected(Kind<S> kind, SocketChannel channel, Registration registration)
      throws IOException {
    // Not `remote`, which may be the wildcard address and stand for this machine.
    if (channel.getLocalAddress().equals(channel.getRemoteAddress())) {
      // Nobody listens, and the system has picked the very port for this end: TCP connects the
      // socket to itself.
      throw named(new ConnectException("Connection refused (the socket has met itself)"));
    }
    S stream = kind.connected(channel, registration);
    this.kind = null;
    this.registration = null;
    return Poll.ready(stream);
  }

  /** A failure of the same kind that says which address could not be reached. */
  private IOException named(IOException failure) {
    String message = "can't connect to " + remote + ": " + failure.getMessage();
    SocketException named;
    if (failure instanceof ConnectException) {
      named = new ConnectException(message);
    } else if (failure instanceof NoRouteToHostException) {
      named = new NoRouteToHostException(message);
    } else if (failure instanceof BindException) {
      named = new BindException(message);
    } else if (failure instanceof SocketException) {
      named = new SocketException(message);
    } else {
      return failure;
    }
    named.initCause(failure);
    return named;
  }

  @Override
  public void cancel() {
    Unpolled.used(this);
    Registration registration = this.registration;
    this.kind = null;
    this.registration = null;
    if (registration != null) {
      try {
        registration.stopWaiting(Registration.OUT);
        registration.close();
      } catch (Throwable failure) {
        discard.uncaught(failure, "closing a socket that was to be connected to " + remote);
      }
    }
  }

  @Override
  public void describe(Description description) {
    description.name("connect").with("to", remote);
    if (kind == null) {
      description.with("state", "over");
    } else if (registration != null) {
      description.waitsFor("the peer");
    }
  }
}
