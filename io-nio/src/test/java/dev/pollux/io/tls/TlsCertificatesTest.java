package dev.pollux.io.tls;

import static dev.pollux.io.tls.TestCertificates.HOST;
import static dev.pollux.io.tls.TestCertificates.OTHER_HOST;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pollux.io.tls.Hands.Outcomes;
import dev.pollux.io.tls.TestCertificates.Authority;
import dev.pollux.io.tls.TestCertificates.Identity;
import dev.pollux.io.tls.TlsCertificateException.Reason;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Supplier;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Who is taken for whom he says he is, and what is said of those who are not. */
@Timeout(60)
class TlsCertificatesTest {

  private static final TestCertificates CERTIFICATES = TestCertificates.shared();

  private final Hands hands = new Hands();

  private static TlsConnectorBuilder trusting() {
    return CERTIFICATES.trusting();
  }

  // ---- those that are good

  @ParameterizedTest
  @ValueSource(
      strings = {HOST, "SERVER.test", HOST + ".", "localhost", "127.0.0.1", "::1", "[::1]"})
  void takesACertificateForTheNameThatIsAskedFor(String host) throws Exception {
    Outcomes<TlsStream, TlsStream> both =
        hands.handshake(CERTIFICATES.connector(), host, CERTIFICATES.acceptor());
    assertThat(both.client().get().peerCertificates())
        .containsExactly(CERTIFICATES.server().certificate());
    assertThat(both.server().get().peerCertificates()).isEmpty();
    hands.passes(both.client().get(), both.server().get(), "there");
    hands.passes(both.server().get(), both.client().get(), "and back");
  }

  @Test
  void takesAWildcardForOneLabel() throws Exception {
    Identity any = CERTIFICATES.authority().issue("*.wild.test");
    assertThat(reason(any, "one.wild.test")).isNull();
    assertThat(reason(any, "wild.test")).isEqualTo(Reason.WRONG_HOST);
    assertThat(reason(any, "two.one.wild.test")).isEqualTo(Reason.WRONG_HOST);
  }

  @Test
  void takesAChain() throws Exception {
    Identity below = CERTIFICATES.authorityBelow().issue(HOST);
    Outcomes<TlsStream, TlsStream> both =
        hands.handshake(CERTIFICATES.connector(), HOST, below.serving().build());
    assertThat(both.client().get().peerCertificates())
        .containsExactly(below.certificate(), CERTIFICATES.authorityBelow().certificate());
  }

  @Test
  void takesOneThatIsItselfTrusted() throws Exception {
    Identity own = CERTIFICATES.selfSigned();
    KeyStore trust = KeyStore.getInstance("PKCS12");
    trust.load(null, null);
    trust.setCertificateEntry("own", own.certificate());
    Outcomes<TlsStream, TlsStream> both =
        hands.handshake(TlsConnector.builder().trust(trust).build(), HOST, own.serving().build());
    hands.passes(both.client().get(), both.server().get(), "trusted");
  }

  // ---- those that are not

  static Stream<Arguments> bad() {
    Authority authority = CERTIFICATES.authority();
    Instant longAgo = Instant.now().minus(Duration.ofDays(30));
    Instant later = Instant.now().plus(Duration.ofDays(30));
    return Stream.of(
        bad("expired", Reason.EXPIRED, CERTIFICATES::expired),
        bad("not yet valid", Reason.NOT_YET_VALID, CERTIFICATES::notYetValid),
        bad(
            "below one that is expired",
            Reason.EXPIRED,
            () -> authority.below("Old", longAgo).issue(HOST)),
        bad(
            "below one that is not yet valid",
            Reason.NOT_YET_VALID,
            () -> authority.below("Future", later).issue(HOST)),
        bad("of another host", Reason.WRONG_HOST, CERTIFICATES::otherServer),
        bad("self-signed", Reason.SELF_SIGNED, CERTIFICATES::selfSigned),
        bad("of a stranger", Reason.UNKNOWN_AUTHORITY, () -> CERTIFICATES.stranger().issue(HOST)),
        bad(
            "with a gap in the chain",
            Reason.UNKNOWN_AUTHORITY,
            () -> CERTIFICATES.authorityBelow().issue(HOST).alone()),
        bad("of a client", Reason.OTHER, () -> authority.issueForClient(HOST)));
  }

  private static Arguments bad(String what, Reason reason, Supplier<Identity> identity) {
    return Arguments.of(what, reason, identity);
  }

  @ParameterizedTest(name = "{0}, {3}")
  @MethodSource("badInEachVersion")
  void refusesACertificate(String what, Reason reason, Supplier<Identity> identity, String version)
      throws Exception {
    Outcomes<TlsStream, TlsStream> both =
        hands.handshake(
            trusting().protocols(version).build(),
            HOST,
            identity.get().serving().protocols(version).build());
    assertThat(both.client().fails())
        .as(what)
        .isInstanceOfSatisfying(
            TlsCertificateException.class,
            refusal -> assertThat(refusal.reason()).as("%s", refusal).isEqualTo(reason));
    assertTold(both, version);
  }

  static Stream<Arguments> badInEachVersion() {
    return bad()
        .flatMap(
            each ->
                Stream.of("TLSv1.3", "TLSv1.2")
                    .map(
                        version ->
                            Arguments.of(each.get()[0], each.get()[1], each.get()[2], version)));
  }

  /** The server hears why, at the latest when it reads. */
  private void assertTold(Outcomes<TlsStream, TlsStream> both, String version) throws Exception {
    Exception told =
        both.server().failure() != null
            ? both.server().failure()
            : hands.fails(both.server().get().read(ByteBuffer.allocate(1)));
    assertThat(told).as(version).isInstanceOf(TlsAlertException.class);
    assertThat(((TlsAlertException) told).alert()).matches("[a-z_]+");
  }

  private @Nullable Reason reason(Identity identity, String host) throws Exception {
    return reason(trusting().build(), identity, host);
  }

  private @Nullable Reason reason(TlsConnector connector, Identity identity, String host)
      throws Exception {
    Outcomes<TlsStream, TlsStream> both =
        hands.handshake(connector, host, identity.serving().build());
    Exception failure = both.client().failure();
    if (failure == null) {
      return null;
    }
    assertThat(failure).isInstanceOf(TlsCertificateException.class);
    return ((TlsCertificateException) failure).reason();
  }

  @Test
  void refusesAnAddressThatTheCertificateDoesNotName() throws Exception {
    assertThat(reason(CERTIFICATES.server(), "127.0.0.2")).isEqualTo(Reason.WRONG_HOST);
    assertThat(reason(CERTIFICATES.server(), "::2")).isEqualTo(Reason.WRONG_HOST);
  }

  @Test
  void saysWhichNamesACertificateHas() throws Exception {
    Outcomes<TlsStream, TlsStream> both =
        hands.handshake(
            CERTIFICATES.connector(), HOST, CERTIFICATES.otherServer().serving().build());
    assertThat(both.client().fails()).hasMessageContaining(HOST);
    assertThat(both.client().fails().getMessage()).contains(OTHER_HOST);
  }

  @Test
  void refusesOneThatWasRevoked() throws Exception {
    Authority authority = CERTIFICATES.authority();
    Identity revoked = authority.issue(HOST);
    X509TrustManager manager = authority.trustExcept(revoked);
    TlsConnector connector = TlsConnector.builder().trust(manager).build();
    assertThat(reason(connector, revoked, HOST)).isEqualTo(Reason.REVOKED);
    assertThat(reason(connector, CERTIFICATES.server(), HOST)).isNull();
  }

  /** Without a word of whom to trust, it is whom the JDK trusts. */
  @Test
  void trustsNobodyElseByDefault() throws Exception {
    assertThat(reason(TlsConnector.create(), CERTIFICATES.server(), HOST))
        .isEqualTo(Reason.UNKNOWN_AUTHORITY);
  }

  @Test
  void verifiesTheNameUnlessToldNotTo() throws Exception {
    Identity other = CERTIFICATES.otherServer();
    assertThat(reason(trusting().build(), other, HOST)).isEqualTo(Reason.WRONG_HOST);
    assertThat(reason(trusting().withoutHostnameVerification().build(), other, HOST)).isNull();
    assertThat(
            reason(
                trusting().withoutHostnameVerification().build(),
                CERTIFICATES.stranger().issue(HOST),
                HOST))
        .isEqualTo(Reason.UNKNOWN_AUTHORITY);
  }

  /** What a context brings along is verified just as well. */
  @Test
  void verifiesTheNameWithAContextToo() throws Exception {
    SSLContext context = TestCertificates.context(null, CERTIFICATES.authority().trust());
    TlsConnector connector = TlsConnector.builder().context(context).build();
    assertThat(reason(connector, CERTIFICATES.server(), HOST)).isNull();
    assertThat(reason(connector, CERTIFICATES.otherServer(), HOST)).isEqualTo(Reason.WRONG_HOST);
    assertThat(reason(connector, CERTIFICATES.expired(), HOST)).isEqualTo(Reason.EXPIRED);
    assertThat(reason(connector, CERTIFICATES.notYetValid(), HOST)).isEqualTo(Reason.NOT_YET_VALID);
    assertThat(reason(connector, CERTIFICATES.stranger().issue(HOST), HOST))
        .isEqualTo(Reason.UNKNOWN_AUTHORITY);
  }

  /** A trust manager of the older kind, which knows nothing of names, does not switch them off. */
  @Test
  void verifiesTheNameForATrustManagerThatDoesNot() throws Exception {
    X509TrustManager everybody =
        new X509TrustManager() {
          @Override
          public void checkClientTrusted(X509Certificate[] chain, String authType) {}

          @Override
          public void checkServerTrusted(X509Certificate[] chain, String authType) {}

          @Override
          public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
          }
        };
    TlsConnector connector = TlsConnector.builder().trust(everybody).build();
    assertThat(reason(connector, CERTIFICATES.selfSigned(), HOST)).isNull();
    assertThat(reason(connector, CERTIFICATES.otherServer(), HOST)).isEqualTo(Reason.WRONG_HOST);
    TlsConnector lax =
        TlsConnector.builder().trust(everybody).withoutHostnameVerification().build();
    assertThat(reason(lax, CERTIFICATES.otherServer(), HOST)).isNull();
  }

  /** A failure of a trust manager that is no refusal is a refusal all the same. */
  @Test
  void aTrustManagerThatThrowsTrustsNobody() throws Exception {
    X509TrustManager broken =
        new X509TrustManager() {
          @Override
          public void checkClientTrusted(X509Certificate[] chain, String authType) {
            throw new IllegalStateException("broken");
          }

          @Override
          public void checkServerTrusted(X509Certificate[] chain, String authType) {
            throw new IllegalStateException("broken");
          }

          @Override
          public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
          }
        };
    Outcomes<TlsStream, TlsStream> both =
        hands.handshake(
            TlsConnector.builder().trust(broken).build(), HOST, CERTIFICATES.acceptor());
    assertThat(both.client().fails()).hasStackTraceContaining("broken");
  }

  // ---- certificates of clients

  private static TlsAcceptorBuilder asking(ClientAuthentication authentication) {
    TlsAcceptorBuilder serving = CERTIFICATES.serving().clientAuthentication(authentication);
    return authentication == ClientAuthentication.NONE
        ? serving
        : serving.trust(CERTIFICATES.authority().trust());
  }

  private static TlsConnector showing(Identity identity, String version) {
    return trusting()
        .identity(identity.keyStore(), TestCertificates.PASSWORD.toCharArray())
        .protocols(version)
        .build();
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
  void takesAClientThatIsTrusted(String version) throws Exception {
    for (ClientAuthentication authentication : ClientAuthentication.values()) {
      Outcomes<TlsStream, TlsStream> both =
          hands.handshake(
              showing(CERTIFICATES.client(), version), HOST, asking(authentication).build());
      TlsStream server = both.server().get();
      if (authentication == ClientAuthentication.NONE) {
        assertThat(server.peerCertificates()).isEmpty();
      } else {
        assertThat(server.peerCertificates()).containsExactly(CERTIFICATES.client().certificate());
      }
      hands.passes(both.client().get(), server, "hello");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
  void takesAClientWithoutACertificateUnlessOneIsRequired(String version) throws Exception {
    TlsConnector connector = trusting().protocols(version).build();
    Outcomes<TlsStream, TlsStream> both =
        hands.handshake(connector, HOST, asking(ClientAuthentication.WANTED).build());
    assertThat(both.server().get().peerCertificates()).isEmpty();
    hands.passes(both.client().get(), both.server().get(), "hello");
    both = hands.handshake(connector, HOST, asking(ClientAuthentication.REQUIRED).build());
    assertRefused(both, Reason.MISSING);
  }

  static Stream<Arguments> badClients() {
    Authority authority = CERTIFICATES.authority();
    Instant longAgo = Instant.now().minus(Duration.ofDays(30));
    Instant later = Instant.now().plus(Duration.ofDays(30));
    Duration day = Duration.ofDays(1);
    return Stream.of("TLSv1.3", "TLSv1.2")
        .flatMap(
            version ->
                Stream.of(
                    badClient(
                        "expired",
                        Reason.EXPIRED,
                        () -> authority.issueForClient("old", longAgo, day),
                        version),
                    badClient(
                        "not yet valid",
                        Reason.NOT_YET_VALID,
                        () -> authority.issueForClient("new", later, day),
                        version)));
  }

  private static Arguments badClient(
      String what, Reason reason, Supplier<Identity> identity, String version) {
    return Arguments.of(what, reason, identity, version);
  }

  @ParameterizedTest(name = "{0}, {3}")
  @MethodSource("badClients")
  void refusesAClient(String what, Reason reason, Supplier<Identity> identity, String version)
      throws Exception {
    for (ClientAuthentication authentication :
        new ClientAuthentication[] {ClientAuthentication.WANTED, ClientAuthentication.REQUIRED}) {
      Outcomes<TlsStream, TlsStream> both =
          hands.handshake(showing(identity.get(), version), HOST, asking(authentication).build());
      assertRefused(both, reason);
    }
  }

  /**
   * A client does not show a certificate of an authority that the server has not named; so this one
   * is made to.
   */
  @Test
  void refusesAClientOfAStranger() throws Exception {
    for (String version : new String[] {"TLSv1.3", "TLSv1.2"}) {
      assertRefused(
          stubborn(CERTIFICATES.stranger().issueForClient("x"), version), Reason.UNKNOWN_AUTHORITY);
      assertRefused(stubborn(CERTIFICATES.selfSigned(), version), Reason.SELF_SIGNED);
      assertRefused(
          stubborn(CERTIFICATES.authority().issue(HOST), version), Reason.OTHER); // a server's
    }
  }

  private Outcomes<TlsStream, TlsStream> stubborn(Identity identity, String version)
      throws Exception {
    SSLContext context = StubbornKeys.context(identity, CERTIFICATES.authority().trust());
    return hands.handshake(
        TlsConnector.builder().context(context).protocols(version).build(),
        HOST,
        asking(ClientAuthentication.REQUIRED).build());
  }

  private void assertRefused(Outcomes<TlsStream, TlsStream> both, Reason reason) throws Exception {
    assertThat(both.server().fails())
        .isInstanceOfSatisfying(
            TlsCertificateException.class,
            refusal -> assertThat(refusal.reason()).as("%s", refusal).isEqualTo(reason));
    // In 1.3 the client is done before the server has seen its certificate.
    Exception told =
        both.client().failure() != null
            ? both.client().failure()
            : hands.fails(both.client().get().read(ByteBuffer.allocate(1)));
    assertThat(told).isInstanceOf(IOException.class).isInstanceOf(TlsAlertException.class);
  }
}
