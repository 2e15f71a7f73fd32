package dev.pollux.io.tls;

import dev.pollux.core.Future;
import dev.pollux.io.AsyncByteStream;
import dev.pollux.spi.Unpolled;
import java.time.Duration;

/**
 * Makes connections safe, from the side of the server.
 *
 * <pre>{@code
 * TlsAcceptor tls = TlsAcceptor.builder().identity(keyStore, password).build();
 * listener.incoming().forEach(
 *     tcp -> runtime.spawn(tls.accept(tcp).flatMap(stream -> serve(stream))).detach());
 * }</pre>
 *
 * <p>The handshake belongs into the task of the connection, as here, and not between two accepts: a
 * client that dawdles would hold up the others.
 *
 * @threading any thread, and any number at once
 */
public final class TlsAcceptor {

  private final TlsSettings settings;

  TlsAcceptor(TlsSettings settings) {
    this.settings = settings;
  }

  /** For the settings, of which {@code identity} or {@code context} is needed. */
  public static TlsAcceptorBuilder builder() {
    return new TlsAcceptorBuilder();
  }

  /**
   * Has the handshake over {@code stream}.
   *
   * @param stream is connected to the client, and belongs to the future from now on: it is closed
   *     if that fails or is cancelled
   * @return a future of the stream, once both sides have agreed. It fails with a {@link
   *     TlsCertificateException} if the client is asked for a certificate and has none that is
   *     good, with a {@link TlsAlertException} if the client refuses, with a {@link
   *     TlsHandshakeTimeoutException} if the time for it is over, with another {@link TlsException}
   *     if there is no agreement, and as {@code stream} fails
   * @cancellation closes {@code stream}
   */
  public Future<TlsStream> accept(AsyncByteStream stream) {
    return Unpolled.made(
        new TlsHandshake(stream, settings.serverEngine(), settings.handshakeTimeout()));
  }

  /** How long a handshake may take. */
  public Duration handshakeTimeout() {
    return settings.handshakeTimeout();
  }
}
