package dev.pollux.io.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pollux.core.AsyncIterators;
import dev.pollux.core.Future;
import dev.pollux.core.Futures;
import dev.pollux.core.JoinHandle;
import dev.pollux.executor.PolluxRuntime;
import dev.pollux.io.AsyncByteStream;
import dev.pollux.io.Duplex;
import dev.pollux.io.net.TcpListener;
import dev.pollux.io.net.TcpStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Frames over connections, on every kind of runtime. */
class FramedConnectionTest {

  /** More than any of these tests needs. */
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private static PolluxRuntime open(int workers) {
    return workers == 0
        ? PolluxRuntime.builder().currentThread()
        : PolluxRuntime.builder().workers(workers).multiThread();
  }

  /** Echoes frames until the peer ends. */
  private static Future<Long> echo(AsyncByteStream stream) {
    Framed<ByteBuffer, ByteBuffer> framed = Framed.of(stream, LengthDelimitedCodec.of(100_000));
    return framed
        .writer()
        .sendAll(framed.frames())
        .flatMap(count -> framed.writer().shutdown().map(done -> count));
  }

  private static ByteBuffer frame(int seed) {
    Random random = new Random(seed);
    // Many that fit into one read together, and some that need many reads.
    byte[] bytes = new byte[random.nextInt(random.nextInt(20) == 0 ? 90_000 : 200)];
    random.nextBytes(bytes);
    return ByteBuffer.wrap(bytes);
  }

  /** Sends frames, and reads as many back at the same time. */
  private static Future<List<ByteBuffer>> exchange(AsyncByteStream stream, int count) {
    Framed<ByteBuffer, ByteBuffer> framed = Framed.of(stream, LengthDelimitedCodec.of(100_000));
    Future<Void> sent =
        framed
            .writer()
            .sendAll(AsyncIterators.range(0, count).map(FramedConnectionTest::frame))
            .flatMap(all -> framed.writer().shutdown());
    return Futures.join(sent, framed.frames().toList(), (done, frames) -> frames);
  }

  private static List<ByteBuffer> frames(int count) {
    return IntStream.range(0, count).mapToObj(FramedConnectionTest::frame).toList();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 8})
  void framesGoThroughAPipeAndBack(int workers) throws Exception {
    try (PolluxRuntime runtime = open(workers)) {
      Duplex duplex = Duplex.of(1000);
      JoinHandle<Long> echo = runtime.spawn(echo(duplex.second()));
      assertThat(runtime.blockOn(exchange(duplex.first(), 300).timeout(PATIENCE)))
          .isEqualTo(frames(300));
      assertThat(runtime.blockOn(echo)).isEqualTo(300);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 8})
  void framesGoThroughASocketAndBack(int workers) throws Exception {
    try (PolluxRuntime runtime = open(workers);
        TcpListener listener =
            TcpListener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))) {
      JoinHandle<Long> echoed =
          runtime.spawn(
              listener
                  .incoming()
                  .take(4)
                  .concurrent(4)
                  .mapUnordered(FramedConnectionTest::echo)
                  .fold(0L, Long::sum));
      List<JoinHandle<List<ByteBuffer>>> clients = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        clients.add(
            runtime.spawn(
                TcpStream.connect(listener.localAddress())
                    .flatMap(stream -> exchange(stream, 200))));
      }
      for (JoinHandle<List<ByteBuffer>> client : clients) {
        assertThat(runtime.blockOn(client.timeout(PATIENCE))).isEqualTo(frames(200));
      }
      assertThat(runtime.blockOn(echoed.timeout(PATIENCE))).isEqualTo(800);
    }
  }

  /** A reader whose every wait may be given up: what loses a race loses no byte. */
  @ParameterizedTest
  @ValueSource(ints = {0, 2})
  void aReadThatLosesRacesLosesNothing(int workers) throws Exception {
    try (PolluxRuntime runtime = open(workers)) {
      Duplex duplex = Duplex.of(7);
      FramedWriter<String> writer = FramedWriter.of(duplex.second(), LinesCodec.of(100), 16);
      List<String> lines = IntStream.range(0, 500).mapToObj(n -> "line " + n).toList();
      JoinHandle<Void> sent =
          runtime.spawn(
              writer.sendAll(AsyncIterators.fromIterable(lines)).flatMap(all -> writer.shutdown()));
      FramedReader<String> reader = FramedReader.of(duplex.first(), LinesCodec.of(100));
      List<String> read = new ArrayList<>();
      while (true) {
        Optional<Optional<String>> raced =
            runtime.blockOn(
                Futures.race(
                    reader.next().map(Optional::of),
                    Futures.yieldNow().map(done -> Optional.<Optional<String>>empty())));
        if (raced.isPresent()) {
          if (raced.get().isEmpty()) {
            break;
          }
          read.add(raced.get().get());
        }
      }
      assertThat(read).isEqualTo(lines);
      assertThat(runtime.blockOn(sent.timeout(PATIENCE))).isNull();
    }
  }

  @Test
  void closeFromAnotherThreadFailsWhoWaits() throws Exception {
    try (PolluxRuntime runtime = open(2)) {
      Duplex duplex = Duplex.of(100);
      FramedReader<String> reader = FramedReader.of(duplex.first(), LinesCodec.of(100));
      JoinHandle<Optional<String>> waits = runtime.spawn(reader.next());
      reader.close();
      assertThatThrownBy(() -> runtime.blockOn(waits.timeout(PATIENCE)))
          .hasRootCauseInstanceOf(ClosedChannelException.class);
    } catch (IOException impossible) {
      throw new AssertionError(impossible);
    }
  }
}
