package dev.pollux.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pollux.core.AsyncIterator;
import dev.pollux.core.AsyncIterators;
import dev.pollux.core.Context;
import dev.pollux.core.Future;
import dev.pollux.core.Next;
import dev.pollux.core.Poll;
import dev.pollux.executor.PolluxRuntime;
import dev.pollux.testing.PollHarness;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ReadOnlyBufferException;
import java.nio.channels.ClosedChannelException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The small sources and sinks, and the views of others. */
class IoTest {

  private final PollHarness harness = PollHarness.create();

  private static ByteBuffer bytes(String text) {
    return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
  }

  private String all(AsyncRead source) throws Exception {
    return new String(
        harness.runToCompletion(source.readToEnd(1000), 1000), StandardCharsets.UTF_8);
  }

  // ---- progress that is kept

  @Test
  void readExactCanBeGivenUpAndGoneOnWithAtEveryPoll() throws Exception {
    FedRead source = new FedRead();
    ByteBuffer dst = ByteBuffer.allocate(4);
    for (String piece : List.of("a", "b", "c")) {
      source.feed(piece);
      Future<Void> read = source.readExact(dst);
      assertThat(harness.poll(read).isPending()).isTrue();
      read.cancel();
    }
    source.feed("def");
    assertThat(harness.poll(source.readExact(dst)).isReady()).isTrue();
    assertThat(dst.flip()).isEqualTo(bytes("abcd"));
    assertThat(source.left()).isEqualTo("ef");
  }

  @Test
  void anEarlyEndSaysHowMuchIsMissingAndKeepsTheRest() {
    FedRead source = new FedRead().feed("ab").end();
    ByteBuffer dst = ByteBuffer.allocate(5);
    assertThatThrownBy(() -> harness.poll(source.readExact(dst)))
        .isInstanceOf(EarlyEndException.class)
        .hasMessage("the bytes ended 3 before the end of what was to fill a buffer")
        .extracting(failure -> ((EarlyEndException) failure).missingBytes())
        .isEqualTo(3L);
    assertThat(dst.flip()).isEqualTo(bytes("ab"));
  }

  @Test
  void writeAllCanBeGivenUpAndGoneOnWithAtEveryPoll() throws Exception {
    RoomWrite sink = new RoomWrite();
    ByteBuffer first = bytes("abc");
    ByteBuffer second = bytes("def");
    for (int i = 0; i < 5; i++) {
      Future<Void> write = sink.room(1).writeAll(first, second);
      assertThat(harness.poll(write).isPending()).isTrue();
      write.cancel();
    }
    assertThat(harness.poll(sink.room(9).writeAll(first, second)).isReady()).isTrue();
    assertThat(sink.taken()).isEqualTo("abcdef");
  }

  @Test
  void aBufferThatIsNoUseIsRefusedAtOnce() {
    assertThatThrownBy(() -> new FedRead().read(ByteBuffer.allocate(0)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("dst must have room, was java.nio.HeapByteBuffer");
    assertThatThrownBy(() -> new RoomWrite().write(ByteBuffer.allocate(0)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("src must not be empty, was java.nio.HeapByteBuffer");
  }

  @Test
  void readToEndHoldsNoMoreThanItsLimit() throws Exception {
    assertThat(harness.poll(Io.empty().readToEnd(0)).value()).isEmpty();
    assertThat(harness.poll(Io.of(new byte[200_000]).readToEnd(200_000)).value()).hasSize(200_000);
    assertThatThrownBy(() -> harness.poll(Io.of(new byte[200_000]).readToEnd(199_999)))
        .isInstanceOf(LimitExceededException.class)
        .hasMessage("what was to be read to its end has more than 199999 bytes");
    assertThat(harness.poll(Io.of(new byte[9]).readToEnd(Integer.MAX_VALUE)).value()).hasSize(9);
  }

  // ---- sources

  @Test
  void bytesInMemoryAreReadAndLookedAt() throws Exception {
    ByteBuffer bytes = bytes("xabc\nd").position(1);
    AsyncBufRead source = Io.of(bytes);
    assertThat(harness.poll(source.readLine(9)).value()).contains("abc");
    assertThat(harness.poll(source.readLine(9)).value()).contains("d");
    assertThat(harness.poll(source.readLine(9)).value()).isEmpty();
    assertThat(bytes.position()).isEqualTo(1);
    assertThatThrownBy(() -> source.consume(1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("count must be from 0 to 0, was 1");
    source.close();
    assertThatThrownBy(() -> all(source)).isInstanceOf(ClosedChannelException.class);
    assertThatThrownBy(() -> harness.poll(source.readLine(9)))
        .isInstanceOf(ClosedChannelException.class);
  }

  @Test
  void takeEndsWhereItWasToldTo() throws Exception {
    FedRead source = new FedRead().feed("abcdef").end();
    AsyncRead taken = source.take(4);
    ByteBuffer dst = ByteBuffer.allocate(3);
    assertThat(harness.poll(taken.read(dst)).value()).isEqualTo(3);
    assertThat(harness.poll(taken.read(dst.clear())).value()).isEqualTo(1);
    assertThat(dst.limit()).isEqualTo(3);
    assertThat(harness.poll(taken.read(dst)).value()).isEqualTo(AsyncRead.EOF);
    assertThat(source.left()).isEqualTo("ef");
    assertThat(all(source.take(99))).isEqualTo("ef");
    assertThatThrownBy(() -> source.take(-1)).isInstanceOf(IllegalArgumentException.class);
    taken.close();
    assertThat(source.isClosed()).isTrue();
    assertThatThrownBy(() -> all(taken)).isInstanceOf(ClosedChannelException.class);
  }

  @Test
  void chainGivesOneAfterTheOtherAndClosesBoth() throws Exception {
    FedRead first = new FedRead().feed("ab").end();
    FedRead second = new FedRead().feed("cd").end();
    AsyncRead chain = first.chain(second);
    assertThat(all(chain)).isEqualTo("abcd");
    assertThat(first.isClosed() || second.isClosed()).isFalse();
    chain.close();
    assertThat(first.isClosed() && second.isClosed()).isTrue();
    assertThatThrownBy(() -> all(chain)).isInstanceOf(ClosedChannelException.class);
  }

  @Test
  void aSinkTakesEverything() throws Exception {
    AsyncWrite sink = Io.sink();
    assertThat(harness.poll(sink.write(bytes("abc"))).value()).isEqualTo(3);
    assertThat(harness.poll(sink.shutdown()).isReady()).isTrue();
    assertThatThrownBy(() -> harness.poll(sink.write(bytes("abc"))))
        .isInstanceOf(ClosedChannelException.class);
    sink.close();
    assertThatThrownBy(() -> harness.poll(sink.flush())).isInstanceOf(ClosedChannelException.class);
  }

  // ---- iterators

  @Test
  void buffersOfAnIteratorAreRead() throws Exception {
    AsyncRead source = Io.from(AsyncIterators.of(bytes("ab"), bytes(""), bytes("cde"), bytes("")));
    assertThat(all(source)).isEqualTo("abcde");
    assertThat(all(source)).isEmpty();
  }

  @Test
  void aFailureOfAnIteratorIsOneOfItsReader() throws Exception {
    AsyncRead io = Io.from(AsyncIterators.failed(new IOException("torn")));
    assertThatThrownBy(() -> all(io)).isInstanceOf(IOException.class).hasMessage("torn");
    assertThat(all(io)).isEmpty();
    AsyncRead other = Io.from(AsyncIterators.failed(new Exception("odd")));
    assertThatThrownBy(() -> all(other))
        .isInstanceOf(IOException.class)
        .hasMessage("the iterator of the bytes has failed")
        .hasCause(new Exception("odd"));
  }

  @Test
  void aBufferThatTakesNothingLosesNothingOfAnIterator() throws Exception {
    AsyncRead source = Io.from(AsyncIterators.of(bytes("ab"), bytes("c")));
    ByteBuffer readOnly = ByteBuffer.allocate(4).asReadOnlyBuffer();
    for (int i = 0; i < 2; i++) {
      assertThatThrownBy(() -> harness.poll(source.read(readOnly)))
          .isInstanceOf(ReadOnlyBufferException.class);
    }
    assertThat(all(source)).isEqualTo("abc");
  }

  @Test
  void aLargeSizeTakesNoMemoryForWhatIsNotThere() throws Exception {
    List<ByteBuffer> seen = new ArrayList<>();
    AsyncRead idle =
        new AsyncRead() {
          @Override
          public int pollRead(Context cx, ByteBuffer dst) {
            seen.add(dst);
            return NOT_READY;
          }

          @Override
          public void close() {}
        };
    BufReader reader = idle.bufferedReader(64 << 20);
    Future<ByteBuffer> peek = idle.bufferedReader(16).peek(64 << 20);
    AsyncIterator<ByteBuffer> chunks = idle.chunks(64 << 20);
    for (int i = 0; i < 2; i++) {
      assertThat(harness.poll(reader.readLine(100)).isPending()).isTrue();
      assertThat(harness.poll(peek).isPending()).isTrue();
      assertThat(harness.pollNext(chunks).isPending()).isTrue();
    }
    peek.cancel();
    chunks.cancel();
    assertThat(seen).hasSize(6).allSatisfy(dst -> assertThat(dst).isSameAs(seen.get(0)));
  }

  @Test
  void aReaderThatIsClosedCancelsItsIterator() throws Exception {
    int[] cancels = {0};
    AsyncRead source =
        Io.from(
            new AsyncIterator<>() {
              @Override
              public Next<ByteBuffer> pollNext(Context cx) {
                return Next.pending();
              }

              @Override
              public void cancel() {
                cancels[0]++;
              }
            });
    Future<Integer> read = source.read(ByteBuffer.allocate(1));
    assertThat(harness.poll(read).isPending()).isTrue();
    source.close();
    source.close();
    assertThat(harness.woken()).isTrue();
    assertThatThrownBy(() -> harness.poll(read)).isInstanceOf(ClosedChannelException.class);
    assertThat(cancels[0]).isEqualTo(1);
  }

  @Test
  void chunksBelongToWhoeverGetsThem() throws Exception {
    FedRead source = new FedRead().feed("abc").feed("d").end();
    List<ByteBuffer> chunks = harness.runToEnd(source.chunks(2), 100);
    assertThat(chunks).containsExactly(bytes("ab"), bytes("c"), bytes("d"));
    assertThat(source.isClosed()).isFalse();
  }

  // ---- halves

  @Test
  void aStreamIsClosedWhenBothOfItsHalvesAre() throws Exception {
    Duplex ends = Io.duplex(9);
    Halves halves = ends.first().split();
    Future<Integer> read = halves.reader().read(ByteBuffer.allocate(1));
    assertThat(harness.poll(read).isPending()).isTrue();
    halves.reader().close();
    assertThat(harness.woken()).isTrue();
    assertThatThrownBy(() -> harness.poll(read)).isInstanceOf(ClosedChannelException.class);
    assertThat(harness.poll(halves.writer().writeAll(bytes("ab"))).isReady()).isTrue();
    halves.reader().close();
    ByteBuffer dst = ByteBuffer.allocate(2);
    assertThat(harness.poll(ends.second().read(dst)).value()).isEqualTo(2);
    Future<Integer> end = ends.second().read(dst.clear());
    assertThat(harness.poll(end).isPending()).isTrue();
    halves.writer().close();
    assertThat(harness.poll(end).value()).isEqualTo(AsyncRead.EOF);
  }

  @Test
  void writingToAnEndThatIsClosedFails() throws Exception {
    Duplex ends = Io.duplex(2);
    Future<Void> write = ends.first().writeAll(bytes("abc"));
    assertThat(harness.poll(write).isPending()).isTrue();
    ends.second().close();
    assertThat(harness.woken()).isTrue();
    assertThatThrownBy(() -> harness.poll(write))
        .isInstanceOf(IOException.class)
        .hasMessage("the other end is closed");
    assertThatThrownBy(() -> Io.duplex(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("capacity must be at least 1, was 0");
  }

  // ---- code that blocks

  @Test
  void codeThatBlocksReadsAndWrites() throws Exception {
    Duplex ends = Io.duplex(3);
    try (PolluxRuntime runtime = PolluxRuntime.builder().workers(2).multiThread()) {
      Future<Long> echo =
          Io.copy(ends.second(), ends.second()).flatMap(n -> ends.second().shutdown().map(x -> n));
      var copied = runtime.spawn(echo);
      byte[] text = "a text longer than the room".getBytes(StandardCharsets.UTF_8);
      var written =
          runtime.spawnBlocking(
              () -> {
                OutputStream out = SyncIoBridge.outputStream(halfOf(ends), runtime);
                out.write(text);
                out.write('!');
                out.flush();
                out.close();
                out.close();
                return 1;
              });
      InputStream in = SyncIoBridge.inputStream(ends.first(), runtime);
      assertThat(in.read()).isEqualTo('a');
      assertThat(in.read(text, 0, 0)).isZero();
      assertThat(new String(in.readAllBytes(), StandardCharsets.UTF_8))
          .isEqualTo(" text longer than the room!");
      assertThat(in.read()).isEqualTo(-1);
      assertThat(runtime.blockOn(written)).isEqualTo(1);
      assertThat(runtime.blockOn(copied)).isEqualTo(text.length + 1);
      in.close();
      assertThatThrownBy(in::read).isInstanceOf(ClosedChannelException.class);
    }
  }

  /** The writing side of the first end, whose close leaves the reading side open. */
  private static AsyncWrite halfOf(Duplex ends) {
    return ends.first().split().writer();
  }

  @Test
  void anInterruptEndsACallAndIsKept() throws Exception {
    Duplex ends = Io.duplex(3);
    try (PolluxRuntime runtime = PolluxRuntime.currentThread()) {
      OutputStream out = SyncIoBridge.outputStream(ends.first(), runtime);
      out.write(1);
      Thread.currentThread().interrupt();
      assertThatThrownBy(() -> out.write(new byte[9])).isInstanceOf(InterruptedIOException.class);
      assertThat(Thread.interrupted()).isTrue();
    }
  }

  @Test
  void aThreadThatRunsTasksIsNotBlocked() throws Exception {
    Duplex ends = Io.duplex(3);
    try (PolluxRuntime runtime = PolluxRuntime.currentThread()) {
      InputStream in = SyncIoBridge.inputStream(ends.first(), runtime);
      Future<Integer> blocks = cx -> Poll.ready(in.read());
      assertThatThrownBy(() -> runtime.blockOn(blocks)).isInstanceOf(IllegalStateException.class);
    }
  }
}
