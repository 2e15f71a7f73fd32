package dev.pollux.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pollux.core.Future;
import dev.pollux.core.Futures;
import dev.pollux.core.Poll;
import dev.pollux.testing.PollHarness;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class BufWriterTest {

  private final PollHarness harness = PollHarness.create();
  private final RoomWrite sink = new RoomWrite();
  private final BufWriter writer = sink.bufferedWriter(4);

  private static ByteBuffer bytes(String text) {
    return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
  }

  private boolean isDone(Future<?> future) throws Exception {
    return harness.poll(future).isReady();
  }

  @Test
  void smallWritesAreOneWriteOnceFlushed() throws Exception {
    sink.room(99);
    assertThat(isDone(writer.writeAll(bytes("ab")))).isTrue();
    assertThat(isDone(writer.writeAll(bytes("c")))).isTrue();
    assertThat(writer.bufferedBytes()).isEqualTo(3);
    assertThat(sink.writes()).isZero();
    assertThat(isDone(writer.flush())).isTrue();
    assertThat(sink.taken()).isEqualTo("abc");
    assertThat(sink.writes()).isEqualTo(1);
    assertThat(sink.flushes()).isEqualTo(1);
    assertThat(writer.bufferedBytes()).isZero();
  }

  @Test
  void whatIsAsLargeAsTheBufferGoesPastIt() throws Exception {
    sink.room(99);
    assertThat(isDone(writer.writeAll(bytes("abcd")))).isTrue();
    assertThat(sink.taken()).isEqualTo("abcd");
  }

  @Test
  void noMoreIsHeldThanTheSizeAndTheRestWaits() throws Exception {
    assertThat(isDone(writer.writeAll(bytes("ab")))).isTrue();
    Future<Void> write = writer.writeAll(bytes("cdef"));
    assertThat(isDone(write)).isFalse();
    assertThat(writer.bufferedBytes()).isEqualTo(4);
    sink.room(3);
    assertThat(harness.woken()).isTrue();
    assertThat(isDone(write)).isTrue();
    assertThat(sink.taken()).isEqualTo("abc");
    assertThat(writer.bufferedBytes()).isEqualTo(3);
  }

  @Test
  void aShutdownFlushesAndRefusesWhatComesAfter() throws Exception {
    assertThat(isDone(writer.writeAll(bytes("ab")))).isTrue();
    Future<Void> shutdown = writer.shutdown();
    assertThat(isDone(shutdown)).isFalse();
    assertThatThrownBy(() -> isDone(writer.writeAll(bytes("c"))))
        .isInstanceOf(ClosedChannelException.class);
    sink.room(2);
    assertThat(isDone(shutdown)).isTrue();
    assertThat(sink.taken()).isEqualTo("ab");
    assertThat(sink.isShutDown()).isTrue();
    assertThat(isDone(writer.shutdown())).isTrue();
  }

  @Test
  void aFailedWriteHasTakenNothing() throws Exception {
    assertThat(isDone(writer.writeAll(bytes("abc")))).isTrue();
    sink.fail(new IOException("torn"));
    ByteBuffer src = bytes("def");
    assertThatThrownBy(() -> isDone(writer.writeAll(src))).hasMessage("torn");
    assertThat(src.remaining()).isEqualTo(3);
    assertThat(writer.bufferedBytes()).isEqualTo(3);
    sink.room(99);
    assertThat(isDone(writer.writeAll(src))).isTrue();
    assertThat(isDone(writer.flush())).isTrue();
    assertThat(sink.taken()).isEqualTo("abcdef");
  }

  @Test
  void aCloseClosesTheSinkAndFlushesNothing() throws Exception {
    sink.room(99);
    assertThat(isDone(writer.writeAll(bytes("ab")))).isTrue();
    writer.close();
    assertThat(sink.isClosed()).isTrue();
    assertThat(sink.taken()).isEmpty();
    assertThatThrownBy(() -> isDone(writer.writeAll(bytes("c"))))
        .isInstanceOf(ClosedChannelException.class);
    assertThatThrownBy(() -> isDone(writer.flush())).isInstanceOf(ClosedChannelException.class);
    assertThatThrownBy(() -> isDone(writer.shutdown())).isInstanceOf(ClosedChannelException.class);
  }

  /** Random writes into a sink that takes random amounts, given up now and then. */
  @Property(tries = 500)
  void whateverIsWrittenAndGivenUpTheBytesAreTheSame(@ForAll long seed) throws Exception {
    Random random = new Random(seed);
    PollHarness harness = PollHarness.create();
    RoomWrite sink = new RoomWrite().atMost(1 + random.nextInt(30));
    int size = 1 + random.nextInt(20);
    BufWriter writer = sink.bufferedWriter(size);
    StringBuilder sent = new StringBuilder();
    for (int i = 0; i < 50; i++) {
      sink.room(random.nextInt(12));
      if (random.nextInt(5) == 0) {
        pollOnce(harness, writer.flush());
        continue;
      }
      ByteBuffer[] srcs = new ByteBuffer[1 + random.nextInt(3)];
      StringBuilder all = new StringBuilder();
      for (int s = 0; s < srcs.length; s++) {
        String text = Character.toString('a' + random.nextInt(26)).repeat(random.nextInt(12));
        all.append(text);
        srcs[s] = bytes(text);
      }
      if (!all.isEmpty() && random.nextBoolean()) {
        long count =
            harness
                .poll(Futures.pollFn(cx -> Poll.ready(writer.pollWrite(cx, srcs, 0, srcs.length))))
                .value();
        long taken = Arrays.stream(srcs).mapToInt(ByteBuffer::position).sum();
        assertThat(count).isEqualTo(taken == 0 ? AsyncWrite.NOT_READY : taken);
      } else {
        pollOnce(harness, srcs.length == 1 ? writer.writeAll(srcs[0]) : writer.writeAll(srcs));
      }
      int left = 0;
      for (ByteBuffer src : srcs) {
        assertThat(left == 0 || src.position() == 0).isTrue();
        left += src.remaining();
      }
      sent.append(all, 0, all.length() - left);
      assertThat(writer.bufferedBytes()).isLessThanOrEqualTo(size);
      assertThat(sink.taken().length() + writer.bufferedBytes()).isEqualTo(sent.length());
    }
    sink.room(9999);
    assertThat(harness.poll(writer.shutdown()).isReady()).isTrue();
    assertThat(sink.taken()).isEqualTo(sent.toString());
  }

  private static void pollOnce(PollHarness harness, Future<?> future) throws Exception {
    Poll<?> answer = harness.poll(future);
    if (answer.isPending()) {
      future.cancel();
    }
  }
}
