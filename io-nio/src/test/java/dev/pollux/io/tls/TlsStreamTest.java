package dev.pollux.io.tls;

import static dev.pollux.io.tls.TestCertificates.HOST;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import dev.pollux.core.Budget;
import dev.pollux.core.Description;
import dev.pollux.core.Future;
import dev.pollux.core.Futures;
import dev.pollux.core.Poll;
import dev.pollux.io.AsyncByteStream;
import dev.pollux.io.AsyncRead;
import dev.pollux.io.EarlyEndException;
import dev.pollux.io.tls.Hands.Agreed;
import dev.pollux.io.tls.Hands.Outcome;
import dev.pollux.testing.PollHarness;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.Random;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is read and written once both sides have agreed, and how it ends. */
@Timeout(60)
class TlsStreamTest {

  /** More than a record can have. */
  private static final int MOST_OF_A_RECORD = 17 << 10;

  private static final TestCertificates CERTIFICATES = TestCertificates.shared();

  private final Hands hands = new Hands();

  private static byte[] random(int seed, int size) {
    byte[] bytes = new byte[size];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  private static Future<byte[]> sends(
      AsyncByteStream from, byte[] bytes, AsyncByteStream to, int limit) {
    return Futures.join(
        from.writeAll(ByteBuffer.wrap(bytes)).flatMap(x -> from.shutdown()),
        to.readToEnd(limit),
        (x, read) -> read);
  }

  // ---- bytes

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
  void carriesMuch(String version) throws Exception {
    Agreed agreed = hands.agree(version);
    byte[] bytes = random(1, 4 << 20);
    byte[] read = hands.run(sends(agreed.client(), bytes, agreed.server(), bytes.length));
    assertThat(Arrays.mismatch(read, bytes)).isEqualTo(-1);
  }

  @Test
  void carriesMuchBothWaysAtOnce() throws Exception {
    Agreed agreed = hands.agree("TLSv1.3");
    byte[] there = random(1, 3 << 20);
    byte[] back = random(2, 3 << 20);
    boolean same =
        hands.run(
            Futures.join(
                sends(agreed.client(), there, agreed.server(), there.length),
                sends(agreed.server(), back, agreed.client(), back.length),
                (first, second) -> Arrays.equals(first, there) && Arrays.equals(second, back)));
    assertThat(same).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
  void carriesByteByByte(String version) throws Exception {
    Wire[] ends = Wire.pair(1);
    Agreed agreed = hands.agree(version, ends[0].atMost(1), ends[1].atMost(1));
    byte[] bytes = random(1, 40_000);
    byte[] read = hands.run(sends(agreed.client(), bytes, agreed.server(), bytes.length));
    assertThat(Arrays.mismatch(read, bytes)).isEqualTo(-1);
  }

  @Test
  void givesARecordInPartsOfOneByte() throws Exception {
    Agreed agreed = hands.agree("TLSv1.3");
    hands.run(agreed.client().writeAll(Hands.bytes("abcdefghij")));
    hands.run(agreed.client().flush());
    for (char each : "abcdefghij".toCharArray()) {
      assertThat(hands.read(agreed.server())).isEqualTo(each);
    }
    assertThat(agreed.server().heldBytes()).isZero();
  }

  /** Two records that have come at once fill one buffer, and what has no room is kept. */
  @Test
  void givesSeveralRecordsAtOnce() throws Exception {
    Agreed agreed = hands.agree("TLSv1.3");
    for (String each : new String[] {"ab", "cd", "efgh"}) {
      hands.run(agreed.client().writeAll(Hands.bytes(each)));
      hands.run(agreed.client().flush());
    }
    ByteBuffer dst = ByteBuffer.allocate(5);
    hands.run(agreed.server().readExact(dst));
    assertThat(Hands.text(dst.flip())).isEqualTo("abcde");
    dst = ByteBuffer.allocate(9);
    int count = hands.run(agreed.server().read(dst));
    assertThat(count).isEqualTo(3);
    assertThat(Hands.text(dst.flip())).isEqualTo("fgh");
  }

  @Test
  void writesSeveralBuffersAsOne() throws Exception {
    Wire[] ends = Wire.pair(1 << 16);
    Agreed agreed = hands.agree("TLSv1.3", ends[0], ends[1]);
    int before = ends[0].writes();
    ByteBuffer[] srcs = new ByteBuffer[200];
    for (int i = 0; i < srcs.length; i++) {
      srcs[i] = Hands.bytes("x");
    }
    hands.run(agreed.client().writeAll(srcs));
    hands.run(agreed.client().flush());
    assertThat(ends[0].writes() - before).isEqualTo(1);
    hands.run(agreed.server().readExact(ByteBuffer.allocate(200)));
  }

  /** What a read-only or a direct buffer holds is carried as well. */
  @Test
  void takesEveryKindOfBuffer() throws Exception {
    Agreed agreed = hands.agree("TLSv1.3");
    ByteBuffer direct = ByteBuffer.allocateDirect(3).put(Hands.bytes("abc")).flip();
    hands.run(agreed.client().writeAll(direct, Hands.bytes("def").asReadOnlyBuffer()));
    hands.run(agreed.client().flush());
    ByteBuffer dst = ByteBuffer.allocateDirect(10).position(2).limit(8);
    hands.run(agreed.server().readExact(dst));
    assertThat(Hands.text(dst.position(2))).isEqualTo("abcdef");
    hands.run(agreed.client().writeAll(Hands.bytes("g")));
    hands.run(agreed.client().flush());
    assertThatThrownBy(
            () -> hands.run(agreed.server().read(ByteBuffer.allocate(9).asReadOnlyBuffer())))
        .isInstanceOf(RuntimeException.class);
  }

  // ---- memory

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
  void holdsNothingWhileNothingIsUnderWay(String version) throws Exception {
    Agreed agreed = hands.agree(version);
    for (int i = 0; i < 3; i++) {
      Future<Integer> read = agreed.server().read(ByteBuffer.allocate(9));
      Future<Integer> other = agreed.client().read(ByteBuffer.allocate(9));
      assertThat(hands.pollWhileWoken(read).isPending()).isTrue();
      assertThat(hands.pollWhileWoken(other).isPending()).isTrue();
      assertThat(agreed.client().heldBytes()).isZero();
      assertThat(agreed.server().heldBytes()).isZero();
      read.cancel();
      other.cancel();
      hands.passes(agreed.client(), agreed.server(), "there");
      hands.passes(agreed.server(), agreed.client(), "and back");
    }
  }

  @Test
  void holdsLittleWhileTheTransportIsFull() throws Exception {
    Wire[] ends = Wire.pair(1 << 10);
    Agreed agreed = hands.agree("TLSv1.3", ends[0], ends[1]);
    ByteBuffer src = ByteBuffer.allocate(10 << 20);
    Future<Void> write = agreed.client().writeAll(src);
    assertThat(hands.pollWhileWoken(write).isPending()).isTrue();
    assertThat(agreed.client().heldBytes()).isBetween(1, 4 * MOST_OF_A_RECORD);
    assertThat(src.position()).isLessThan(5 * MOST_OF_A_RECORD);
    ByteBuffer dst = ByteBuffer.allocate(10 << 20);
    hands.run(
        Futures.join(
            write.flatMap(x -> agreed.client().flush()),
            agreed.server().readExact(dst),
            (x, y) -> true));
    assertThat(agreed.client().heldBytes()).isZero();
    assertThat(agreed.server().heldBytes()).isZero();
  }

  @Test
  void holdsLittleOfARecordThatHasComeInPart() throws Exception {
    Wire[] ends = Wire.pair(1 << 16);
    Agreed agreed = hands.agree("TLSv1.3", ends[0].recording(), ends[1]);
    Future<Integer> read = agreed.server().read(ByteBuffer.allocate(1 << 20));
    assertThat(hands.pollWhileWoken(read).isPending()).isTrue();
    // A record whose end does not come: over the inner stream, so nobody else writes.
    byte[] part = new byte[10_000];
    part[0] = 23;
    part[1] = 3;
    part[2] = 3;
    part[3] = 0x40;
    hands.run(ends[0].writeAll(ByteBuffer.wrap(part)));
    assertThat(hands.pollWhileWoken(read).isPending()).isTrue();
    assertThat(agreed.server().heldBytes()).isBetween(10_000, 5 * MOST_OF_A_RECORD);
  }

  /** Bytes that nobody will open any more are not kept. */
  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
  void holdsNothingBehindAFailureOrTheEnd(String version) throws Exception {
    Wire[] ends = Wire.pair(1 << 16);
    Agreed agreed = hands.agree(version, ends[0], ends[1]);
    ends[1].change(ends[1].bytesRead() + 40);
    for (int i = 0; i < 9; i++) {
      hands.run(agreed.client().writeAll(ByteBuffer.wrap(random(i, 1000))));
    }
    assertThat(hands.fails(agreed.server().readToEnd(9000))).isInstanceOf(TlsException.class);
    assertThat(agreed.server().heldBytes()).isZero();
    ends = Wire.pair(1 << 16);
    agreed = hands.agree(version, ends[0], ends[1]);
    ends[1].change(ends[1].bytesRead() + 1100);
    for (int i = 0; i < 9; i++) {
      hands.run(agreed.client().writeAll(ByteBuffer.wrap(random(i, 1000))));
    }
    assertThat(hands.run(agreed.server().read(ByteBuffer.allocate(9000)))).isEqualTo(1000);
    assertThat(agreed.server().heldBytes()).isZero();
    Against two = against(version, true);
    hands.run(two.peer().wire().writeAll(two.peer().record("abc")));
    two.peer().engine().closeOutbound();
    hands.run(two.peer().wire().writeAll(two.peer().record("")));
    hands.run(two.peer().wire().writeAll(ByteBuffer.allocate(100))); // what no TLS says
    assertThat(hands.run(two.own().read(ByteBuffer.allocate(9)))).isEqualTo(3);
    assertThat(hands.read(two.own())).isEqualTo(AsyncRead.EOF);
    assertThat(two.own().heldBytes()).isZero();
  }

  // ---- the end that is said

  @Test
  void endsEachDirectionForItself() throws Exception {
    Wire[] ends = Wire.pair(1 << 16);
    Agreed agreed = hands.agree("TLSv1.3", ends[0], ends[1]);
    hands.run(agreed.client().writeAll(Hands.bytes("ping")));
    hands.run(agreed.client().shutdown());
    hands.run(agreed.client().shutdown());
    assertThat(ends[0].isShutDown()).isTrue();
    assertThat(Hands.text(hands.run(agreed.server().readToEnd(9)))).isEqualTo("ping");
    assertThat(hands.read(agreed.server())).isEqualTo(AsyncRead.EOF);
    hands.passes(agreed.server(), agreed.client(), "pong");
    byte[] much = random(3, 1 << 20);
    byte[] read = hands.run(sends(agreed.server(), much, agreed.client(), much.length));
    assertThat(Arrays.mismatch(read, much)).isEqualTo(-1);
    assertThat(hands.read(agreed.client())).isEqualTo(AsyncRead.EOF);
    assertThatThrownBy(() -> hands.run(agreed.client().writeAll(Hands.bytes("more"))))
        .isInstanceOf(ClosedChannelException.class);
  }

  /** In TLS 1.2 who reads the end is at the end of writing too, and is told so. */
  @Test
  void endsBothDirectionsIn12() throws Exception {
    Agreed agreed = hands.agree("TLSv1.2");
    hands.run(agreed.client().writeAll(Hands.bytes("ping")));
    hands.run(agreed.client().shutdown());
    assertThat(Hands.text(hands.run(agreed.server().readToEnd(9)))).isEqualTo("ping");
    assertThatThrownBy(() -> hands.run(agreed.server().writeAll(Hands.bytes("pong"))))
        .isInstanceOf(IOException.class);
    hands.run(agreed.server().shutdown());
    hands.run(agreed.server().shutdown());
    assertThat(hands.read(agreed.client())).isEqualTo(AsyncRead.EOF);
  }

  /** In TLS 1.2 the answer to an end is sent by who reads it: nobody has to shut down for it. */
  @Test
  void answersAnEndIn12() throws Exception {
    Agreed agreed = hands.agree("TLSv1.2");
    hands.run(agreed.client().shutdown());
    assertThat(hands.read(agreed.server())).isEqualTo(AsyncRead.EOF);
    assertThat(hands.read(agreed.client())).isEqualTo(AsyncRead.EOF);
  }

  @Test
  void anEndIsSaidInSmallSteps() throws Exception {
    for (String version : new String[] {"TLSv1.3", "TLSv1.2"}) {
      Wire[] ends = Wire.pair(1);
      Agreed agreed = hands.agree(version, ends[0], ends[1]);
      byte[] bytes = random(1, 100);
      byte[] read = hands.run(sends(agreed.client(), bytes, agreed.server(), 100));
      assertThat(read).isEqualTo(bytes);
    }
  }

  // ---- the end that is not said

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
  void aTruncationIsNoEnd(String version) throws Exception {
    Wire[] ends = Wire.pair(1 << 16);
    Agreed agreed = hands.agree(version, ends[0], ends[1]);
    hands.run(agreed.client().writeAll(Hands.bytes("all of it?")));
    hands.run(agreed.client().flush());
    hands.run(ends[0].shutdown());
    ByteBuffer dst = ByteBuffer.allocate(10);
    hands.run(agreed.server().readExact(dst));
    assertThat(Hands.text(dst.flip())).isEqualTo("all of it?");
    for (int i = 0; i < 3; i++) {
      assertThat(hands.fails(agreed.server().read(ByteBuffer.allocate(1))))
          .isInstanceOf(TlsTruncatedException.class);
    }
    agreed.server().close();
  }

  /**
   * Whose bytes were cut off can still be answered; and is not told an end that nobody has said:
   * else who cuts off one direction would shorten the other one too.
   */
  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
  void aTruncationOfOneDirectionIsNoEndOfTheOther(String version) throws Exception {
    Wire[] ends = Wire.pair(1 << 16);
    Agreed agreed = hands.agree(version, ends[0], ends[1]);
    hands.passes(agreed.server(), agreed.client(), "a part");
    hands.run(ends[0].shutdown());
    for (int i = 0; i < 2; i++) {
      assertThat(hands.fails(agreed.server().read(ByteBuffer.allocate(1))))
          .isInstanceOf(TlsTruncatedException.class);
      Future<Integer> read = agreed.client().read(ByteBuffer.allocate(1));
      assertThat(hands.pollWhileWoken(read).isPending()).isTrue();
      read.cancel();
      hands.passes(agreed.server(), agreed.client(), "the rest");
    }
    hands.run(agreed.server().shutdown());
    assertThat(hands.read(agreed.client())).isEqualTo(AsyncRead.EOF);
  }

  /** Wherever the bytes are cut, what is read is a beginning of what was written, and no end. */
  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
  void aTruncationAnywhereIsNoEnd(String version) throws Exception {
    byte[] bytes = random(1, 100);
    Wire[] whole = Wire.pair(1 << 16);
    Agreed measured = hands.agree(version, whole[0], whole[1]);
    long begin = whole[1].bytesRead();
    hands.run(sends(measured.client(), bytes, measured.server(), 100));
    long end = whole[1].bytesRead();
    for (long cut = 0; cut < end - begin; cut++) {
      Wire[] ends = Wire.pair(1 << 16);
      Agreed agreed = hands.agree(version, ends[0], ends[1]);
      ends[1].endAfter(ends[1].bytesRead() + cut);
      hands.run(agreed.client().writeAll(ByteBuffer.wrap(bytes)));
      hands.run(agreed.client().shutdown());
      ByteBuffer dst = ByteBuffer.allocate(101);
      Exception failure = hands.fails(agreed.server().readExact(dst));
      assertThat(failure).as("cut after %s", cut).isInstanceOf(TlsTruncatedException.class);
      dst.flip();
      assertThat(dst.remaining()).isIn(0, 100);
    }
  }

  /** A close says the end if it can, so that a peer who reads on finds no truncation. */
  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
  void aCloseSaysTheEndIfItCan(String version) throws Exception {
    Wire[] ends = Wire.pair(1 << 16);
    Agreed agreed = hands.agree(version, ends[0], ends[1]);
    hands.run(agreed.client().writeAll(Hands.bytes("bye")));
    hands.run(agreed.client().flush());
    agreed.client().close();
    agreed.client().close();
    assertThat(ends[0].isClosed()).isTrue();
    assertThat(Hands.text(hands.run(agreed.server().readToEnd(9)))).isEqualTo("bye");
  }

  @Test
  void aCloseInTheMiddleIsATruncation() throws Exception {
    Wire[] ends = Wire.pair(1 << 10);
    Agreed agreed = hands.agree("TLSv1.3", ends[0], ends[1]);
    Future<Void> write = agreed.client().writeAll(ByteBuffer.allocate(1 << 20));
    assertThat(hands.pollWhileWoken(write).isPending()).isTrue();
    agreed.client().close();
    assertThat(hands.fails(write)).isInstanceOf(ClosedChannelException.class);
    assertThat(hands.fails(agreed.server().readToEnd(2 << 20)))
        .isInstanceOf(TlsTruncatedException.class);
  }

  @Test
  void failsAsTheTransportFails() throws Exception {
    Wire[] ends = Wire.pair(1 << 10);
    Agreed agreed = hands.agree("TLSv1.3", ends[0], ends[1]);
    Future<Integer> read = agreed.client().read(ByteBuffer.allocate(1));
    assertThat(hands.pollWhileWoken(read).isPending()).isTrue();
    ends[0].fail(new IOException("reset by a test"));
    assertThat(hands.fails(read)).isInstanceOf(IOException.class).hasMessageContaining("reset");
    assertThat(hands.fails(agreed.client().writeAll(Hands.bytes("x"))))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("reset");
    agreed.client().close();
  }

  // ---- bytes that were changed

  /** Whichever byte is changed, nobody reads a wrong one; and the sender hears why. */
  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
  void refusesBytesThatWereChanged(String version) throws Exception {
    byte[] bytes = random(1, 60);
    for (int place = 0; place < 80; place++) {
      Wire[] ends = Wire.pair(1 << 16);
      Agreed agreed = hands.agree(version, ends[0], ends[1]);
      ends[1].change(ends[1].bytesRead() + place);
      hands.run(agreed.client().writeAll(ByteBuffer.wrap(bytes)));
      hands.run(agreed.client().flush());
      Future<Void> read = agreed.server().readExact(ByteBuffer.allocate(61));
      if (place == 3 || place == 4) { // the length: it waits for more, or gets too little
        hands.run(agreed.client().shutdown());
      }
      if (place == 1 || place == 2) {
        // The version of a record means nothing in 1.3.
        hands.run(agreed.client().shutdown());
        assertThat(hands.fails(read))
            .as("byte %s", place)
            .isInstanceOfAny(TlsException.class, EarlyEndException.class);
        continue;
      }
      assertThat(hands.fails(read)).as("byte %s", place).isInstanceOf(TlsException.class);
      assertThat(hands.fails(agreed.server().read(ByteBuffer.allocate(1))))
          .as("byte %s", place)
          .isInstanceOf(TlsException.class);
      if (place > 10) {
        assertThat(hands.fails(agreed.client().read(ByteBuffer.allocate(1))))
            .isInstanceOfSatisfying(
                TlsAlertException.class,
                told -> assertThat(told.alert()).isEqualTo("bad_record_mac"));
      }
    }
  }

  /** What came before the change is good, and is given. */
  @Test
  void givesWhatCameBeforeTheChange() throws Exception {
    Wire[] ends = Wire.pair(1 << 16);
    Agreed agreed = hands.agree("TLSv1.3", ends[0], ends[1]);
    long begin = ends[0].bytesWritten();
    hands.run(agreed.client().writeAll(Hands.bytes("good")));
    hands.run(agreed.client().flush());
    ends[1].change(ends[1].bytesRead() + ends[0].bytesWritten() - begin + 9);
    hands.run(agreed.client().writeAll(Hands.bytes("evil")));
    hands.run(agreed.client().flush());
    ByteBuffer dst = ByteBuffer.allocate(99);
    assertThat(hands.fails(agreed.server().readExact(dst))).isInstanceOf(TlsException.class);
    assertThat(Hands.text(dst.flip())).isEqualTo("good");
  }

  // ---- keys

  @Test
  void updatesKeys() throws Exception {
    Agreed agreed = hands.agree("TLSv1.3");
    for (int i = 0; i < 40; i++) {
      TlsStream who = i % 3 == 0 ? agreed.server() : agreed.client();
      TlsStream other = who == agreed.client() ? agreed.server() : agreed.client();
      hands.run(who.updateKeys());
      hands.passes(who, other, "there " + i);
      hands.passes(other, who, "and back " + i);
      assertThat(agreed.client().heldBytes() + agreed.server().heldBytes()).isZero();
    }
  }

  @Test
  void updatesKeysAtBothSidesAtOnce() throws Exception {
    Agreed agreed = hands.agree("TLSv1.3");
    for (int i = 0; i < 10; i++) {
      hands.run(agreed.client().updateKeys());
      hands.run(agreed.server().updateKeys());
      hands.passes(agreed.client(), agreed.server(), "there " + i);
      hands.passes(agreed.server(), agreed.client(), "and back " + i);
    }
  }

  @Test
  void updatesNoKeysIn12() throws Exception {
    Agreed agreed = hands.agree("TLSv1.2");
    assertThatThrownBy(() -> agreed.client().updateKeys().cancel())
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("TLSv1.2");
  }

  /** The JDK makes no new keys then, and would end the connection for it. */
  @Test
  void updatesNoKeysBehindTheEndOfThePeer() throws Exception {
    Agreed agreed = hands.agree("TLSv1.3");
    hands.run(agreed.server().shutdown());
    assertThat(hands.read(agreed.client())).isEqualTo(AsyncRead.EOF);
    assertThat(hands.fails(agreed.client().updateKeys()))
        .isInstanceOf(TlsException.class)
        .hasMessageContaining("has said its end");
    hands.passes(agreed.client(), agreed.server(), "goes on");
  }

  /** Cancelled after any number of polls, it leaves a connection that goes on. */
  @Test
  void aCancelledUpdateOfKeysLosesNothing() throws Exception {
    boolean ready = false;
    for (int polls = 0; !ready; polls++) {
      Wire[] ends = Wire.pair(3);
      Agreed agreed = hands.agree("TLSv1.3", ends[0], ends[1]);
      Future<Void> update = agreed.client().updateKeys();
      Future<Integer> read = agreed.server().read(ByteBuffer.allocate(1));
      for (int i = 0; i < polls && !ready; i++) {
        ready = hands.harness.poll(update).isReady();
        assertThat(hands.harness.poll(read).isPending()).isTrue();
      }
      update.cancel();
      read.cancel();
      hands.passes(agreed.client(), agreed.server(), "there");
      hands.passes(agreed.server(), agreed.client(), "and back");
    }
  }

  /** Keys are updated in the middle of a transfer, under a writer that goes on. */
  @Test
  void updatesKeysBetweenWrites() throws Exception {
    Wire[] ends = Wire.pair(1000);
    Agreed agreed = hands.agree("TLSv1.3", ends[0], ends[1]);
    byte[] bytes = random(7, 200_000);
    int[] sent = {0};
    Future<byte[]> all =
        Futures.join(
            Futures.<Boolean>repeatUntil(
                () -> {
                  if (sent[0] == bytes.length) {
                    return agreed.client().shutdown().map(x -> Optional.of(true));
                  }
                  int begin = sent[0];
                  sent[0] += 10_000;
                  return agreed
                      .client()
                      .writeAll(ByteBuffer.wrap(bytes, begin, 10_000))
                      .flatMap(x -> agreed.client().updateKeys())
                      .map(x -> Optional.empty());
                }),
            agreed
                .server()
                .readToEnd(bytes.length)
                .flatMap(read -> agreed.server().shutdown().map(x -> read)),
            agreed.client().readToEnd(0), // the peer's answers
            (x, read, nothing) -> read);
    assertThat(Arrays.mismatch(hands.run(all), bytes)).isEqualTo(-1);
  }

  // ---- peers that mean no good

  /** A peer whose engine a test has in its hands. */
  private record Peer(SSLEngine engine, Wire wire, TlsStream stream) {

    /** Makes one record, of what the engine has to say or of {@code text}. */
    ByteBuffer record(String text) throws SSLException {
      ByteBuffer net = ByteBuffer.allocate(40_000);
      SSLEngineResult result = engine.wrap(Hands.bytes(text), net);
      assertThat(result.bytesProduced()).as("%s", result).isPositive();
      return net.flip();
    }
  }

  /** Ours, and a peer whose engine is in our hands. */
  private record Against(TlsStream own, Wire ownWire, Peer peer) {}

  private Against against(String version, boolean peerIsClient) throws Exception {
    return against(version, peerIsClient, Wire.pair(1 << 16));
  }

  private Against against(String version, boolean peerIsClient, Wire[] ends) throws Exception {
    SSLContext context =
        TestCertificates.context(CERTIFICATES.server(), CERTIFICATES.authority().trust());
    SSLEngine engine = context.createSSLEngine(HOST, -1);
    engine.setUseClientMode(peerIsClient);
    engine.setEnabledProtocols(new String[] {version});
    Future<TlsStream> theirs = new TlsHandshake(ends[1], engine, Duration.ofSeconds(5));
    Future<TlsStream> ours =
        peerIsClient
            ? CERTIFICATES.acceptor().accept(ends[0])
            : CERTIFICATES.connector().connect(ends[0], HOST);
    Hands.Outcomes<TlsStream, TlsStream> both = hands.both(ours, theirs);
    return new Against(
        both.client().get(), ends[0], new Peer(engine, ends[1], both.server().get()));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void refusesToNegotiateAgain(boolean peerIsClient) throws Exception {
    Against two = against("TLSv1.2", peerIsClient);
    hands.passes(two.own(), two.peer().stream(), "before");
    hands.passes(two.peer().stream(), two.own(), "before");
    two.peer().engine().beginHandshake();
    hands.run(two.peer().wire().writeAll(two.peer().record("")));
    assertThat(hands.fails(two.own().read(ByteBuffer.allocate(1))))
        .isExactlyInstanceOf(TlsException.class)
        .hasMessageContaining("negotiate again");
    assertThat(hands.fails(two.own().read(ByteBuffer.allocate(1))))
        .isInstanceOf(TlsException.class);
    assertThat(hands.fails(two.own().writeAll(Hands.bytes("x")).flatMap(x -> two.own().flush())))
        .isInstanceOf(IOException.class);
  }

  /** A flood of records without a byte for the reader does not hold up its worker. */
  @Test
  void aFloodOfRecordsWithoutBytesGivesWay() throws Exception {
    Wire[] ends = Wire.pair(16 << 20);
    Against two = against("TLSv1.3", true, ends);
    for (int i = 0; i < 3000; i++) {
      two.peer().engine().beginHandshake();
      hands.run(ends[1].writeAll(two.peer().record("")));
    }
    Future<Integer> read = two.own().read(ByteBuffer.allocate(9));
    int polls = 0;
    do {
      assertThat(hands.harness.poll(read).isPending()).isTrue();
      polls++;
    } while (hands.harness.woken());
    assertThat(polls).isGreaterThan(3000 / Budget.UNITS);
    assertThat(two.own().heldBytes()).isZero();
    hands.passes(two.own(), two.peer().stream(), "answers were read before this");
    hands.run(ends[1].writeAll(two.peer().record("abc")));
    assertThat(hands.run(read)).isEqualTo(3);
  }

  /**
   * One that asks for new keys on and on, and reads none of the answers, makes nobody hold them.
   */
  @Test
  void aFloodOfKeyUpdatesIsRefused() throws Exception {
    Wire[] ends = Wire.pair(2000);
    Against two = against("TLSv1.3", true, ends);
    TlsStream own = two.own();
    Future<Outcome<Integer>> read = Hands.outcome(own.read(ByteBuffer.allocate(9)));
    int sent = 0;
    Poll<Outcome<Integer>> answer = hands.pollWhileWoken(read);
    while (answer.isPending() && sent < 2000) {
      hands.run(ends[1].writeAll(askForNewKeys(two.peer())));
      sent++;
      answer = hands.pollWhileWoken(read);
      assertThat(own.heldBytes()).isLessThan(5 * MOST_OF_A_RECORD);
    }
    assertThat(answer.value().fails())
        .isExactlyInstanceOf(TlsException.class)
        .hasMessageContaining("asked for new keys 101 times");
    assertThat(sent).as("so many of the answers found room").isBetween(101, 250);
    own.close();
  }

  private static ByteBuffer askForNewKeys(Peer peer) throws Exception {
    peer.engine().beginHandshake();
    return peer.record("");
  }

  /** Each could wait for ever for the other to read, if it did not read itself. */
  @Test
  void readsOnWhileItsAnswersFindNoRoom() throws Exception {
    Wire[] ends = Wire.pair(1 << 16);
    Against two = against("TLSv1.3", true, ends);
    TlsStream own = two.own();
    writeUntilFull(own);
    Future<Integer> read = own.read(ByteBuffer.allocate(9));
    for (int i = 0; i < 100; i++) {
      hands.run(ends[1].writeAll(askForNewKeys(two.peer())));
      assertThat(hands.pollWhileWoken(read).isPending()).isTrue();
    }
    hands.run(ends[1].writeAll(two.peer().record("abc")));
    assertThat(hands.run(read)).isEqualTo(3);
  }

  /** However much comes while one answer waits: it is one. */
  @Test
  void bytesAreNoQuestions() throws Exception {
    Wire[] ends = Wire.pair(1 << 16);
    Against two = against("TLSv1.3", true, ends);
    writeUntilFull(two.own());
    hands.run(ends[1].writeAll(askForNewKeys(two.peer())));
    for (int i = 0; i < 300; i++) {
      hands.run(ends[1].writeAll(two.peer().record("abc")));
      assertThat(hands.run(two.own().read(ByteBuffer.allocate(9)))).isEqualTo(3);
    }
  }

  /** What has left is not counted, however often there was something. */
  @Test
  void whatWasAnsweredIsForgotten() throws Exception {
    Wire[] ends = Wire.pair(1 << 16);
    Against two = against("TLSv1.3", true, ends);
    Future<Integer> read = two.own().read(ByteBuffer.allocate(9));
    Future<Integer> answers = two.peer().stream().read(ByteBuffer.allocate(9));
    for (int i = 0; i < 300; i++) {
      hands.run(ends[1].writeAll(askForNewKeys(two.peer())));
      assertThat(hands.pollWhileWoken(read).isPending()).isTrue();
      assertThat(hands.pollWhileWoken(answers).isPending()).isTrue();
    }
    hands.run(ends[1].writeAll(two.peer().record("abc")));
    assertThat(hands.run(read)).isEqualTo(3);
    answers.cancel();
  }

  /** Who gives up and asks again has no more of them made than leave. */
  @Test
  void newKeysThatAreGivenUpAreNotMade() throws Exception {
    Wire[] ends = Wire.pair(1 << 16);
    Agreed agreed = hands.agree("TLSv1.3", ends[0], ends[1]);
    long written = writeUntilFull(agreed.client());
    for (int i = 0; i < 300; i++) {
      Future<Void> update = agreed.client().updateKeys();
      assertThat(hands.pollWhileWoken(update).isPending()).isTrue();
      update.cancel();
    }
    long before = ends[0].bytesWritten() + agreed.client().heldBytes();
    Future<Void> flush = agreed.client().flush();
    ByteBuffer dst = ByteBuffer.allocate((int) written);
    hands.run(Futures.join(agreed.server().readExact(dst), flush, (read, done) -> true));
    assertThat(ends[0].bytesWritten()).isEqualTo(before);
  }

  /** Writes until nothing more is taken, and says how many bytes were. */
  @CanIgnoreReturnValue
  private long writeUntilFull(TlsStream stream) throws Exception {
    long written = 0;
    while (true) {
      Future<Integer> write = stream.write(ByteBuffer.allocate(10_000));
      Poll<Integer> answer = hands.pollWhileWoken(write);
      if (answer.isPending()) {
        write.cancel();
        return written;
      }
      written += answer.value();
    }
  }

  /** The peer refuses in the middle: it is told apart from an end. */
  @Test
  void anAlertIsAFailure() throws Exception {
    Wire[] ends = Wire.pair(1 << 16);
    Agreed agreed = hands.agree("TLSv1.3", ends[0], ends[1]);
    hands.run(ends[1].writeAll(ByteBuffer.wrap(new byte[] {23, 3, 3, 0, 2, 1, 1})));
    assertThat(hands.fails(agreed.client().read(ByteBuffer.allocate(1))))
        .isInstanceOf(TlsException.class);
    Exception told = hands.fails(agreed.server().read(ByteBuffer.allocate(1)));
    assertThat(told).isInstanceOf(TlsAlertException.class);
  }

  // ---- polls

  /** A poll of the reader sends what a writer has left, as the writer may be gone. */
  @Test
  void aReaderSendsWhatAWriterLeft() throws Exception {
    Wire[] ends = Wire.pair(100);
    Agreed agreed = hands.agree("TLSv1.3", ends[0], ends[1]);
    Future<Integer> write = agreed.client().write(ByteBuffer.wrap(random(1, 1000)));
    assertThat(hands.run(write)).isEqualTo(1000);
    assertThat(agreed.client().heldBytes()).isPositive();
    Future<Integer> read = agreed.client().read(ByteBuffer.allocate(1));
    ByteBuffer dst = ByteBuffer.allocate(1000);
    Future<Void> other = agreed.server().readExact(dst);
    boolean done = false;
    while (!done) {
      assertThat(hands.harness.poll(read).isPending()).isTrue();
      done = hands.harness.poll(other).isReady();
    }
    assertThat(dst.array()).isEqualTo(random(1, 1000));
    read.cancel();
  }

  @Test
  void wakesBothDirectionsFromOneTransport() throws Exception {
    Wire[] ends = Wire.pair(100);
    Agreed agreed = hands.agree("TLSv1.3", ends[0], ends[1]);
    byte[] bytes = random(1, 500_000);
    Future<Void> writes = agreed.client().writeAll(ByteBuffer.wrap(bytes));
    Future<Integer> reads = agreed.client().read(ByteBuffer.allocate(10));
    assertThat(hands.pollWhileWoken(writes).isPending()).isTrue();
    assertThat(hands.pollWhileWoken(reads).isPending()).isTrue();
    ByteBuffer dst = ByteBuffer.allocate(bytes.length);
    hands.run(
        Futures.join(
            writes.flatMap(x -> agreed.client().flush()),
            agreed.server().readExact(dst),
            (x, y) -> true));
    assertThat(dst.array()).isEqualTo(bytes);
    int count =
        hands.run(
            Futures.join(
                agreed.server().writeAll(Hands.bytes("back")).flatMap(x -> agreed.server().flush()),
                reads,
                (x, read) -> read));
    assertThat(count).isEqualTo(4);
  }

  /**
   * The transport has one place for who waits for room. Whoever of the two comes last, both are
   * woken.
   */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void whoWaitsForRoomLeavesTheOtherItsWaker(boolean readerIsLast) throws Exception {
    Wire[] ends = Wire.pair(100);
    Agreed agreed = hands.agree("TLSv1.3", ends[0], ends[1]);
    hands.passes(agreed.server(), agreed.client(), "nothing else is on its way");
    PollHarness writer = PollHarness.create();
    PollHarness reader = PollHarness.create();
    Future<Void> writes = agreed.client().writeAll(ByteBuffer.allocate(200_000));
    Future<Integer> reads = agreed.client().read(ByteBuffer.allocate(10));
    assertThat(writer.poll(writes).isPending()).isTrue();
    assertThat(reader.poll(reads).isPending()).isTrue();
    assertThat(readerIsLast ? reader.poll(reads) : writer.poll(writes)).matches(Poll::isPending);
    long writerWakes = writer.wakes();
    long readerWakes = reader.wakes();
    Future<Integer> other = agreed.server().read(ByteBuffer.allocate(10));
    assertThat(hands.harness.poll(other).isPending()).isTrue(); // a part of a record
    assertThat(writer.wakes()).isGreaterThan(writerWakes);
    assertThat(reader.wakes()).isGreaterThan(readerWakes);
    agreed.client().close();
    agreed.server().close();
    writes.cancel();
    reads.cancel();
    other.cancel();
  }

  @Test
  void refusesBuffersThatAreNoUse() throws Exception {
    Agreed agreed = hands.agree("TLSv1.3");
    ByteBuffer none = ByteBuffer.allocate(0);
    assertThatThrownBy(
            () -> hands.run(Futures.pollFn(cx -> Poll.ready(agreed.client().pollWrite(cx, none)))))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(
            () -> hands.run(Futures.pollFn(cx -> Poll.ready(agreed.client().pollRead(cx, none)))))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void says() throws Exception {
    Agreed agreed = hands.agree("TLSv1.3");
    assertThat(agreed.client().toString()).contains("TLSv1.3");
    assertThat(agreed.client().transport()).isInstanceOf(Wire.class);
    Future<Void> update = agreed.client().updateKeys();
    assertThat(Description.of(update).toString()).contains("key update");
    update.cancel();
    assertThat(Description.of(update).toString()).contains("over");
  }
}
