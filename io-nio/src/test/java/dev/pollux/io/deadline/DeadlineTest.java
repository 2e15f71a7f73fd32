package dev.pollux.io.deadline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pollux.core.Context;
import dev.pollux.core.Future;
import dev.pollux.core.Poll;
import dev.pollux.testing.ManualClock;
import dev.pollux.testing.PollHarness;
import java.time.Duration;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class DeadlineTest {

  private final ManualClock clock = new ManualClock();
  private final PollHarness harness = PollHarness.with(clock);
  private final Deadline deadline = new Deadline();

  /** Looks whether a deadline is over. */
  private record Look(Deadline deadline, long deadlineNanos) implements Future<Boolean> {
    @Override
    public Poll<Boolean> poll(Context cx) {
      return Poll.ready(deadline.isOver(cx, cx.timer().nanoTime(), deadlineNanos));
    }
  }

  private boolean isOver(long deadlineNanos) throws Exception {
    return harness.poll(new Look(deadline, deadlineNanos)).value();
  }

  @Test
  void laterDeadlineLeavesTheTimerAlone() throws Exception {
    assertThat(isOver(1_000)).isFalse();
    assertThat(isOver(5_000)).isFalse();
    assertThat(clock.nextDeadlineNanos()).hasValue(1_000);
    clock.advanceTo(1_000);
    assertThat(harness.woken()).isTrue();
    assertThat(isOver(5_000)).isFalse();
    assertThat(clock.nextDeadlineNanos()).hasValue(5_000);
  }

  @Test
  void earlierDeadlineIsToldToTheTimer() throws Exception {
    assertThat(isOver(5_000)).isFalse();
    assertThat(isOver(1_000)).isFalse();
    assertThat(clock.nextDeadlineNanos()).hasValue(1_000);
    assertThat(clock.armed()).isEqualTo(1);
  }

  @Test
  void anotherWakerIsWoken() throws Exception {
    assertThat(isOver(1_000)).isFalse();
    harness.replaceWaker();
    assertThat(isOver(1_000)).isFalse();
    clock.advanceTo(1_000);
    assertThat(harness.woken()).isTrue();
  }

  @Test
  void isOverOnlyAfterTheGrace() throws Exception {
    assertThat(isOver(1_000)).isFalse();
    clock.advanceTo(2_000);
    assertThat(isOver(1_000)).isFalse();
    clock.advanceTo(2_000 + Deadline.GRACE_NANOS);
    assertThat(harness.woken()).isTrue();
    assertThat(isOver(1_000)).isTrue();
  }

  @Test
  void closedOneArmsNothing() throws Exception {
    deadline.close();
    assertThat(isOver(1_000)).isFalse();
    assertThat(clock.armed()).isZero();
    deadline.close();
  }

  @Test
  void closeLetsGoOfWhoWaits() throws Exception {
    assertThat(isOver(1_000)).isFalse();
    deadline.close();
    assertThat(clock.armed()).isZero();
    assertThat(deadline).hasToString("closed");
  }

  /** Whichever of the two comes first, nothing is left with the timer. */
  @Test
  void closeThatRacesWithWhoWaitsLeavesNothingArmed() throws Exception {
    int rounds = 20_000;
    Deadline[] deadlines = new Deadline[rounds];
    for (int i = 0; i < rounds; i++) {
      deadlines[i] = new Deadline();
    }
    CyclicBarrier begin = new CyclicBarrier(2);
    Thread closer =
        new Thread(
            () -> {
              try {
                for (Deadline each : deadlines) {
                  begin.await(20, TimeUnit.SECONDS);
                  each.close();
                }
              } catch (Exception failure) {
                throw new AssertionError(failure);
              }
            });
    closer.start();
    long inTheMidst = 0;
    for (Deadline each : deadlines) {
      begin.await(20, TimeUnit.SECONDS);
      for (int i = 0; i < 3; i++) {
        assertThat(harness.poll(new Look(each, Duration.ofHours(3 - i).toNanos())).value())
            .isFalse();
      }
      inTheMidst++;
    }
    closer.join(TimeUnit.SECONDS.toMillis(20));
    assertThat(inTheMidst).isEqualTo(rounds);
    assertThat(clock.armed()).isZero();
  }
}
