package dev.pollux.io.codec;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pollux.core.AsyncIterators;
import dev.pollux.testing.PollHarness;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** Random bytes in random pieces: the frames are always the same, and the memory is bounded. */
class CodecPropertyTest {

  /** What makes a fresh decoder, and bytes that it may be fond of. */
  private record Kind(String name, Supplier<Decoder<?>> decoder, String alphabet) {

    @Override
    public String toString() {
      return name;
    }
  }

  private static byte[] latin(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  private static Kind kind(Random random) {
    int limit = 1 + random.nextInt(12);
    return switch (random.nextInt(5)) {
      case 0 ->
          new Kind("lines of " + limit, () -> LinesCodec.of(limit), "ab\r\n\n\u00c3\u00a4\u00ff");
      case 1 -> delimiters(random, limit);
      case 2 -> new Kind("bytes of " + limit, () -> BytesCodec.of(limit), "abc");
      default -> lengths(random, limit);
    };
  }

  private static Kind delimiters(Random random, int limit) {
    while (true) {
      byte[][] delimiters = new byte[1 + random.nextInt(3)][];
      for (int i = 0; i < delimiters.length; i++) {
        delimiters[i] = bytes(random, 1 + random.nextInt(4), latin("ab\n"));
      }
      try {
        DelimiterCodec unused = DelimiterCodec.of(limit, delimiters);
      } catch (IllegalArgumentException oneIsInTheOther) {
        continue;
      }
      return new Kind(
          "delimiters " + Arrays.deepToString(delimiters) + " of " + limit,
          () -> DelimiterCodec.of(limit, delimiters),
          "ab\nc");
    }
  }

  private static LengthDelimitedCodec lengthCodec(Random random, int limit) {
    LengthDelimitedCodecBuilder builder =
        LengthDelimitedCodec.builder()
            .limit(limit)
            .lengthBytes(1 + random.nextInt(8))
            .lengthOffset(random.nextInt(4))
            .lengthAdjustment(random.nextInt(9) - 4)
            .order(random.nextBoolean() ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
    if (random.nextBoolean()) {
      builder.skip(random.nextInt(14));
    }
    return builder.build();
  }

  private static Kind lengths(Random random, int limit) {
    LengthDelimitedCodec codec = lengthCodec(random, limit);
    return new Kind("lengths", () -> codec, "\0\0\0\0\0\1\2\3\7\u00ff");
  }

  private static byte[] bytes(Random random, int count, byte[] alphabet) {
    byte[] bytes = new byte[count];
    for (int i = 0; i < count; i++) {
      bytes[i] = alphabet[random.nextInt(alphabet.length)];
    }
    return bytes;
  }

  private static byte[] garbage(Random random, Kind kind) {
    byte[] bytes = bytes(random, random.nextInt(80), latin(kind.alphabet()));
    for (int i = 0; i < bytes.length; i++) {
      if (random.nextInt(20) == 0) {
        bytes[i] = (byte) random.nextInt();
      }
    }
    return bytes;
  }

  /** The bytes in random pieces, with pauses between them. */
  private static ScriptedRead inPieces(Random random, byte[] bytes, boolean pauses) {
    ScriptedRead source = new ScriptedRead();
    int at = 0;
    while (at < bytes.length) {
      int count = 1 + random.nextInt(Math.min(bytes.length - at, 1 + random.nextInt(9)));
      if (pauses && random.nextBoolean()) {
        source.pause();
      }
      source.bytes(Arrays.copyOfRange(bytes, at, at + count));
      at += count;
    }
    return pauses ? source.pause() : source;
  }

  @Property(tries = 3000)
  void howTheBytesAreSplitMakesNoDifference(@ForAll long seed) throws Exception {
    Random random = new Random(seed);
    Kind kind = kind(random);
    byte[] bytes = garbage(random, kind);
    // Enough buffer for all bytes at once: no split at all.
    List<String> whole =
        Outcomes.of(FramedReader.of(new ScriptedRead().bytes(bytes), kind.decoder().get(), 200));
    for (int i = 0; i < 4; i++) {
      int buffer = 1 + random.nextInt(20);
      FramedReader<?> reader =
          FramedReader.of(inPieces(random, bytes, false), kind.decoder().get(), buffer);
      // Where bytes end means something to BytesCodec alone.
      if (kind.name().startsWith("bytes")) {
        assertThat(String.join("", Outcomes.of(reader))).isEqualTo(String.join("", whole));
        continue;
      }
      assertThat(Outcomes.of(reader)).as("%s, %s", kind, Arrays.toString(bytes)).isEqualTo(whole);
      ScriptedRead pausing = inPieces(random, bytes, true);
      FramedReader<?> cancelled = FramedReader.of(pausing, kind.decoder().get(), buffer);
      assertThat(Outcomes.ofCancelled(cancelled, pausing)).isEqualTo(whole);
    }
  }

  @Property(tries = 3000)
  void garbageIsNeverWorseThanATypedFailureAndTheMemoryIsBounded(@ForAll long seed)
      throws Exception {
    Random random = new Random(seed);
    Kind kind = kind(random);
    byte[] bytes = new byte[random.nextInt(400)];
    random.nextBytes(bytes);
    if (random.nextBoolean()) {
      Arrays.fill(bytes, (byte) random.nextInt(4));
    }
    int buffer = 1 + random.nextInt(20);
    ScriptedRead source = inPieces(random, bytes, true);
    Decoder<?> decoder = kind.decoder().get();
    FramedReader<?> reader = FramedReader.of(source, decoder, buffer);
    int most = Math.max(buffer, decoder.limitBytes());
    PollHarness harness = PollHarness.create();
    while (true) {
      try {
        var next = harness.pollNext(reader.frames());
        assertThat(reader.bufferCapacity()).isLessThanOrEqualTo(most);
        if (next.isEnd()) {
          break;
        }
        if (next.isPending()) {
          assertThat(reader.bufferCapacity()).isLessThanOrEqualTo(4 * reader.bufferedBytes());
          source.arrive();
        }
      } catch (FrameException | TruncatedFrameException wrong) {
        if (!(wrong instanceof FrameException resumable && resumable.isResumable())) {
          break;
        }
      }
    }
    assertThat(reader.bufferCapacity()).isZero();
  }

  /** Says what a delimiter codec should do with bytes that are all there. */
  private static List<String> model(byte[] bytes, int limit, byte[]... delimiters) {
    List<String> outcomes = new ArrayList<>();
    int began = 0;
    for (int end = 1; end <= bytes.length; end++) {
      int length = 0;
      for (byte[] delimiter : delimiters) {
        int from = end - delimiter.length;
        if (from >= began && Arrays.equals(bytes, from, end, delimiter, 0, delimiter.length)) {
          length = Math.max(length, delimiter.length);
        }
      }
      if (length > 0) {
        int frame = end - length - began;
        outcomes.add(
            frame > limit
                ? "FrameTooLongException"
                : new String(bytes, began, frame, StandardCharsets.ISO_8859_1));
        began = end;
      }
    }
    if (bytes.length - began > limit) {
      outcomes.add("FrameTooLongException");
      outcomes.add("end");
    } else {
      outcomes.add(began < bytes.length ? "TruncatedFrameException" : "end");
    }
    return outcomes;
  }

  @Property(tries = 3000)
  void delimitersAreFoundAsAModelFindsThem(@ForAll long seed) {
    Random random = new Random(seed);
    int limit = 1 + random.nextInt(8);
    byte[][] delimiters = {
      bytes(random, 1 + random.nextInt(3), latin("ab")),
      bytes(random, 1 + random.nextInt(3), latin("ab\n"))
    };
    byte[] bytes = bytes(random, random.nextInt(60), latin("ab\nc"));
    DelimiterCodec codec;
    try {
      codec = DelimiterCodec.of(limit, delimiters);
    } catch (IllegalArgumentException oneIsInTheOther) {
      return;
    }
    ScriptedRead source = inPieces(random, bytes, false);
    assertThat(Outcomes.of(FramedReader.of(source, codec, 1 + random.nextInt(9))))
        .as("%s %s of %s", Arrays.deepToString(delimiters), Arrays.toString(bytes), limit)
        .isEqualTo(model(bytes, limit, delimiters));
  }

  /** What is sent, in whatever pieces the sink takes it. */
  private static <T> byte[] sent(Random random, Encoder<T> encoder, List<T> frames)
      throws Exception {
    ScriptedWrite sink = ScriptedWrite.withRoom(0).mostAtOnce(1 + random.nextInt(9));
    FramedWriter<T> writer = FramedWriter.of(sink, encoder, 1 + random.nextInt(30));
    PollHarness harness = PollHarness.create();
    var all = writer.sendAll(AsyncIterators.fromIterable(frames));
    while (harness.poll(all).isPending()) {
      sink.makeRoom(1 + random.nextInt(9));
    }
    return sink.written();
  }

  @Property(tries = 2000)
  void framesWithALengthGoThereAndBack(@ForAll long seed) throws Exception {
    Random random = new Random(seed);
    int limit = 20;
    LengthDelimitedCodec codec = lengthCodec(random, limit);
    List<ByteBuffer> frames = new ArrayList<>();
    for (int i = 0; i < random.nextInt(6); i++) {
      ByteBuffer frame = ByteBuffer.wrap(bytes(random, random.nextInt(20), latin("abc")));
      try {
        codec.encode(frame, new FrameOutput(1));
      } catch (IllegalArgumentException | FrameTooLongException notWritable) {
        continue;
      }
      frames.add(frame);
      assertThat(frame.position()).isZero();
    }
    byte[] bytes = sent(random, codec, frames);
    List<String> outcomes =
        Outcomes.of(FramedReader.of(inPieces(random, bytes, false), codec, 1 + random.nextInt(9)));
    assertThat(outcomes).hasSize(frames.size() + 1).endsWith("end");
    for (int i = 0; i < frames.size(); i++) {
      // The length may be in the frame, and then it is not what was there.
      assertThat(outcomes.get(i)).hasSize(frames.get(i).remaining());
      assertThat(outcomes.get(i).replaceAll("[^abc]", "."))
          .matches(Outcomes.text(frames.get(i)).replaceAll("[abc]", "[$0.]"));
    }
  }

  @Property(tries = 2000)
  void linesGoThereAndBack(@ForAll long seed) throws Exception {
    Random random = new Random(seed);
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < random.nextInt(8); i++) {
      StringBuilder line = new StringBuilder();
      for (int j = 0; j < random.nextInt(20); j++) {
        line.append(
            List.of("a", "\u00e4", "\u20ac", "\ud83d\ude00", "\rb", "\ufffd", " ")
                .get(random.nextInt(7)));
      }
      lines.add(line.toString());
    }
    byte[] bytes = sent(random, LinesCodec.of(200), lines);
    List<String> outcomes =
        Outcomes.of(
            FramedReader.of(
                inPieces(random, bytes, false), LinesCodec.of(200), 1 + random.nextInt(9)));
    lines.add("end");
    assertThat(outcomes).isEqualTo(lines);
  }

  @Property(tries = 2000)
  void delimitedFramesGoThereAndBackOrAreRefused(@ForAll long seed) throws Exception {
    Random random = new Random(seed);
    byte[][] delimiters = {
      bytes(random, 1 + random.nextInt(3), latin("ab")),
      bytes(random, 1 + random.nextInt(3), latin("ab\n"))
    };
    Supplier<DelimiterCodec> codec = () -> DelimiterCodec.of(100, delimiters);
    try {
      DelimiterCodec unused = codec.get();
    } catch (IllegalArgumentException oneIsInTheOther) {
      return;
    }
    List<ByteBuffer> frames = new ArrayList<>();
    for (int i = 0; i < random.nextInt(6); i++) {
      ByteBuffer frame = ByteBuffer.wrap(bytes(random, random.nextInt(6), latin("abc\n")));
      if (isWritable(codec.get(), frame)) {
        frames.add(frame);
      } else { // it would indeed have been read as something else
        ByteArrayOutputStream raw = new ByteArrayOutputStream();
        raw.writeBytes(frame.array());
        raw.writeBytes(delimiters[0]);
        assertThat(model(raw.toByteArray(), 100, delimiters))
            .isNotEqualTo(List.of(Outcomes.text(frame), "end"));
      }
    }
    byte[] bytes = sent(random, codec.get(), frames);
    List<String> expected = new ArrayList<>();
    frames.forEach(frame -> expected.add(Outcomes.text(frame)));
    expected.add("end");
    assertThat(Outcomes.of(FramedReader.of(inPieces(random, bytes, false), codec.get(), 3)))
        .isEqualTo(expected);
  }

  private static boolean isWritable(DelimiterCodec codec, ByteBuffer frame) throws Exception {
    try {
      codec.encode(frame, new FrameOutput(1));
      return true;
    } catch (IllegalArgumentException refused) {
      return false;
    }
  }
}
