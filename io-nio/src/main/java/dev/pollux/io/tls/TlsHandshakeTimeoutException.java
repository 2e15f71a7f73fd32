package dev.pollux.io.tls;

import java.time.Duration;

/** The two sides had not come to an agreement when their time was over. */
public final class TlsHandshakeTimeoutException extends TlsException {

  private static final long serialVersionUID = 1L;

  TlsHandshakeTimeoutException(Duration limit) {
    super("the TLS handshake was not over after " + limit.toMillis() + " ms", null);
  }
}
