package dev.pollux.io.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pollux.core.AsyncIterator;
import dev.pollux.core.AsyncIterators;
import dev.pollux.core.Description;
import dev.pollux.core.Future;
import dev.pollux.core.Next;
import dev.pollux.testing.PollHarness;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.Test;

class FramedWriterTest {

  private final PollHarness harness = PollHarness.create();

  private static FramedWriter<String> lines(ScriptedWrite sink, int highWater) {
    return FramedWriter.of(sink, LinesCodec.of(100), highWater);
  }

  @Test
  void sendWritesAndFlushes() throws Exception {
    ScriptedWrite sink = ScriptedWrite.unlimited();
    FramedWriter<String> writer = lines(sink, 100);
    assertThat(harness.poll(writer.send("one")).isReady()).isTrue();
    assertThat(sink.text()).isEqualTo("one\n");
    assertThat(sink.flushes()).isEqualTo(1);
    assertThat(writer.bufferCapacity()).isZero();
  }

  @Test
  void fedFramesAreWrittenTogether() throws Exception {
    ScriptedWrite sink = ScriptedWrite.unlimited();
    FramedWriter<String> writer = lines(sink, 100);
    assertThat(harness.poll(writer.feed("one")).isReady()).isTrue();
    assertThat(harness.poll(writer.feed("two")).isReady()).isTrue();
    assertThat(sink.writes()).isZero();
    assertThat(writer.bufferedBytes()).isEqualTo(8);
    assertThat(harness.poll(writer.flush()).isReady()).isTrue();
    assertThat(sink.text()).isEqualTo("one\ntwo\n");
    assertThat(sink.writes()).isEqualTo(1);
  }

  @Test
  void nothingIsEncodedWhileTheMarkIsReached() throws Exception {
    ScriptedWrite sink = ScriptedWrite.withRoom(0);
    FramedWriter<String> writer = lines(sink, 8);
    assertThat(harness.poll(writer.feed("one")).isReady()).isTrue();
    assertThat(harness.poll(writer.feed("two")).isReady()).isTrue();
    Future<Void> third = writer.feed("three");
    assertThat(harness.poll(third).isPending()).isTrue();
    assertThat(writer.bufferedBytes()).isEqualTo(8);
    sink.makeRoom(1);
    assertThat(harness.woken()).isTrue();
    assertThat(harness.poll(third).isReady()).isTrue();
    assertThat(sink.text()).isEqualTo("o");
    assertThat(writer.bufferedBytes()).isEqualTo(7 + 6);
  }

  @Test
  void aFrameIsWrittenAsAWholeThoughItsSendIsCancelled() throws Exception {
    ScriptedWrite sink = ScriptedWrite.withRoom(2);
    FramedWriter<String> writer = lines(sink, 100);
    Future<Void> send = writer.send("one");
    assertThat(harness.poll(send).isPending()).isTrue();
    send.cancel();
    assertThat(sink.text()).isEqualTo("on");
    sink.makeRoom(100);
    assertThat(harness.poll(writer.send("two")).isReady()).isTrue();
    assertThat(sink.text()).isEqualTo("one\ntwo\n");
  }

  @Test
  void aFrameThatIsNotEncodedIsDiscarded() throws Exception {
    ScriptedWrite sink = ScriptedWrite.withRoom(0);
    FramedWriter<Frame> writer = FramedWriter.of(sink, new Frame.OneByteCodec(), 1);
    assertThat(harness.poll(writer.feed(new Frame(1))).isReady()).isTrue();
    Future<Void> waits = writer.send(new Frame(2));
    assertThat(harness.poll(waits).isPending()).isTrue();
    waits.cancel();
    assertThat(harness.discarded()).containsExactly(new Frame(2));
    Future<Void> neverPolled = writer.send(new Frame(3));
    neverPolled.cancel();
    assertThat(harness.discarded()).containsExactly(new Frame(2), new Frame(3));
    sink.makeRoom(10);
    assertThat(harness.poll(writer.flush()).isReady()).isTrue();
    assertThat(sink.written()).containsExactly(1);
  }

  @Test
  void anEncoderThatThrowsLeavesNothingBehind() throws Exception {
    ScriptedWrite sink = ScriptedWrite.unlimited();
    FramedWriter<String> writer =
        FramedWriter.of(
            sink,
            (frame, out) -> {
              out.room(1).put((byte) '<');
              if (frame.isEmpty()) {
                out.room(5000).put(new byte[5000]);
                throw new MalformedFrameException("empty", true);
              }
              out.room(3).put(frame.getBytes(StandardCharsets.US_ASCII));
            },
            100);
    assertThat(harness.poll(writer.feed("one")).isReady()).isTrue();
    assertThatThrownBy(() -> harness.poll(writer.send(""))).hasMessage("empty");
    assertThat(writer.bufferedBytes()).isEqualTo(4);
    assertThat(harness.poll(writer.send("two")).isReady()).isTrue();
    assertThat(sink.text()).isEqualTo("<one<two");
    assertThatThrownBy(() -> harness.poll(writer.send(""))).hasMessage("empty");
    assertThat(writer.bufferCapacity()).isZero();
  }

  @Test
  void anEncoderThatMovesBackIsRefused() throws Exception {
    ScriptedWrite sink = ScriptedWrite.unlimited();
    FramedWriter<String> writer =
        FramedWriter.of(
            sink,
            (frame, out) -> {
              ByteBuffer room = out.room(1);
              room.position(frame.isEmpty() ? room.position() - 1 : room.position() + 1);
            });
    assertThat(harness.poll(writer.feed("x")).isReady()).isTrue();
    assertThatThrownBy(() -> harness.poll(writer.feed("")))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("must not move the position back");
    assertThat(writer.bufferedBytes()).isEqualTo(1);
  }

  @Test
  void whatFailedToBeWrittenIsStillHeld() throws Exception {
    ScriptedWrite sink = ScriptedWrite.unlimited().failure(new IOException("a hiccup"));
    FramedWriter<String> writer = lines(sink, 100);
    assertThatThrownBy(() -> harness.poll(writer.send("one"))).hasMessage("a hiccup");
    assertThat(writer.bufferedBytes()).isEqualTo(4);
    assertThat(harness.poll(writer.flush()).isReady()).isTrue();
    assertThat(sink.text()).isEqualTo("one\n");
  }

  @Test
  void aFailureBeforeAFrameIsEncodedDiscardsIt() throws Exception {
    ScriptedWrite sink = ScriptedWrite.withRoom(0).failure(new IOException("broken pipe"));
    FramedWriter<Frame> writer = FramedWriter.of(sink, new Frame.OneByteCodec(), 1);
    assertThat(harness.poll(writer.feed(new Frame(1))).isReady()).isTrue();
    assertThatThrownBy(() -> harness.poll(writer.send(new Frame(2)))).hasMessage("broken pipe");
    assertThat(harness.discarded()).containsExactly(new Frame(2));
  }

  @Test
  void closeFailsWhoWaitsAndDropsWhatIsHeld() throws Exception {
    ScriptedWrite sink = ScriptedWrite.withRoom(0);
    FramedWriter<String> writer = lines(sink, 100);
    Future<Void> send = writer.send("one");
    assertThat(harness.poll(send).isPending()).isTrue();
    writer.close();
    writer.close();
    assertThat(harness.woken()).isTrue();
    assertThatThrownBy(() -> harness.poll(send)).isInstanceOf(ClosedChannelException.class);
    assertThat(sink.isClosed()).isTrue();
    assertThat(writer.bufferedBytes()).isZero();
    assertThatThrownBy(() -> writer.encode("two")).isInstanceOf(ClosedChannelException.class);
    assertThatThrownBy(() -> harness.poll(writer.shutdown()))
        .isInstanceOf(ClosedChannelException.class);
  }

  @Test
  void shutdownWritesFirst() throws Exception {
    ScriptedWrite sink = ScriptedWrite.withRoom(2);
    FramedWriter<String> writer = lines(sink, 100);
    assertThat(harness.poll(writer.feed("one")).isReady()).isTrue();
    Future<Void> shutdown = writer.shutdown();
    assertThat(harness.poll(shutdown).isPending()).isTrue();
    assertThat(sink.isShutDown()).isFalse();
    sink.makeRoom(10);
    assertThat(harness.poll(shutdown).isReady()).isTrue();
    assertThat(sink.text()).isEqualTo("one\n");
    assertThat(sink.isShutDown()).isTrue();
  }

  @Test
  void allFramesAreWrittenAndCounted() throws Exception {
    ScriptedWrite sink = ScriptedWrite.unlimited();
    FramedWriter<String> writer = lines(sink, 8);
    assertThat(harness.runToCompletion(writer.sendAll(AsyncIterators.of("a", "b", "c")), 10))
        .isEqualTo(3);
    assertThat(sink.text()).isEqualTo("a\nb\nc\n");
    assertThat(sink.writes()).isEqualTo(1);
  }

  @Test
  void whatThereIsIsWrittenWhileNoFurtherFrameIsThere() throws Exception {
    ScriptedWrite sink = ScriptedWrite.unlimited();
    FramedWriter<String> writer = lines(sink, 100);
    Deque<String> there = new ArrayDeque<>(List.of("a", "b"));
    AsyncIterator<String> frames =
        AsyncIterators.pollFn(
            cx -> there.isEmpty() ? Next.pending() : Next.item(there.removeFirst()));
    Future<Long> all = writer.sendAll(frames);
    assertThat(harness.poll(all).isPending()).isTrue();
    assertThat(sink.text()).isEqualTo("a\nb\n");
    assertThat(sink.flushes()).isEqualTo(1);
    all.cancel();
  }

  @Test
  void noFrameIsAskedForWhileThereIsNoRoom() throws Exception {
    ScriptedWrite sink = ScriptedWrite.withRoom(0);
    FramedWriter<Integer> writer =
        FramedWriter.of(sink, (frame, out) -> out.room(4).putInt(frame), 16);
    int[] asked = {0};
    Future<Long> all = writer.sendAll(AsyncIterators.range(0, 100).inspect(frame -> asked[0]++));
    assertThat(harness.poll(all).isPending()).isTrue();
    assertThat(asked[0]).isEqualTo(4);
    assertThat(harness.poll(all).isPending()).isTrue();
    assertThat(asked[0]).isEqualTo(4);
    assertThat(Description.of(all).toString())
        .contains("FramedWriter.sendAll", "16 bytes", "room in ScriptedWrite");
    all.cancel();
    sink.makeRoom(100);
    assertThat(harness.poll(writer.flush()).isReady()).isTrue();
    assertThat(sink.written()).hasSize(16); // what was asked for was written
  }

  @Test
  void largeFramesAreWrittenInPiecesAndKeepTheirOrder() throws Exception {
    byte[] large = new byte[1 << 20];
    for (int i = 0; i < large.length; i++) {
      large[i] = (byte) (i * 31 + (i >> 8));
    }
    ScriptedWrite sink = ScriptedWrite.withRoom(0).mostAtOnce(100_000);
    FramedWriter<ByteBuffer> writer = FramedWriter.of(sink, BytesCodec.of(1 << 20), 1000);
    ByteBuffer frame = ByteBuffer.wrap(large);
    Future<Void> send = writer.send(frame);
    while (harness.poll(send).isPending()) {
      sink.makeRoom(77_777);
    }
    assertThat(sink.written()).isEqualTo(large);
    assertThat(frame.position()).isZero();
    assertThat(writer.bufferCapacity()).isZero();
    assertThat(sink.largestOffer()).isEqualTo(BufferCache.LARGEST);
  }

  @Test
  void manyHeldFramesKeepTheirOrderThroughEveryMove() throws Exception {
    ScriptedWrite sink = ScriptedWrite.withRoom(0);
    FramedWriter<Integer> writer =
        FramedWriter.of(sink, (frame, out) -> out.room(4).putInt(frame), 64);
    ByteBuffer expected = ByteBuffer.allocate(4 * 1000);
    for (int i = 0; i < 1000; i++) {
      expected.putInt(i);
      Future<Void> feed = writer.feed(i);
      while (harness.poll(feed).isPending()) {
        sink.makeRoom(1 + i % 7);
      }
      assertThat(writer.bufferedBytes()).isLessThanOrEqualTo(64 + 3);
      assertThat(writer.bufferCapacity()).isLessThanOrEqualTo(4 * (64 + 4));
    }
    sink.makeRoom(10_000);
    assertThat(harness.poll(writer.flush()).isReady()).isTrue();
    assertThat(sink.written()).isEqualTo(expected.array());
  }

  @Test
  void roomIsRefusedForNonsense() {
    FrameOutput out = new FrameOutput(8);
    assertThatThrownBy(() -> out.room(-1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("count must be at least 0, was -1");
    out.room(1).put((byte) 1);
    assertThatThrownBy(() -> out.room(Integer.MAX_VALUE))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("with 1 held");
    assertThatThrownBy(() -> lines(ScriptedWrite.unlimited(), 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("highWaterBytes must be at least 1, was 0");
  }

  @Test
  void aConnectionIsFramedInBothDirections() throws Exception {
    ScriptedRead read = new ScriptedRead().text("one\ntw").pause().text("o\n");
    ScriptedWrite write = ScriptedWrite.unlimited();
    Framed<String, String> framed = Framed.of(new ScriptedStream(read, write), LinesCodec.of(100));
    Future<Long> echo = framed.writer().sendAll(framed.frames());
    assertThat(harness.poll(echo).isPending()).isTrue();
    assertThat(write.text()).isEqualTo("one\n");
    read.arrive();
    assertThat(harness.poll(echo).value()).isEqualTo(2);
    assertThat(write.text()).isEqualTo("one\ntwo\n");
    assertThat(harness.poll(framed.send("three")).isReady()).isTrue();
    assertThat(harness.poll(framed.next()).value()).isEmpty();
    framed.close();
    assertThat(Arrays.asList(read.isClosed(), write.isClosed())).containsOnly(true);
  }
}
