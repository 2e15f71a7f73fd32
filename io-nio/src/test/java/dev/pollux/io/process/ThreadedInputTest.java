package dev.pollux.io.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pollux.core.Future;
import dev.pollux.io.AsyncRead;
import dev.pollux.testing.PollHarness;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ThreadedInputTest {

  private final PollHarness harness = PollHarness.create();
  private final PollHarness other = PollHarness.create();
  private final HandStream stream = new HandStream();
  private final ThreadedInput input = ThreadedInput.owning("a stream", stream);
  private final AsyncRead read = new ThreadedRead(input, true);

  @AfterEach
  void endTheThread() {
    input.close();
    stream.end();
  }

  private static String read(PollHarness harness, AsyncRead read, int most) throws Exception {
    ByteBuffer dst = ByteBuffer.allocate(most);
    int count = Awaiting.complete(harness, read.read(dst));
    return count == AsyncRead.EOF ? "end" : StandardCharsets.US_ASCII.decode(dst.flip()).toString();
  }

  private static void pends(PollHarness harness, Future<Integer> read) throws Exception {
    assertThat(harness.poll(read).isPending()).isTrue();
  }

  @Test
  void givesWhatComesAndTheEndAndClosesTheStream() throws Exception {
    stream.feed("abc");
    assertThat(read(harness, read, 2)).isEqualTo("ab");
    assertThat(read(harness, read, 2)).isEqualTo("c");
    stream.end();
    assertThat(read(harness, read, 2)).isEqualTo("end");
    assertThat(read(harness, read, 2)).isEqualTo("end");
    Awaiting.await("the close", () -> stream.closed);
  }

  @Test
  void readsOnlyWhileSomebodyWaits() throws Exception {
    assertThat(stream.reads.get()).isZero();
    stream.feed("ab");
    stream.feed("cd");
    stream.feed("ef");
    assertThat(read(harness, read, 1)).isEqualTo("a");
    assertThat(read(harness, read, 1)).isEqualTo("b");
    read.close();
    Awaiting.await("the close", () -> stream.closed);
    assertThat(stream.reads.get()).isEqualTo(1);
  }

  @Test
  void whatCameForOneThatWasCancelledIsForTheNext() throws Exception {
    Future<Integer> gone = read.read(ByteBuffer.allocate(9));
    pends(harness, gone);
    gone.cancel();
    stream.feed("abc");
    assertThat(read(other, read, 9)).isEqualTo("abc");
  }

  @Test
  void severalReadersAreWokenAndNoByteIsGivenTwice() throws Exception {
    AsyncRead first = new ThreadedRead(input, false);
    AsyncRead second = new ThreadedRead(input, false);
    Future<Integer> firstRead = first.read(ByteBuffer.allocate(2));
    Future<Integer> secondRead = second.read(ByteBuffer.allocate(2));
    pends(harness, firstRead);
    pends(other, secondRead);
    stream.feed("abc");
    assertThat(Awaiting.complete(harness, firstRead)).isEqualTo(2);
    assertThat(Awaiting.complete(other, secondRead)).isEqualTo(1);
    Future<Integer> third = first.read(ByteBuffer.allocate(2));
    Future<Integer> fourth = second.read(ByteBuffer.allocate(2));
    pends(harness, third);
    pends(other, fourth);
    first.close();
    assertThatThrownBy(() -> Awaiting.complete(harness, third))
        .isInstanceOf(ClosedChannelException.class);
    assertThat(other.woken()).isFalse();
    stream.feed("d");
    assertThat(Awaiting.complete(other, fourth)).isEqualTo(1);
  }

  @Test
  void aFailureIsToldToWhoeverReads() {
    stream.feed("a");
    stream.fail(new IOException("torn"));
    assertThat(readQuietly(1)).isEqualTo("a");
    for (int i = 0; i < 2; i++) {
      assertThatThrownBy(() -> read(harness, read, 1))
          .isInstanceOf(IOException.class)
          .hasMessage("reading a stream failed: torn")
          .hasRootCauseMessage("torn");
    }
    Awaiting.await("the close", () -> stream.closed);
  }

  @Test
  void soIsAnError() {
    stream.fail(new AssertionError("broken"));
    assertThatThrownBy(() -> read(harness, read, 1))
        .isInstanceOf(IOException.class)
        .hasRootCauseInstanceOf(AssertionError.class);
  }

  private String readQuietly(int most) {
    try {
      return read(harness, read, most);
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void aCloseFailsWhoWaitsAtOnceAndTheThreadEndsWhenItsReadDoes() throws Exception {
    Future<Integer> waits = read.read(ByteBuffer.allocate(1));
    pends(harness, waits);
    Awaiting.await("a read", () -> stream.reads.get() == 1);
    read.close();
    assertThat(harness.woken()).isTrue();
    assertThatThrownBy(() -> harness.poll(waits)).isInstanceOf(ClosedChannelException.class);
    assertThat(stream.closed).isFalse();
    stream.feed("dropped");
    Awaiting.await("the close", () -> stream.closed);
    assertThatThrownBy(() -> read(harness, read, 1)).isInstanceOf(ClosedChannelException.class);
  }

  @Test
  void whatWasNeverReadIsClosedWithoutAThread() throws IOException {
    read.close();
    assertThat(stream.closed).isTrue();
    assertThat(stream.reads.get()).isZero();
    read.close();
  }

  @Test
  void whatIsSharedIsNeverClosed() throws Exception {
    ThreadedInput shared = ThreadedInput.sharing("a shared one", stream);
    stream.end();
    assertThat(read(harness, new ThreadedRead(shared, false), 1)).isEqualTo("end");
    shared.close();
    assertThat(stream.closed).isFalse();
  }
}
