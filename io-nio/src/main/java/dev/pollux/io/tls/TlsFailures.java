package dev.pollux.io.tls;

import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertPathValidatorException.BasicReason;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Says in our words what the JDK says of TLS in its own. */
final class TlsFailures {

  private static final Pattern ALERT =
      Pattern.compile("Received fatal alert: (?<alert>[a-z0-9_]+)");

  private TlsFailures() {}

  /** The failure that stands for what an engine has thrown. */
  static TlsException of(Throwable failure) {
    RefusedCertificate refused = null;
    CertificateException certificate = null;
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof TlsException ours) {
        return ours;
      }
      if (refused == null && cause instanceof RefusedCertificate known) {
        refused = known;
      }
      if (certificate == null && cause instanceof CertificateException unknown) {
        certificate = unknown;
      }
    }
    if (refused != null) {
      return new TlsCertificateException(refused.reason(), refused.words(), failure);
    }
    if (certificate != null) {
      return new TlsCertificateException(
          reason(certificate),
          "the certificate of the peer is refused: " + certificate.getMessage(),
          failure);
    }
    String message = String.valueOf(failure.getMessage());
    Matcher alert = ALERT.matcher(message);
    if (alert.find()) {
      return new TlsAlertException(alert.group("alert"), failure);
    }
    if (message.contains("Empty client certificate chain")
        || message.contains("Empty server certificate chain")) {
      return new TlsCertificateException(
          TlsCertificateException.Reason.MISSING,
          "the peer has shown no certificate, and one is required",
          failure);
    }
    if (message.contains("Unsupported or unrecognized SSL message")) {
      return new TlsException("the peer does not speak TLS", failure);
    }
    return new TlsException("TLS has failed: " + message, failure);
  }

  /** What is wrong, by the exceptions of the JDK alone. */
  static TlsCertificateException.Reason reason(CertificateException refused) {
    TlsCertificateException.Reason reason = null;
    for (Throwable cause = refused; cause != null; cause = cause.getCause()) {
      TlsCertificateException.Reason here = reasonOf(cause);
      reason = here == null ? reason : here; // the innermost knows best
    }
    if (reason != null) {
      return reason;
    }
    // The JDK has no exception of its own for this.
    String message = String.valueOf(refused.getMessage());
    return message.contains("No subject alternative") || message.contains("No name matching")
        ? TlsCertificateException.Reason.WRONG_HOST
        : TlsCertificateException.Reason.OTHER;
  }

  private static TlsCertificateException.@Nullable Reason reasonOf(Throwable cause) {
    if (cause instanceof CertificateExpiredException) {
      return TlsCertificateException.Reason.EXPIRED;
    }
    if (cause instanceof CertificateNotYetValidException) {
      return TlsCertificateException.Reason.NOT_YET_VALID;
    }
    if (cause instanceof CertPathBuilderException) {
      return TlsCertificateException.Reason.UNKNOWN_AUTHORITY;
    }
    if (cause instanceof CertPathValidatorException invalid) {
      Object why = invalid.getReason();
      if (why == BasicReason.EXPIRED) {
        return TlsCertificateException.Reason.EXPIRED;
      }
      if (why == BasicReason.NOT_YET_VALID) {
        return TlsCertificateException.Reason.NOT_YET_VALID;
      }
      if (why == BasicReason.REVOKED) {
        return TlsCertificateException.Reason.REVOKED;
      }
    }
    return null;
  }
}
