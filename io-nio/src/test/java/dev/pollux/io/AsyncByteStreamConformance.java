package dev.pollux.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import dev.pollux.core.Budget;
import dev.pollux.core.Context;
import dev.pollux.core.Future;
import dev.pollux.core.Futures;
import dev.pollux.core.JoinHandle;
import dev.pollux.core.Poll;
import dev.pollux.core.PollFunction;
import dev.pollux.core.TaskFailedException;
import dev.pollux.executor.PolluxRuntime;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;

/**
 * What every connection does: its two ends are given to each test anew, on a runtime.
 *
 * <pre>{@code
 * @TestFactory
 * Stream<DynamicTest> tcpConforms() {
 *   return AsyncByteStreamConformance.of("tcp", runtime, () -> connected(runtime)).tests();
 * }
 * }</pre>
 */
public final class AsyncByteStreamConformance {

  private static final Duration LIMIT = Duration.ofSeconds(20);

  /** Makes two ends, each of which reads what the other writes, and holds ten bytes at least. */
  @FunctionalInterface
  public interface Ends {
    Duplex make() throws Exception;
  }

  /** A test of two ends. */
  @FunctionalInterface
  private interface Body {
    void run(AsyncByteStream first, AsyncByteStream second) throws Exception;
  }

  private final String name;
  private final PolluxRuntime runtime;
  private final Ends ends;
  private boolean halfCloses = true;

  private AsyncByteStreamConformance(String name, PolluxRuntime runtime, Ends ends) {
    this.name = name;
    this.runtime = runtime;
    this.ends = ends;
  }

  public static AsyncByteStreamConformance of(String name, PolluxRuntime runtime, Ends ends) {
    return new AsyncByteStreamConformance(name, runtime, ends);
  }

  /** The end of one direction is the end of both: nothing is written after one has been read. */
  @CanIgnoreReturnValue
  public AsyncByteStreamConformance withoutHalfClose() {
    halfCloses = false;
    return this;
  }

  public Stream<DynamicTest> tests() {
    Stream<DynamicTest> all = everyTest();
    return halfCloses ? all : all.filter(test -> !test.getDisplayName().contains("one direction"));
  }

  private Stream<DynamicTest> everyTest() {
    return Stream.of(
        test("gives the bytes in their order, both ways at once", this::bothWays),
        test("loses nothing when reads and writes are cancelled", this::cancelled),
        test("writes several buffers in their order", this::vectored),
        test("carries the end of one direction over", this::halfClosed),
        test("gives what was written before a close, and then the end", this::closedAfterWriting),
        test("fails a reader that waits when it is closed", this::closedUnderReader),
        test("fails a writer that waits when it is closed", this::closedUnderWriter),
        test("refuses everything after a close", this::refusesAfterClose),
        test("refuses buffers that are no use", this::refusesBuffers),
        test("gives way to others", this::givesWay),
        test("wakes the latest waker only", this::latestWaker));
  }

  private DynamicTest test(String what, Body body) {
    return DynamicTest.dynamicTest(
        name + " " + what,
        () -> {
          Duplex made = ends.make();
          try (AsyncByteStream first = made.first();
              AsyncByteStream second = made.second()) {
            body.run(first, second);
          }
        });
  }

  private <T extends @Nullable Object> T run(Future<T> future) throws Exception {
    return runtime.blockOn(future.timeout(LIMIT));
  }

  // ---- bytes

  private void bothWays(AsyncByteStream first, AsyncByteStream second) throws Exception {
    transferBothWays(first, second, Integer.MAX_VALUE);
  }

  private void cancelled(AsyncByteStream first, AsyncByteStream second) throws Exception {
    transferBothWays(first, second, 2);
  }

  private void transferBothWays(AsyncByteStream first, AsyncByteStream second, int oneIn)
      throws Exception {
    byte[] there = random(1, 300_000);
    byte[] back = random(2, 300_000);
    JoinHandle<Void> firstWrites = runtime.spawn(new SendAll(first, there, 3, oneIn, halfCloses));
    JoinHandle<Void> secondWrites = runtime.spawn(new SendAll(second, back, 4, oneIn, halfCloses));
    long most = halfCloses ? Long.MAX_VALUE : there.length;
    JoinHandle<byte[]> firstReads = runtime.spawn(new ReceiveAll(first, 5, oneIn, most));
    JoinHandle<byte[]> secondReads = runtime.spawn(new ReceiveAll(second, 6, oneIn, most));
    run(firstWrites);
    run(secondWrites);
    assertThat(Arrays.mismatch(run(secondReads), there)).isEqualTo(-1);
    assertThat(Arrays.mismatch(run(firstReads), back)).isEqualTo(-1);
  }

  private static byte[] random(int seed, int size) {
    byte[] bytes = new byte[size];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  private void vectored(AsyncByteStream first, AsyncByteStream second) throws Exception {
    ByteBuffer[] srcs = new ByteBuffer[20];
    StringBuilder all = new StringBuilder();
    for (int i = 0; i < srcs.length; i++) {
      String text = Integer.toString(i).repeat(i * 300);
      all.append(text);
      srcs[i] = bytes(text);
    }
    JoinHandle<Void> writes = runtime.spawn(first.writeAll(srcs).flatMap(x -> first.shutdown()));
    byte[] read = run(second.readToEnd(1_000_000));
    run(writes);
    assertThat(new String(read, StandardCharsets.UTF_8)).isEqualTo(all.toString());
  }

  // ---- ends

  private void halfClosed(AsyncByteStream first, AsyncByteStream second) throws Exception {
    run(first.writeAll(bytes("ping")));
    run(first.shutdown());
    run(first.shutdown());
    assertThatThrownBy(() -> run(first.writeAll(bytes("more"))))
        .isInstanceOf(ClosedChannelException.class);
    assertThat(text(run(second.readToEnd(9)))).isEqualTo("ping");
    assertThat(run(second.read(ByteBuffer.allocate(1)))).isEqualTo(AsyncRead.EOF);
    assertThat(run(second.read(ByteBuffer.allocate(1)))).isEqualTo(AsyncRead.EOF);
    run(second.writeAll(bytes("pong")));
    run(second.shutdown());
    assertThat(text(run(first.readToEnd(9)))).isEqualTo("pong");
  }

  private void closedAfterWriting(AsyncByteStream first, AsyncByteStream second) throws Exception {
    run(first.writeAll(bytes("last words")));
    run(first.flush());
    first.close();
    assertThat(text(run(second.readToEnd(99)))).isEqualTo("last words");
  }

  private void closedUnderReader(AsyncByteStream first, AsyncByteStream second) throws Exception {
    Waits<Integer> waits = new Waits<>(first.read(ByteBuffer.allocate(1)));
    JoinHandle<Integer> read = runtime.spawn(waits);
    waits.await(runtime);
    first.close();
    assertClosed(read);
    assertThat(second).isNotNull();
  }

  private void closedUnderWriter(AsyncByteStream first, AsyncByteStream second) throws Exception {
    Waits<Void> waits = new Waits<>(first.writeAll(ByteBuffer.allocate(64 << 20)));
    JoinHandle<Void> write = runtime.spawn(waits);
    waits.await(runtime);
    first.close();
    assertClosed(write);
    assertThat(second).isNotNull();
  }

  private void assertClosed(JoinHandle<?> handle) {
    assertThatThrownBy(() -> run(handle))
        .isInstanceOf(TaskFailedException.class)
        .hasCauseInstanceOf(ClosedChannelException.class);
  }

  private void refusesAfterClose(AsyncByteStream first, AsyncByteStream second) throws Exception {
    first.close();
    first.close();
    assertThatThrownBy(() -> run(first.read(ByteBuffer.allocate(1))))
        .isInstanceOf(ClosedChannelException.class);
    assertThatThrownBy(() -> run(first.writeAll(bytes("a"))))
        .isInstanceOf(ClosedChannelException.class);
    assertThatThrownBy(() -> run(first.writeAll(bytes("a"), bytes("b"))))
        .isInstanceOf(ClosedChannelException.class);
    assertThatThrownBy(() -> run(first.flush())).isInstanceOf(ClosedChannelException.class);
    assertThatThrownBy(() -> run(first.shutdown())).isInstanceOf(ClosedChannelException.class);
    assertThat(second).isNotNull();
  }

  private void refusesBuffers(AsyncByteStream first, AsyncByteStream second) throws Exception {
    ByteBuffer none = ByteBuffer.allocate(0);
    assertThatThrownBy(() -> run(Futures.pollFn(cx -> Poll.ready(first.pollRead(cx, none)))))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> run(Futures.pollFn(cx -> Poll.ready(first.pollWrite(cx, none)))))
        .isInstanceOf(IllegalArgumentException.class);
    ByteBuffer[] srcs = {none, none};
    assertThatThrownBy(() -> run(Futures.pollFn(cx -> Poll.ready(first.pollWrite(cx, srcs, 0, 2)))))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> run(Futures.pollFn(cx -> Poll.ready(first.pollWrite(cx, srcs, 1, 2)))))
        .isInstanceOf(IndexOutOfBoundsException.class);
    run(first.writeAll(none));
    run(first.writeAll(none, none));
    run(first.readExact(none));
    assertThat(second).isNotNull();
  }

  // ---- polls

  /** Reads and writes of one byte each in one poll, until one is refused. */
  private void givesWay(AsyncByteStream first, AsyncByteStream second) throws Exception {
    JoinHandle<Void> echo = runtime.spawn(Io.copy(second, second).map(x -> null));
    AtomicReference<Integer> most = new AtomicReference<>(0);
    int all = 2000;
    run(
        Futures.pollFn(
            new PollFunction<Void>() {
              private int written;
              private int read;

              @Override
              public Poll<Void> poll(Context cx) throws IOException {
                int before = written + read;
                while (written < all) {
                  if (first.pollWrite(cx, bytes("a")) == AsyncWrite.NOT_READY) {
                    break;
                  }
                  written++;
                }
                if (!first.pollFlush(cx)) {
                  return Poll.pending();
                }
                while (read < all) {
                  if (first.pollRead(cx, ByteBuffer.allocate(1)) == AsyncRead.NOT_READY) {
                    break;
                  }
                  read++;
                }
                most.set(Math.max(most.get(), written + read - before));
                return read == all ? Poll.done() : Poll.pending();
              }
            }));
    run(first.shutdown());
    run(echo);
    assertThat(most.get()).isLessThanOrEqualTo(Budget.UNITS);
  }

  private void latestWaker(AsyncByteStream first, AsyncByteStream second) throws Exception {
    ByteBuffer dst = ByteBuffer.allocate(4);
    Future<Integer> read = first.read(dst);
    Waits<Integer> waits = new Waits<>(read);
    // Another task polls it first, and goes away.
    JoinHandle<Boolean> before =
        runtime.spawn(Futures.pollFn(cx -> Poll.ready(read.poll(cx).isPending())));
    assertThat(run(before)).isTrue();
    JoinHandle<Integer> after = runtime.spawn(waits);
    waits.await(runtime);
    run(second.writeAll(bytes("abcd")));
    run(second.flush());
    assertThat(run(after)).isBetween(1, 4);
  }

  static ByteBuffer bytes(String text) {
    return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
  }

  static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  /** Says when a future has answered that it waits. */
  private static final class Waits<T extends @Nullable Object> implements Future<T> {

    private final Future<T> future;
    private final CountDownLatch waits = new CountDownLatch(1);

    Waits(Future<T> future) {
      this.future = future;
    }

    @Override
    public Poll<T> poll(Context cx) throws Exception {
      Poll<T> answer = future.poll(cx);
      if (answer.isPending() && !cx.budget().isExhausted()) {
        waits.countDown();
      }
      return answer;
    }

    @Override
    public void cancel() {
      future.cancel();
    }

    /** A runtime that runs on the calling thread is run meanwhile. */
    void await(PolluxRuntime runtime) throws Exception {
      while (waits.getCount() > 0) {
        runtime.blockOn(Futures.yieldNow());
      }
      assertThat(waits.await(60, TimeUnit.SECONDS)).isTrue();
    }
  }

  /** Writes bytes in random pieces, and shuts down or flushes. */
  private static final class SendAll implements Future<Void> {

    private final AsyncByteStream to;
    private final ByteBuffer bytes;
    private final Random random;
    private final int oneIn;
    private final boolean shutsDown;
    private @Nullable Future<?> current;

    SendAll(AsyncByteStream to, byte[] bytes, int seed, int oneIn, boolean shutsDown) {
      this.to = to;
      this.bytes = ByteBuffer.wrap(bytes);
      this.random = new Random(seed);
      this.oneIn = oneIn;
      this.shutsDown = shutsDown;
    }

    @Override
    public Poll<Void> poll(Context cx) throws Exception {
      while (true) {
        Future<?> step = current;
        if (step == null) {
          bytes.limit(Math.min(bytes.capacity(), bytes.position() + 1 + random.nextInt(9000)));
          step =
              bytes.hasRemaining()
                  ? new RandomCancel<Void>(oneIn, () -> to.writeAll(bytes))
                  : new RandomCancel<Void>(oneIn, shutsDown ? to::shutdown : to::flush);
        }
        boolean last = !bytes.hasRemaining();
        current = step;
        if (step.poll(cx).isPending()) {
          return Poll.pending();
        }
        current = null;
        if (last) {
          return Poll.done();
        }
      }
    }
  }

  /** Reads to the end, or so many bytes, into buffers of random sizes. */
  private static final class ReceiveAll implements Future<byte[]> {

    private final AsyncByteStream from;
    private final Random random;
    private final int oneIn;
    private final long most;
    private final ByteArrayOutputStream all = new ByteArrayOutputStream();
    private ByteBuffer dst = ByteBuffer.allocate(1);
    private @Nullable Future<Integer> current;

    ReceiveAll(AsyncByteStream from, int seed, int oneIn, long most) {
      this.from = from;
      this.random = new Random(seed);
      this.oneIn = oneIn;
      this.most = most;
    }

    @Override
    public Poll<byte[]> poll(Context cx) throws Exception {
      while (true) {
        Future<Integer> step = current;
        if (step == null) {
          int size = 1 + random.nextInt(9000);
          dst = random.nextBoolean() ? ByteBuffer.allocate(size) : ByteBuffer.allocateDirect(size);
          step = new RandomCancel<>(oneIn, () -> from.read(dst));
        }
        current = step;
        Poll<Integer> answer = step.poll(cx);
        if (answer.isPending()) {
          return Poll.pending();
        }
        current = null;
        if (answer.value() == AsyncRead.EOF) {
          return Poll.ready(all.toByteArray());
        }
        assertThat(answer.value()).isPositive().isEqualTo(dst.flip().remaining());
        byte[] read = new byte[dst.remaining()];
        dst.get(read);
        all.writeBytes(read);
        if (all.size() >= most) {
          return Poll.ready(all.toByteArray());
        }
      }
    }
  }
}
