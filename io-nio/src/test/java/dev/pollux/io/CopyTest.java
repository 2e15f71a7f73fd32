package dev.pollux.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import dev.pollux.core.Context;
import dev.pollux.core.Description;
import dev.pollux.core.Futures;
import dev.pollux.core.Poll;
import dev.pollux.core.PollAfterEndException;
import dev.pollux.testing.PollHarness;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class CopyTest {

  private final PollHarness harness = PollHarness.create();
  private final FedRead from = new FedRead();
  private final RoomWrite to = new RoomWrite();

  /** What the polls have answered that are measured: an assertion would allocate. */
  private int answered;

  @Test
  void allIsCopiedAndCountedAndFlushed() throws Exception {
    Copy copy = Io.copy(from, to.room(99));
    from.feed("ab");
    assertThat(harness.poll(copy).isPending()).isTrue();
    assertThat(to.taken()).isEqualTo("ab");
    assertThat(to.flushes()).as("flushed, since the source has nothing").isEqualTo(1);
    assertThat(copy.copied()).isEqualTo(2);
    from.feed("c").end();
    assertThat(harness.poll(copy).value()).isEqualTo(3);
    assertThat(to.taken()).isEqualTo("abc");
    assertThat(to.flushes()).isEqualTo(2);
    assertThat(to.isShutDown()).isFalse();
    assertThat(to.isClosed() || from.isClosed()).isFalse();
    assertThat(copy.copied()).isEqualTo(3);
    assertThatThrownBy(() -> harness.poll(copy)).isInstanceOf(PollAfterEndException.class);
  }

  @Test
  void nothingMoreIsReadBeforeTheRestIsWritten() throws Exception {
    Copy copy = Io.copy(from, to.room(2));
    from.feed("abcd").feed("ef");
    assertThat(harness.poll(copy).isPending()).isTrue();
    int polls = from.polls();
    assertThat(harness.poll(copy).isPending()).isTrue();
    assertThat(from.polls()).isEqualTo(polls);
    assertThat(from.left()).isEqualTo("ef");
    assertThat(Description.of(copy).waitsFor()).isEqualTo("room for 2 bytes in RoomWrite");
    to.room(1);
    assertThat(harness.woken()).isTrue();
    assertThat(harness.poll(copy).isPending()).isTrue();
    assertThat(from.left()).isEqualTo("ef");
    to.room(9);
    assertThat(harness.poll(copy).isPending()).isTrue();
    assertThat(to.taken()).isEqualTo("abcdef");
    assertThat(Description.of(copy).waitsFor()).isEqualTo("bytes of FedRead");
  }

  @Test
  void aSlowFlushIsWaitedFor() throws Exception {
    Copy copy = Io.copy(from.feed("a").end(), to.room(9).slowFlush(true));
    assertThat(harness.poll(copy).isPending()).isTrue();
    to.slowFlush(false);
    assertThat(harness.woken()).isTrue();
    assertThat(harness.poll(copy).value()).isEqualTo(1);
  }

  @Test
  void whatIsBeyondTheLimitIsNotRead() throws Exception {
    assertThat(harness.poll(Io.copy(from.feed("abcd"), to.room(9), 3)).value()).isEqualTo(3);
    assertThat(from.left()).isEqualTo("d");
    int polls = from.polls();
    assertThat(harness.poll(Io.copy(from, to, 0)).value()).isZero();
    assertThat(from.polls()).isEqualTo(polls);
    assertThatThrownBy(() -> Io.copy(from, to, -1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("limit must not be negative, was -1");
  }

  @Test
  void afterAFailureTheCountIsStillThere() throws Exception {
    Copy copy = Io.copy(from.feed("abc"), to.room(2));
    assertThat(harness.poll(copy).isPending()).isTrue();
    to.fail(new IOException("torn"));
    assertThatThrownBy(() -> harness.poll(copy)).hasMessage("torn");
    assertThat(copy.copied()).isEqualTo(2);
    assertThatThrownBy(() -> harness.poll(copy)).isInstanceOf(PollAfterEndException.class);
  }

  @Test
  void aFastPairIsReadInLargePiecesAndASlowSinkInSmallOnes() throws Exception {
    int[] largest = {0};
    AsyncRead zeros = sized(largest);
    assertThat(harness.poll(Io.copy(zeros, Io.sink(), 10 << 20)).isPending()).isTrue();
    assertThat(largest[0]).isEqualTo(Transfer.GREATEST_SIZE);
    Copy slow = Io.copy(zeros, to);
    for (int i = 0; i < 10; i++) {
      assertThat(harness.poll(slow).isPending()).isTrue();
      to.room(largest[0] + 1);
    }
    assertThat(largest[0]).isEqualTo(4096);
  }

  @Test
  void noMoreIsReadAtOnceThanMayBeHeld() throws Exception {
    int[] latest = {0};
    Copy copy = Io.copy(sized(latest), Io.sink(), 10 << 20).holdAtMost(1000);
    assertThat(harness.poll(copy).isPending()).isTrue();
    assertThat(latest[0]).isEqualTo(1000);
    Copy slow = Io.copy(sized(latest), to).holdAtMost(1000);
    for (int i = 0; i < 10; i++) {
      assertThat(harness.poll(slow).isPending()).isTrue();
      assertThat(latest[0]).isEqualTo(1000);
      to.room(2000);
    }
    assertThatThrownBy(() -> slow.holdAtMost(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("bytes must be at least 1, was 0");
  }

  private static AsyncRead sized(int[] latest) {
    return new AsyncRead() {
      @Override
      public int pollRead(Context cx, ByteBuffer dst) {
        if (!cx.tryProceed()) {
          return NOT_READY;
        }
        latest[0] = dst.remaining();
        dst.position(dst.limit());
        return latest[0];
      }

      @Override
      public void close() {}
    };
  }

  @Test
  void aLongTransferGivesWay() throws Exception {
    Copy copy = Io.copy(sized(new int[1]), Io.sink());
    assertThat(harness.poll(copy).isPending()).isTrue();
    assertThat(harness.woken()).isTrue();
    assertThat(copy.copied()).isBetween(1L << 20, 2L << 20);
  }

  /** An echo: what is asked for and answered, without a byte of garbage. */
  @Test
  void anEchoAllocatesNothing() throws Exception {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    Duplex ends = Io.duplex(4096);
    Copy echo = Io.copy(ends.second(), ends.second());
    ByteBuffer request = ByteBuffer.allocateDirect(512);
    ByteBuffer reply = ByteBuffer.allocateDirect(4096);
    long thread = Thread.currentThread().getId();
    long least = Long.MAX_VALUE;
    for (int round = 0; round < 200; round++) {
      long allocated =
          harness
              .poll(
                  Futures.pollFn(
                      cx -> {
                        long before = threads.getThreadAllocatedBytes(thread);
                        for (int i = 0; i < 20; i++) {
                          answered += ends.first().pollWrite(cx, request.clear());
                          answered += echo.poll(cx).isReady() ? 1 : 0;
                          answered += ends.first().pollRead(cx, reply.clear());
                        }
                        return Poll.ready(threads.getThreadAllocatedBytes(thread) - before);
                      }))
              .value();
      least = Math.min(least, allocated);
    }
    assertThat(answered).isEqualTo(200 * 20 * 2 * 512);
    assertThat(echo.copied()).isEqualTo(200 * 20 * 512);
    // In debug mode, and where a reading itself allocates, it is a little.
    assertThat(least).isLessThan(20);
  }

  /** The two futures of a request, and nothing else. */
  @Test
  void aRequestOfReadAndWriteAllAllocatesLittle() throws Exception {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    Duplex ends = Io.duplex(8192);
    ByteBuffer request = ByteBuffer.allocateDirect(5000);
    ByteBuffer buffer = ByteBuffer.allocateDirect(8192);
    long thread = Thread.currentThread().getId();
    long least = Long.MAX_VALUE;
    for (int round = 0; round < 200; round++) {
      long allocated =
          harness
              .poll(
                  Futures.pollFn(
                      cx -> {
                        long before = threads.getThreadAllocatedBytes(thread);
                        for (int i = 0; i < 20; i++) {
                          answered += ends.first().pollWrite(cx, request.clear());
                          answered += ends.second().read(buffer.clear()).poll(cx).value();
                          answered +=
                              ends.second().writeAll(buffer.flip()).poll(cx).isReady() ? 1 : 0;
                          answered += ends.first().pollRead(cx, buffer.clear());
                        }
                        return Poll.ready(threads.getThreadAllocatedBytes(thread) - before);
                      }))
              .value();
      least = Math.min(least, allocated);
    }
    assertThat(answered).isEqualTo(200 * 20 * 15_001);
    assertThat(least).isLessThanOrEqualTo(20 * 64);
  }

  // ---- both ways

  private static String read(PollHarness harness, AsyncRead from) throws Exception {
    ByteBuffer dst = ByteBuffer.allocate(99);
    Poll<Integer> answer = harness.poll(from.read(dst));
    if (answer.isPending()) {
      return "pending";
    }
    return answer.value() < 0
        ? "end"
        : new String(dst.array(), 0, dst.position(), StandardCharsets.UTF_8);
  }

  private void write(AsyncWrite to, String text) throws Exception {
    assertThat(
            harness
                .poll(to.writeAll(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8))))
                .isReady())
        .isTrue();
  }

  @Test
  void theEndOfOneDirectionIsCarriedOverAndTheOtherGoesOn() throws Exception {
    Duplex client = Io.duplex(99);
    Duplex server = Io.duplex(99);
    CopyBidirectional copy = Io.copyBidirectional(client.second(), server.first());
    write(client.first(), "question");
    assertThat(harness.poll(client.first().shutdown()).isReady()).isTrue();
    assertThat(harness.poll(copy).isPending()).isTrue();
    assertThat(read(harness, server.second())).isEqualTo("question");
    assertThat(read(harness, server.second())).isEqualTo("end");
    write(server.second(), "answer");
    assertThat(harness.poll(copy).isPending()).isTrue();
    assertThat(read(harness, client.first())).isEqualTo("answer");
    assertThat(read(harness, client.first())).isEqualTo("pending");
    assertThat(copy.copied()).isEqualTo(new CopyBidirectional.Copied(8, 6));
    assertThat(Description.of(copy).children()).hasSize(1);
    assertThat(harness.poll(server.second().shutdown()).isReady()).isTrue();
    assertThat(harness.poll(copy).value()).isEqualTo(new CopyBidirectional.Copied(8, 6));
    assertThat(read(harness, client.first())).isEqualTo("end");
    assertThatThrownBy(() -> harness.poll(copy)).isInstanceOf(PollAfterEndException.class);
  }

  @Test
  void ifOneDirectionFailsBothAreOverAndTheCountsAreStillThere() throws Exception {
    Duplex client = Io.duplex(99);
    Duplex server = Io.duplex(99);
    CopyBidirectional copy = Io.copyBidirectional(client.second(), server.first());
    write(client.first(), "question");
    assertThat(harness.poll(copy).isPending()).isTrue();
    server.first().close();
    assertThatThrownBy(() -> harness.poll(copy)).isInstanceOf(ClosedChannelException.class);
    assertThat(copy.copied()).isEqualTo(new CopyBidirectional.Copied(8, 0));
    assertThatThrownBy(() -> harness.poll(copy)).isInstanceOf(PollAfterEndException.class);
  }

  @Test
  void aDirectionThatIsAlwaysReadyLeavesTheOtherItsTurn() throws Exception {
    AsyncRead drops =
        new AsyncRead() {
          @Override
          public int pollRead(Context cx, ByteBuffer dst) {
            if (!cx.tryProceed()) {
              return NOT_READY;
            }
            dst.put((byte) 0);
            return 1;
          }

          @Override
          public void close() {}
        };
    for (boolean swapped : new boolean[] {false, true}) {
      AsyncByteStream busy = Io.join(drops, new RoomWrite().room(9));
      AsyncByteStream quiet = Io.join(Io.of(new byte[] {1, 2, 3}), Io.sink());
      CopyBidirectional copy =
          swapped ? Io.copyBidirectional(quiet, busy) : Io.copyBidirectional(busy, quiet);
      for (int i = 0; i < 4; i++) {
        assertThat(harness.poll(copy).isPending()).isTrue();
      }
      CopyBidirectional.Copied copied = copy.copied();
      assertThat(swapped ? copied.firstToSecond() : copied.secondToFirst()).isEqualTo(3);
      assertThat(swapped ? copied.secondToFirst() : copied.firstToSecond()).isGreaterThan(100);
      copy.cancel();
    }
  }

  @Test
  void aCancelledOneIsOver() throws Exception {
    Duplex client = Io.duplex(99);
    Duplex server = Io.duplex(99);
    CopyBidirectional copy = Io.copyBidirectional(client.second(), server.first());
    assertThat(harness.poll(copy).isPending()).isTrue();
    copy.cancel();
    copy.cancel();
    assertThatThrownBy(() -> harness.poll(copy)).isInstanceOf(PollAfterEndException.class);
    assertThat(Description.of(copy).children()).isEmpty();
    write(client.first(), "still open");
    assertThat(read(harness, client.second())).isEqualTo("still open");
  }

  /** Any bytes, any pieces, any room: what arrives is what was sent. */
  @Property(tries = 300)
  void whateverThePiecesAndTheRoomTheBytesAreTheSame(@ForAll long seed) throws Exception {
    Random random = new Random(seed);
    PollHarness harness = PollHarness.create();
    FedRead from = new FedRead();
    RoomWrite to = new RoomWrite().atMost(1 + random.nextInt(20_000));
    byte[] bytes = new byte[random.nextInt(100_000)];
    random.nextBytes(bytes);
    Copy copy = Io.copy(from, to);
    @Nullable Poll<Long> answer = null;
    int fed = 0;
    while (answer == null || answer.isPending()) {
      if (fed == bytes.length) {
        from.end();
      } else if (random.nextBoolean()) {
        int next = Math.min(bytes.length, fed + 1 + random.nextInt(40_000));
        from.feed(Arrays.copyOfRange(bytes, fed, next));
        fed = next;
      }
      if (random.nextBoolean()) {
        to.room(random.nextInt(20_000));
      }
      answer = harness.poll(copy);
      assertThat(copy.copied()).isEqualTo(to.takenBytes().length);
    }
    assertThat(answer.value()).isEqualTo(bytes.length);
    assertThat(to.takenBytes()).isEqualTo(bytes);
  }
}
