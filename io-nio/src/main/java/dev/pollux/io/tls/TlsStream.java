package dev.pollux.io.tls;

import dev.pollux.core.Context;
import dev.pollux.core.Future;
import dev.pollux.io.AsyncByteStream;
import dev.pollux.spi.Unpolled;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;

/**
 * A byte stream that nobody else can read or change: TLS over another one, its transport, which it
 * owns.
 *
 * <p><b>Ends.</b> {@link #shutdown()} tells the peer the end of what is written, in a way that
 * nobody can forge. If the bytes of the peer end without its saying so, reading fails with a {@link
 * TlsTruncatedException}. In TLS 1.3 each direction ends for itself. In TLS 1.2 the end of one is
 * the end of both: who has read the end can write no more.
 *
 * <p><b>Memory.</b> Nothing is held while nothing is under way. At most there is the part of a
 * record that has come (17 KiB), what of an opened record there was no room for (16 KiB), and four
 * records that the transport has not taken (66 KiB). The engine of the JDK has its own.
 *
 * <p><b>Flush.</b> What {@code pollWrite} has taken is sent by it as far as the transport takes it;
 * the rest is sent by the next poll of either direction, or a flush.
 *
 * <p>A failure of TLS is for ever: who reads and writes after it fails too. Renegotiation, which
 * TLS 1.2 has, is refused.
 *
 * @threading each direction is polled by one task at a time, and both at once; the rest: any thread
 */
public final class TlsStream implements AsyncByteStream {

  private final AsyncByteStream transport;
  private final SSLEngine engine;
  private final TlsInbound inbound;
  private final TlsOutbound outbound;
  private volatile boolean closed;

  TlsStream(AsyncByteStream transport, SSLEngine engine, TlsInbound inbound, TlsOutbound outbound) {
    this.transport = transport;
    this.engine = engine;
    this.inbound = inbound;
    this.outbound = outbound;
  }

  /**
   * {@inheritDoc}
   *
   * @throws TlsTruncatedException if the bytes of the transport have ended, and the peer had not
   *     said so
   * @throws TlsAlertException if the peer has refused
   * @throws TlsException if the bytes are not those that the peer has sent, or it breaks the rules
   */
  @Override
  public int pollRead(Context cx, ByteBuffer dst) throws IOException {
    if (!dst.hasRemaining()) {
      throw new IllegalArgumentException("dst must have room, had none: " + dst);
    }
    requireOpen();
    return inbound.pollRead(cx, dst);
  }

  /**
   * {@inheritDoc}
   *
   * @throws TlsException if reading has found the peer to break the rules or the bytes to be
   *     changed; not if they were cut off: who only reads no more can still be answered
   */
  @Override
  public int pollWrite(Context cx, ByteBuffer src) throws IOException {
    return (int) pollWrite(cx, new ByteBuffer[] {src}, 0, 1);
  }

  @Override
  public long pollWrite(Context cx, ByteBuffer[] srcs, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, srcs.length);
    if (!TlsOutbound.hasRemaining(srcs, offset, length)) {
      throw new IllegalArgumentException("srcs must not be empty, all of the " + length + " were");
    }
    requireOpen();
    inbound.requireSound();
    return outbound.pollWrite(cx, srcs, offset, length);
  }

  @Override
  public boolean pollFlush(Context cx) throws IOException {
    requireOpen();
    return outbound.pollFlush(cx, outbound.writer());
  }

  /** {@inheritDoc} The transport is shut down as well, after that. */
  @Override
  public boolean pollShutdown(Context cx) throws IOException {
    requireOpen();
    return outbound.pollShutdown(cx);
  }

  /**
   * {@inheritDoc} If all that was written has left, and the transport takes it at once, the peer is
   * told the end; else it finds that the connection was cut off. So who wants to be sure shuts down
   * before.
   */
  @Override
  public void close() throws IOException {
    if (!closed) {
      closed = true;
      outbound.sayEnd();
    }
    try {
      transport.close();
    } finally {
      outbound.wake();
    }
  }

  private void requireOpen() throws ClosedChannelException {
    if (closed) {
      throw new ClosedChannelException();
    }
  }

  /** What both sides have agreed on. */
  public SSLSession session() {
    return engine.getSession();
  }

  /** The version that is spoken, such as {@code TLSv1.3}. */
  public String protocol() {
    return session().getProtocol();
  }

  /** Which of the application protocols was agreed on (ALPN), if any. */
  public Optional<String> applicationProtocol() {
    String agreed = engine.getApplicationProtocol();
    return agreed == null || agreed.isEmpty() ? Optional.empty() : Optional.of(agreed);
  }

  /** The name that the client has asked for (SNI), if any. */
  public Optional<String> serverName() {
    if (session() instanceof ExtendedSSLSession extended) {
      for (SNIServerName name : extended.getRequestedServerNames()) {
        if (name instanceof SNIHostName host) {
          return Optional.of(host.getAsciiName());
        }
      }
    }
    return Optional.empty();
  }

  /** The certificate of the peer and those above it, as it showed them; empty if it showed none. */
  public List<X509Certificate> peerCertificates() {
    try {
      List<X509Certificate> chain = new ArrayList<>();
      for (Certificate certificate : session().getPeerCertificates()) {
        if (certificate instanceof X509Certificate known) {
          chain.add(known);
        }
      }
      return List.copyOf(chain);
    } catch (SSLPeerUnverifiedException none) {
      return List.of();
    }
  }

  /**
   * Uses other keys from now on, and asks the peer to do so for what it sends: for connections that
   * live long. The JDK does it by itself after some 137 GB with the ciphers that need it.
   *
   * @return a future of null, once the peer was told. It belongs to the direction that writes, so
   *     it is not to be polled beside a write. It fails with a {@link TlsException} once the end of
   *     the peer has been read, which the JDK does not allow; what is written goes on all the same
   * @throws IllegalStateException if the version is not TLS 1.3, the first that can do so
   * @cancellation the peer is told by the next write or flush, if it was not told yet
   */
  public Future<Void> updateKeys() {
    if (!protocol().equals("TLSv1.3")) {
      throw new IllegalStateException("keys can be updated from TLSv1.3 on, this is " + protocol());
    }
    return Unpolled.made(new KeyUpdate(this));
  }

  boolean pollNewKeys(Context cx) throws IOException {
    requireOpen();
    inbound.requireSound();
    return outbound.pollNewKeys(cx);
  }

  /** How many bytes are held here, the engine's not counted; for tests. */
  int heldBytes() {
    return inbound.heldBytes() + outbound.heldBytes();
  }

  /** What carries the bytes. */
  public AsyncByteStream transport() {
    return transport;
  }

  @Override
  public String toString() {
    return "TlsStream[" + protocol() + " over " + transport + "]";
  }
}
