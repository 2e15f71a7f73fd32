package dev.pollux.io.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pollux.core.Future;
import dev.pollux.io.AsyncWrite;
import dev.pollux.testing.PollHarness;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ThreadedOutputTest {

  private static final int MOST = 64 << 10;

  private final PollHarness harness = PollHarness.create();
  private final PollHarness other = PollHarness.create();
  private final HandOutput stream = new HandOutput();
  private final ThreadedOutput output = ThreadedOutput.owning("a stream", stream);
  private final AsyncWrite write = new ThreadedWrite(output, true);

  @AfterEach
  void endTheThread() throws IOException {
    output.close();
    stream.passes.release(MOST);
  }

  /** A stream whose writes block until the test lets them pass. */
  private static final class HandOutput extends OutputStream {

    final Semaphore passes = new Semaphore(0);
    final AtomicInteger writes = new AtomicInteger();
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    volatile @Nullable IOException failure;
    volatile boolean closed;

    @Override
    public void write(int value) {
      throw new AssertionError("it writes byte by byte");
    }

    @Override
    public void write(byte[] some, int offset, int length) throws IOException {
      writes.incrementAndGet();
      passes.acquireUninterruptibly();
      IOException failure = this.failure;
      if (failure != null) {
        throw failure;
      }
      synchronized (bytes) {
        bytes.write(some, offset, length);
      }
    }

    String text() {
      synchronized (bytes) {
        return bytes.toString(StandardCharsets.US_ASCII);
      }
    }

    @Override
    public void close() {
      closed = true;
    }
  }

  private static ByteBuffer bytes(String text) {
    return ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
  }

  private void pends(PollHarness harness, Future<?> future) throws Exception {
    assertThat(harness.poll(future).isPending()).isTrue();
  }

  @Test
  void aFlushIsOverWhenAllIsWritten() throws Exception {
    Awaiting.complete(harness, write.flush());
    Awaiting.complete(harness, write.writeAll(bytes("abc")));
    Future<Void> flush = write.flush();
    Awaiting.await("a write", () -> stream.writes.get() == 1);
    pends(harness, flush);
    stream.passes.release();
    Awaiting.await("a wake", harness::woken);
    assertThat(harness.poll(flush).isReady()).isTrue();
    assertThat(stream.text()).isEqualTo("abc");
  }

  @Test
  void whatIsTakenWhileTheThreadBlocksIsWrittenAtOnceAndIsLimited() throws Exception {
    Awaiting.complete(harness, write.writeAll(bytes("a")));
    Awaiting.await("a write", () -> stream.writes.get() == 1);
    Awaiting.complete(harness, write.writeAll(bytes("b")));
    Awaiting.complete(harness, write.writeAll(bytes("c".repeat(MOST - 1))));
    Future<Void> more = write.writeAll(bytes("d"));
    pends(harness, more);
    stream.passes.release();
    Awaiting.complete(harness, more);
    stream.passes.release(2);
    Awaiting.complete(harness, write.flush());
    assertThat(stream.text()).isEqualTo("ab" + "c".repeat(MOST - 1) + "d");
    assertThat(stream.writes.get()).isEqualTo(3);
  }

  @Test
  void aShutdownWritesAllAndClosesTheStream() throws Exception {
    Awaiting.complete(harness, write.writeAll(bytes("abc")));
    Future<Void> shutdown = write.shutdown();
    pends(harness, shutdown);
    assertThatThrownBy(() -> Awaiting.complete(other, write.writeAll(bytes("d"))))
        .isInstanceOf(ClosedChannelException.class);
    Awaiting.await("a write", () -> stream.writes.get() == 1);
    pends(harness, shutdown);
    stream.passes.release();
    Awaiting.await("a wake", harness::woken);
    assertThat(harness.poll(shutdown).isReady()).isTrue();
    assertThat(stream.closed).isTrue();
    assertThat(stream.text()).isEqualTo("abc");
    Awaiting.complete(harness, write.shutdown());
    Awaiting.complete(harness, write.flush());
  }

  @Test
  void aShutdownOfNothingClosesTheStream() throws Exception {
    Awaiting.complete(harness, write.shutdown());
    assertThat(stream.closed).isTrue();
    assertThatThrownBy(() -> Awaiting.complete(harness, write.writeAll(bytes("d"))))
        .isInstanceOf(ClosedChannelException.class);
  }

  @Test
  void aFailureIsToldToEachCallAfterIt() throws Exception {
    Awaiting.complete(harness, write.writeAll(bytes("abc")));
    Future<Void> flush = write.flush();
    pends(harness, flush);
    stream.failure = new IOException("torn");
    stream.passes.release();
    assertThatThrownBy(() -> Awaiting.complete(harness, flush))
        .isInstanceOf(IOException.class)
        .hasMessage("writing a stream failed: torn");
    assertThatThrownBy(() -> Awaiting.complete(harness, write.writeAll(bytes("d"))))
        .hasRootCauseMessage("torn");
    assertThatThrownBy(() -> Awaiting.complete(harness, write.shutdown()))
        .hasRootCauseMessage("torn");
    Awaiting.await("the close", () -> stream.closed);
  }

  @Test
  void aCloseFailsWhoWaitsAtOnceAndDropsWhatIsNotOnItsWay() throws Exception {
    Awaiting.complete(harness, write.writeAll(bytes("a")));
    Awaiting.await("a write", () -> stream.writes.get() == 1);
    Awaiting.complete(harness, write.writeAll(bytes("dropped")));
    Future<Void> flush = write.flush();
    pends(harness, flush);
    write.close();
    assertThat(harness.woken()).isTrue();
    assertThatThrownBy(() -> harness.poll(flush)).isInstanceOf(ClosedChannelException.class);
    assertThat(stream.closed).isFalse();
    stream.passes.release();
    Awaiting.await("the close", () -> stream.closed);
    assertThat(stream.text()).isEqualTo("a");
    write.close();
  }

  @Test
  void whatWasNeverWrittenIsClosedWithoutAThread() throws IOException {
    write.close();
    assertThat(stream.closed).isTrue();
  }

  @Test
  void severalWritersOfASharedOneWaitAndEndEachForItself() throws Exception {
    ThreadedOutput shared = ThreadedOutput.sharing("a shared one", stream);
    AsyncWrite first = new ThreadedWrite(shared, false);
    AsyncWrite second = new ThreadedWrite(shared, false);
    Awaiting.complete(harness, first.writeAll(bytes("a")));
    Awaiting.await("a write", () -> stream.writes.get() == 1);
    Awaiting.complete(harness, first.writeAll(bytes("b".repeat(MOST))));
    Future<Void> firstMore = first.writeAll(bytes("c"));
    Future<Void> secondMore = second.writeAll(bytes("c"));
    pends(harness, firstMore);
    pends(other, secondMore);
    stream.passes.release(9);
    Awaiting.complete(harness, firstMore);
    Awaiting.complete(other, secondMore);
    Awaiting.complete(harness, first.shutdown());
    assertThat(stream.text()).isEqualTo("a" + "b".repeat(MOST) + "cc");
    assertThatThrownBy(() -> Awaiting.complete(harness, first.writeAll(bytes("d"))))
        .isInstanceOf(ClosedChannelException.class);
    Awaiting.complete(other, second.writeAll(bytes("e")));
    second.close();
    assertThatThrownBy(() -> Awaiting.complete(other, second.flush()))
        .isInstanceOf(ClosedChannelException.class);
    AsyncWrite third = new ThreadedWrite(shared, false);
    Awaiting.complete(other, third.flush());
    assertThat(stream.text()).endsWith("cce");
    assertThat(stream.closed).isFalse();
    shared.close();
    assertThat(stream.closed).isFalse();
  }
}
