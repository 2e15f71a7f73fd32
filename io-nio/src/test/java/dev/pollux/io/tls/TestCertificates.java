package dev.pollux.io.tls;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.CertPathBuilder;
import java.security.cert.CertStore;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CollectionCertStoreParameters;
import java.security.cert.PKIXBuilderParameters;
import java.security.cert.PKIXRevocationChecker;
import java.security.cert.X509CRL;
import java.security.cert.X509CertSelector;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Date;
import java.util.EnumSet;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.CertPathTrustManagerParameters;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.CRLReason;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.jcajce.JcaX509CRLConverter;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v2CRLBuilder;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.ContentSigner;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.jspecify.annotations.Nullable;

/** An authority that only tests trust, and the good and bad certificates that it has issued. */
public final class TestCertificates {

  /** The name that most certificates of servers are for, beside the address of this machine. */
  public static final String HOST = "server.test";

  /** The name of another server. */
  public static final String OTHER_HOST = "other.test";

  /** Opens every key store. */
  public static final String PASSWORD = "not a secret";

  private static final Duration DAY = Duration.ofDays(1);
  private static final AtomicLong SERIAL = new AtomicLong(1);
  private static final TestCertificates SHARED = new TestCertificates();

  private final Authority authority = new Authority("Authority", null);
  private final Authority below = new Authority("Authority below", authority);
  private final Authority stranger = new Authority("Stranger", null);
  private final Identity server = authority.issue(HOST, "localhost", "127.0.0.1", "::1");
  private final Identity otherServer = authority.issue(OTHER_HOST);
  private final Identity client = authority.issueForClient("somebody");

  private TestCertificates() {}

  /** The same for all tests: keys cost time. */
  public static TestCertificates shared() {
    return SHARED;
  }

  /** The one whom tests trust. */
  public Authority authority() {
    return authority;
  }

  /** One that {@link #authority} has issued a certificate for issuing certificates. */
  public Authority authorityBelow() {
    return below;
  }

  /** Nobody trusts this one. */
  public Authority stranger() {
    return stranger;
  }

  /** A good server: {@link #HOST}, localhost, and its addresses. */
  public Identity server() {
    return server;
  }

  /** A good server: {@link #OTHER_HOST}. */
  public Identity otherServer() {
    return otherServer;
  }

  /** A good client. */
  public Identity client() {
    return client;
  }

  /** Its time has passed. */
  public Identity expired() {
    return authority.issue(Instant.now().minus(DAY.multipliedBy(9)), DAY, HOST);
  }

  /** Its time has not begun. */
  public Identity notYetValid() {
    return authority.issue(Instant.now().plus(DAY.multipliedBy(9)), DAY, HOST);
  }

  /** Issued by itself. */
  public Identity selfSigned() {
    return new Authority("CN=" + HOST, null, Instant.now().minus(DAY), HOST).identity();
  }

  /** A connector that trusts {@link #authority}. */
  public TlsConnector connector() {
    return trusting().build();
  }

  /** For a connector that trusts {@link #authority}. */
  public TlsConnectorBuilder trusting() {
    return TlsConnector.builder().trust(authority.trust());
  }

  /** An acceptor for {@link #server}. */
  public TlsAcceptor acceptor() {
    return serving().build();
  }

  /** For an acceptor for {@link #server}. */
  public TlsAcceptorBuilder serving() {
    return server.serving();
  }

  /** What a blocking socket of the JDK is made from. */
  public static SSLContext context(@Nullable Identity identity, KeyStore trust) {
    try {
      TrustManagerFactory trusts =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trusts.init(trust);
      KeyManager[] keys = {};
      if (identity != null) {
        KeyManagerFactory factory = KeyManagerFactory.getInstance("PKIX");
        factory.init(identity.keyStore(), PASSWORD.toCharArray());
        keys = factory.getKeyManagers();
      }
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(keys, trusts.getTrustManagers(), null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  /** A private key, its certificate, and those above that, but for the topmost. */
  public record Identity(PrivateKey key, List<X509Certificate> chain) {

    public X509Certificate certificate() {
      return chain.get(0);
    }

    /** A store that holds it. */
    public KeyStore keyStore() {
      return keyStore(this);
    }

    /** A store that holds several. */
    public static KeyStore keyStore(Identity... identities) {
      try {
        KeyStore store = empty();
        for (int i = 0; i < identities.length; i++) {
          store.setKeyEntry(
              "identity " + i,
              identities[i].key,
              PASSWORD.toCharArray(),
              identities[i].chain.toArray(new X509Certificate[0]));
        }
        return store;
      } catch (GeneralSecurityException e) {
        throw new AssertionError(e);
      }
    }

    /** For an acceptor with this certificate. */
    public TlsAcceptorBuilder serving() {
      return TlsAcceptor.builder().identity(keyStore(), PASSWORD.toCharArray());
    }

    /** Without the certificates above it. */
    public Identity alone() {
      return new Identity(key, chain.subList(0, 1));
    }

    /** Writes the certificates, as openssl reads them. */
    public Path writeCertificates(Path file) throws IOException {
      StringBuilder pem = new StringBuilder();
      for (X509Certificate one : chain) {
        pem.append(pem(one));
      }
      return Files.writeString(file, pem);
    }

    /** Writes the private key, as openssl reads it. */
    public Path writeKey(Path file) throws IOException {
      return Files.writeString(file, pem("PRIVATE KEY", key.getEncoded()));
    }
  }

  /** Issues certificates. */
  public static final class Authority {

    private final X500Principal name;
    private final KeyPair keys = newKeys();
    private final X509Certificate certificate;
    private final @Nullable Authority above;

    Authority(String name, @Nullable Authority above) {
      this(name, above, Instant.now().minus(DAY));
    }

    /**
     * One whose time begins when it is said.
     *
     * @param above who has issued its certificate; null if it has itself
     */
    Authority(String name, @Nullable Authority above, Instant from, String... names) {
      this.name = new X500Principal(name.startsWith("CN=") ? name : "CN=" + name);
      this.above = above;
      PrivateKey signs = above == null ? keys.getPrivate() : above.keys.getPrivate();
      X500Principal issuer = above == null ? this.name : above.name;
      this.certificate =
          sign(issuer, signs, this.name, keys, from, DAY.multipliedBy(5), true, null, names);
    }

    /** An authority below this one, whose time begins {@code from} and lasts five days. */
    Authority below(String name, Instant from) {
      return new Authority(name, this, from);
    }

    public X509Certificate certificate() {
      return certificate;
    }

    /** A store of whom to trust: this. */
    public KeyStore trust() {
      try {
        KeyStore store = empty();
        store.setCertificateEntry("authority", certificate);
        return store;
      } catch (GeneralSecurityException e) {
        throw new AssertionError(e);
      }
    }

    /** Trusts this authority, but for the certificates that it has revoked. */
    public X509TrustManager trustExcept(Identity... revoked) {
      try {
        PKIXBuilderParameters parameters =
            new PKIXBuilderParameters(trust(), new X509CertSelector());
        parameters.addCertStore(
            CertStore.getInstance(
                "Collection", new CollectionCertStoreParameters(List.of(revoking(revoked)))));
        PKIXRevocationChecker checker =
            (PKIXRevocationChecker) CertPathBuilder.getInstance("PKIX").getRevocationChecker();
        checker.setOptions(
            EnumSet.of(
                PKIXRevocationChecker.Option.PREFER_CRLS,
                PKIXRevocationChecker.Option.NO_FALLBACK));
        parameters.addCertPathChecker(checker);
        TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
        factory.init(new CertPathTrustManagerParameters(parameters));
        for (TrustManager manager : factory.getTrustManagers()) {
          if (manager instanceof X509TrustManager found) {
            return found;
          }
        }
        throw new AssertionError("no trust manager");
      } catch (GeneralSecurityException e) {
        throw new AssertionError(e);
      }
    }

    private X509CRL revoking(Identity... revoked) {
      try {
        JcaX509v2CRLBuilder list = new JcaX509v2CRLBuilder(name, Date.from(Instant.now()));
        list.setNextUpdate(Date.from(Instant.now().plus(DAY)));
        for (Identity identity : revoked) {
          list.addCRLEntry(
              identity.certificate().getSerialNumber(),
              Date.from(Instant.now()),
              CRLReason.keyCompromise);
        }
        return new JcaX509CRLConverter().getCRL(list.build(signer(keys.getPrivate())));
      } catch (GeneralSecurityException | OperatorCreationException e) {
        throw new AssertionError(e);
      }
    }

    /** Writes the certificate, as openssl reads it. */
    public Path writeCertificate(Path file) throws IOException {
      return Files.writeString(file, pem(certificate));
    }

    /** This as a server: only for one that signs its own. */
    Identity identity() {
      return new Identity(keys.getPrivate(), List.of(certificate));
    }

    /** For a server of these names, which may be addresses in digits. */
    public Identity issue(String... names) {
      return issue(Instant.now().minus(DAY), DAY.multipliedBy(3), names);
    }

    /** For a server of these names, for a time. */
    public Identity issue(Instant from, Duration length, String... names) {
      return issue("CN=" + names[0], from, length, KeyPurposeId.id_kp_serverAuth, names);
    }

    /** For a client. */
    public Identity issueForClient(String name) {
      return issueForClient(name, Instant.now().minus(DAY), DAY.multipliedBy(3));
    }

    /** For a client, for a time. */
    public Identity issueForClient(String name, Instant from, Duration length) {
      return issue("CN=" + name, from, length, KeyPurposeId.id_kp_clientAuth);
    }

    private Identity issue(
        String subject, Instant from, Duration length, KeyPurposeId purpose, String... names) {
      KeyPair own = newKeys();
      List<X509Certificate> chain = new ArrayList<>();
      chain.add(
          sign(
              name,
              keys.getPrivate(),
              new X500Principal(subject),
              own,
              from,
              length,
              false,
              purpose,
              names));
      for (Authority one = this; one.above != null; one = one.above) {
        chain.add(one.certificate);
      }
      return new Identity(own.getPrivate(), List.copyOf(chain));
    }
  }

  private static X509Certificate sign(
      X500Principal issuer,
      PrivateKey signs,
      X500Principal subject,
      KeyPair keys,
      Instant from,
      Duration length,
      boolean issues,
      @Nullable KeyPurposeId purpose,
      String... names) {
    try {
      JcaX509v3CertificateBuilder builder =
          new JcaX509v3CertificateBuilder(
              issuer,
              BigInteger.valueOf(SERIAL.getAndIncrement()),
              Date.from(from),
              Date.from(from.plus(length)),
              subject,
              keys.getPublic());
      builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(issues));
      if (purpose != null) {
        builder.addExtension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(purpose));
      }
      if (names.length > 0) {
        GeneralName[] all = new GeneralName[names.length];
        for (int i = 0; i < names.length; i++) {
          boolean address = names[i].indexOf(':') >= 0 || Character.isDigit(names[i].charAt(0));
          all[i] = new GeneralName(address ? GeneralName.iPAddress : GeneralName.dNSName, names[i]);
        }
        builder.addExtension(Extension.subjectAlternativeName, false, new GeneralNames(all));
      }
      return new JcaX509CertificateConverter().getCertificate(builder.build(signer(signs)));
    } catch (GeneralSecurityException | CertIOException | OperatorCreationException e) {
      throw new AssertionError(e);
    }
  }

  private static ContentSigner signer(PrivateKey key) throws OperatorCreationException {
    return new JcaContentSignerBuilder("SHA256withECDSA").build(key);
  }

  private static KeyPair newKeys() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"));
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  private static KeyStore empty() throws GeneralSecurityException {
    try {
      // One of PKCS12 spends most of a test on the hashes of its password.
      KeyStore store = KeyStore.getInstance("JKS");
      store.load(null, null);
      return store;
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static String pem(X509Certificate certificate) {
    try {
      return pem("CERTIFICATE", certificate.getEncoded());
    } catch (CertificateEncodingException e) {
      throw new AssertionError(e);
    }
  }

  private static String pem(String what, byte[] bytes) {
    String lines =
        Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII)).encodeToString(bytes);
    return "-----BEGIN " + what + "-----\n" + lines + "\n-----END " + what + "-----\n";
  }
}
