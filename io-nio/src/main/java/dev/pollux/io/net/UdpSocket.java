package dev.pollux.io.net;

import static java.util.Objects.requireNonNull;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import dev.pollux.core.AsyncIterator;
import dev.pollux.core.Context;
import dev.pollux.core.Future;
import dev.pollux.io.AsyncRead;
import dev.pollux.io.buffer.Scratch;
import dev.pollux.io.driver.ReadinessWaiters.Waiter;
import dev.pollux.io.driver.Registration;
import dev.pollux.spi.Unpolled;
import java.io.Closeable;
import java.io.IOException;
import java.net.BindException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketOption;
import java.net.StandardProtocolFamily;
import java.nio.ByteBuffer;
import java.nio.ReadOnlyBufferException;
import java.nio.channels.DatagramChannel;
import java.nio.channels.MembershipKey;
import java.nio.channels.NotYetConnectedException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A socket for datagrams: UDP.
 *
 * <pre>{@code
 * UdpSocket socket = UdpSocket.bind(new InetSocketAddress(port));
 * Future<Void> echo = socket.datagrams(1_500)
 *     .forEachAsync(datagram -> socket.sendTo(datagram.data(), datagram.sender()));
 * }</pre>
 *
 * <p>A datagram is received whole or, if there is no room for it, without its end; which of the two
 * is said in any case. It is sent whole or not at all. None of the two waits for the other, and any
 * number of tasks may wait for each: a datagram goes to one of those who receive.
 *
 * <p>The socket belongs to the runtime in which somebody first has to wait, and is closed when that
 * runtime is.
 *
 * <p>Source: {@code UdpSocket} of Tokio, which does not say what was cut off.
 *
 * @threading every method may be called from any thread, and by several tasks at once; of those
 *     that are named {@code poll...} one receives and one sends at a time
 */
public final class UdpSocket implements Closeable {

  /** What {@link #pollReceive} and the like answer when they have stored the waker. */
  public static final int NOT_READY = AsyncRead.NOT_READY;

  /** No datagram is longer, headers included. */
  private static final int LONGEST = 65_535;

  private final DatagramChannel channel;
  private final Registration registration;

  private UdpSocket(DatagramChannel channel) {
    this.channel = channel;
    this.registration = new Registration(channel, true);
  }

  // ---- made

  /**
   * A socket that is bound to {@code local}.
   *
   * @param local where it receives; port 0 has the system choose, see {@link #localAddress()}
   * @throws IllegalArgumentException if the address is not resolved
   * @throws BindException if the address is in use, or not one of this machine; the message names
   *     it
   * @throws IOException if the system refuses
   */
  public static UdpSocket bind(InetSocketAddress local) throws IOException {
    requireResolved(local, "local");
    InetAddress address = local.getAddress();
    DatagramChannel channel =
        address instanceof Inet4Address && !address.isAnyLocalAddress()
            ? DatagramChannel.open(StandardProtocolFamily.INET)
            : DatagramChannel.open(); // of both families, where the system has both
    try {
      bind(channel, local);
      return of(channel);
    } catch (Throwable failure) {
      try {
        channel.close();
      } catch (IOException second) {
        failure.addSuppressed(second);
      }
      throw failure;
    }
  }

  private static void bind(DatagramChannel channel, InetSocketAddress local) throws IOException {
    try {
      channel.bind(local);
    } catch (BindException failure) {
      BindException named =
          new BindException("can't receive at " + local + ": " + failure.getMessage());
      named.initCause(failure);
      throw named;
    }
  }

  /**
   * A socket that takes {@code channel} over, with the family and the options that it has: those
   * for instance that are to be set before it is bound.
   *
   * @param channel an open channel, which is made non-blocking, bound to any port if it is not
   *     bound yet, and used by this alone from now on; if this fails it stays with the caller
   * @throws IOException if the system refuses
   */
  public static UdpSocket of(DatagramChannel channel) throws IOException {
    requireNonNull(channel, "channel").configureBlocking(false);
    if (channel.getLocalAddress() == null) {
      channel.bind(null);
    }
    return new UdpSocket(channel);
  }

  /**
   * Has this socket send to, and receive from, {@code remote} only. What has come before and was
   * not received is dropped. Does not wait: nothing is sent for that.
   *
   * <p>A socket that is connected also hears that nobody listens at {@code remote}: a later call
   * fails with a {@link java.net.PortUnreachableException} then, once for each such message, and
   * the socket goes on.
   *
   * @param remote the other side
   * @throws IllegalArgumentException if the address is not resolved
   * @throws IOException if the system refuses, or the socket is closed
   */
  public void connect(InetSocketAddress remote) throws IOException {
    channel.connect(requireResolved(remote, "remote"));
  }

  /**
   * Undoes {@link #connect}; without effect if this is not connected.
   *
   * @throws IOException if the system refuses
   */
  public void disconnect() throws IOException {
    channel.disconnect();
  }

  @CanIgnoreReturnValue
  private static InetSocketAddress requireResolved(InetSocketAddress address, String name) {
    if (requireNonNull(address, name).isUnresolved()) {
      throw new IllegalArgumentException(name + " must be resolved, was " + address);
    }
    return address;
  }

  // ---- received

  /**
   * Receives a datagram into {@code dst}, from whoever sent it.
   *
   * @param dst takes the datagram at its position, which moves on, in the poll that completes; the
   *     {@code data} of the answer is a view of the same bytes. What there is no room for is lost
   * @return a future that throws {@link java.nio.channels.ClosedChannelException} if this is
   *     closed, {@link IOException} if the system says so; the socket goes on after that
   * @throws ReadOnlyBufferException if {@code dst} is read-only
   * @cancellation nothing is lost: the datagram stays with the system
   */
  public Future<Datagram> receiveFrom(ByteBuffer dst) {
    return Unpolled.made(new UdpReceiveFrom(this, requireWritable(dst)));
  }

  /**
   * Receives a datagram of the address that this is {@linkplain #connect connected} to.
   *
   * @param dst takes the datagram at its position, which moves on, in the poll that completes. What
   *     there is no room for is lost
   * @return a future of the length of the datagram, 0 for an empty one. If that is more than there
   *     was room for, the end of the datagram is lost. It throws as that of {@link #receiveFrom},
   *     and {@link java.nio.channels.NotYetConnectedException} if this is not connected
   * @throws ReadOnlyBufferException if {@code dst} is read-only
   * @cancellation nothing is lost: the datagram stays with the system
   */
  public Future<Integer> receive(ByteBuffer dst) {
    return Unpolled.made(new UdpReceive(this, requireWritable(dst)));
  }

  /**
   * The datagrams that come, each in a buffer of its own, until this socket is closed. A failure
   * ends them; another such iterator goes on after that.
   *
   * @param mostBytes how many bytes of a datagram are kept, at least 1; 65,535 keeps all of any
   * @throws IllegalArgumentException if {@code mostBytes} is less than 1
   * @cancellation nothing is lost, and this is not closed
   */
  public AsyncIterator<Datagram> datagrams(int mostBytes) {
    if (mostBytes < 1) {
      throw new IllegalArgumentException("mostBytes must be at least 1, was " + mostBytes);
    }
    return Unpolled.made(new Datagrams(this, mostBytes));
  }

  /**
   * As {@link #receiveFrom}, for who polls by hand.
   *
   * @param cx whose waker is stored if there is no datagram
   * @param dst takes the datagram
   * @return the datagram; or null if there is none, and the waker is stored
   * @throws IOException as the future of {@link #receiveFrom}
   */
  public @Nullable Datagram pollReceiveFrom(Context cx, ByteBuffer dst) throws IOException {
    return pollReceiveFrom(cx, requireWritable(dst), null);
  }

  /**
   * As {@link #receive}, for who polls by hand.
   *
   * @param cx whose waker is stored if there is no datagram
   * @param dst takes the datagram
   * @return the length of the datagram; or {@link #NOT_READY}, and the waker is stored
   * @throws IOException as the future of {@link #receive}
   */
  public int pollReceive(Context cx, ByteBuffer dst) throws IOException {
    return pollReceive(cx, requireWritable(dst), null);
  }

  private static ByteBuffer requireWritable(ByteBuffer dst) {
    if (requireNonNull(dst, "dst").isReadOnly()) {
      throw new ReadOnlyBufferException();
    }
    return dst;
  }

  /** Asks whether it makes sense to try, for the one or for one of several. */
  private int pollReady(Context cx, int direction, @Nullable Waiter waiter) throws IOException {
    return waiter == null
        ? registration.pollReady(cx, direction)
        : registration.pollReady(cx, direction, waiter);
  }

  void forget(Waiter waiter) {
    registration.forget(waiter);
  }

  @Nullable Datagram pollReceiveFrom(Context cx, ByteBuffer dst, @Nullable Waiter waiter)
      throws IOException {
    while (true) {
      int seen = pollReady(cx, Registration.IN, waiter);
      if (seen < 0) {
        return null;
      }
      Datagram received = receiveNow(dst);
      if (received != null) {
        return received;
      }
      registration.exhausted(Registration.IN, seen);
    }
  }

  private @Nullable Datagram receiveNow(ByteBuffer dst) throws IOException {
    int start = dst.position();
    InetSocketAddress sender;
    int length;
    if (mayTakeAny(dst)) {
      sender = (InetSocketAddress) channel.receive(dst);
      length = dst.position() - start;
    } else {
      Scratch scratch = Scratch.ofThread();
      ByteBuffer whole = scratch.borrow(LONGEST);
      try {
        sender = (InetSocketAddress) channel.receive(whole);
        length = whole.position();
        keep(whole, dst);
      } finally {
        scratch.giveBack();
      }
    }
    return sender == null
        ? null
        : new Datagram(sender, dst.slice(start, dst.position() - start), length);
  }

  /** As {@link #pollReceiveFrom(Context, ByteBuffer, Waiter)}, into a buffer that it makes. */
  @Nullable Datagram pollReceiveCopy(Context cx, int mostBytes, Waiter waiter) throws IOException {
    while (true) {
      int seen = pollReady(cx, Registration.IN, waiter);
      if (seen < 0) {
        return null;
      }
      Scratch scratch = Scratch.ofThread();
      ByteBuffer whole = scratch.borrow(LONGEST);
      try {
        InetSocketAddress sender = (InetSocketAddress) channel.receive(whole);
        if (sender != null) {
          int length = whole.position();
          ByteBuffer data = ByteBuffer.allocate(Math.min(length, mostBytes));
          keep(whole, data);
          return new Datagram(sender, data.flip(), length);
        }
      } finally {
        scratch.giveBack();
      }
      registration.exhausted(Registration.IN, seen);
    }
  }

  int pollReceive(Context cx, ByteBuffer dst, @Nullable Waiter waiter) throws IOException {
    while (true) {
      int seen = pollReady(cx, Registration.IN, waiter);
      if (seen < 0) {
        return NOT_READY;
      }
      int length = readNow(dst);
      if (length >= 0) {
        return length;
      }
      registration.exhausted(Registration.IN, seen);
    }
  }

  /** The length of a datagram; negative if there is none. */
  private int readNow(ByteBuffer dst) throws IOException {
    // Not channel.read, whose 0 may be an empty datagram as well as none. The system keeps the
    // address of a connected
    // socket's peer at hand, so asking for the sender costs nothing.
    if (!channel.isConnected()) {
      throw new NotYetConnectedException();
    }
    if (mayTakeAny(dst)) {
      int start = dst.position();
      return channel.receive(dst) == null ? -1 : dst.position() - start;
    }
    Scratch scratch = Scratch.ofThread();
    ByteBuffer whole = scratch.borrow(LONGEST);
    try {
      if (channel.receive(whole) == null) {
        return -1;
      }
      int length = whole.position();
      keep(whole, dst);
      return length;
    } finally {
      scratch.giveBack();
    }
  }

  /** Whether no datagram is too long for {@code dst}, and the system writes into it itself. */
  private static boolean mayTakeAny(ByteBuffer dst) {
    return dst.isDirect() && dst.remaining() >= LONGEST;
  }

  /** Copies what was received, as far as there is room. */
  private static void keep(ByteBuffer whole, ByteBuffer dst) {
    whole.flip();
    whole.limit(Math.min(whole.limit(), dst.remaining()));
    dst.put(whole);
  }

  // ---- sent

  /**
   * Sends what {@code src} has as one datagram to {@code target}, once there is room for it.
   *
   * @param src whose bytes are sent; its position moves to its limit in the poll that completes
   * @param target where it is sent; if this is connected, the address that it is connected to
   * @return a future of the number of bytes. It throws {@link
   *     java.nio.channels.ClosedChannelException} if this is closed, {@link IOException} if the
   *     system refuses, as it does if the datagram is too long; nothing was sent, and the socket
   *     goes on. {@link java.nio.channels.AlreadyConnectedException} if this is connected to
   *     another address
   * @throws IllegalArgumentException if the address is not resolved
   * @cancellation nothing was sent
   */
  public Future<Integer> sendTo(ByteBuffer src, InetSocketAddress target) {
    return Unpolled.made(
        new UdpSend(this, requireNonNull(src, "src"), requireResolved(target, "target")));
  }

  /**
   * As {@link #sendTo}, to the address that this is {@linkplain #connect connected} to.
   *
   * @param src whose bytes are sent
   * @return as {@link #sendTo}; {@link java.nio.channels.NotYetConnectedException} if this is not
   *     connected
   * @cancellation nothing was sent
   */
  public Future<Integer> send(ByteBuffer src) {
    return Unpolled.made(new UdpSend(this, requireNonNull(src, "src"), null));
  }

  /**
   * As {@link #sendTo}, for who polls by hand.
   *
   * @param cx whose waker is stored if there is no room
   * @param src whose bytes are sent
   * @param target where it is sent
   * @return the number of bytes; or {@link #NOT_READY}, and the waker is stored
   * @throws IOException as the future of {@link #sendTo}
   */
  public int pollSendTo(Context cx, ByteBuffer src, InetSocketAddress target) throws IOException {
    return pollSend(cx, src, requireResolved(target, "target"), null);
  }

  /**
   * As {@link #send}, for who polls by hand.
   *
   * @param cx whose waker is stored if there is no room
   * @param src whose bytes are sent
   * @return the number of bytes; or {@link #NOT_READY}, and the waker is stored
   * @throws IOException as the future of {@link #send}
   */
  public int pollSend(Context cx, ByteBuffer src) throws IOException {
    return pollSend(cx, src, null, null);
  }

  /**
   * @param target null if this is connected
   */
  int pollSend(
      Context cx, ByteBuffer src, @Nullable InetSocketAddress target, @Nullable Waiter waiter)
      throws IOException {
    int length = src.remaining();
    while (true) {
      int seen = pollReady(cx, Registration.OUT, waiter);
      if (seen < 0) {
        return NOT_READY;
      }
      int sent = target == null ? channel.write(src) : channel.send(src, target);
      if (sent == length) { // of an empty one it can't be told: the channel answers 0 either way
        return sent;
      }
      registration.exhausted(Registration.OUT, seen);
    }
  }

  // ---- groups

  /**
   * Receives what is sent to {@code group} from now on.
   *
   * @param group a multicast address, of a family that this socket has
   * @param networkInterface the interface at which it receives
   * @return the membership: {@link MembershipKey#drop()} leaves the group, {@link
   *     MembershipKey#block} shuts one sender out. The close of this socket ends it
   * @throws IllegalArgumentException if the address is none of a group
   * @throws IOException if the system refuses
   */
  @CanIgnoreReturnValue
  public MembershipKey join(InetAddress group, NetworkInterface networkInterface)
      throws IOException {
    return channel.join(
        requireNonNull(group, "group"), requireNonNull(networkInterface, "networkInterface"));
  }

  /**
   * As {@link #join(InetAddress, NetworkInterface)}, what {@code source} sends only.
   *
   * @param group a multicast address, of a family that this socket has
   * @param networkInterface the interface at which it receives
   * @param source the one sender that is heard
   * @return the membership
   * @throws IllegalArgumentException if the address is none of a group
   * @throws IOException if the system refuses
   */
  @CanIgnoreReturnValue
  public MembershipKey join(
      InetAddress group, NetworkInterface networkInterface, InetAddress source) throws IOException {
    return channel.join(
        requireNonNull(group, "group"),
        requireNonNull(networkInterface, "networkInterface"),
        requireNonNull(source, "source"));
  }

  // ---- asked

  /**
   * Sets an option, such as {@link java.net.StandardSocketOptions#SO_RCVBUF} or {@link
   * java.net.StandardSocketOptions#IP_MULTICAST_TTL}.
   *
   * @param option one of {@link #supportedOptions()}
   * @param value its value; null only where the option has such
   * @param <T> the type of its value
   * @return this
   * @throws UnsupportedOperationException if a socket of this kind has no such option
   * @throws IOException if the system refuses
   */
  @CanIgnoreReturnValue
  public <T> UdpSocket setOption(SocketOption<T> option, T value) throws IOException {
    channel.setOption(requireNonNull(option, "option"), value);
    return this;
  }

  /**
   * The value of an option.
   *
   * @param option one of {@link #supportedOptions()}
   * @param <T> the type of its value
   * @return the value; null where the option has no value yet
   * @throws UnsupportedOperationException if a socket of this kind has no such option
   * @throws IOException if the system refuses
   */
  public <T> @Nullable T option(SocketOption<T> option) throws IOException {
    return channel.getOption(requireNonNull(option, "option"));
  }

  /** The options that a socket of this kind has. */
  public Set<SocketOption<?>> supportedOptions() {
    return channel.supportedOptions();
  }

  /**
   * Where this receives.
   *
   * @throws IOException if it is closed
   */
  public InetSocketAddress localAddress() throws IOException {
    return (InetSocketAddress) requireNonNull(channel.getLocalAddress()); // it is bound
  }

  /**
   * The address that this is connected to; null if it is not.
   *
   * @throws IOException if it is closed
   */
  public @Nullable InetSocketAddress remoteAddress() throws IOException {
    return (InetSocketAddress) channel.getRemoteAddress();
  }

  /** Whether this was not closed, neither by {@link #close()} nor by the end of its runtime. */
  public boolean isOpen() {
    return !registration.isClosed() && channel.isOpen();
  }

  /**
   * Closes this at once: whoever waits fails with a {@link
   * java.nio.channels.ClosedChannelException}, and {@link #datagrams} end. Idempotent; never
   * blocks.
   *
   * @throws IOException if letting go fails; this is closed all the same
   */
  @Override
  public void close() throws IOException {
    registration.close();
  }

  @Override
  public String toString() {
    if (!isOpen()) {
      return "UdpSocket[closed]";
    }
    try {
      InetSocketAddress remote = remoteAddress();
      return "UdpSocket[" + localAddress() + (remote == null ? "" : " -> " + remote) + "]";
    } catch (IOException closedMeanwhile) {
      return "UdpSocket[closed]";
    }
  }
}
