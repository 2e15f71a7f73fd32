package dev.pollux.io.tls;

import java.security.cert.CertificateException;

/** Carries through the engine why a certificate is refused. */
final class RefusedCertificate extends CertificateException {

  private static final long serialVersionUID = 1L;

  private final TlsCertificateException.Reason reason;
  private final String words;

  RefusedCertificate(
      TlsCertificateException.Reason reason, String words, CertificateException cause) {
    super(words, cause);
    this.reason = reason;
    this.words = words;
  }

  TlsCertificateException.Reason reason() {
    return reason;
  }

  String words() {
    return words;
  }
}
