package dev.pollux.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pollux.core.AsyncIterator;
import dev.pollux.core.Future;
import dev.pollux.core.Futures;
import dev.pollux.core.Poll;
import dev.pollux.testing.PollHarness;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.ClosedChannelException;
import java.nio.charset.MalformedInputException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class BufReaderTest {

  private final PollHarness harness = PollHarness.create();
  private final FedRead source = new FedRead();
  private final BufReader reader = source.bufferedReader(4);

  private @Nullable String fill(int atLeast) throws Exception {
    return harness
        .poll(
            Futures.pollFn(
                cx -> {
                  ByteBuffer view = reader.pollFill(cx, atLeast);
                  return Poll.ready(
                      view == null ? null : StandardCharsets.UTF_8.decode(view).toString());
                }))
        .value();
  }

  @Test
  void whatIsLookedAtIsStillThere() throws Exception {
    source.feed("abc");
    assertThat(fill(1)).isEqualTo("abc");
    assertThat(fill(1)).isEqualTo("abc");
    reader.consume(2);
    assertThat(fill(1)).isEqualTo("c");
    assertThat(fill(2)).isNull();
    assertThat(reader.bufferedBytes()).isEqualTo(1);
    source.feed("d");
    assertThat(fill(2)).isEqualTo("cd");
  }

  @Test
  void itReadsNoMoreAheadThanItsSizeUnlessAskedTo() throws Exception {
    source.feed("abcdefghi");
    assertThat(fill(1)).isEqualTo("abcd");
    assertThat(source.left()).isEqualTo("efghi");
    assertThat(fill(5)).isEqualTo("abcdefgh");
    assertThat(source.left()).isEqualTo("i");
  }

  @Test
  void aLongLineIsReadInPiecesOfItsSize() throws Exception {
    BufReader small = source.feed("a".repeat(10_000) + "\n").bufferedReader(100);
    assertThat(harness.poll(small.readLine(10_000)).value()).contains("a".repeat(10_000));
    assertThat(source.polls()).isEqualTo(101);
  }

  @Test
  void atTheEndThereAreFewerThanWereAskedFor() throws Exception {
    source.feed("ab").end();
    assertThat(fill(3)).isEqualTo("ab");
    reader.consume(2);
    assertThat(fill(1)).isEmpty();
    assertThat(harness.poll(reader.read(ByteBuffer.allocate(1))).value()).isEqualTo(AsyncRead.EOF);
  }

  @Test
  void nothingIsHeldWhileItWaitsForMore() throws Exception {
    source.feed("abc");
    assertThat(fill(1)).isEqualTo("abc");
    reader.consume(3);
    assertThat(fill(1)).isNull();
    assertThat(held()).isNull();
    source.feed("d");
    assertThat(fill(1)).isEqualTo("d");
    assertThat(held()).isNotNull();
  }

  private @Nullable Object held() throws Exception {
    var field = BufReader.class.getDeclaredField("buffer");
    field.setAccessible(true);
    return field.get(reader);
  }

  @Test
  void aReadIntoMuchRoomGoesPastTheBuffer() throws Exception {
    source.feed("abcdefgh");
    ByteBuffer dst = ByteBuffer.allocate(8);
    assertThat(harness.poll(reader.read(dst)).value()).isEqualTo(8);
    assertThat(reader.bufferedBytes()).isZero();
  }

  @Test
  void aViewCannotBeUsedToChangeTheBytesAndItsOrderIsAlwaysTheSame() throws Exception {
    source.feed(new byte[] {0, 0, 1, 2});
    for (int i = 0; i < 2; i++) {
      ByteBuffer view = harness.poll(reader.peek(4)).value();
      assertThat(view.isReadOnly()).isTrue();
      assertThat(view.getInt(view.position())).isEqualTo(258);
      view.order(ByteOrder.LITTLE_ENDIAN).position(view.limit());
    }
  }

  @Test
  void aFailureLeavesWhatWasBuffered() throws Exception {
    source.feed("ab").fail(new IOException("torn"));
    assertThatThrownBy(() -> fill(3)).isInstanceOf(IOException.class).hasMessage("torn");
    assertThat(fill(2)).isEqualTo("ab");
    source.feed("c");
    assertThat(fill(3)).isEqualTo("abc");
  }

  @Test
  void wrongNumbersAreRefused() throws Exception {
    source.feed("ab");
    assertThat(fill(1)).isEqualTo("ab");
    assertThatThrownBy(() -> reader.consume(3))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("count must be from 0 to 2, was 3");
    assertThatThrownBy(() -> reader.consume(-1)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> fill(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("atLeast must be at least 1, was 0");
    assertThatThrownBy(() -> source.bufferedReader(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("size must be at least 1, was 0");
    assertThatThrownBy(() -> reader.readLine(-1)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> reader.lines(Integer.MAX_VALUE))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> reader.readUntil((byte) 0, Integer.MAX_VALUE))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void afterCloseWhatIsBufferedIsGoneToo() throws Exception {
    source.feed("ab\n");
    assertThat(fill(1)).isEqualTo("ab\n");
    reader.close();
    assertThat(source.isClosed()).isTrue();
    assertThatThrownBy(() -> fill(1)).isInstanceOf(ClosedChannelException.class);
    assertThatThrownBy(() -> harness.poll(reader.read(ByteBuffer.allocate(9))))
        .isInstanceOf(ClosedChannelException.class);
    assertThatThrownBy(() -> harness.poll(reader.readLine(9)))
        .isInstanceOf(ClosedChannelException.class);
  }

  // ---- lines

  @Test
  void aLineThatIsTooLongIsStillThere() throws Exception {
    source.feed("abcdef\nx\n");
    assertThatThrownBy(() -> harness.poll(reader.readLine(5)))
        .isInstanceOf(LimitExceededException.class)
        .hasMessage("a line has more than 5 bytes");
    assertThat(harness.poll(reader.readLine(6)).value()).contains("abcdef");
    assertThat(harness.poll(reader.readLine(1)).value()).contains("x");
  }

  @Test
  void theLimitCountsNoLineEnd() throws Exception {
    source.feed("abc\r\nabc\nabc\rx\nabcd").end();
    assertThat(harness.poll(reader.readLine(3)).value()).contains("abc");
    assertThat(harness.poll(reader.readLine(3)).value()).contains("abc");
    assertThatThrownBy(() -> harness.poll(reader.readLine(3)))
        .isInstanceOf(LimitExceededException.class);
    assertThat(harness.poll(reader.readLine(5)).value()).contains("abc\rx");
    assertThatThrownBy(() -> harness.poll(reader.readLine(3)))
        .isInstanceOf(LimitExceededException.class);
    assertThat(harness.poll(reader.readLine(4)).value()).contains("abcd");
    assertThat(harness.poll(reader.readLine(4)).value()).isEmpty();
  }

  @Test
  void whatIsNoTextIsTaken() throws Exception {
    source.feed(new byte[] {'a', (byte) 0xC3, '\n', 'b', '\n'});
    assertThatThrownBy(() -> harness.poll(reader.readLine(9)))
        .isInstanceOf(MalformedInputException.class);
    assertThat(harness.poll(reader.readLine(9)).value()).contains("b");
    source.feed("\uFFFD \u00FC\n"); // the replacement character itself is text
    assertThat(harness.poll(reader.readLine(9)).value()).contains("\uFFFD \u00FC");
  }

  @Test
  void linesLeaveWhatTheyHaveNotGiven() throws Exception {
    source.feed("a\nb\nc");
    AsyncIterator<String> lines = reader.lines(9);
    assertThat(harness.pollNext(lines).value()).isEqualTo("a");
    lines.cancel();
    assertThat(harness.poll(reader.readLine(9)).value()).contains("b");
    AsyncIterator<String> more = reader.lines(9);
    assertThat(harness.pollNext(more).isPending()).isTrue();
    more.cancel();
    assertThat(harness.poll(reader.readUntil((byte) 'c', 9)).value()).isEqualTo(new byte[] {'c'});
    assertThat(source.isClosed()).isFalse();
  }

  /** Random bytes in random pieces, read in random ways, each of which is given up now and then. */
  @Property(tries = 500)
  void whateverIsReadAndGivenUpTheBytesAreTheSame(@ForAll long seed) throws Exception {
    Random random = new Random(seed);
    PollHarness harness = PollHarness.create();
    FedRead source = new FedRead();
    BufReader reader = source.bufferedReader(1 + random.nextInt(20));
    StringBuilder sent = new StringBuilder();
    for (int i = random.nextInt(200); i > 0; i--) {
      sent.append(random.nextInt(6) == 0 ? "\n" : "" + (char) ('a' + random.nextInt(26)));
    }
    int fed = 0;
    StringBuilder got = new StringBuilder();
    boolean over = false;
    int idle = 0;
    while (!over) {
      assertThat(idle++).isLessThan(1000);
      if (random.nextBoolean() && fed < sent.length()) {
        int next = Math.min(sent.length(), fed + 1 + random.nextInt(30));
        source.feed(sent.substring(fed, next));
        fed = next;
      } else if (fed == sent.length()) {
        source.end();
      }
      switch (random.nextInt(5)) {
        case 0 -> {
          ByteBuffer dst = ByteBuffer.allocate(1 + random.nextInt(25));
          Poll<Integer> answer = pollOnce(harness, reader.read(dst));
          if (answer.isReady()) {
            over = answer.value() == AsyncRead.EOF;
            got.append(StandardCharsets.UTF_8.decode(dst.flip()));
          }
        }
        case 1 -> {
          Poll<Optional<String>> answer = pollOnce(harness, reader.readLine(300));
          if (answer.isReady()) {
            over = answer.value().isEmpty();
            answer.value().ifPresent(line -> got.append(line).append('\n'));
            if (got.length() > sent.length()) {
              got.setLength(sent.length()); // the last line had no end
            }
          }
        }
        case 2 -> {
          Poll<byte[]> answer = pollOnce(harness, reader.readUntil((byte) 'e', 300));
          if (answer.isReady()) {
            over = answer.value().length == 0;
            got.append(new String(answer.value(), StandardCharsets.UTF_8));
          }
        }
        case 3 -> {
          ByteBuffer dst = ByteBuffer.allocate(1 + random.nextInt(25));
          try {
            Poll<Void> answer = pollOnce(harness, reader.readExact(dst));
            assertThat(answer.isReady()).isEqualTo(!dst.hasRemaining());
          } catch (EarlyEndException early) {
            assertThat(early.missingBytes()).isEqualTo(dst.remaining());
            over = true;
          }
          got.append(StandardCharsets.UTF_8.decode(dst.flip()));
        }
        default -> {
          int count = 1 + random.nextInt(25);
          try {
            Poll<ByteBuffer> answer = pollOnce(harness, reader.peek(count));
            if (answer.isReady()) {
              ByteBuffer view = answer.value();
              assertThat(view.remaining()).isGreaterThanOrEqualTo(count);
              got.append(StandardCharsets.UTF_8.decode(view.limit(view.position() + count)));
              reader.consume(count);
            }
          } catch (EarlyEndException early) {
            assertThat(early.missingBytes()).isEqualTo(count - reader.bufferedBytes());
          }
        }
      }
      assertThat(sent.toString()).startsWith(got.toString());
    }
    assertThat(got.toString()).isEqualTo(sent.toString());
  }

  private static <T> Poll<T> pollOnce(PollHarness harness, Future<T> future) throws Exception {
    Poll<T> answer = harness.poll(future);
    if (answer.isPending()) {
      future.cancel();
    }
    return answer;
  }

  @Test
  void manyLinesOfOneBufferGiveWay() throws Exception {
    BufReader large = source.feed("\n".repeat(1000)).end().bufferedReader(1000);
    AsyncIterator<String> lines = large.lines(1);
    List<String> got = new ArrayList<>();
    harness.pollEach(lines, got::add);
    assertThat(got).hasSizeBetween(100, 128);
    assertThat(harness.woken()).isTrue();
  }
}
