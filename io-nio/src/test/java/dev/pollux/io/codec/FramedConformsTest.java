package dev.pollux.io.codec;

import dev.pollux.testing.AsyncIteratorConformance;
import dev.pollux.testing.ConformanceKit;
import dev.pollux.testing.FutureConformance;
import dev.pollux.testing.LawCheck;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.ClosedChannelException;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Every future and every iterator of this package keeps every law. */
class FramedConformsTest {

  private static Stream<DynamicTest> tests(List<LawCheck> checks) {
    return checks.stream().map(check -> DynamicTest.dynamicTest(check.name(), check::run));
  }

  private static FramedReader<String> lines(ConformanceKit kit, ScriptedRead source, int pauses) {
    for (int i = 0; i < pauses; i++) {
      kit.event("bytes " + i, source::arrive);
    }
    return FramedReader.of(source, LinesCodec.of(4));
  }

  private static FramedReader<String> twoLines(ConformanceKit kit) {
    ScriptedRead source =
        new ScriptedRead().pause().text("o").pause().text("ne\ntwo").pause().text("\n").pause();
    return lines(kit, source, 4);
  }

  @TestFactory
  Stream<DynamicTest> nextConforms() {
    return tests(
        FutureConformance.<Optional<String>>of("next", kit -> twoLines(kit).next())
            .expectValue(Optional.of("one"))
            .checks());
  }

  @TestFactory
  Stream<DynamicTest> nextAtTheEndConforms() {
    return tests(
        FutureConformance.<Optional<String>>of(
                "next at the end", kit -> lines(kit, new ScriptedRead().pause(), 1).next())
            .expectValue(Optional.empty())
            .checks());
  }

  @TestFactory
  Stream<DynamicTest> nextOfABadFrameConforms() {
    return tests(
        FutureConformance.<Optional<String>>of(
                "next of a bad frame",
                kit -> lines(kit, new ScriptedRead().pause().text("longer"), 1).next())
            .expectFailure(FrameTooLongException.class)
            .checks());
  }

  @TestFactory
  Stream<DynamicTest> framesConform() {
    return tests(
        AsyncIteratorConformance.<String>of("frames", kit -> twoLines(kit).frames())
            .expectElements("one", "two")
            .checks());
  }

  @TestFactory
  Stream<DynamicTest> framesOfAUsersDecoderConform() {
    return tests(
        AsyncIteratorConformance.<Frame>of(
                "frames of a user's decoder",
                kit -> {
                  ScriptedRead source = new ScriptedRead().text("ab").pause().text("c");
                  kit.event("bytes", source::arrive);
                  return FramedReader.of(source, kit.mustRelease(new Frame.OneByteCodec()), 1)
                      .frames();
                })
            .expectElements(new Frame('a'), new Frame('b'), new Frame('c'))
            .checks());
  }

  @TestFactory
  Stream<DynamicTest> framesThatFailConform() {
    return tests(
        AsyncIteratorConformance.<String>of(
                "frames that fail",
                kit ->
                    lines(kit, new ScriptedRead().text("one\n").pause().text("longer"), 1).frames())
            .expectFailure(FrameTooLongException.class, "one")
            .checks());
  }

  @TestFactory
  Stream<DynamicTest> framesOfWhatIsClosedConform() {
    return tests(
        AsyncIteratorConformance.<String>of(
                "frames of what is closed",
                kit -> {
                  FramedReader<String> reader =
                      lines(kit, new ScriptedRead().text("one\n").neverEnds(), 0);
                  kit.event("close", () -> close(reader));
                  return reader.frames();
                })
            .expectFailure(ClosedChannelException.class, "one")
            .checks());
  }

  private static void close(FramedReader<?> reader) {
    try {
      reader.close();
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
  }

  /**
   * A writer with a mark of 2 bytes whose sink gets room for all that is fed here, byte by byte.
   */
  private static FramedWriter<Frame> frames(ConformanceKit kit, int held, int rooms) {
    ScriptedWrite sink = ScriptedWrite.withRoom(0).flushWaits();
    FramedWriter<Frame> writer =
        FramedWriter.of(sink, kit.mustRelease(new Frame.OneByteCodec()), 2);
    try {
      for (int i = 0; i < held; i++) {
        writer.encode(new Frame(i));
      }
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
    for (int i = 0; i < rooms; i++) {
      kit.event("room " + i, () -> sink.makeRoom(1));
    }
    kit.event("flushed", sink::flushed);
    return writer;
  }

  @TestFactory
  Stream<DynamicTest> sendConforms() {
    return tests(
        FutureConformance.<Void>of(
                "send", kit -> frames(kit, 2, 3).send(kit.mustRelease(new Frame(7))))
            .expectValue(null)
            .checks());
  }

  @TestFactory
  Stream<DynamicTest> feedConforms() {
    return tests(
        FutureConformance.<Void>of(
                "feed", kit -> frames(kit, 2, 1).feed(kit.mustRelease(new Frame(7))))
            .expectValue(null)
            .checks());
  }

  @TestFactory
  Stream<DynamicTest> flushConforms() {
    return tests(
        FutureConformance.<Void>of("flush", kit -> frames(kit, 3, 3).flush())
            .expectValue(null)
            .checks());
  }

  @TestFactory
  Stream<DynamicTest> shutdownConforms() {
    return tests(
        FutureConformance.<Void>of("shutdown", kit -> frames(kit, 3, 3).shutdown())
            .expectValue(null)
            .checks());
  }

  @TestFactory
  Stream<DynamicTest> sendAllConforms() {
    return tests(
        FutureConformance.<Long>of(
                "sendAll",
                kit ->
                    frames(kit, 1, 5)
                        .sendAll(
                            kit.iterator(
                                "frames", new Frame(1), new Frame(2), new Frame(3), new Frame(4))))
            .expectValue(4L)
            .checks());
  }

  @TestFactory
  Stream<DynamicTest> sendThatFailsConforms() {
    return tests(
        FutureConformance.<Void>of(
                "send that fails",
                kit -> {
                  ScriptedWrite sink = ScriptedWrite.withRoom(0);
                  kit.event(
                      "failure", () -> sink.failure(new IOException("broken pipe")).makeRoom(1));
                  return FramedWriter.of(sink, new Frame.OneByteCodec()).send(new Frame(1));
                })
            .expectFailure(IOException.class)
            .checks());
  }
}
