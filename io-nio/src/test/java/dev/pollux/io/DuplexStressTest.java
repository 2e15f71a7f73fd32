package dev.pollux.io;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pollux.core.AsyncIterator;
import dev.pollux.core.Context;
import dev.pollux.core.Future;
import dev.pollux.core.Futures;
import dev.pollux.core.JoinHandle;
import dev.pollux.core.Next;
import dev.pollux.executor.PolluxRuntime;
import dev.pollux.testing.PollHarness;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Many connections in memory at once, through proxies, each in random pieces: every byte arrives,
 * or its connection was closed.
 */
class DuplexStressTest {

  private static final Duration LIMIT = Duration.ofMinutes(2);

  /** The rounds that are over on the other thread. */
  private volatile int closed;

  /** The byte at a place of a connection. */
  private static byte at(long place, int seed) {
    return (byte) (place * 31 + seed);
  }

  private static Future<Long> send(AsyncWrite to, int seed, int size) {
    Random random = new Random(seed);
    ByteBuffer bytes = ByteBuffer.allocate(size);
    for (int i = 0; i < size; i++) {
      bytes.put(at(i, seed));
    }
    bytes.flip().limit(0);
    return Futures.<Long>repeatUntil(
        () -> {
          if (bytes.position() == size) {
            return to.shutdown().map(x -> Optional.of((long) size));
          }
          bytes.limit(Math.min(size, bytes.position() + 1 + random.nextInt(5000)));
          return to.writeAll(bytes).map(x -> Optional.empty());
        });
  }

  /** Counts what comes, and checks each byte. */
  private static Future<Long> receive(AsyncRead from, int seed) {
    Random random = new Random(seed + 1);
    long[] place = {0};
    return Futures.<Long>repeatUntil(
        () -> {
          ByteBuffer dst = ByteBuffer.allocate(1 + random.nextInt(5000));
          return from.read(dst)
              .map(
                  count -> {
                    dst.flip();
                    while (dst.hasRemaining()) {
                      if (dst.get() != at(place[0], seed)) {
                        throw new AssertionError("a wrong byte at " + place[0]);
                      }
                      place[0]++;
                    }
                    return count == AsyncRead.EOF ? Optional.of(place[0]) : Optional.empty();
                  });
        });
  }

  @Test
  void everyByteArrives() throws Exception {
    through(stream -> stream, 100_000);
  }

  @Test
  void everyByteArrivesThroughBuffers() throws Exception {
    through(stream -> Io.join(stream.bufferedReader(700), stream.bufferedWriter(900)), 100_000);
  }

  @Test
  void everyByteArrivesThroughHalves() throws Exception {
    through(
        stream -> {
          Halves halves = stream.split();
          return Io.join(halves.reader(), halves.writer());
        },
        100_000);
  }

  private void through(UnaryOperator<AsyncByteStream> wrap, int size) throws Exception {
    for (int workers : new int[] {1, 2, 8}) {
      try (PolluxRuntime runtime = PolluxRuntime.builder().workers(workers).multiThread()) {
        List<JoinHandle<Long>> received = new ArrayList<>();
        List<JoinHandle<?>> others = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
          Duplex client = Io.duplex(1 + i * 300);
          Duplex server = Io.duplex(1 + (20 - i) * 300);
          AsyncByteStream ask = wrap.apply(client.first());
          AsyncByteStream answer = wrap.apply(server.second());
          others.add(
              runtime.spawn(
                  Io.copyBidirectional(wrap.apply(client.second()), wrap.apply(server.first()))));
          others.add(runtime.spawn(send(ask, i, size)));
          others.add(runtime.spawn(send(answer, -i, size)));
          received.add(runtime.spawn(receive(answer, i)));
          received.add(runtime.spawn(receive(ask, -i)));
        }
        for (JoinHandle<Long> handle : received) {
          assertThat(runtime.blockOn(handle.timeout(LIMIT))).isEqualTo(size);
        }
        for (JoinHandle<?> handle : others) {
          runtime.blockOn(handle.timeout(LIMIT));
        }
      }
    }
  }

  /** Who waits when an end is closed hears of it, on whatever thread. */
  @Test
  void aCloseIsHeardByWhoeverWaits() throws Exception {
    try (PolluxRuntime runtime = PolluxRuntime.builder().workers(2).multiThread()) {
      for (int round = 0; round < 3000; round++) {
        Duplex ends = Io.duplex(8);
        AsyncByteStream one = round % 2 == 0 ? ends.first() : joined(ends.first());
        JoinHandle<@Nullable Object> reads =
            runtime.spawn(failing(one.read(ByteBuffer.allocate(9))));
        JoinHandle<@Nullable Object> writes =
            runtime.spawn(failing(one.writeAll(ByteBuffer.allocate(99))));
        JoinHandle<@Nullable Object> peer =
            runtime.spawn(failing(ends.second().readExact(ByteBuffer.allocate(9))));
        spin(round % 500);
        one.close();
        assertThat(runtime.blockOn(reads.timeout(LIMIT))).isInstanceOf(IOException.class);
        assertThat(runtime.blockOn(writes.timeout(LIMIT))).isInstanceOf(IOException.class);
        Object end = runtime.blockOn(peer.timeout(LIMIT));
        assertThat(end == null || end instanceof EarlyEndException).as("%s", end).isTrue();
      }
    }
  }

  /** A half that is closed while its reader begins to wait: it sees that, or is woken. */
  @Test
  void aCloseOfOneHalfIsNeverMissed() throws Exception {
    AtomicReference<AsyncRead> closing = new AtomicReference<>();
    int rounds = 100_000;
    Thread closer =
        new Thread(
            () -> {
              try {
                for (int i = 0; i < rounds; i++) {
                  AsyncRead half;
                  while ((half = closing.getAndSet(null)) == null) {
                    Thread.onSpinWait();
                  }
                  half.close();
                  closed = i + 1;
                }
              } catch (IOException failure) {
                throw new AssertionError(failure);
              }
            });
    closer.setDaemon(true);
    closer.start();
    PollHarness harness = PollHarness.create();
    ByteBuffer dst = ByteBuffer.allocate(1);
    for (int i = 0; i < rounds; i++) {
      AsyncRead half = Io.duplex(1).first().split().reader();
      harness.replaceWaker();
      closing.set(half);
      spin(i % 64);
      boolean waits;
      try {
        waits = harness.poll(half.read(dst)).isPending();
      } catch (ClosedChannelException seen) {
        waits = false;
      }
      while (closed <= i) {
        Thread.onSpinWait();
      }
      assertThat(!waits || harness.woken()).as("heard in round %s", i).isTrue();
    }
    closer.join();
  }

  private static AsyncByteStream joined(AsyncByteStream stream) {
    Halves halves = stream.split();
    return Io.join(halves.reader(), halves.writer());
  }

  private static Future<@Nullable Object> failing(Future<?> future) {
    return future.handle((value, failure) -> failure == null ? value : failure);
  }

  private static void spin(int turns) {
    for (int i = 0; i < turns; i++) {
      Thread.onSpinWait();
    }
  }

  /** An iterator of bytes is cancelled once, by whoever closes its reader or by its last poll. */
  @Test
  void anIteratorIsCancelledOnceAndNotInItsPoll() throws Exception {
    try (PolluxRuntime runtime = PolluxRuntime.builder().workers(2).multiThread()) {
      for (int round = 0; round < 3000; round++) {
        OneAtATime iterator = new OneAtATime();
        AsyncRead reader = Io.from(iterator);
        JoinHandle<@Nullable Object> reads =
            runtime.spawn(failing(reader.readExact(ByteBuffer.allocate(16 << 20))));
        spin(round % 500);
        reader.close();
        assertThat(runtime.blockOn(reads.timeout(LIMIT))).isInstanceOf(IOException.class);
        assertThat(iterator.cancels.get()).isEqualTo(1);
        assertThat(iterator.misused).isFalse();
      }
    }
  }

  private static final class OneAtATime implements AsyncIterator<ByteBuffer> {

    final AtomicInteger cancels = new AtomicInteger();
    final AtomicBoolean inUse = new AtomicBoolean();
    volatile boolean misused;
    private int polls;

    @Override
    public Next<ByteBuffer> pollNext(Context cx) {
      misused |= !inUse.compareAndSet(false, true);
      misused |= cancels.get() > 0;
      spin(20);
      boolean waits = ++polls % 3 == 0;
      if (waits) {
        cx.wakeSelf();
      }
      inUse.set(false);
      return waits ? Next.pending() : Next.item(ByteBuffer.allocate(1));
    }

    @Override
    public void cancel() {
      misused |= !inUse.compareAndSet(false, true);
      cancels.incrementAndGet();
      inUse.set(false);
    }
  }
}
