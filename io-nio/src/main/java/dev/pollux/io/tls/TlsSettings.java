package dev.pollux.io.tls;

import static java.util.Objects.requireNonNull;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/** What an engine is made from. */
final class TlsSettings {

  private static final Pattern IPV4 = Pattern.compile("\\d{1,3}(\\.\\d{1,3}){3}");

  /** Under which the JDK remembers sessions; it remembers none without a port. */
  private static final int ANY_PORT = 443;

  private final SSLContext context;
  private final SSLParameters parameters;
  private final Duration handshakeTimeout;

  private TlsSettings(SSLContext context, SSLParameters parameters, Duration handshakeTimeout) {
    this.context = context;
    this.parameters = parameters;
    this.handshakeTimeout = handshakeTimeout;
  }

  Duration handshakeTimeout() {
    return handshakeTimeout;
  }

  SSLEngine serverEngine() {
    SSLEngine engine = context.createSSLEngine();
    engine.setUseClientMode(false);
    engine.setSSLParameters(parameters);
    return engine;
  }

  SSLEngine clientEngine(String host) {
    String name = requireNonNull(host, "host");
    if (name.isEmpty()) {
      throw new IllegalArgumentException("host must not be empty");
    }
    if (name.startsWith("[") && name.endsWith("]")) {
      name = name.substring(1, name.length() - 1); // an address as a URL has it
    }
    // Always the same port: a session may be resumed with whoever has shown a certificate for this
    // name.
    SSLEngine engine = context.createSSLEngine(name, ANY_PORT);
    engine.setUseClientMode(true);
    SSLParameters own = parameters;
    if (!isAddress(name)) {
      own = copy(parameters);
      own.setServerNames(List.of(serverName(name)));
    }
    engine.setSSLParameters(own);
    return engine;
  }

  private static boolean isAddress(String host) {
    return host.indexOf(':') >= 0 || IPV4.matcher(host).matches();
  }

  private static SNIHostName serverName(String host) {
    String name = host.endsWith(".") ? host.substring(0, host.length() - 1) : host;
    try {
      return new SNIHostName(name);
    } catch (IllegalArgumentException bad) {
      throw new IllegalArgumentException("host must be a name or an address, was " + host, bad);
    }
  }

  private static SSLParameters copy(SSLParameters from) {
    SSLParameters copy = new SSLParameters(from.getCipherSuites(), from.getProtocols());
    copy.setApplicationProtocols(from.getApplicationProtocols());
    copy.setEndpointIdentificationAlgorithm(from.getEndpointIdentificationAlgorithm());
    return copy;
  }

  /** Collects settings for one side. */
  static final class Builder {

    private static final Duration DEFAULT_HANDSHAKE_TIMEOUT = Duration.ofSeconds(10);

    private final boolean client;
    private KeyManager @Nullable [] keyManagers;
    private @Nullable X509TrustManager trustManager;
    private @Nullable SSLContext context;
    private String @Nullable [] protocols;
    private String @Nullable [] cipherSuites;
    private String[] applicationProtocols = {};
    private Duration handshakeTimeout = DEFAULT_HANDSHAKE_TIMEOUT;
    private ClientAuthentication clientAuthentication = ClientAuthentication.NONE;
    private boolean verifiesHostname = true;

    Builder(boolean client) {
      this.client = client;
    }

    void trust(KeyStore authorities) {
      trust(trustManager(authorities));
    }

    void trust(X509TrustManager manager) {
      trustManager = manager;
    }

    private static X509TrustManager trustManager(@Nullable KeyStore authorities) {
      try {
        if (authorities != null && !hasCertificate(authorities)) {
          throw new IllegalArgumentException(
              "authorities must hold a certificate that is trusted, holds none");
        }
        TrustManagerFactory factory =
            TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(authorities);
        for (TrustManager manager : factory.getTrustManagers()) {
          if (manager instanceof X509TrustManager found) {
            return found;
          }
        }
        throw new IllegalStateException("the JDK has no trust manager for X.509");
      } catch (GeneralSecurityException failure) {
        throw new IllegalArgumentException(
            "authorities can't be read: " + failure.getMessage(), failure);
      }
    }

    private static boolean hasCertificate(KeyStore keys) throws GeneralSecurityException {
      for (String alias : java.util.Collections.list(keys.aliases())) {
        if (keys.isCertificateEntry(alias)) {
          return true;
        }
      }
      return false;
    }

    void identity(KeyStore keys, char[] password) {
      try {
        boolean hasKey = false;
        for (String alias : java.util.Collections.list(keys.aliases())) {
          // A key manager opens a key when it is used, and would say nothing of a wrong password.
          hasKey |= keys.isKeyEntry(alias) && keys.getKey(alias, password) instanceof PrivateKey;
        }
        if (!hasKey) {
          throw new IllegalArgumentException("keys must hold a private key, holds none");
        }
        // PKIX chooses by the name that a client asks for; the default of the JDK does not.
        KeyManagerFactory factory = KeyManagerFactory.getInstance("PKIX");
        factory.init(keys, password);
        keyManagers = factory.getKeyManagers();
      } catch (GeneralSecurityException failure) {
        throw new IllegalArgumentException(
            "keys can't be opened with this password: " + failure.getMessage(), failure);
      }
    }

    void context(SSLContext context) {
      this.context = context;
    }

    void protocols(String... protocols) {
      this.protocols = named("protocols", protocols, supported().getProtocols());
    }

    void cipherSuites(String... suites) {
      this.cipherSuites = named("cipherSuites", suites, supported().getCipherSuites());
    }

    private static String[] named(String parameter, String[] names, String[] known) {
      if (names.length == 0) {
        throw new IllegalArgumentException(parameter + " must name at least one");
      }
      List<String> all = Arrays.asList(known);
      for (String name : names) {
        if (!all.contains(name)) {
          throw new IllegalArgumentException(
              parameter + " must be among " + all + ", one was " + name);
        }
      }
      return names.clone();
    }

    private static SSLParameters supported() {
      try {
        return SSLContext.getDefault().getSupportedSSLParameters();
      } catch (GeneralSecurityException failure) {
        throw new IllegalStateException("the JDK has no TLS", failure);
      }
    }

    void applicationProtocols(String... protocols) {
      for (String protocol : protocols) {
        int length = protocol.getBytes(StandardCharsets.UTF_8).length;
        if (length < 1 || length > 255) {
          throw new IllegalArgumentException(
              "protocols must have from 1 to 255 bytes each, one was '" + protocol + "'");
        }
      }
      applicationProtocols = protocols.clone();
    }

    void handshakeTimeout(Duration timeout) {
      if (timeout.isNegative() || timeout.isZero()) {
        throw new IllegalArgumentException("timeout must be positive, was " + timeout);
      }
      handshakeTimeout = timeout;
    }

    void clientAuthentication(ClientAuthentication authentication) {
      clientAuthentication = authentication;
    }

    void withoutHostnameVerification() {
      verifiesHostname = false;
    }

    TlsSettings build() {
      if (!client && context == null) {
        boolean asks = clientAuthentication != ClientAuthentication.NONE;
        if (asks && trustManager == null) {
          throw new IllegalStateException(
              "clientAuthentication is " + clientAuthentication + ", so trust must be said too");
        }
        if (!asks && trustManager != null) {
          throw new IllegalStateException(
              "trust is of use only with clientAuthentication, which is NONE");
        }
      }
      SSLContext made = context();
      SSLParameters parameters = made.getDefaultSSLParameters();
      parameters.setProtocols(protocols != null ? protocols : usualProtocols(made));
      if (cipherSuites != null) {
        parameters.setCipherSuites(cipherSuites);
      }
      parameters.setApplicationProtocols(applicationProtocols);
      if (client) {
        if (verifiesHostname) {
          parameters.setEndpointIdentificationAlgorithm("HTTPS");
        }
      } else {
        parameters.setUseCipherSuitesOrder(true);
        switch (clientAuthentication) {
          case NONE -> parameters.setNeedClientAuth(false);
          case WANTED -> parameters.setWantClientAuth(true);
          case REQUIRED -> parameters.setNeedClientAuth(true);
        }
      }
      return new TlsSettings(made, parameters, handshakeTimeout);
    }

    private static String[] usualProtocols(SSLContext context) {
      List<String> usual = new ArrayList<>(List.of("TLSv1.3", "TLSv1.2"));
      usual.retainAll(Arrays.asList(context.getSupportedSSLParameters().getProtocols()));
      return usual.toArray(new String[0]);
    }

    /** One of the other kind is left to the JDK, which adds the checks that it does not make. */
    private static X509TrustManager explained(X509TrustManager trust) {
      return trust instanceof X509ExtendedTrustManager extended
          ? new ExplainedTrust(extended)
          : trust;
    }

    private SSLContext context() {
      SSLContext given = context;
      if (given != null) {
        if (keyManagers != null || trustManager != null) {
          throw new IllegalStateException("context takes the place of identity and trust");
        }
        return given;
      }
      if (!client && keyManagers == null) {
        throw new IllegalStateException("a server needs an identity, or a context");
      }
      X509TrustManager trust = trustManager != null ? trustManager : trustManager((KeyStore) null);
      try {
        SSLContext made = SSLContext.getInstance("TLS");
        made.init(keyManagers, new TrustManager[] {explained(trust)}, null);
        return made;
      } catch (GeneralSecurityException failure) {
        throw new IllegalStateException("the JDK has no TLS", failure);
      }
    }
  }
}
