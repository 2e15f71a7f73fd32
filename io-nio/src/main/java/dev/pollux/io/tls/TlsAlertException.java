package dev.pollux.io.tls;

import org.jspecify.annotations.Nullable;

/** The peer has refused, and said why: it does not like our certificate, say. */
public final class TlsAlertException extends TlsException {

  private static final long serialVersionUID = 1L;

  private final String alert;

  TlsAlertException(String alert, @Nullable Throwable cause) {
    super("the peer has refused: " + alert, cause);
    this.alert = alert;
  }

  /** The name of the alert in the standard (RFC 8446, section 6), such as {@code unknown_ca}. */
  public String alert() {
    return alert;
  }
}
