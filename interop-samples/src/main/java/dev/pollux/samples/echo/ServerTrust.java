package dev.pollux.samples.echo;

import dev.pollux.io.tls.TlsConnector;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.X509TrustManager;

/** Which servers a load trusts. */
public final class ServerTrust {

  private ServerTrust() {}

  /**
   * Those with a certificate in a PEM file, or with one that was issued by one of these, if they
   * have the right name.
   *
   * @throws IOException if the file can't be read, or there is no certificate in it
   */
  public static TlsConnector of(Path file) throws IOException {
    List<? extends Certificate> certificates = ServerIdentity.certificates(file);
    try {
      KeyStore trusted = KeyStore.getInstance("PKCS12");
      trusted.load(null, null);
      for (int i = 0; i < certificates.size(); i++) {
        trusted.setCertificateEntry("trusted-" + i, certificates.get(i));
      }
      return TlsConnector.builder().trust(trusted).build();
    } catch (GeneralSecurityException failure) {
      throw new IOException("the certificates of " + file + " can't be used", failure);
    }
  }

  /** Anybody, under whatever name. */
  public static TlsConnector ofAnybody() {
    return TlsConnector.builder().trust(new Anybody()).withoutHostnameVerification().build();
  }

  private static final class Anybody implements X509TrustManager {

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType) {
      // asked for
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType) {
      // asked for
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
