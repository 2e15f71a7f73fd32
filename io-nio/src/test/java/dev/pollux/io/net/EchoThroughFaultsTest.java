package dev.pollux.io.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pollux.core.Context;
import dev.pollux.core.Future;
import dev.pollux.core.Futures;
import dev.pollux.core.Poll;
import dev.pollux.executor.PolluxRuntime;
import dev.pollux.io.AsyncRead;
import dev.pollux.io.AsyncWrite;
import dev.pollux.io.Io;
import dev.pollux.io.testing.Direction;
import dev.pollux.io.testing.Fault;
import dev.pollux.io.testing.FaultProxy;
import dev.pollux.io.testing.Faults;
import dev.pollux.time.Time;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongFunction;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * An echo server behind a bad network, drawn from a seed ({@code -Dpollux.chaos.seed=N} repeats
 * one): who is not cut off gets every byte back, and who is gets those before that.
 */
@Timeout(120)
final class EchoThroughFaultsTest {

  private static final int CONNECTIONS = 200;
  private static final Duration LIMIT = Duration.ofSeconds(60);

  static Stream<Runtimes> runtimes() {
    return Runtimes.all();
  }

  @ParameterizedTest
  @MethodSource("runtimes")
  void whatIsNotCutOffComesBack(Runtimes kind) throws Exception {
    visit(kind, Faults::drawn);
  }

  @ParameterizedTest
  @MethodSource("runtimes")
  void whatIsCorruptIsWhatTheNetworkChanged(Runtimes kind) throws Exception {
    visit(kind, seed -> Faults.drawn(seed).corruptEvery(3_000));
  }

  private static void visit(Runtimes kind, LongFunction<Faults> draw) throws Exception {
    long seed = Long.getLong("pollux.chaos.seed", System.nanoTime());
    try {
      visit(kind, seed, draw);
    } catch (Exception | AssertionError failure) {
      throw new AssertionError("-Dpollux.chaos.seed=" + seed, failure);
    }
  }

  private static void visit(Runtimes kind, long seed, LongFunction<Faults> draw) throws Exception {
    AtomicInteger served = new AtomicInteger();
    List<Client> clients = new ArrayList<>();
    try (PolluxRuntime runtime = kind.open();
        TcpListener listener = TcpListener.bind(Crank.anyPort());
        FaultProxy proxy =
            FaultProxy.open(
                listener.localAddress(),
                seed,
                (connection, direction) -> draw.apply(seedOf(seed, connection, direction)))) {
      Future<Void> serving =
          listener
              .incoming()
              .take(CONNECTIONS)
              .forEachAsync(
                  stream ->
                      Futures.pollFn(
                          (Context cx) -> {
                            cx.spawner().spawn(echo(stream, served)).detach();
                            return Poll.done();
                          }));
      var server = runtime.spawn(serving);
      for (int i = 0; i < CONNECTIONS; i++) {
        // One after the other, so that its number is the proxy's.
        TcpStream stream = runtime.blockOn(TcpStream.connect(proxy.address()).timeout(LIMIT));
        clients.add(
            new Client(
                stream,
                new Random(seed + i),
                draw.apply(seedOf(seed, i, Direction.TO_TARGET)),
                draw.apply(seedOf(seed, i, Direction.TO_CLIENT))));
      }
      runtime.blockOn(
          Futures.joinAll(clients.stream().map(runtime::spawn).toList()).timeout(LIMIT));
      runtime.blockOn(server.timeout(LIMIT));
      long limit = System.nanoTime() + LIMIT.toNanos();
      while (served.get() < CONNECTIONS) {
        assertThat(System.nanoTime()).as("%s are served", served).isLessThan(limit);
        runtime.blockOn(Time.sleep(Duration.ofMillis(1)));
      }
      List<Fault> log = proxy.log();
      for (int i = 0; i < CONNECTIONS; i++) {
        int number = i;
        clients.get(i).check(log.stream().filter(f -> f.connection() == number).toList());
      }
    }
  }

  private static long seedOf(long seed, int connection, Direction direction) {
    int side = direction == Direction.TO_TARGET ? 0 : 1;
    return new Random(seed + 2L * connection + side).nextLong();
  }

  private static Future<Void> echo(TcpStream stream, AtomicInteger served) {
    return Io.copy(stream, stream)
        .flatMap(count -> stream.shutdown())
        .recover(
            failure -> {
              if (failure instanceof IOException) {
                return null; // the network is like that
              }
              throw new AssertionError(failure);
            })
        .whenDone(
            (done, failure) -> {
              close(stream);
              served.incrementAndGet();
            });
  }

  private static void close(TcpStream stream) {
    try {
      stream.close();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** Sends and reads at once, to the ends of both. */
  private static final class Client implements Future<Void> {
    private final TcpStream stream;
    private final Faults there;
    private final Faults back;
    private final byte[] sent;
    private final ByteBuffer out;
    private final ByteBuffer in = ByteBuffer.allocate(4_096);
    private final ByteArrayOutputStream received = new ByteArrayOutputStream();
    private boolean shut;
    private @Nullable IOException failed;

    Client(TcpStream stream, Random random, Faults there, Faults back) {
      this.stream = stream;
      this.there = there;
      this.back = back;
      this.sent = new byte[random.nextInt(20_000)];
      random.nextBytes(sent);
      this.out = ByteBuffer.wrap(sent);
    }

    @Override
    public Poll<Void> poll(Context cx) {
      try {
        boolean written = write(cx);
        if (!read(cx) || !written) {
          return Poll.pending();
        }
      } catch (IOException e) {
        failed = e;
      }
      close(stream);
      return Poll.done();
    }

    private boolean write(Context cx) throws IOException {
      while (out.hasRemaining()) {
        if (stream.pollWrite(cx, out) == AsyncWrite.NOT_READY) {
          return false;
        }
      }
      shut = shut || stream.pollShutdown(cx);
      return shut;
    }

    private boolean read(Context cx) throws IOException {
      while (true) {
        in.clear();
        int count = stream.pollRead(cx, in);
        if (count == AsyncRead.NOT_READY) {
          return false;
        }
        if (count == AsyncRead.EOF) {
          return true;
        }
        received.write(in.array(), 0, count);
      }
    }

    @Override
    public void cancel() {
      close(stream);
    }

    void check(List<Fault> log) {
      byte[] expected = sent.clone();
      for (Fault fault : log) {
        if (fault.kind() == Fault.Kind.CORRUPT) {
          expected[(int) fault.offset()] ^= (byte) fault.amount();
        }
      }
      long returned = halfClosed(there, sent.length);
      long whole = halfClosed(back, returned);
      boolean reset = reset(there, sent.length) || reset(back, returned);
      byte[] got = received.toByteArray();
      assertThat((long) got.length).as("%s", this).isLessThanOrEqualTo(whole);
      assertThat(Arrays.mismatch(got, Arrays.copyOf(expected, got.length)))
          .as("%s", this)
          .isEqualTo(-1);
      if (!reset) {
        assertThat(failed).as("%s", this).isNull();
      }
      if (failed == null) {
        assertThat((long) got.length).as("%s", this).isEqualTo(whole);
      }
    }

    private static long halfClosed(Faults faults, long size) {
      boolean ends = faults.end().equals(Optional.of(Fault.Kind.HALF_CLOSE));
      return ends ? Math.min(size, faults.endAfter()) : size;
    }

    private static boolean reset(Faults faults, long size) {
      return faults.end().equals(Optional.of(Fault.Kind.RESET)) && faults.endAfter() <= size;
    }

    @Override
    public String toString() {
      return sent.length
          + " sent to "
          + there
          + ", back through "
          + back
          + ", "
          + received.size()
          + " received, "
          + (failed == null ? "ended" : failed);
    }
  }

  @ParameterizedTest
  @MethodSource("runtimes")
  void whoWaitsForADeadPeerIsFreedByATimeOutOnly(Runtimes kind) throws Exception {
    try (PolluxRuntime runtime = kind.open();
        TcpListener listener = TcpListener.bind(Crank.anyPort())) {
      AtomicInteger served = new AtomicInteger();
      var server = runtime.spawn(listener.accept().flatMap(stream -> echo(stream, served)));
      List<Fault> log;
      try (FaultProxy proxy =
              FaultProxy.open(listener.localAddress(), 1, Faults.none().dropDeadAfter(100));
          TcpStream stream = runtime.blockOn(TcpStream.connect(proxy.address()).timeout(LIMIT))) {
        runtime.blockOn(stream.writeAll(ByteBuffer.allocate(1_000)).timeout(LIMIT));
        runtime.blockOn(stream.readExact(ByteBuffer.allocate(100)).timeout(LIMIT));
        Future<Integer> read = stream.read(ByteBuffer.allocate(1)).timeout(Duration.ofMillis(50));
        assertThatThrownBy(() -> runtime.blockOn(read)).isInstanceOf(TimeoutException.class);
        assertThat(server.isFinished()).isFalse();
        log = proxy.log();
      }
      runtime.blockOn(server.timeout(LIMIT));
      assertThat(served.get()).isEqualTo(1);
      assertThat(log).extracting(Fault::kind).containsOnly(Fault.Kind.DROP_DEAD).hasSize(2);
    }
  }
}
