package dev.pollux.io.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** What happens at which byte depends on the seed and on nothing else. */
class CourseTest {

  private static final int BYTES = 20_000;

  /** What was seen of a course, each at its offset. */
  private record Seen(List<Long> cuts, List<String> delays, List<String> changes) {}

  private static Faults all() {
    return Faults.none()
        .split(40)
        .delay(300, Duration.ofMillis(5))
        .corruptEvery(500)
        .corruptAt(17, 4_000);
  }

  /** Walks along a course as a direction does, with as many bytes at a time as come. */
  private static Seen walk(Faults faults, long seed, Random arrivals) {
    Course course = new Course(faults, seed);
    Seen seen = new Seen(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
    while (course.offset() < BYTES) {
      int available = (int) Math.min(1 + arrivals.nextInt(3_000), BYTES - course.offset());
      while (available > 0) {
        long delay = course.delayNanos();
        if (delay > 0) {
          seen.delays().add(course.offset() + ": " + delay);
        }
        int span = course.span(available);
        assertThat(span).isBetween(1, available);
        for (int i = 0; i < span; i++) {
          int bits = course.change(i);
          if (bits != 0) {
            seen.changes().add(course.offset() + i + ": " + bits);
          }
        }
        course.pass(span);
        available -= span;
        if (available > 0) {
          seen.cuts().add(course.offset());
        }
      }
    }
    return seen;
  }

  /** Every byte on its own shows every place where something may happen. */
  private static Random oneByOne() {
    return new Random() {
      @Override
      public int nextInt(int bound) {
        return 0;
      }
    };
  }

  private static Random allAtOnce() {
    return new Random() {
      @Override
      public int nextInt(int bound) {
        return BYTES;
      }
    };
  }

  @Test
  void howTheBytesComeMakesNoDifference() {
    for (int seed = 0; seed < 50; seed++) {
      Seen atOnce = walk(all(), seed, allAtOnce());
      Seen single = walk(all(), seed, oneByOne());
      Seen random = walk(all(), seed, new Random(seed));
      assertThat(single.delays()).isEqualTo(atOnce.delays()).isNotEmpty();
      assertThat(random.delays()).isEqualTo(atOnce.delays());
      assertThat(single.changes()).isEqualTo(atOnce.changes()).isNotEmpty();
      assertThat(random.changes()).isEqualTo(atOnce.changes());
      // Where the sender pauses there is no need to cut.
      assertThat(new TreeSet<>(atOnce.cuts())).containsAll(random.cuts());
    }
  }

  @Test
  void eachKindIsDrawnForItself() {
    Seen all = walk(all(), 7, allAtOnce());
    Faults corrupting = Faults.none().corruptEvery(500).corruptAt(17, 4_000);
    assertThat(walk(corrupting, 7, allAtOnce()).changes()).isEqualTo(all.changes());
    Faults delaying = Faults.none().delay(300, Duration.ofMillis(5));
    assertThat(walk(delaying, 7, allAtOnce()).delays()).isEqualTo(all.delays());
  }

  @Test
  void anotherSeedIsAnotherCourse() {
    assertThat(walk(all(), 1, allAtOnce())).isNotEqualTo(walk(all(), 2, allAtOnce()));
    assertThat(
            List.of(
                Course.seed(1, 0, Direction.TO_TARGET),
                Course.seed(1, 0, Direction.TO_CLIENT),
                Course.seed(1, 1, Direction.TO_TARGET),
                Course.seed(2, 0, Direction.TO_TARGET)))
        .doesNotHaveDuplicates();
  }

  @Test
  void piecesAreOfTheSizesThatWereAskedFor() {
    List<Long> cuts = walk(Faults.none().split(1), 3, allAtOnce()).cuts();
    assertThat(cuts).hasSize(BYTES - 1);
    List<Long> wider = walk(Faults.none().split(40), 3, allAtOnce()).cuts();
    TreeSet<Long> sizes = new TreeSet<>();
    for (int i = 1; i < wider.size(); i++) {
      sizes.add(wider.get(i) - wider.get(i - 1));
    }
    assertThat(sizes.first()).isEqualTo(1);
    assertThat(sizes.last()).isEqualTo(40);
  }

  @Test
  void theAveragesAreThoseThatWereAskedFor() {
    Seen seen =
        walk(Faults.none().corruptEvery(99).delay(199, Duration.ofNanos(10)), 5, allAtOnce());
    assertThat(seen.changes().size()).isBetween(160, 240);
    assertThat(seen.delays().size()).isBetween(75, 125);
    Seen eachByte = walk(Faults.none().delay(1, Duration.ofNanos(1)), 5, allAtOnce());
    assertThat(eachByte.delays()).allMatch(delay -> delay.endsWith(": 1"));
  }

  @Test
  void namedBytesAreChangedAndNoOthers() {
    Seen seen = walk(Faults.none().corruptAt(9_000, 0).corruptAt(9_000, 3), 5, allAtOnce());
    assertThat(seen.changes().stream().map(change -> change.replaceAll(":.*", "")))
        .containsExactly("0", "3", "9000");
  }

  @Test
  void itStopsAtItsEnd() {
    Course course = new Course(Faults.none().halfCloseAfter(3).resetAfter(10), 1);
    assertThat(course.end()).isNull();
    assertThat(course.span(100)).isEqualTo(10);
    course.pass(10);
    assertThat(course.end()).isEqualTo(Fault.Kind.RESET);
    assertThat(new Course(Faults.none().dropDeadAfter(0), 1).end()).isEqualTo(Fault.Kind.DROP_DEAD);
  }

  @Test
  void aThrottledDirectionRestsForWhatItHasPassed() {
    Course course = new Course(Faults.none().throttle(1_000), 1);
    assertThat(course.span(10_000)).isEqualTo(20);
    assertThat(course.restNanos(20)).isEqualTo(20_000_000);
    assertThat(new Course(Faults.none().throttle(3), 1).span(10)).isEqualTo(1);
    assertThat(new Course(Faults.none(), 1).restNanos(1_000_000)).isZero();
  }

  @Test
  void faultsSayWhatTheyAre() {
    assertThat(Faults.none()).hasToString("Faults[none]");
    assertThat(all().throttle(5).resetAfter(9))
        .hasToString(
            "Faults[split into 40 at most, delay by PT0.005S at most every 300, throttle to 5 in a"
                + " second, corrupt every 500, corrupt at [17, 4000], RESET after 9]");
    assertThat(new Fault(Fault.Kind.CORRUPT, 2, Direction.TO_CLIENT, 17, 0x40))
        .hasToString("CORRUPT by 0x40 at byte 17 TO_CLIENT of connection 2");
    assertThat(new Fault(Fault.Kind.DELAY, 0, Direction.TO_TARGET, 5, 1_000_000))
        .hasToString("DELAY of PT0.001S at byte 5 TO_TARGET of connection 0");
  }

  @Test
  void whatIsDrawnIsTheSameBySeedAndOfEveryKind() {
    StringBuilder all = new StringBuilder();
    for (int seed = 0; seed < 100; seed++) {
      assertThat(Faults.drawn(seed)).hasToString(Faults.drawn(seed).toString());
      assertThat(Faults.harmless(seed).end()).isEmpty();
      all.append(Faults.drawn(seed));
    }
    assertThat(all.toString())
        .contains("split", "delay", "throttle", "HALF_CLOSE", "RESET")
        .doesNotContain("corrupt", "DROP_DEAD");
  }

  @Test
  void badNumbersAreRefused() {
    Faults none = Faults.none();
    assertThatThrownBy(() -> none.split(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("mostBytes must be at least 1, was 0");
    assertThatThrownBy(() -> none.delay(0, Duration.ofSeconds(1)))
        .hasMessage("everyBytes must be at least 1, was 0");
    assertThatThrownBy(() -> none.delay(1, Duration.ZERO))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("most must be positive, was PT0S");
    assertThatThrownBy(() -> none.throttle(-1))
        .hasMessage("bytesPerSecond must be at least 1, was -1");
    assertThatThrownBy(() -> none.corruptEvery(0))
        .hasMessage("everyBytes must be at least 1, was 0");
    assertThatThrownBy(() -> none.corruptAt(1, -1))
        .hasMessage("offset must not be negative, was -1");
    assertThatThrownBy(() -> none.halfCloseAfter(-2))
        .hasMessage("bytes must not be negative, was -2");
    assertThatThrownBy(() -> none.resetAfter(-2)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> none.dropDeadAfter(-2)).isInstanceOf(IllegalArgumentException.class);
  }
}
