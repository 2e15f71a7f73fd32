package dev.pollux.samples.echo;

import dev.pollux.core.Future;
import dev.pollux.core.Futures;
import dev.pollux.io.Io;
import dev.pollux.io.net.TcpStream;
import dev.pollux.time.Time;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.SplittableRandom;

/**
 * What a client can do to harm a server. None of them takes much of a processor: they are to occupy
 * the server, not the machine that it shares with them.
 */
enum Hostility {
  /** Sends a byte now and then, so that it is never idle. */
  SLOW_LORIS("slow loris") {
    @Override
    Future<Void> misbehave(TcpStream stream, SplittableRandom random) {
      Future<Void> trickle =
          Futures.repeat(
              () -> Time.sleep(DRIP).flatMap(waited -> stream.writeAll(ByteBuffer.allocate(1))));
      return Futures.race(trickle, awaitEnd(stream));
    }
  },
  /** Sends on and on as long as the server takes it, and reads nothing of what comes back. */
  NEVER_READING("never reading") {
    @Override
    Future<Void> misbehave(TcpStream stream, SplittableRandom random) {
      return Futures.repeat(
          () -> stream.writeAll(ZEROS.duplicate()).flatMap(sent -> Time.sleep(BREATH)));
    }
  },
  /** Connects, and says nothing. */
  NEVER_WRITING("never writing") {
    @Override
    Future<Void> misbehave(TcpStream stream, SplittableRandom random) {
      return awaitEnd(stream);
    }
  },
  /** Sends bytes without any sense, and goes away by a reset, which the server does not expect. */
  GARBAGE("garbage") {
    @Override
    Future<Void> misbehave(TcpStream stream, SplittableRandom random) {
      byte[] garbage = new byte[1 + random.nextInt(MOST_GARBAGE_BYTES)];
      random.nextBytes(garbage);
      Duration stay = Duration.ofMillis(500 + random.nextInt(2_000));
      return Futures.race(
          stream.writeAll(ByteBuffer.wrap(garbage)).flatMap(sent -> Time.sleep(stay)),
          awaitEnd(stream));
    }
  },
  /** Sends a part of a request, and is then as if its machine had lost its power. */
  HALF_OPEN("half open") {
    @Override
    Future<Void> misbehave(TcpStream stream, SplittableRandom random) {
      return stream
          .writeAll(ByteBuffer.allocate(1 + random.nextInt(32)))
          .flatMap(sent -> awaitEnd(stream));
    }
  };

  private static final Duration DRIP = Duration.ofSeconds(1);
  private static final Duration BREATH = Duration.ofMillis(100);
  private static final int MOST_GARBAGE_BYTES = 2_000;
  private static final ByteBuffer ZEROS = ByteBuffer.allocateDirect(16 << 10);

  private final String words;

  Hostility(String words) {
    this.words = words;
  }

  /** Does it, until the server ends the connection, or the client has had enough. */
  abstract Future<Void> misbehave(TcpStream stream, SplittableRandom random);

  /**
   * Whether only the server ends it. Then a connection that is over was refused by the server, or
   * it is the server's end.
   */
  boolean staysForEver() {
    return this != GARBAGE;
  }

  private static Future<Void> awaitEnd(TcpStream stream) {
    return Io.copy(stream, Io.sink()).map(count -> null);
  }

  /** In words: {@code never reading}. */
  @Override
  public String toString() {
    return words;
  }
}
