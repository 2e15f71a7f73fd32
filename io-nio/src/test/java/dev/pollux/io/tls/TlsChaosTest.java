package dev.pollux.io.tls;

import static dev.pollux.io.tls.TestCertificates.HOST;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pollux.core.Context;
import dev.pollux.core.Future;
import dev.pollux.core.Futures;
import dev.pollux.core.JoinHandle;
import dev.pollux.core.Poll;
import dev.pollux.executor.PolluxRuntime;
import dev.pollux.io.AsyncByteStream;
import dev.pollux.io.AsyncRead;
import dev.pollux.io.net.Runtimes;
import dev.pollux.io.tls.Hands.Outcome;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Pairs of TLS streams over wires that split and pause at random, while both sides read and write
 * in random pieces, cancel at random what waits, and update their keys; some wires change a byte or
 * are cut. All is drawn from a seed ({@code -Dpollux.chaos.seed=N} repeats one): every byte arrives
 * in its place and then the end, or there is a failure that says what has happened, and no wrong
 * byte before it.
 */
@Timeout(120)
class TlsChaosTest {

  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final int PAIRS = 24;

  /** So many bytes, and no more, come from a client before it is trusted. */
  private static final int AFTER_HANDSHAKE = 700;

  private static final TestCertificates CERTIFICATES = TestCertificates.shared();

  static Stream<Runtimes> runtimes() {
    return Runtimes.all();
  }

  /** What happens to a wire. */
  private enum Fate {
    NONE,
    CHANGED,
    CUT
  }

  @ParameterizedTest
  @MethodSource("runtimes")
  void everyByteArrivesOrIsMissed(Runtimes kind) throws Exception {
    long seed = Long.getLong("pollux.chaos.seed", System.nanoTime());
    String replay = "-Dpollux.chaos.seed=" + seed;
    Random random = new Random(seed);
    TlsConnector[] connectors = {connector("TLSv1.3"), connector("TLSv1.2")};
    TlsAcceptor acceptor = CERTIFICATES.acceptor();
    try (PolluxRuntime runtime = kind.open()) {
      List<Future<String>> pairs = new ArrayList<>();
      for (int i = 0; i < PAIRS; i++) {
        Fate fate = i % 4 == 1 ? Fate.CHANGED : i % 4 == 2 ? Fate.CUT : Fate.NONE;
        // A length that was changed may make 1.2 wait for ever: nothing ends its direction.
        boolean newest = fate == Fate.CHANGED || random.nextInt(3) > 0;
        int capacity = 1 + random.nextInt(random.nextBoolean() ? 100 : 30_000);
        int size = random.nextInt(capacity < 100 ? 3_000 : 100_000);
        Wire[] ends = Wire.pair(capacity);
        ends[0].pausing(random.nextLong(), 2 + random.nextInt(5));
        ends[1].pausing(random.nextLong(), 2 + random.nextInt(5));
        switch (fate) {
          case CHANGED -> ends[1].change(AFTER_HANDSHAKE + random.nextInt(1000 + size));
          case CUT -> ends[1].endAfter(AFTER_HANDSHAKE + random.nextInt(1000 + size));
          case NONE -> {}
        }
        int pieces = random.nextInt();
        Future<String> pair =
            Futures.join(
                    connectors[newest ? 0 : 1].connect(ends[0], HOST),
                    acceptor.accept(ends[1]),
                    (client, server) -> new TlsStream[] {client, server})
                .flatMap(both -> talk(runtime, both, size, pieces, newest, fate))
                .handle((done, failure) -> judged(fate, done, failure));
        String what = replay + ", pair " + i + ", " + fate + ", " + newest + ", " + size;
        pairs.add(
            pair.timeout(LIMIT)
                .handle(
                    (verdict, late) ->
                        late != null ? what + late : verdict.isEmpty() ? "" : what + verdict));
      }
      List<JoinHandle<String>> all = new ArrayList<>();
      for (Future<String> pair : pairs) {
        all.add(runtime.spawn(pair));
      }
      for (int i = 0; i < all.size(); i++) {
        JoinHandle<String> each = all.get(i);
        assertThat(runtime.blockOn(each)).as("%s, pair %s", replay, i).isEmpty();
      }
    }
  }

  private static TlsConnector connector(String version) {
    return CERTIFICATES.trusting().protocols(version).build();
  }

  /** Empty if it is as it should be. */
  private static String judged(Fate fate, @Nullable String done, @Nullable Exception failure) {
    if (failure == null) {
      return requireNonNull(done);
    }
    return fate != Fate.NONE && failure instanceof IOException ? "" : ": " + failure;
  }

  /** Both write and read at once, and close when that is over. */
  private static Future<String> talk(
      PolluxRuntime runtime, TlsStream[] both, int size, int seed, boolean halfCloses, Fate fate) {
    List<Future<Long>> all = new ArrayList<>();
    for (int side = 0; side < 2; side++) {
      all.add(new Sending(both[side], size, seed + side, side, halfCloses));
      all.add(new Receiving(both[side], size, seed - side, 1 - side, halfCloses));
    }
    List<JoinHandle<Outcome<Long>>> tasks = new ArrayList<>();
    for (Future<Long> each : all) {
      tasks.add(
          runtime.spawn(
              Hands.outcome(each)
                  .inspect(
                      outcome -> {
                        if (outcome.failure() != null) { // so that the others end
                          close(both[0].transport());
                          close(both[1].transport());
                        }
                      })));
    }
    return Futures.joinAll(tasks)
        .map(
            outcomes -> {
              int held = both[0].heldBytes() + both[1].heldBytes();
              close(both[0]);
              close(both[1]);
              for (Outcome<Long> outcome : outcomes) {
                Exception failure = outcome.failure();
                if (failure != null && (fate == Fate.NONE || !(failure instanceof IOException))) {
                  return ": " + outcomes;
                }
                if (failure == null && outcome.get() != size && fate == Fate.NONE) {
                  return ": " + outcome.get() + " bytes";
                }
              }
              return fate == Fate.NONE && held > 0 ? ": held " + held : "";
            });
  }

  private static void close(AsyncByteStream stream) {
    try {
      stream.close();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static byte at(long place, int side) {
    return (byte) (place * 31 + (place >> 9) + side);
  }

  /** Writes in random pieces; now and then what waits is cancelled and begun anew. */
  private static final class Sending implements Future<Long> {

    private final TlsStream to;
    private final ByteBuffer bytes;
    private final Random random;
    private final boolean shutsDown;
    private @Nullable Future<?> step;
    private boolean last;

    Sending(TlsStream to, int size, int seed, int side, boolean shutsDown) {
      this.to = to;
      this.bytes = ByteBuffer.allocate(size);
      for (int i = 0; i < size; i++) {
        bytes.put(at(i, side));
      }
      bytes.flip().limit(0);
      this.random = new Random(seed);
      this.shutsDown = shutsDown;
    }

    @Override
    public Poll<Long> poll(Context cx) throws Exception {
      while (true) {
        Future<?> current = step;
        if (current == null) {
          current = next();
          step = current;
        }
        if (current.poll(cx).isPending()) {
          if (random.nextInt(4) != 0) {
            return Poll.pending();
          }
          current.cancel(); // and what is made next goes on where it was
          step = null;
          if (random.nextBoolean()) {
            cx.wakeSelf();
            return Poll.pending();
          }
          continue;
        }
        step = null;
        if (last) {
          return Poll.ready((long) bytes.capacity());
        }
      }
    }

    private Future<?> next() {
      last = false;
      if (bytes.position() == bytes.capacity()) {
        last = true;
        return shutsDown ? to.shutdown() : to.flush();
      }
      if (shutsDown && random.nextInt(20) == 0) {
        return to.updateKeys()
            .recoverWith(
                failure ->
                    String.valueOf(failure.getMessage()).contains("has said its end")
                        ? Futures.done()
                        : Futures.failed(failure));
      }
      if (random.nextInt(10) == 0) {
        return to.flush();
      }
      int most = random.nextInt(3) == 0 ? 40_000 : 1000;
      bytes.limit(Math.min(bytes.capacity(), bytes.position() + 1 + random.nextInt(most)));
      return to.writeAll(bytes);
    }
  }

  /** Reads into random room, checks each byte, and counts them; cancels as {@link Sending}. */
  private static final class Receiving implements Future<Long> {

    private final TlsStream from;
    private final int size;
    private final Random random;
    private final int side;
    private final boolean toTheEnd;
    private long place;
    private ByteBuffer dst = ByteBuffer.allocate(0);
    private @Nullable Future<Integer> step;

    Receiving(TlsStream from, int size, int seed, int side, boolean toTheEnd) {
      this.from = from;
      this.size = size;
      this.random = new Random(seed);
      this.side = side;
      this.toTheEnd = toTheEnd;
    }

    @Override
    public Poll<Long> poll(Context cx) throws Exception {
      while (true) {
        if (!toTheEnd && place == size) {
          return Poll.ready(place);
        }
        Future<Integer> current = step;
        if (current == null) {
          dst = ByteBuffer.allocate(1 + random.nextInt(random.nextInt(3) == 0 ? 40_000 : 500));
          current = from.read(dst);
          step = current;
        }
        Poll<Integer> answer = current.poll(cx);
        if (answer.isPending()) {
          if (random.nextInt(4) != 0) {
            return Poll.pending();
          }
          current.cancel();
          step = null;
          if (dst.position() != 0) {
            throw new IllegalStateException("a cancelled read has read " + dst);
          }
          continue;
        }
        step = null;
        if (answer.value() == AsyncRead.EOF) {
          return Poll.ready(place);
        }
        dst.flip();
        while (dst.hasRemaining()) {
          if (dst.get() != at(place, side)) {
            throw new IllegalStateException("a wrong byte at " + place);
          }
          place++;
        }
      }
    }
  }
}
