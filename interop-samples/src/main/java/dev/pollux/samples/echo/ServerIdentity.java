package dev.pollux.samples.echo;

import dev.pollux.io.tls.TlsAcceptor;
import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.io.Writer;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.jspecify.annotations.Nullable;

/** The certificate that a server shows, and its key. */
public final class ServerIdentity {

  /** Clocks differ. */
  private static final Duration BEFORE = Duration.ofHours(1);

  private static final Duration AFTER = Duration.ofDays(30);
  private static final int SERIAL_BITS = 64;

  /** The key store is in memory only, and its key is in memory beside it. */
  private static final char[] PASSWORD = "in memory".toCharArray();

  private final KeyStore keys;
  private final X509Certificate certificate;
  private final PrivateKey key;

  private ServerIdentity(PrivateKey key, List<? extends Certificate> chain)
      throws GeneralSecurityException, IOException {
    this.certificate = (X509Certificate) chain.get(0);
    this.key = key;
    requirePair(certificate.getPublicKey(), key);
    this.keys = KeyStore.getInstance("PKCS12");
    keys.load(null, null);
    keys.setKeyEntry("server", key, PASSWORD, chain.toArray(new Certificate[0]));
  }

  /** A key store takes any two, and no client would. */
  private static void requirePair(PublicKey certified, PrivateKey key)
      throws GeneralSecurityException {
    String algorithm = key.getAlgorithm();
    Signature signature =
        Signature.getInstance(
            switch (algorithm) {
              case "EC" -> "SHA256withECDSA";
              case "RSA" -> "SHA256withRSA";
              default -> algorithm;
            });
    signature.initSign(key);
    signature.update((byte) 1);
    byte[] signed = signature.sign();
    signature.initVerify(certified);
    signature.update((byte) 1);
    if (!signature.verify(signed)) {
      throw new InvalidKeyException("it has not signed as the certificate says");
    }
  }

  /**
   * Makes one for this machine, which nobody trusts who is not told to. The key is nowhere but in
   * this process.
   *
   * @param host another name or address that it is for; left out if it stands for all addresses
   * @throws GeneralSecurityException if the JDK has no elliptic curves
   */
  public static ServerIdentity selfSigned(String host)
      throws GeneralSecurityException, IOException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp256r1"));
    KeyPair pair = generator.generateKeyPair();
    X500Principal holder = new X500Principal("CN=localhost, O=pollux echo");
    Instant now = Instant.now();
    try {
      JcaX509v3CertificateBuilder builder =
          new JcaX509v3CertificateBuilder(
              holder,
              new BigInteger(SERIAL_BITS, new SecureRandom()),
              Date.from(now.minus(BEFORE)),
              Date.from(now.plus(AFTER)),
              holder,
              pair.getPublic());
      builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
      builder.addExtension(
          Extension.extendedKeyUsage, false, new ExtendedKeyUsage(KeyPurposeId.id_kp_serverAuth));
      builder.addExtension(Extension.subjectAlternativeName, false, names(host));
      X509Certificate certificate =
          new JcaX509CertificateConverter()
              .getCertificate(
                  builder.build(
                      new JcaContentSignerBuilder("SHA256withECDSA").build(pair.getPrivate())));
      return new ServerIdentity(pair.getPrivate(), List.of(certificate));
    } catch (OperatorCreationException failure) {
      throw new GeneralSecurityException(failure);
    }
  }

  private static GeneralNames names(String host) throws UnknownHostException {
    Set<GeneralName> names = new LinkedHashSet<>();
    names.add(new GeneralName(GeneralName.dNSName, "localhost"));
    names.add(new GeneralName(GeneralName.iPAddress, "127.0.0.1"));
    names.add(new GeneralName(GeneralName.iPAddress, "::1"));
    InetAddress address = InetAddress.getByName(host);
    if (!address.isAnyLocalAddress()) {
      names.add(new GeneralName(GeneralName.iPAddress, address.getHostAddress().split("%", -1)[0]));
      boolean isName = !host.contains(":") && host.chars().anyMatch(Character::isLetter);
      if (isName) {
        names.add(new GeneralName(GeneralName.dNSName, host));
      }
    }
    return new GeneralNames(names.toArray(new GeneralName[0]));
  }

  /**
   * Reads one.
   *
   * @param certificate a PEM file with the certificate, and after it those of the authorities above
   *     it, but for the last
   * @param key a PEM file with its private key, without a password
   * @throws IOException if a file can't be read, or is no such file
   */
  public static ServerIdentity read(Path certificate, Path key) throws IOException {
    List<? extends Certificate> chain = certificates(certificate);
    try {
      return new ServerIdentity(privateKey(key), chain);
    } catch (GeneralSecurityException failure) {
      throw new IOException(key + " is not the key of " + certificate, failure);
    }
  }

  /**
   * Reads the certificates in a PEM file.
   *
   * @throws IOException if it can't be read, or there are none in it
   */
  static List<? extends Certificate> certificates(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      List<? extends Certificate> read =
          List.copyOf(CertificateFactory.getInstance("X.509").generateCertificates(in));
      if (read.isEmpty()) {
        throw new IOException("there is no certificate in " + file);
      }
      return read;
    } catch (CertificateException failure) {
      throw new IOException("there is no certificate in " + file, failure);
    }
  }

  private static PrivateKey privateKey(Path file) throws IOException {
    try (Reader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8);
        PEMParser parser = new PEMParser(reader)) {
      JcaPEMKeyConverter converter = new JcaPEMKeyConverter();
      @Nullable Object read;
      while ((read = parser.readObject()) != null) {
        if (read instanceof PEMKeyPair pair) {
          return converter.getPrivateKey(pair.getPrivateKeyInfo());
        }
        if (read instanceof PrivateKeyInfo key) {
          return converter.getPrivateKey(key);
        }
      }
    } catch (IllegalArgumentException | IOException failure) {
      throw new IOException("there is no private key in " + file, failure);
    }
    throw new IOException("there is no private key without a password in " + file);
  }

  /** Writes the certificate, which is no secret, to a PEM file. */
  public void saveCertificate(Path file) throws IOException {
    try (Writer out = Files.newBufferedWriter(file, StandardCharsets.US_ASCII);
        JcaPEMWriter writer = new JcaPEMWriter(out)) {
      writer.writeObject(certificate);
    }
  }

  PrivateKey privateKey() {
    return key;
  }

  /** What shows it to clients. */
  public TlsAcceptor acceptor() {
    return TlsAcceptor.builder().identity(keys, PASSWORD).build();
  }
}
