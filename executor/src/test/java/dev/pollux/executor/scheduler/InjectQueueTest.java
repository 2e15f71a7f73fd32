package dev.pollux.executor.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pollux.core.Poll;
import dev.pollux.executor.scheduler.InjectQueue.Pushed;
import dev.pollux.executor.task.Task;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
@SuppressWarnings("CheckReturnValue") // what comes out tells
class InjectQueueTest {

  private final InjectQueue inject = new InjectQueue();
  private final LocalQueue local = new LocalQueue();

  @Test
  void whatWasPushedIsTakenOldestFirstAndPutBehindWhatIsThere() {
    Task<?> there = task();
    local.addLast(there);
    Task<?> a = task();
    Task<?> b = task();
    Task<?> c = task();
    assertThat(inject.hasTasks()).isFalse();
    assertThat(inject.push(a)).isEqualTo(Pushed.QUEUED);
    assertThat(inject.push(b)).isEqualTo(Pushed.QUEUED);
    assertThat(inject.push(c)).isEqualTo(Pushed.QUEUED);
    assertThat(inject.hasTasks()).isTrue();
    inject.takeAll(local);
    assertThat(inject.hasTasks()).isFalse();
    assertThat(drain()).containsExactly(there, a, b, c);
  }

  @Test
  void takingFromAnEmptyQueueDoesNothing() {
    inject.takeAll(local);
    assertThat(local.isEmpty()).isTrue();
  }

  @Test
  void onlyTheFirstPushAfterTheAnnouncementFindsASleeper() {
    assertThat(inject.tryPark()).isTrue();
    assertThat(inject.tryPark()).as("announced already").isTrue();
    assertThat(inject.hasTasks()).isFalse();
    assertThat(inject.push(task())).isEqualTo(Pushed.OWNER_SLEEPS);
    assertThat(inject.push(task())).isEqualTo(Pushed.QUEUED);
    inject.takeAll(local);
    assertThat(drain()).hasSize(2);
  }

  @Test
  void theOwnerCannotAnnounceItsSleepWhileThereAreTasks() {
    inject.push(task());
    assertThat(inject.tryPark()).isFalse();
    inject.takeAll(local);
    assertThat(inject.tryPark()).isTrue();
  }

  @Test
  void anAnnouncementThatWasTakenBackFindsNoSleeper() {
    inject.tryPark();
    inject.unpark();
    assertThat(inject.push(task())).isEqualTo(Pushed.QUEUED);
    inject.unpark();
    assertThat(inject.hasTasks()).as("unpark takes back nothing but the announcement").isTrue();
  }

  @Test
  void takingKeepsTheAnnouncement() {
    inject.tryPark();
    inject.takeAll(local);
    assertThat(inject.push(task())).isEqualTo(Pushed.OWNER_SLEEPS);
  }

  @Test
  void aClosedQueueRefusesAndHandsOutWhatItHad() {
    Task<?> a = task();
    inject.push(a);
    inject.close(local);
    inject.close(local);
    assertThat(drain()).containsExactly(a);
    assertThat(inject.push(task())).isEqualTo(Pushed.REFUSED);
    assertThat(inject.hasTasks()).isFalse();
    assertThat(inject.tryPark()).isFalse();
    inject.unpark();
    inject.takeAll(local);
    assertThat(inject.push(task())).isEqualTo(Pushed.REFUSED);
  }

  @Test
  void aQueueWhoseOwnerSleepsCanBeClosed() {
    inject.tryPark();
    inject.close(local);
    assertThat(inject.push(task())).isEqualTo(Pushed.REFUSED);
  }

  @Test
  void noTaskIsLostAndTheOwnerNeverSleepsOnOne() throws Exception {
    int producers = 3;
    int each = 30_000;
    Semaphore unparks = new Semaphore(0);
    Map<Task<?>, Integer> number = new HashMap<>();
    List<List<Task<?>>> batches = new ArrayList<>();
    for (int p = 0; p < producers; p++) {
      List<Task<?>> batch = new ArrayList<>();
      for (int i = 0; i < each; i++) {
        Task<?> task = task();
        batch.add(task);
        number.put(task, p * each + i);
      }
      batches.add(batch);
    }
    ExecutorService pool = Executors.newFixedThreadPool(producers);
    try {
      List<Future<?>> pushing = new ArrayList<>();
      for (List<Task<?>> batch : batches) {
        pushing.add(
            pool.submit(
                () -> {
                  for (Task<?> task : batch) {
                    if (inject.push(task) == Pushed.OWNER_SLEEPS) {
                      unparks.release();
                    }
                  }
                }));
      }
      int[] next = new int[producers];
      for (int taken = 0; taken < producers * each; ) {
        inject.takeAll(local);
        for (Task<?> task = local.pollFirst(); task != null; task = local.pollFirst()) {
          int n = number.get(task);
          assertThat(n % each).as("the order of one producer").isEqualTo(next[n / each]++);
          taken++;
        }
        if (taken < producers * each && inject.tryPark()) {
          assertThat(unparks.tryAcquire(30, TimeUnit.SECONDS)).as("sleeps for ever").isTrue();
        }
      }
      for (Future<?> done : pushing) {
        done.get(30, TimeUnit.SECONDS);
      }
      assertThat(unparks.availablePermits()).as("one unpark a sleep").isZero();
      assertThat(inject.hasTasks()).isFalse();
    } finally {
      pool.shutdownNow();
    }
  }

  private List<Task<?>> drain() {
    List<Task<?>> drained = new ArrayList<>();
    for (Task<?> task = local.pollFirst(); task != null; task = local.pollFirst()) {
      drained.add(task);
    }
    return drained;
  }

  private static Task<Void> task() {
    return new Task<>(cx -> Poll.done());
  }
}
