package dev.pollux.io.tls;

import static java.util.Objects.requireNonNull;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.security.KeyStore;
import java.time.Duration;
import javax.net.ssl.SSLContext;
import javax.net.ssl.X509TrustManager;

/**
 * Settings for a {@link TlsAcceptor}.
 *
 * @threading confined to one thread
 */
public final class TlsAcceptorBuilder {

  private final TlsSettings.Builder settings = new TlsSettings.Builder(false);

  TlsAcceptorBuilder() {}

  /**
   * The certificates of this server. If there are several, each client gets one for the name that
   * it has asked for (SNI).
   *
   * @param keys holds the certificates and their private keys
   * @param password opens the keys; not kept, and may be cleared after this
   * @throws IllegalArgumentException if there is no key in it, or the password does not open it
   */
  @CanIgnoreReturnValue
  public TlsAcceptorBuilder identity(KeyStore keys, char[] password) {
    settings.identity(requireNonNull(keys, "keys"), requireNonNull(password, "password"));
    return this;
  }

  /**
   * Trusts clients whose certificate is in {@code authorities}, or was issued by one in it.
   *
   * @throws IllegalArgumentException if there are none in it, or it can't be read
   */
  @CanIgnoreReturnValue
  public TlsAcceptorBuilder trust(KeyStore authorities) {
    settings.trust(requireNonNull(authorities, "authorities"));
    return this;
  }

  /** Trusts clients whom {@code manager} trusts. */
  @CanIgnoreReturnValue
  public TlsAcceptorBuilder trust(X509TrustManager manager) {
    settings.trust(requireNonNull(manager, "manager"));
    return this;
  }

  /**
   * Takes certificates, keys and trust from {@code context}: not to be used with {@code trust} or
   * {@code identity}.
   */
  @CanIgnoreReturnValue
  public TlsAcceptorBuilder context(SSLContext context) {
    settings.context(requireNonNull(context, "context"));
    return this;
  }

  /**
   * Whether clients are asked for a certificate. Without this they are not. With it {@code trust}
   * has to say which are good: those whom the whole world trusts are no clients of this server.
   */
  @CanIgnoreReturnValue
  public TlsAcceptorBuilder clientAuthentication(ClientAuthentication authentication) {
    settings.clientAuthentication(requireNonNull(authentication, "authentication"));
    return this;
  }

  /**
   * Which versions may be spoken, such as {@code TLSv1.3}. Without this: 1.3 and 1.2.
   *
   * @throws IllegalArgumentException if there are none, or the JDK does not know one
   */
  @CanIgnoreReturnValue
  public TlsAcceptorBuilder protocols(String... protocols) {
    settings.protocols(protocols);
    return this;
  }

  /**
   * Which cipher suites may be used, the best first. Without this: those of the JDK.
   *
   * @throws IllegalArgumentException if there are none, or the JDK does not know one
   */
  @CanIgnoreReturnValue
  public TlsAcceptorBuilder cipherSuites(String... suites) {
    settings.cipherSuites(suites);
    return this;
  }

  /**
   * Which protocols are spoken over the connection, the best first, such as {@code h2} (ALPN): see
   * {@link TlsStream#applicationProtocol()}. A client that asks for others only is refused; one
   * that asks for none is not.
   *
   * @throws IllegalArgumentException if one is empty, or longer than 255 bytes
   */
  @CanIgnoreReturnValue
  public TlsAcceptorBuilder applicationProtocols(String... protocols) {
    settings.applicationProtocols(protocols);
    return this;
  }

  /**
   * How long a handshake may take. Without this: 10 seconds.
   *
   * @throws IllegalArgumentException if it is not positive
   */
  @CanIgnoreReturnValue
  public TlsAcceptorBuilder handshakeTimeout(Duration timeout) {
    settings.handshakeTimeout(timeout);
    return this;
  }

  /**
   * Makes the acceptor.
   *
   * @throws IllegalStateException if there is neither {@code identity} nor {@code context}, or both
   *     {@code context} and one of {@code trust} and {@code identity}, or one of {@code trust} and
   *     {@code clientAuthentication} without the other and without {@code context}
   */
  public TlsAcceptor build() {
    return new TlsAcceptor(settings.build());
  }
}
