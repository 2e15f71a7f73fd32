package dev.pollux.samples.echo;

import dev.pollux.core.Future;
import dev.pollux.core.Futures;
import dev.pollux.executor.CurrentThreadRuntime;
import dev.pollux.executor.PolluxRuntime;
import dev.pollux.io.net.TcpConnector;
import dev.pollux.io.net.TcpStream;
import dev.pollux.structure.CancellationToken;
import dev.pollux.time.Time;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.time.Duration;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.IntStream;

/**
 * Clients that want to harm a server, of each {@link Hostility} as many. Who is thrown out comes
 * again.
 *
 * @threading any thread; the clients have one of their own
 */
final class HostileClients implements AutoCloseable {

  private static final Duration CONNECT_LIMIT = Duration.ofSeconds(5);

  /** How long at least a client stays away that was thrown out. */
  private static final int AWAY_MILLIS = 200;

  private static final long GLANCE_MILLIS = 20;

  /** So little of what comes back has room that is not read. */
  private static final int RECEIVE_BYTES = 4 << 10;

  private final InetSocketAddress server;
  private final int count;
  private final CurrentThreadRuntime runtime;
  private final CancellationToken stop = CancellationToken.create();
  private final Thread thread;
  private final AtomicInteger connected = new AtomicInteger();
  private final Set<TcpStream> open = ConcurrentHashMap.newKeySet();
  private final LongAdder connections = new LongAdder();
  private final LongAdder thrownOut = new LongAdder();

  /**
   * Sets them on.
   *
   * @param server where they connect
   * @param count how many, at least 1
   * @param seed of what they do by chance
   */
  HostileClients(InetSocketAddress server, int count, long seed) {
    this.server = server;
    this.count = count;
    this.runtime = PolluxRuntime.builder().name("hostile").currentThread();
    SplittableRandom seeds = new SplittableRandom(seed);
    for (int i = 0; i < count; i++) {
      runtime.spawn(client(kind(i), seeds.split())).detach();
    }
    this.thread = new Thread(this::drive, "hostile");
    thread.setDaemon(true);
    thread.start();
  }

  private void drive() {
    try {
      runtime.blockOn(stop.whenCancelled());
    } catch (Exception impossible) {
      throw new IllegalStateException("nothing fails here", impossible);
    } finally {
      open.forEach(HostileClients::reset); // a runtime only closes them
      runtime.close();
    }
  }

  private static Hostility kind(int number) {
    Hostility[] kinds = Hostility.values();
    return kinds[number % kinds.length];
  }

  /** How many of the first {@code count} are of a kind. */
  static int of(Hostility kind, int count) {
    return (int) IntStream.range(0, count).filter(number -> kind(number) == kind).count();
  }

  private Future<Void> client(Hostility kind, SplittableRandom random) {
    return Futures.repeat(
        () ->
            TcpConnector.create()
                .option(StandardSocketOptions.SO_RCVBUF, RECEIVE_BYTES)
                .timeout(CONNECT_LIMIT)
                .connect(server)
                .flatMap(stream -> visit(kind, stream, random))
                .recover(failure -> null) // refused, reset: all the same to it
                .flatMap(
                    over ->
                        Time.sleep(Duration.ofMillis(AWAY_MILLIS + random.nextInt(AWAY_MILLIS)))));
  }

  private Future<Void> visit(Hostility kind, TcpStream stream, SplittableRandom random) {
    connections.increment();
    open.add(stream);
    connected.incrementAndGet();
    return kind.misbehave(stream, random)
        .whenDone(
            (done, failure) -> {
              connected.decrementAndGet();
              open.remove(stream);
              if (failure != null || kind.staysForEver()) {
                thrownOut.increment();
              }
              reset(stream);
            });
  }

  private static void reset(TcpStream stream) {
    try {
      stream.reset();
    } catch (IOException ignored) {
      // it is closed all the same
    }
  }

  /**
   * Waits until most of them are connected.
   *
   * @return whether they are, before {@code limitNanos} have passed
   */
  boolean awaitConnected(long limitNanos) throws InterruptedException {
    long begunNanos = System.nanoTime();
    while (connected.get() < count * 9L / 10) {
      if (System.nanoTime() - begunNanos > limitNanos) {
        return false;
      }
      TimeUnit.MILLISECONDS.sleep(GLANCE_MILLIS);
    }
    return true;
  }

  /** How many are connected now. */
  int connected() {
    return connected.get();
  }

  /** How many connections they have made. */
  long connections() {
    return connections.sum();
  }

  /** How many of these the server has ended. */
  long thrownOut() {
    return thrownOut.sum();
  }

  /** Takes them off, by a reset. */
  @Override
  public void close() {
    stop.cancel();
    try {
      thread.join();
    } catch (InterruptedException hurried) {
      Thread.currentThread().interrupt();
    }
  }
}
