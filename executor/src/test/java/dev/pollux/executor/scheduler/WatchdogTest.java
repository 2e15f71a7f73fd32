package dev.pollux.executor.scheduler;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import dev.pollux.core.TaskInfo;
import dev.pollux.executor.scheduler.Watchdog.Thresholds;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The looks and the counting, by hand and with a clock of our own. */
class WatchdogTest {

  private static final Thresholds TOLD = new Thresholds(millis(100), 0);
  private static final Thresholds RECORDED = new Thresholds(0, millis(100));
  private static final long LOOK = millis(100) / 8;

  private final Polling first = new Polling("first");
  private final Polling second = new Polling("second");
  private final Log log = new Log();
  private final Watchdog watchdog = new Watchdog(List.of(first, second), log);
  private Thresholds thresholds = TOLD;
  private long now = Long.MAX_VALUE - millis(50); // the clock may overflow
  private long next;

  WatchdogTest() {
    watchdog.begin(now, 0);
    next = watchdog.look(now, thresholds);
  }

  private static long millis(long millis) {
    return MILLISECONDS.toNanos(millis);
  }

  /** Sleeps as long as asked, and looks. */
  @CanIgnoreReturnValue
  private long look() {
    return lookLate(0);
  }

  /** Sleeps too long, and looks. */
  @CanIgnoreReturnValue
  private long lookLate(long lateNanos) {
    now += next + lateNanos;
    next = watchdog.look(now, thresholds);
    return next;
  }

  /** Looks until so much time has passed. */
  private void watchFor(long nanos) {
    long end = now + nanos;
    while (now + next - end <= 0) {
      look();
    }
  }

  @Test
  void aPollThatLastsIsToldOnceItHasReachedTheThreshold() {
    first.begin();
    look();
    watchFor(millis(99));
    assertThat(log.told).isEmpty();
    watchFor(millis(2));
    assertThat(log.told).containsExactly("first after 100 ms");
    watchFor(millis(800));
    assertThat(log.told).hasSize(1);
  }

  @Test
  void aPollIsFoundInAnEighthMoreThanTheThreshold() {
    look();
    first.begin(); // just after the look
    long begun = now;
    while (log.told.isEmpty()) {
      look();
    }
    assertThat(now - begun).isLessThanOrEqualTo(millis(100) + LOOK);
  }

  @Test
  void itIsToldAgainAtTenTimesTheThresholdAndAtAHundred() {
    first.begin();
    watchFor(millis(1200));
    assertThat(log.told).hasSize(2);
    watchFor(millis(8_000));
    assertThat(log.told).hasSize(2);
    watchFor(millis(1_000));
    assertThat(log.told).hasSize(3);
  }

  @Test
  void pollsThatEndInTimeAreNotTold() {
    for (int i = 0; i < 100; i++) {
      first.begin();
      watchFor(millis(90));
      first.end();
      if (i % 2 == 0) {
        look(); // else it looks when the next poll has begun
      }
    }
    assertThat(log.told).isEmpty();
  }

  @Test
  void whoIsIdleIsLookedAtSeldom() {
    assertThat(look()).isEqualTo(LOOK);
    first.begin();
    assertThat(look()).isEqualTo(Watchdog.TICK_NANOS);
    assertThat(look()).isEqualTo(Watchdog.TICK_NANOS);
    first.end();
    assertThat(look()).isEqualTo(LOOK);
    first.begin();
    watchFor(millis(200));
    assertThat(look()).as("it has been told").isEqualTo(LOOK);
  }

  @Test
  void theTimeBetweenLooksHasLimits() {
    thresholds = new Thresholds(millis(10), 0);
    assertThat(look()).isEqualTo(Watchdog.SHORTEST_LOOK_NANOS);
    thresholds = new Thresholds(Long.MAX_VALUE, 0);
    assertThat(look()).isEqualTo(millis(1000));
    thresholds = new Thresholds(millis(100), millis(80));
    assertThat(look()).isEqualTo(millis(10));
  }

  @Test
  void eachWorkerIsWatchedByItself() {
    first.begin();
    watchFor(millis(60));
    second.begin();
    watchFor(millis(60));
    assertThat(log.told).containsExactly("first after 100 ms");
    first.end();
    watchFor(millis(60));
    assertThat(log.told).hasSize(2).last().asString().startsWith("second");
  }

  // ---- the time in which all stands still

  @Test
  void aStopOfTheWholeProcessDoesNotCount() {
    first.begin();
    look();
    lookLate(millis(5_000));
    watchFor(millis(90));
    assertThat(log.told).isEmpty();
    watchFor(millis(11));
    assertThat(log.told).containsExactly("first after 100 ms");
  }

  @Test
  void aPollThatStopsTheProcessAgainAndAgainIsNotTold() {
    first.begin();
    look();
    for (int i = 0; i < 1000; i++) {
      lookLate(millis(4 + i % 50));
    }
    assertThat(log.told).isEmpty();
  }

  @Test
  void timeBetweenTheStopsCounts() {
    first.begin();
    look();
    for (int i = 0; i < 99; i++) {
      lookLate(millis(20));
      look();
    }
    assertThat(log.told).isEmpty();
    look();
    assertThat(log.told).containsExactly("first after 100 ms");
  }

  @Test
  void aStopDuringTheFirstLookDoesNotCount() {
    first.begin();
    lookLate(millis(500));
    watchFor(millis(99));
    assertThat(log.told).isEmpty();
  }

  @Test
  void whereEverySleepTakesTooLongNoneIsLate() {
    watchdog.begin(now, millis(14));
    next = watchdog.look(now, thresholds);
    first.begin();
    for (int i = 0; i < 10; i++) {
      lookLate(millis(15)); // the timer of the machine is no better
    }
    assertThat(log.told).hasSize(1);
  }

  @Test
  void aSleepThatEndsEarlyCountsForWhatItWas() {
    first.begin();
    look();
    for (int i = 0; i < 199; i++) {
      lookLate(-Watchdog.TICK_NANOS / 2);
    }
    assertThat(log.told).isEmpty();
    lookLate(-Watchdog.TICK_NANOS / 2);
    assertThat(log.told).hasSize(1);
    assertThat(look()).isEqualTo(LOOK);
  }

  @Test
  void whatWasSeenBeforeAPauseOfTheWatchdogIsForgotten() {
    first.begin();
    watchFor(millis(90));
    watchdog.begin(now += millis(10_000), 0);
    next = watchdog.look(now, thresholds);
    watchFor(millis(99));
    assertThat(log.told).isEmpty();
  }

  // ---- whom a report is about

  @Test
  void aPollThatEndsWhileItIsLookedAtIsNotTold() {
    first.begin();
    first.onSample =
        () -> {
          first.end();
          first.begin();
        };
    watchFor(millis(120));
    assertThat(first.samples).isPositive();
    assertThat(log.told).isEmpty();
    first.onSample = () -> {};
    watchFor(millis(120));
    assertThat(log.told).hasSize(1);
  }

  @Test
  void aPollThatNobodyIsAtIsNotTold() {
    first.begin();
    first.gone = true;
    watchFor(millis(120));
    assertThat(log.told).isEmpty();
    first.gone = false;
    look();
    assertThat(log.told).hasSize(1);
  }

  @Test
  void aPollIsNotSampledBeforeItIsLong() {
    first.begin();
    watchFor(millis(99));
    assertThat(first.samples).isZero();
  }

  // ---- recordings

  @Test
  void recordingsHaveAThresholdOfTheirOwn() {
    thresholds = new Thresholds(millis(200), millis(50));
    first.begin();
    look();
    watchFor(millis(60));
    assertThat(log.recorded).containsExactly("first after 50 ms");
    assertThat(log.told).isEmpty();
    watchFor(millis(150));
    assertThat(log.told).hasSize(1);
    watchFor(millis(400));
    assertThat(log.recorded).hasSize(2);
  }

  @Test
  void aRecordingThatBeginsDuringAPollHearsOfTheNextOnly() {
    first.begin();
    look();
    thresholds = RECORDED;
    watchFor(millis(500));
    assertThat(log.recorded).isEmpty();
    first.end();
    first.begin();
    watchFor(millis(120));
    assertThat(log.recorded).hasSize(1);
  }

  @Test
  void aRecordingThatDoesNotCareForTheEventGetsNone() {
    thresholds = RECORDED;
    log.cares = false;
    first.begin();
    watchFor(millis(500));
    assertThat(log.recorded).isEmpty();
    assertThat(look()).isEqualTo(LOOK);
  }

  @Test
  void aRecordingThatMeasuresLessTimeIsAskedAgain() {
    thresholds = RECORDED;
    log.due = false;
    first.begin();
    watchFor(millis(120));
    assertThat(log.recorded).isEmpty();
    log.due = true;
    look();
    assertThat(log.recorded).hasSize(1);
  }

  @Test
  void nobodyIsToldWhoDidNotAsk() {
    thresholds = RECORDED;
    first.begin();
    watchFor(millis(500));
    assertThat(log.told).isEmpty();
    assertThat(log.recorded).hasSize(1);
  }

  /** Something whose polls begin and end when we say so. */
  private static final class Polling implements Watched {
    private final String name;
    private long count;
    private int samples;
    private boolean gone;
    private Runnable onSample = () -> {};

    Polling(String name) {
      this.name = name;
    }

    void begin() {
      count++;
      assertThat(count & 1).isOne();
    }

    void end() {
      count++;
      assertThat(count & 1).isZero();
    }

    @Override
    public long pollCount() {
      return count;
    }

    @Override
    public StuckPoll sample() {
      samples++;
      onSample.run();
      return gone ? null : new StuckPoll(new Named(name), Thread.currentThread(), List.of());
    }
  }

  private static final class Log implements Watchdog.Reports {
    private final List<String> told = new ArrayList<>();
    private final List<String> recorded = new ArrayList<>();
    private boolean cares = true;
    private boolean due = true;

    @Override
    public void tell(StuckPoll poll, long ranNanos, long nowNanos) {
      told.add(describe(poll, ranNanos));
    }

    @Override
    public Object seen() {
      return cares ? "seen" : null;
    }

    @Override
    public boolean isDue(Object seen) {
      assertThat(seen).isEqualTo("seen");
      return due;
    }

    @Override
    public void record(Object seen, StuckPoll poll, long ranNanos) {
      assertThat(seen).isEqualTo("seen");
      recorded.add(describe(poll, ranNanos));
    }

    private static String describe(StuckPoll poll, long ranNanos) {
      return poll.task().name().orElseThrow() + " after " + ranNanos / 1_000_000 + " ms";
    }
  }

  /** A task of which no more is known. */
  record Named(String word) implements TaskInfo {

    @Override
    public long id() {
      return 7;
    }

    @Override
    public Optional<String> name() {
      return Optional.of(word);
    }

    @Override
    public Optional<StackTraceElement> spawnSite() {
      return Optional.empty();
    }
  }
}
