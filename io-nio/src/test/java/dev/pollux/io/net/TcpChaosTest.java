package dev.pollux.io.net;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pollux.core.Context;
import dev.pollux.core.Future;
import dev.pollux.core.Futures;
import dev.pollux.core.Poll;
import dev.pollux.executor.PolluxRuntime;
import dev.pollux.io.AsyncByteStream;
import dev.pollux.io.AsyncRead;
import dev.pollux.io.Io;
import dev.pollux.io.driver.NioDriver;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A thousand connections to an echo server, most of them ill-mannered, drawn from a seed ({@code
 * -Dpollux.chaos.seed=N} repeats one): every byte is accounted for, and nothing is left.
 */
@Timeout(120)
final class TcpChaosTest {

  private static final int CONNECTIONS = 1_000;
  private static final List<Manners> MANNERS = List.of(Manners.values());
  private static final int LIMIT_SECONDS = 60;

  /** The most that the server may hold for one connection: what {@code Io.copy} reads at once. */
  private static final long MOST_HELD = 256 * 1024;

  static Stream<Runtimes> runtimes() {
    return Runtimes.all();
  }

  /** What a visitor does. */
  private enum Manners {
    /** Sends all, ends, and reads all. */
    POLITE,
    /** Reads a few bytes in each of its turns. */
    SLOW,
    /** Gives up writing now and then, and resumes where it was. */
    FICKLE,
    /** Reads nothing until it has sent as much as anybody takes, or all. */
    LATE,
    /** Closes in the middle. */
    LEAVING,
    /** Resets in the middle. */
    RESETTING,
    /** Is cancelled in the middle. */
    CANCELLED;

    boolean staysToTheEnd() {
      return switch (this) {
        case POLITE, SLOW, FICKLE, LATE -> true;
        case LEAVING, RESETTING, CANCELLED -> false;
      };
    }
  }

  /** What the server has seen. */
  private static final class Ledger {
    final AtomicInteger begun = new AtomicInteger();
    final AtomicInteger ended = new AtomicInteger();
    final AtomicLong mostHeld = new AtomicLong();
    final AtomicLong echoed = new AtomicLong();
  }

  @ParameterizedTest
  @MethodSource("runtimes")
  void everyByteIsAccountedForAndNothingIsLeft(Runtimes kind) throws Exception {
    long seed = Long.getLong("pollux.chaos.seed", System.nanoTime());
    String replay = "-Dpollux.chaos.seed=" + seed;
    visit(kind, new Random(1), 10); // whatever is loaded and opened once
    int before = descriptors();

    try {
      visit(kind, new Random(seed), CONNECTIONS);
      await(() -> descriptors() <= before, "descriptors are left");
    } catch (Exception | AssertionError failure) {
      throw new AssertionError(replay, failure);
    }
  }

  private static void visit(Runtimes kind, Random random, int connections) throws Exception {
    Ledger ledger = new Ledger();
    TcpListener listener =
        TcpListener.builder()
            .backlog(1_024)
            .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    NioDriver[] driver = new NioDriver[1];
    List<Visitor> visitors = new ArrayList<>();
    try (PolluxRuntime server = kind.open();
        PolluxRuntime clients = kind.open()) {
      Thread serving =
          new Thread(
              () -> {
                try {
                  server.blockOn(serve(listener, ledger, driver));
                } catch (Exception e) {
                  throw new AssertionError(e);
                }
              },
              "server");
      serving.setDaemon(true);
      serving.start();
      clients.blockOn(
          Futures.defer(
              () -> {
                List<Future<Void>> all = new ArrayList<>();
                for (int i = 0; i < connections; i++) {
                  Visitor visitor = new Visitor(random.nextLong());
                  visitors.add(visitor);
                  all.add(TcpStream.connect(listener.localAddress()).flatMap(visitor::begin));
                }
                return Futures.joinAll(all.stream().map(clients::spawn).toList());
              }));
      await(
          () -> ledger.ended.get() == connections && ledger.begun.get() == connections,
          "the server still serves");
      await(() -> channels(driver[0]) <= 1, "keys are left");
      listener.close();
      serving.join(TimeUnit.SECONDS.toMillis(LIMIT_SECONDS));
      assertThat(serving.isAlive()).isFalse();
    }
    assertThat(ledger.mostHeld.get()).isLessThanOrEqualTo(MOST_HELD);
    long received = 0;
    for (Visitor visitor : visitors) {
      visitor.check();
      received += visitor.received;
    }
    long sentBack = ledger.echoed.get();
    long unread = visitors.stream().mapToLong(Visitor::mostUnread).sum();
    assertThat(sentBack).isBetween(received, received + unread);
  }

  private static Future<Void> serve(TcpListener listener, Ledger ledger, NioDriver[] driver) {
    return listener
        .incoming()
        .forEachAsync(
            stream ->
                Futures.pollFn(
                    (Context cx) -> {
                      driver[0] = cx.service(NioDriver.class).orElseThrow();
                      ledger.begun.incrementAndGet();
                      cx.spawner().spawn(new Served(stream, ledger)).detach();
                      return Poll.done();
                    }));
  }

  /** Echoes until the other side ends, however it does that. */
  private static final class Served implements Future<Void> {
    private final Measured stream;
    private final Ledger ledger;
    private final Future<Void> echo;

    Served(TcpStream stream, Ledger ledger) {
      this.stream = new Measured(stream, ledger);
      this.ledger = ledger;
      this.echo = Io.copy(this.stream, this.stream).flatMap(count -> this.stream.shutdown());
    }

    @Override
    public Poll<Void> poll(Context cx) throws Exception {
      Poll<Void> answer;
      try {
        answer = echo.poll(cx);
      } catch (IOException reset) {
        answer = Poll.done(); // some visitors are like that
      }
      if (answer.isReady()) {
        end();
      }
      return answer;
    }

    @Override
    public void cancel() {
      echo.cancel();
      end();
    }

    private void end() {
      try {
        stream.close();
      } catch (IOException e) {
        throw new AssertionError(e);
      }
      ledger.ended.incrementAndGet();
    }
  }

  /** Counts what was read and not yet written. */
  private static final class Measured implements AsyncByteStream {
    private final TcpStream inner;
    private final Ledger ledger;
    private long held;

    Measured(TcpStream inner, Ledger ledger) {
      this.inner = inner;
      this.ledger = ledger;
    }

    @Override
    public int pollRead(Context cx, ByteBuffer dst) throws IOException {
      int count = inner.pollRead(cx, dst);
      if (count > 0) {
        held += count;
        ledger.mostHeld.accumulateAndGet(held, Math::max);
      }
      return count;
    }

    @Override
    public int pollWrite(Context cx, ByteBuffer src) throws IOException {
      int count = inner.pollWrite(cx, src);
      if (count > 0) {
        held -= count;
        ledger.echoed.addAndGet(count);
      }
      return count;
    }

    @Override
    public boolean pollFlush(Context cx) throws IOException {
      return inner.pollFlush(cx);
    }

    @Override
    public boolean pollShutdown(Context cx) throws IOException {
      return inner.pollShutdown(cx);
    }

    @Override
    public void close() throws IOException {
      inner.close();
    }
  }

  /** One connection of a client. */
  private static final class Visitor implements Future<Void> {
    private final Random random;
    private final Manners manners;
    private final int size;
    private final int cut;
    private final ByteBuffer out;
    private final ByteBuffer in = ByteBuffer.allocate(4_096);
    private @Nullable TcpStream stream;
    private @Nullable Future<Void> writing;
    private int received;

    /** What was sent beside {@code out} before it was cancelled. */
    private int lost;

    private boolean begun;
    private boolean shut;
    private boolean over;
    private @Nullable String wrong;

    Visitor(long seed) {
      this.random = new Random(seed);
      this.manners = MANNERS.get(random.nextInt(MANNERS.size()));
      this.size = random.nextInt(10) == 0 ? random.nextInt(300_000) : random.nextInt(10_000);
      this.cut = random.nextInt(size + 1);
      byte[] bytes = new byte[size];
      random.nextBytes(bytes);
      this.out = ByteBuffer.wrap(bytes);
    }

    Future<Void> begin(TcpStream connected) {
      stream = connected;
      return this;
    }

    private void narrow(TcpStream connected) throws IOException {
      if (random.nextBoolean()) {
        connected.setOption(StandardSocketOptions.SO_SNDBUF, 4_096); // partial writes
      }
      if (random.nextBoolean()) {
        connected.setOption(StandardSocketOptions.SO_RCVBUF, 4_096);
      }
    }

    @Override
    public Poll<Void> poll(Context cx) throws IOException {
      TcpStream mine = stream;
      assertThat(mine).isNotNull();
      if (!begun) {
        begun = true;
        narrow(mine);
      }
      if (!manners.staysToTheEnd() && out.position() + received >= cut) {
        leave(mine, cx);
        return Poll.done();
      }
      boolean stuck = !write(mine, cx);
      if (manners != Manners.LATE || stuck || shut) {
        if (read(mine, cx)) {
          over = true;
          mine.close();
          return Poll.done();
        }
      }
      return Poll.pending();
    }

    /** Writes what it can; false if nobody takes more just now. */
    private boolean write(TcpStream mine, Context cx) throws IOException {
      if (manners == Manners.FICKLE && out.hasRemaining()) {
        Future<Void> attempt = writing == null ? mine.writeAll(out) : writing;
        writing = attempt;
        Poll<Void> answer;
        try {
          answer = attempt.poll(cx);
        } catch (IOException e) {
          throw e;
        } catch (Exception e) {
          throw new AssertionError(e);
        }
        if (answer.isPending()) {
          if (random.nextBoolean()) {
            attempt.cancel(); // what was written was written: the buffer knows
            writing = null;
            cx.wakeSelf();
          }
          return false;
        }
        writing = null;
      }
      while (out.hasRemaining()) {
        if (mine.pollWrite(cx, out) == AsyncRead.NOT_READY) {
          return false;
        }
      }
      shut = shut || mine.pollShutdown(cx);
      return true;
    }

    /** Reads what there is; true at the end. */
    private boolean read(TcpStream mine, Context cx) throws IOException {
      while (true) {
        in.clear().limit(manners == Manners.SLOW ? 1 + random.nextInt(200) : in.capacity());
        int count = mine.pollRead(cx, in);
        if (count == AsyncRead.NOT_READY) {
          return false;
        }
        if (count == AsyncRead.EOF) {
          return true;
        }
        in.flip();
        if (received + count > out.position()
            || !in.equals(out.duplicate().position(received).limit(received + count))) {
          wrong = count + " bytes at " + received + " are not what was sent";
        }
        received += count;
        if (manners == Manners.SLOW) {
          cx.wakeSelf();
          return false;
        }
      }
    }

    private void leave(TcpStream mine, Context cx) throws IOException {
      over = true;
      switch (manners) {
        case RESETTING -> mine.reset();
        case CANCELLED -> {
          if (shut) {
            mine.close();
            return;
          }
          ByteBuffer much = ByteBuffer.allocate(1 << 20);
          Future<Void> writingMuch = mine.writeAll(much);
          try {
            if (writingMuch.poll(cx).isPending()) {
              writingMuch.cancel();
            }
          } catch (IOException e) {
            throw e;
          } catch (Exception e) {
            throw new AssertionError(e);
          }
          lost = much.position();
          mine.close();
        }
        default -> mine.close();
      }
    }

    @Override
    public void cancel() {
      throw new AssertionError("nobody cancels a visitor: " + this);
    }

    void check() {
      assertThat(wrong).as("%s", this).isNull();
      assertThat(over).as("%s", this).isTrue();
      if (manners.staysToTheEnd()) {
        assertThat(received).as("%s", this).isEqualTo(size);
        assertThat(out.hasRemaining()).isFalse();
      }
    }

    /** How much may have been sent back to it that it has not read. */
    long mostUnread() {
      return manners.staysToTheEnd() ? 0 : out.position() + lost - received;
    }

    @Override
    public String toString() {
      return manners + ", sent " + out.position() + " of " + size + ", received " + received;
    }
  }

  private static int channels(@Nullable NioDriver driver) {
    return driver == null ? 0 : Integer.parseInt(driver.toString().replaceAll("\\D", ""));
  }

  private static int descriptors() {
    String[] open = new File("/proc/self/fd").list();
    return open == null ? 0 : open.length;
  }

  private static void await(BooleanSupplier condition, String otherwise)
      throws InterruptedException {
    long limit = System.nanoTime() + TimeUnit.SECONDS.toNanos(LIMIT_SECONDS);
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as(otherwise).isLessThan(limit);
      TimeUnit.MILLISECONDS.sleep(1);
    }
  }
}
