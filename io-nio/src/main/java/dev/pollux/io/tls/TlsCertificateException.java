package dev.pollux.io.tls;

import org.jspecify.annotations.Nullable;

/** The certificate of the peer was not accepted. */
public final class TlsCertificateException extends TlsException {

  private static final long serialVersionUID = 1L;

  /** What is wrong with a certificate. */
  public enum Reason {
    /** The time for which it, or one of those above it, is good has passed. */
    EXPIRED,
    /** The time for which it, or one of those above it, is good has not begun. */
    NOT_YET_VALID,
    /** It is good, and of somebody else: none of its names is the one that was asked for. */
    WRONG_HOST,
    /** It was issued by its own holder, and is not itself among those that are trusted. */
    SELF_SIGNED,
    /** None of those who are trusted has issued it. */
    UNKNOWN_AUTHORITY,
    /** Whoever issued it has taken it back. */
    REVOKED,
    /** The peer gave none, and one is required. */
    MISSING,
    /** Something else, which the message says. */
    OTHER
  }

  private final Reason reason;

  TlsCertificateException(Reason reason, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.reason = reason;
  }

  /** What is wrong with it. */
  public Reason reason() {
    return reason;
  }
}
