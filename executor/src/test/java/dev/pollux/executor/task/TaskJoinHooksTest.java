package dev.pollux.executor.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pollux.core.Discard;
import dev.pollux.core.Poll;
import dev.pollux.core.Poller;
import dev.pollux.core.TaskInfo;
import dev.pollux.spi.RuntimeListener.Outcome;
import dev.pollux.spi.Services;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntConsumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a scheduler hears of joins, and what it may do there. */
@Timeout(60)
class TaskJoinHooksTest {

  private final Hooked scheduler = new Hooked();
  private final Task<Integer> task = new Task<>(cx -> Poll.ready(1));

  TaskJoinHooksTest() {
    new LiveTasks(scheduler).register(task);
  }

  @Test
  void theSchedulerHearsOfEachSleepAndItsEnd() throws Exception {
    scheduler.onPark =
        parks -> {
          if (parks == 1) {
            LockSupport.unpark(Thread.currentThread()); // for no reason
          } else {
            run();
          }
        };
    assertThat(task.join()).isEqualTo(1);
    assertThat(scheduler.calls).containsExactly("parks", "unparked", "parks", "unparked");
  }

  @Test
  void aJoinOfACompleteTaskIsNoSleep() throws Exception {
    run();
    assertThat(task.join()).isEqualTo(1);
    assertThat(scheduler.calls).isEmpty();
  }

  @Test
  void aTimedJoinIsHeardOfAsWell() throws Exception {
    scheduler.onPark = parks -> run();
    assertThat(task.join(Duration.ofDays(1))).isEqualTo(1);
    assertThat(scheduler.calls).containsExactly("parks", "unparked");
  }

  @Test
  void aSchedulerThatRefusesEndsTheJoinAndLeavesTheHandleUsable() throws Exception {
    IllegalStateException refusal = new IllegalStateException("no");
    scheduler.onPark =
        parks -> {
          throw refusal;
        };
    assertThatThrownBy(task::join).isSameAs(refusal);
    assertThatThrownBy(() -> task.join(Duration.ofDays(1))).isSameAs(refusal);
    assertThat(scheduler.calls).containsExactly("parks", "parks");
    assertThat(task.isJoining()).isFalse();
    assertThat(task.isJoinerSet()).isFalse();
    scheduler.onPark = parks -> run();
    assertThat(task.join()).isEqualTo(1);
  }

  @Test
  void aSchedulerThatSpendsTheUnparkOfTheCompleterLosesNothing() throws Exception {
    scheduler.onPark =
        parks -> {
          run();
          LockSupport.park(); // as a lock would
        };
    assertThat(task.join()).isEqualTo(1);
    assertThat(scheduler.calls).containsExactly("parks", "unparked");
  }

  private void run() {
    assertThat(task.run(new Poller(new Services() {}, 1, false))).isEqualTo(AfterTurn.ENDED);
  }

  /** A scheduler that does something when a join sleeps. */
  private static final class Hooked implements Scheduler {
    final List<String> calls = new ArrayList<>();
    IntConsumer onPark = parks -> {};

    @Override
    public void joinParks(Task<?> task) {
      calls.add("parks");
      onPark.accept(calls.size() / 2 + 1);
    }

    @Override
    public void joinUnparked(Task<?> task) {
      calls.add("unparked");
    }

    @Override
    public void schedule(Task<?> task) {}

    @Override
    public void ending(Task<?> task, Outcome outcome) {}

    @Override
    public void uncaught(TaskInfo task, Throwable failure) {
      throw new AssertionError(failure);
    }

    @Override
    public Discard discard() {
      return Discard.closing();
    }

    @Override
    public String runtimeName() {
      return "hooked";
    }
  }
}
