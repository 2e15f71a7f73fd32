package dev.pollux.io.codec;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pollux.core.AsyncIterators;
import dev.pollux.core.Future;
import dev.pollux.core.Futures;
import dev.pollux.core.Next;
import dev.pollux.core.Poll;
import dev.pollux.executor.PolluxRuntime;
import dev.pollux.io.Duplex;
import dev.pollux.io.Io;
import dev.pollux.io.net.TcpListener;
import dev.pollux.io.net.TcpStream;
import dev.pollux.io.testing.Direction;
import dev.pollux.io.testing.Fault;
import dev.pollux.io.testing.FaultProxy;
import dev.pollux.io.testing.Faults;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.LongFunction;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Frames through a bad network, drawn from a seed ({@code -Dpollux.chaos.seed=N} repeats one): what
 * comes out is what the bytes are that came, and whoever was cut off is told so.
 */
@Timeout(120)
class FramesThroughFaultsTest {

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int ROUNDS = 20;
  private static final String RESET = "reset";

  /** A kind of codec, and what is sent by it. */
  private record Language<T>(Supplier<Codec<T, T>> codecs, List<T> frames) {

    /** One of its own for each stream. */
    Codec<T, T> codec() {
      return codecs.get();
    }

    /** The bytes that a writer makes of the frames. */
    byte[] encoded(PolluxRuntime runtime) throws Exception {
      ByteArrayOutputStream all = new ByteArrayOutputStream();
      Duplex duplex = Duplex.of(1 << 20);
      FramedWriter<T> writer = FramedWriter.of(duplex.first(), codec());
      runtime.blockOn(sendAll(writer).timeout(PATIENCE));
      all.writeBytes(runtime.blockOn(duplex.second().readToEnd(1 << 20).timeout(PATIENCE)));
      return all.toByteArray();
    }

    Future<Void> sendAll(FramedWriter<T> writer) {
      return writer
          .sendAll(AsyncIterators.fromIterable(frames))
          .flatMap(count -> writer.shutdown());
    }

    List<String> texts() {
      return frames.stream().map(Outcomes::text).toList();
    }
  }

  private static Language<?> lengths(Random random) {
    List<ByteBuffer> frames = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      byte[] bytes = new byte[random.nextInt(random.nextInt(20) == 0 ? 5_000 : 100)];
      random.nextBytes(bytes);
      frames.add(ByteBuffer.wrap(bytes));
    }
    return new Language<>(() -> LengthDelimitedCodec.of(5_000), frames);
  }

  private static Language<?> lines(Random random) {
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      // Characters of one, two and three bytes.
      lines.add(i + "aé€".repeat(random.nextInt(random.nextInt(20) == 0 ? 800 : 20)));
    }
    return new Language<>(() -> LinesCodec.of(5_000), lines);
  }

  /** A runtime without workers and one with two, each with both codecs. */
  record Setting(int workers, boolean isOfLines) {
    PolluxRuntime open() {
      return workers == 0
          ? PolluxRuntime.builder().currentThread()
          : PolluxRuntime.builder().workers(workers).multiThread();
    }

    Language<?> language(Random random) {
      return isOfLines ? lines(random) : lengths(random);
    }
  }

  static Stream<Setting> settings() {
    return Stream.of(
        new Setting(0, true), new Setting(0, false), new Setting(2, true), new Setting(2, false));
  }

  @ParameterizedTest
  @MethodSource("settings")
  void whatComesOutIsWhatTheBytesAreThatCame(Setting setting) throws Exception {
    rounds(setting, Faults::drawn);
  }

  @ParameterizedTest
  @MethodSource("settings")
  void corruptFramesAreThoseOfCorruptBytesOrAreRefused(Setting setting) throws Exception {
    rounds(setting, seed -> Faults.drawn(seed).corruptEvery(1_000));
  }

  @ParameterizedTest
  @MethodSource("settings")
  void everyFrameComesThroughWhereNothingIsLost(Setting setting) throws Exception {
    rounds(setting, Faults::harmless);
  }

  private static void rounds(Setting setting, LongFunction<Faults> draw) throws Exception {
    long first = Long.getLong("pollux.chaos.seed", System.nanoTime());
    try (PolluxRuntime runtime = setting.open()) {
      for (long seed = first; seed < first + ROUNDS; seed++) {
        Faults faults = draw.apply(seed);
        try {
          round(runtime, setting.language(new Random(seed)), seed, faults);
        } catch (Exception | AssertionError failure) {
          throw new AssertionError("-Dpollux.chaos.seed=" + seed + ", " + faults, failure);
        }
      }
    }
  }

  private static <T> void round(
      PolluxRuntime runtime, Language<T> language, long seed, Faults faults) throws Exception {
    byte[] sent = language.encoded(runtime);
    List<String> outcomes;
    List<Fault> log;
    try (TcpListener listener =
            TcpListener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        FaultProxy proxy = FaultProxy.open(listener.localAddress(), seed, faults, Faults.none())) {
      Future<Boolean> sending =
          TcpStream.connect(proxy.address())
              .flatMap(
                  stream ->
                      language
                          .sendAll(FramedWriter.of(stream, language.codec()))
                          // Until the other side has closed: a close of both would be a reset.
                          .flatMap(done -> stream.readToEnd(1))
                          .map(nothing -> false)
                          .recover(FramesThroughFaultsTest::isReset)
                          .whenDone((done, failure) -> close(stream)));
      Future<List<String>> receiving =
          listener
              .accept()
              .flatMap(
                  stream ->
                      outcomes(FramedReader.of(stream, language.codec()))
                          .whenDone((done, failure) -> close(stream)));
      outcomes =
          runtime.blockOn(
              Futures.join(runtime.spawn(sending), runtime.spawn(receiving), (reset, all) -> all)
                  .timeout(PATIENCE));
      log = proxy.log();
    }

    boolean isReset = log.stream().anyMatch(fault -> fault.kind() == Fault.Kind.RESET);
    boolean isCorrupt = log.stream().anyMatch(fault -> fault.kind() == Fault.Kind.CORRUPT);
    List<String> expected =
        Outcomes.of(FramedReader.of(Io.of(passed(sent, log)), language.codec()));
    if (!isReset) {
      assertThat(outcomes).isEqualTo(expected);
      if (!isCorrupt && log.stream().noneMatch(fault -> fault.kind() == Fault.Kind.HALF_CLOSE)) {
        assertThat(outcomes).startsWith(language.texts().toArray(String[]::new)).endsWith("end");
      }
    } else {
      int frames = outcomes.indexOf(RESET);
      // Corrupt bytes may be refused before the reset comes.
      assertThat(frames >= 0 || isCorrupt).as("%s", outcomes).isTrue();
      List<String> before = frames < 0 ? outcomes : outcomes.subList(0, frames);
      assertThat(before).isEqualTo(expected.subList(0, before.size()));
    }
  }

  /** The bytes that have gone through, as far as they can have. */
  private static byte[] passed(byte[] sent, List<Fault> log) {
    byte[] bytes = sent.clone();
    int end = bytes.length;
    for (Fault fault : log) {
      assertThat(fault.direction()).isEqualTo(Direction.TO_TARGET);
      switch (fault.kind()) {
        case CORRUPT -> bytes[(int) fault.offset()] ^= (byte) fault.amount();
        case HALF_CLOSE, RESET -> end = (int) Math.min(end, fault.offset());
        case DELAY, DROP_DEAD, UNREACHABLE -> {}
      }
    }
    return Arrays.copyOf(bytes, end);
  }

  /** As {@link Outcomes#of}, in a runtime; a reset is an outcome too. */
  private static Future<List<String>> outcomes(FramedReader<?> reader) {
    List<String> all = new ArrayList<>();
    return Futures.pollFn(
        cx -> {
          while (true) {
            try {
              Next<?> next = reader.pollFrame(cx);
              if (next.isPending()) {
                return Poll.pending();
              }
              all.add(next.isEnd() ? "end" : Outcomes.text(next.value()));
              if (next.isEnd()) {
                return Poll.ready(all);
              }
            } catch (FrameException wrong) {
              all.add(wrong.getClass().getSimpleName());
              if (!wrong.isResumable()) {
                return Poll.ready(all);
              }
            } catch (TruncatedFrameException cut) {
              all.add("TruncatedFrameException");
              return Poll.ready(all);
            } catch (IOException reset) {
              all.add(RESET);
              return Poll.ready(all);
            }
          }
        });
  }

  /** The sender is told of a reset only; the receiver says whether there should have been one. */
  private static boolean isReset(Exception failure) {
    if (failure instanceof IOException) {
      return true;
    }
    throw new AssertionError(failure);
  }

  private static void close(TcpStream stream) {
    try {
      stream.close();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
