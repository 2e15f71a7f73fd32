package dev.pollux.io.tls;

import java.nio.ByteBuffer;
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

  /** The type of a record that has an alert in it. */
  private static final byte ALERT_RECORD = 21;

  /** A header of five, a level and a number. */
  private static final int PLAIN_ALERT_BYTES = 7;

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

  /**
   * The refusal that {@code record} has in it, if it is an alert which is not encrypted; null if it
   * is none. A client of TLS 1.3 may refuse a server so, as OpenSSL does, and not every JDK
   * understands that once it expects all to be encrypted.
   *
   * @param cause what the JDK said of it
   */
  static @Nullable TlsAlertException plainAlert(ByteBuffer record, Throwable cause) {
    int begin = record.position();
    if (record.remaining() < PLAIN_ALERT_BYTES
        || record.get(begin) != ALERT_RECORD
        || record.getShort(begin + 3) != 2) { // one that is encrypted is longer
      return null;
    }
    String name = alert(record.get(begin + 6) & 0xff);
    return name == null ? null : new TlsAlertException(name, cause);
  }

  /** The name of an alert that refuses; null if there is none of that number. */
  private static @Nullable String alert(int number) {
    return switch (number) {
      case 10 -> "unexpected_message";
      case 20 -> "bad_record_mac";
      case 22 -> "record_overflow";
      case 40 -> "handshake_failure";
      case 42 -> "bad_certificate";
      case 43 -> "unsupported_certificate";
      case 44 -> "certificate_revoked";
      case 45 -> "certificate_expired";
      case 46 -> "certificate_unknown";
      case 47 -> "illegal_parameter";
      case 48 -> "unknown_ca";
      case 49 -> "access_denied";
      case 50 -> "decode_error";
      case 51 -> "decrypt_error";
      case 70 -> "protocol_version";
      case 71 -> "insufficient_security";
      case 80 -> "internal_error";
      case 86 -> "inappropriate_fallback";
      case 109 -> "missing_extension";
      case 110 -> "unsupported_extension";
      case 112 -> "unrecognized_name";
      case 113 -> "bad_certificate_status_response";
      case 115 -> "unknown_psk_identity";
      case 116 -> "certificate_required";
      case 120 -> "no_application_protocol";
      default -> null;
    };
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
