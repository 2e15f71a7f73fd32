package dev.pollux.io.tls;

import dev.pollux.core.Context;
import dev.pollux.core.Future;
import dev.pollux.core.Futures;
import dev.pollux.io.AsyncByteStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;

/** A byte stream that nobody else can read or change. */
public final class TlsStream implements AsyncByteStream {

  private final AsyncByteStream transport;
  private final SSLEngine engine;

  TlsStream(AsyncByteStream transport, SSLEngine engine) {
    this.transport = transport;
    this.engine = engine;
  }

  @Override
  public int pollRead(Context cx, ByteBuffer dst) throws IOException {
    throw new UnsupportedOperationException();
  }

  @Override
  public int pollWrite(Context cx, ByteBuffer src) throws IOException {
    throw new UnsupportedOperationException();
  }

  @Override
  public boolean pollFlush(Context cx) throws IOException {
    throw new UnsupportedOperationException();
  }

  @Override
  public boolean pollShutdown(Context cx) throws IOException {
    throw new UnsupportedOperationException();
  }

  @Override
  public void close() throws IOException {
    throw new UnsupportedOperationException();
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

  /** Uses other keys from now on, in both directions (TLS 1.3). */
  public Future<Void> updateKeys() {
    return Futures.done();
  }

  /** What carries the bytes. */
  public AsyncByteStream transport() {
    return transport;
  }
}
