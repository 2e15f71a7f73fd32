package dev.pollux.io;

import dev.pollux.testing.AsyncIteratorConformance;
import dev.pollux.testing.ConformanceKit;
import dev.pollux.testing.FutureConformance;
import dev.pollux.testing.LawCheck;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.MalformedInputException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Every future and iterator of this package keeps its contract. */
class ByteFuturesConformTest {

  private final List<LawCheck> checks = new ArrayList<>();

  private void subject(FutureConformance<?> conformance) {
    checks.addAll(conformance.checks());
  }

  private void subject(AsyncIteratorConformance<?> conformance) {
    checks.addAll(conformance.checks());
  }

  @TestFactory
  Stream<DynamicTest> everyOneConforms() {
    reads();
    writes();
    lines();
    copies();
    return checks.stream().map(check -> DynamicTest.dynamicTest(check.name(), check::run));
  }

  /** A source that is fed while it is waited for, and ends. */
  private static FedRead source(ConformanceKit kit, String... pieces) {
    FedRead source = new FedRead();
    for (String piece : pieces) {
      kit.event("feed " + piece, () -> source.feed(piece));
    }
    kit.event("end", source::end);
    return source;
  }

  /** A sink in which there is room for three bytes more, again and again. */
  private static RoomWrite sink(ConformanceKit kit, int times) {
    RoomWrite sink = new RoomWrite();
    for (int i = 0; i < times; i++) {
      kit.event("room", () -> sink.room(3));
    }
    return sink;
  }

  private static FedRead torn(ConformanceKit kit) {
    FedRead source = new FedRead();
    kit.event("feed a", () -> source.feed("a"));
    kit.event("fail", () -> source.fail(new IOException("torn")));
    return source;
  }

  private static RoomWrite tornSink(ConformanceKit kit) {
    RoomWrite sink = new RoomWrite().room(1);
    kit.event("fail", () -> sink.fail(new IOException("torn")));
    return sink;
  }

  private static ByteBuffer room(ConformanceKit kit, int size) {
    return kit.mustRelease(ByteBuffer.allocate(size));
  }

  private static ByteBuffer bytes(ConformanceKit kit, String text) {
    return kit.mustRelease(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
  }

  private void reads() {
    subject(
        FutureConformance.of("read", kit -> source(kit, "ab").read(room(kit, 4))).expectValue(2));
    subject(
        FutureConformance.of("read at the end", kit -> source(kit).read(room(kit, 4)))
            .expectValue(AsyncRead.EOF));
    subject(
        FutureConformance.of("readExact", kit -> source(kit, "ab", "cd").readExact(room(kit, 4)))
            .expectValue(null));
    subject(
        FutureConformance.of(
                "readExact of too little", kit -> source(kit, "ab").readExact(room(kit, 4)))
            .expectFailure(EarlyEndException.class));
    subject(
        FutureConformance.of("readExact that fails", kit -> torn(kit).readExact(room(kit, 4)))
            .expectFailure(IOException.class));
    subject(
        FutureConformance.of("readToEnd", kit -> source(kit, "ab", "cd").readToEnd(4))
            .expectValue("be abcd", bytes -> Arrays.equals(bytes, new byte[] {97, 98, 99, 100})));
    subject(
        FutureConformance.of("readToEnd of too much", kit -> source(kit, "ab", "cd").readToEnd(3))
            .expectFailure(LimitExceededException.class));
    subject(
        FutureConformance.of("readToEnd that fails", kit -> torn(kit).readToEnd(9))
            .expectFailure(IOException.class));
    subject(
        AsyncIteratorConformance.of("chunks", kit -> source(kit, "abc", "d").chunks(2))
            .expectElements(utf8("ab"), utf8("c"), utf8("d")));
    subject(
        AsyncIteratorConformance.of("chunks that fail", kit -> torn(kit).chunks(2))
            .expectFailure(IOException.class, utf8("a")));
  }

  private static ByteBuffer utf8(String text) {
    return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
  }

  private void writes() {
    subject(
        FutureConformance.of("write", kit -> sink(kit, 1).write(bytes(kit, "abcd")))
            .expectValue(3));
    subject(
        FutureConformance.of("writeAll", kit -> sink(kit, 3).writeAll(bytes(kit, "abcdefgh")))
            .expectValue(null));
    subject(
        FutureConformance.of("writeAll that fails", kit -> tornSink(kit).writeAll(bytes(kit, "ab")))
            .expectFailure(IOException.class));
    subject(
        FutureConformance.of(
                "writeAll of several",
                kit ->
                    sink(kit, 3).writeAll(bytes(kit, "abcd"), bytes(kit, ""), bytes(kit, "efgh")))
            .expectValue(null));
    subject(
        FutureConformance.of(
                "writeAll of several that fails",
                kit -> tornSink(kit).writeAll(bytes(kit, "a"), bytes(kit, "b")))
            .expectFailure(IOException.class));
    for (int size : new int[] {1, 2, 4, 99}) {
      subject(
          FutureConformance.of(
                  "flush of a buffer of " + size,
                  kit -> {
                    RoomWrite sink = sink(kit, 3);
                    BufWriter writer = sink.bufferedWriter(size);
                    return writer
                        .writeAll(utf8("ab"))
                        .flatMap(x -> writer.writeAll(utf8("cdefgh"), utf8("i")))
                        .flatMap(x -> writer.flush())
                        .map(x -> sink.taken());
                  })
              .expectValue("abcdefghi"));
    }
    subject(
        FutureConformance.of(
                "shutdown",
                kit -> {
                  RoomWrite sink = new RoomWrite().slowFlush(true);
                  kit.event("shut down", () -> sink.slowFlush(false));
                  return sink.shutdown();
                })
            .expectValue(null));
    subject(
        FutureConformance.of(
                "flush that fails", kit -> new RoomWrite().fail(new IOException("torn")).flush())
            .expectFailure(IOException.class));
  }

  private void lines() {
    for (int size : new int[] {1, 3, 99}) {
      String of = " of a buffer of " + size;
      subject(
          FutureConformance.of(
                  "readLine" + of,
                  kit -> source(kit, "a", "bc\r", "\nd").bufferedReader(size).readLine(3))
              .expectValue(Optional.of("abc")));
      subject(
          FutureConformance.of(
                  "readUntil" + of,
                  kit -> source(kit, "a", "bc").bufferedReader(size).readUntil((byte) 'b', 1))
              .expectValue("be ab", bytes -> Arrays.equals(bytes, new byte[] {97, 98})));
      subject(
          FutureConformance.of(
                  "peek" + of,
                  kit ->
                      source(kit, "a", "bc")
                          .bufferedReader(size)
                          .peek(2)
                          .map(bytes -> bytes.get(1)))
              .expectValue((byte) 'b'));
      subject(
          AsyncIteratorConformance.of(
                  "lines" + of,
                  kit -> source(kit, "a\n", "\nb", "c\r\nd").bufferedReader(size).lines(2))
              .expectElements("a", "", "bc", "d"));
      subject(
          AsyncIteratorConformance.of(
                  "lines that are too long" + of,
                  kit -> source(kit, "a\n", "bcd\n").bufferedReader(size).lines(2))
              .expectFailure(LimitExceededException.class, "a"));
    }
    subject(
        FutureConformance.of(
                "readLine of what is no text",
                kit -> new FedRead().feed(new byte[] {-1, '\n'}).bufferedReader(9).readLine(9))
            .expectFailure(MalformedInputException.class));
    subject(
        FutureConformance.of(
                "peek of too little", kit -> source(kit, "a").bufferedReader(9).peek(2))
            .expectFailure(EarlyEndException.class));
  }

  private void copies() {
    subject(
        FutureConformance.of("copy", kit -> Io.copy(source(kit, "abcd", "efgh"), sink(kit, 3)))
            .expectValue(8L));
    subject(
        FutureConformance.of(
                "copy of so many", kit -> Io.copy(source(kit, "abcd", "efgh"), sink(kit, 2), 5))
            .expectValue(5L));
    subject(
        FutureConformance.of("copy that fails to read", kit -> Io.copy(torn(kit), sink(kit, 1)))
            .expectFailure(IOException.class));
    subject(
        FutureConformance.of(
                "copy that fails to write", kit -> Io.copy(new FedRead().feed("ab"), tornSink(kit)))
            .expectFailure(IOException.class));
  }
}
