package dev.pollux.io.tls;

import static java.util.Objects.requireNonNull;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.security.KeyStore;
import java.time.Duration;
import javax.net.ssl.SSLContext;
import javax.net.ssl.X509TrustManager;

/**
 * Settings for a {@link TlsConnector}.
 *
 * @threading confined to one thread
 */
public final class TlsConnectorBuilder {

  private final TlsSettings.Builder settings = new TlsSettings.Builder(true);

  TlsConnectorBuilder() {}

  /**
   * Trusts the certificates in {@code authorities}, and whom they have issued one, in place of
   * those that the JDK trusts.
   *
   * @throws IllegalArgumentException if there are none in it, or it can't be read
   */
  @CanIgnoreReturnValue
  public TlsConnectorBuilder trust(KeyStore authorities) {
    settings.trust(requireNonNull(authorities, "authorities"));
    return this;
  }

  /** Trusts whom {@code manager} trusts, in place of those that the JDK trusts. */
  @CanIgnoreReturnValue
  public TlsConnectorBuilder trust(X509TrustManager manager) {
    settings.trust(requireNonNull(manager, "manager"));
    return this;
  }

  /**
   * The certificate to show to a server that asks for one.
   *
   * @param keys holds the certificate and its private key
   * @param password opens the key; not kept, and may be cleared after this
   * @throws IllegalArgumentException if there is no key in it, or the password does not open it
   */
  @CanIgnoreReturnValue
  public TlsConnectorBuilder identity(KeyStore keys, char[] password) {
    settings.identity(requireNonNull(keys, "keys"), requireNonNull(password, "password"));
    return this;
  }

  /**
   * Takes certificates, keys and trust from {@code context}: not to be used with {@code trust} or
   * {@code identity}.
   */
  @CanIgnoreReturnValue
  public TlsConnectorBuilder context(SSLContext context) {
    settings.context(requireNonNull(context, "context"));
    return this;
  }

  /**
   * Which versions may be spoken, such as {@code TLSv1.3}. Without this: 1.3 and 1.2.
   *
   * @throws IllegalArgumentException if there are none, or the JDK does not know one
   */
  @CanIgnoreReturnValue
  public TlsConnectorBuilder protocols(String... protocols) {
    settings.protocols(protocols);
    return this;
  }

  /**
   * Which cipher suites may be used, the best first. Without this: those of the JDK.
   *
   * @throws IllegalArgumentException if there are none, or the JDK does not know one
   */
  @CanIgnoreReturnValue
  public TlsConnectorBuilder cipherSuites(String... suites) {
    settings.cipherSuites(suites);
    return this;
  }

  /**
   * Which protocols are spoken over the connection, the best first, such as {@code h2} (ALPN): see
   * {@link TlsStream#applicationProtocol()}. A server that speaks none of them refuses.
   *
   * @throws IllegalArgumentException if one is empty, or longer than 255 bytes
   */
  @CanIgnoreReturnValue
  public TlsConnectorBuilder applicationProtocols(String... protocols) {
    settings.applicationProtocols(protocols);
    return this;
  }

  /**
   * How long a handshake may take. Without this: 10 seconds.
   *
   * @throws IllegalArgumentException if it is not positive
   */
  @CanIgnoreReturnValue
  public TlsConnectorBuilder handshakeTimeout(Duration timeout) {
    settings.handshakeTimeout(timeout);
    return this;
  }

  /**
   * Takes any certificate of somebody who is trusted, for whatever name it was issued. So everybody
   * who has one can pretend to be the server: this is for names that no certificate can have.
   */
  @CanIgnoreReturnValue
  public TlsConnectorBuilder withoutHostnameVerification() {
    settings.withoutHostnameVerification();
    return this;
  }

  /**
   * Makes the connector.
   *
   * @throws IllegalStateException if {@code context} was said beside {@code trust} or {@code
   *     identity}
   */
  public TlsConnector build() {
    return new TlsConnector(settings.build());
  }
}
