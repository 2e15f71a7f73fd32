package dev.pollux.executor.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pollux.spi.Driver;
import dev.pollux.spi.Parker;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class WorkerParkerTest {

  private static final class Recorder implements Driver {
    final List<String> calls = new ArrayList<>();
    Runnable inPark = () -> {};

    @Override
    public void park(long timeoutNanos) {
      calls.add("park " + timeoutNanos);
      inPark.run();
    }

    @Override
    public void unpark() {
      calls.add("unpark");
    }

    @Override
    public <S> Optional<S> service(Class<S> type) {
      return Optional.empty();
    }

    @Override
    public void close() {}
  }

  private final Recorder driver = new Recorder();
  private final WorkerParker parker = new WorkerParker(driver);

  @Test
  void thePermitSparesTheNextSleepAndOnlyThat() {
    assertThat(parker.unpark()).as("nobody slept").isFalse();
    assertThat(parker.unpark()).isFalse();
    parker.park(false, Parker.FOREVER);
    parker.park(false, 1);
    assertThat(driver.calls).isEmpty();
  }

  @Test
  void withThePermitTheDriverIsLookedAtWithoutASleep() {
    assertThat(parker.unpark()).isFalse();
    parker.park(true, Parker.FOREVER);
    parker.park(true, 7);
    assertThat(driver.calls).containsExactly("park 0", "park 7");
  }

  @Test
  void whoSleepsInTheDriverIsWokenThereOnce() {
    driver.inPark =
        () -> {
          assertThat(parker.unpark()).isTrue();
          assertThat(parker.unpark()).isFalse();
        };
    parker.park(true, Parker.FOREVER);
    assertThat(driver.calls).containsExactly("park -1", "unpark");
    driver.inPark = () -> {};
    parker.park(true, 5);
    assertThat(driver.calls).as("the permit is used up").endsWith("park 5");
  }

  @Test
  void aDriverThatFailsLeavesTheParkerUsable() {
    driver.inPark =
        () -> {
          throw new IllegalStateException("broken");
        };
    assertThatThrownBy(() -> parker.park(true, 5)).hasMessage("broken");
    assertThat(parker.unpark()).as("nobody sleeps").isFalse();
    parker.park(false, Parker.FOREVER);
  }

  @Test
  void aTimeOfZeroDoesNotSleep() {
    parker.park(false, 0);
    parker.park(true, 0);
    assertThat(driver.calls).containsExactly("park 0");
  }

  /** Each unpark ends a sleep that was begun, or the next one: the sleeper answers each time. */
  @Test
  void noUnparkOfAThreadIsLost() throws Exception {
    long seed = System.nanoTime();
    Answers answers = new Answers();
    Thread thread = new Thread(answers.end, "sleeper");
    thread.setDaemon(true);
    thread.start();
    Random random = new Random(seed);
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(500);
    int round = 0;
    while (System.nanoTime() < end) {
      round++;
      for (int i = random.nextInt(100); i > 0; i--) {
        Thread.onSpinWait();
      }
      answers.asked = round;
      boolean unused = parker.unpark();
      long asked = System.nanoTime();
      while (answers.answered < round) {
        Thread.onSpinWait();
        assertThat(System.nanoTime() - asked)
            .as("lost in round %s of seed %s", round, seed)
            .isLessThan(TimeUnit.SECONDS.toNanos(20));
      }
    }
    answers.asked = -1;
    boolean unused = parker.unpark();
    answers.end.get(20, TimeUnit.SECONDS);
  }

  private final class Answers implements Runnable {
    final FutureTask<Void> end = new FutureTask<>(this, null);
    volatile int asked;
    volatile int answered;

    @Override
    public void run() {
      while (asked >= 0) {
        answered = asked;
        if (asked == answered) {
          parker.park(false, Parker.FOREVER);
        }
      }
    }
  }
}
