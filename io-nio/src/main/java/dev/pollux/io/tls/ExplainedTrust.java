package dev.pollux.io.tls;

import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/** Trusts whom another one trusts, and says more clearly why not. */
final class ExplainedTrust extends X509ExtendedTrustManager {

  private final X509ExtendedTrustManager inner;

  /**
   * Makes one.
   *
   * @param inner decides; one that is not of the extended kind must not come here, for the JDK adds
   *     to those what they do not check, such as the name of the host
   */
  ExplainedTrust(X509ExtendedTrustManager inner) {
    this.inner = inner;
  }

  /** A check of the inner one. */
  private interface Check {
    void run() throws CertificateException;
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    explained(chain, null, () -> inner.checkClientTrusted(chain, authType), null);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    explained(chain, null, () -> inner.checkServerTrusted(chain, authType), null);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
      throws CertificateException {
    explained(chain, null, () -> inner.checkClientTrusted(chain, authType, socket), null);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
      throws CertificateException {
    explained(chain, null, () -> inner.checkServerTrusted(chain, authType, socket), null);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
      throws CertificateException {
    explained(
        chain,
        null,
        () -> inner.checkClientTrusted(chain, authType, engine),
        () -> inner.checkClientTrusted(chain, authType));
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
      throws CertificateException {
    explained(
        chain,
        engine.getPeerHost(),
        () -> inner.checkServerTrusted(chain, authType, engine),
        () -> inner.checkServerTrusted(chain, authType));
  }

  /**
   * Runs {@code check}.
   *
   * @param host the name that was asked for, if there is one
   * @param withoutName the same check without a name
   */
  private static void explained(
      X509Certificate[] chain, @Nullable String host, Check check, @Nullable Check withoutName)
      throws CertificateException {
    try {
      check.run();
    } catch (CertificateException refused) {
      TlsCertificateException.Reason reason = reason(chain, refused, host, withoutName);
      throw new RefusedCertificate(reason, words(chain, refused, reason, host), refused);
    }
  }

  private static TlsCertificateException.Reason reason(
      X509Certificate[] chain,
      CertificateException refused,
      @Nullable String host,
      @Nullable Check withoutName) {
    TlsCertificateException.Reason reason = TlsFailures.reason(refused);
    if (reason == TlsCertificateException.Reason.UNKNOWN_AUTHORITY) {
      return chain.length == 1 && isSelfSigned(chain[0])
          ? TlsCertificateException.Reason.SELF_SIGNED
          : reason;
    }
    if (reason == TlsCertificateException.Reason.OTHER && host != null && withoutName != null) {
      try {
        withoutName.run();
        return TlsCertificateException.Reason.WRONG_HOST;
      } catch (CertificateException still) {
        return reason;
      }
    }
    return reason;
  }

  private static boolean isSelfSigned(X509Certificate certificate) {
    if (!certificate.getSubjectX500Principal().equals(certificate.getIssuerX500Principal())) {
      return false;
    }
    try {
      certificate.verify(certificate.getPublicKey());
      return true;
    } catch (GeneralSecurityException ofAnother) {
      return false;
    }
  }

  private static String words(
      X509Certificate[] chain,
      CertificateException refused,
      TlsCertificateException.Reason reason,
      @Nullable String host) {
    X509Certificate certificate = chain[0];
    String who = "the certificate of " + certificate.getSubjectX500Principal() + " is refused: ";
    return who
        + switch (reason) {
          case EXPIRED ->
              "it, or one above it, has expired (it: on " + certificate.getNotAfter() + ")";
          case NOT_YET_VALID ->
              "it, or one above it, is not valid yet (it: from " + certificate.getNotBefore() + ")";
          case WRONG_HOST -> "it is for " + names(certificate) + ", and not for " + host;
          case SELF_SIGNED -> "it is self-signed, and not trusted itself";
          case UNKNOWN_AUTHORITY ->
              "nobody who is trusted has issued it, but " + certificate.getIssuerX500Principal();
          case REVOKED -> "it, or one above it, was revoked";
          case MISSING, OTHER -> refused.getMessage();
        };
  }

  private static List<String> names(X509Certificate certificate) {
    List<String> names = new ArrayList<>();
    try {
      Collection<List<?>> all = certificate.getSubjectAlternativeNames();
      if (all != null) {
        for (List<?> name : all) {
          names.add(String.valueOf(name.get(1)));
        }
      }
    } catch (CertificateParsingException unreadable) {
      names.add("names that can't be read");
    }
    return names;
  }

  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return inner.getAcceptedIssuers();
  }
}
