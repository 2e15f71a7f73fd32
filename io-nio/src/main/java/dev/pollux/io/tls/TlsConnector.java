package dev.pollux.io.tls;

import dev.pollux.core.Future;
import dev.pollux.io.AsyncByteStream;
import dev.pollux.spi.Unpolled;
import java.time.Duration;
import javax.net.ssl.SSLEngine;

/**
 * Makes connections safe, from the side of the client.
 *
 * <pre>{@code
 * TlsConnector tls = TlsConnector.create();
 * Future<TlsStream> connecting =
 *     TcpStream.connect("example.org", 443).flatMap(tcp -> tls.connect(tcp, "example.org"));
 * }</pre>
 *
 * <p>Who the server is gets checked: its certificate must have been issued by somebody who is
 * trusted, and for the name that is asked for.
 *
 * @threading any thread, and any number at once
 */
public final class TlsConnector {

  private final TlsSettings settings;

  TlsConnector(TlsSettings settings) {
    this.settings = settings;
  }

  /** One that trusts whom the JDK trusts, and is as {@link #builder()} makes it otherwise. */
  public static TlsConnector create() {
    return builder().build();
  }

  /** For other settings. */
  public static TlsConnectorBuilder builder() {
    return new TlsConnectorBuilder();
  }

  /**
   * Has the handshake over {@code stream}.
   *
   * @param stream is connected to the server, and belongs to the future from now on: it is closed
   *     if that fails or is cancelled
   * @param host the name of the server, or an address in digits: what its certificate must be for;
   *     a name is also told to the server, which may have several (SNI)
   * @return a future of the stream, once both sides have agreed. It fails with a {@link
   *     TlsCertificateException} if the server is not who it should be, with a {@link
   *     TlsAlertException} if the server refuses, with a {@link TlsHandshakeTimeoutException} if
   *     the time for it is over, with another {@link TlsException} if there is no agreement, and as
   *     {@code stream} fails
   * @throws IllegalArgumentException if {@code host} is empty
   * @cancellation closes {@code stream}
   */
  public Future<TlsStream> connect(AsyncByteStream stream, String host) {
    SSLEngine engine = settings.clientEngine(host);
    return Unpolled.made(new TlsHandshake(stream, engine, settings.handshakeTimeout()));
  }

  /** How long a handshake may take. */
  public Duration handshakeTimeout() {
    return settings.handshakeTimeout();
  }
}
