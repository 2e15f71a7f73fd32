package dev.pollux.executor.task;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pollux.core.Poll;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class LiveTasksTest {

  private static final int PAGE = TaskPage.SLOTS;
  private static final int ROTATION = 16 * PAGE;

  private final RecordingScheduler scheduler = new RecordingScheduler();
  private final LiveTasks live = scheduler.live;

  @Test
  void tasksAreNumberedFromOneInTheOrderOfTheirSpawn() {
    for (int i = 1; i <= 3 * PAGE; i++) {
      assertThat(register().id()).isEqualTo(i);
    }
    assertThat(live.size()).isEqualTo(3 * PAGE);
  }

  @Test
  void theRegistryShowsExactlyTheLiveTasks() {
    Set<Task<?>> expected = identitySet();
    List<Task<?>> all = new ArrayList<>();
    for (int i = 0; i < 1000; i++) {
      all.add(register());
    }
    for (int i = 0; i < all.size(); i++) {
      if (i % 3 == 0) {
        all.get(i).refuse();
      } else {
        expected.add(all.get(i));
      }
    }
    assertThat(seen()).isEqualTo(expected);
    assertThat(live.size()).isEqualTo(expected.size());
  }

  @Test
  void aNumberIsUsedAgainOnlyAfterSixteenPages() {
    Set<Long> ids = new HashSet<>();
    for (int i = 0; i < ROTATION; i++) {
      Task<?> task = register();
      assertThat(ids.add(task.id())).as("%s was used before", task).isTrue();
      task.refuse();
    }
    assertThat(ids.contains(register().id())).as("now the numbers begin again").isTrue();
  }

  @Test
  void aSpawnAndEndAtATimeNeverGrowsTheRegistryBeyondTheRotation() {
    for (int i = 0; i < 10 * ROTATION; i++) {
      Task<?> task = register();
      assertThat(task.id()).isBetween(1L, (long) ROTATION);
      task.refuse();
    }
  }

  @Test
  void aCrowdGrowsTheRegistryAndEveryPlaceOfItIsUsedAgain() {
    List<Task<?>> crowd = new ArrayList<>();
    int size = 3 * ROTATION;
    for (int i = 0; i < size; i++) {
      crowd.add(register());
    }
    assertThat(crowd.get(size - 1).id()).isEqualTo(size);
    for (int round = 0; round < 5; round++) {
      Collections.shuffle(crowd, new Random(round));
      crowd.forEach(Task::refuse);
      assertThat(live.size()).isZero();
      crowd.clear();
      Set<Long> ids = new HashSet<>();
      for (int i = 0; i < size; i++) {
        Task<?> task = register();
        crowd.add(task);
        assertThat(ids.add(task.id())).isTrue();
        // At most the page that was left unfinished is wasted.
        assertThat(task.id()).isBetween(1L, (long) size + PAGE);
      }
    }
  }

  @Test
  void aFewThatStayDoNotKeepTheirPagesFromBeingUsed() {
    List<Task<?>> crowd = new ArrayList<>();
    for (int i = 0; i < 2 * ROTATION; i++) {
      crowd.add(register());
    }
    Set<Task<?>> stay = identitySet();
    for (int i = 0; i < crowd.size(); i++) {
      if (i % PAGE == 7) {
        stay.add(crowd.get(i));
      } else {
        crowd.get(i).refuse();
      }
    }
    for (int i = 0; i < 20 * ROTATION; i++) {
      Task<?> task = register();
      assertThat(task.id()).isBetween(1L, 2L * ROTATION + PAGE);
      task.refuse();
    }
    assertThat(seen()).isEqualTo(stay);
  }

  @Test
  void noPlaceIsLostOrGivenTwiceWhenManyThreadsSpawnAndEndTasks() throws Exception {
    int threads = 4;
    int rounds = 20_000;
    int most = 200;
    Set<Long> inUse = ConcurrentHashMap.newKeySet();
    AtomicLong registered = new AtomicLong();
    AtomicBoolean stop = new AtomicBoolean();
    ExecutorService pool = Executors.newFixedThreadPool(threads + 1);
    try {
      List<Future<Deque<Task<?>>>> ends = new ArrayList<>();
      for (int t = 0; t < threads; t++) {
        long seed = t;
        Callable<Deque<Task<?>>> body =
            () -> {
              Random random = new Random(seed);
              Deque<Task<?>> mine = new ArrayDeque<>();
              for (int i = 0; i < rounds; i++) {
                if (mine.isEmpty() || (mine.size() < most && random.nextBoolean())) {
                  registered.incrementAndGet();
                  Task<?> task = register();
                  assertThat(inUse.add(task.id())).as("%s is used twice", task).isTrue();
                  mine.add(task);
                } else {
                  Task<?> task = random.nextBoolean() ? mine.removeFirst() : mine.removeLast();
                  inUse.remove(task.id());
                  task.refuse();
                }
              }
              return mine;
            };
        ends.add(pool.submit(body));
      }
      Future<?> reader =
          pool.submit(
              () -> {
                while (!stop.get()) {
                  live.forEach(task -> assertThat(task.id()).isPositive());
                  // A walk that takes long may meet some that begin in the places still before it.
                  long before = registered.get();
                  long size = live.size();
                  long meanwhile = registered.get() - before;
                  assertThat(size).isBetween(0L, (long) threads * most + meanwhile);
                }
              });
      Set<Task<?>> expected = identitySet();
      for (Future<Deque<Task<?>>> end : ends) {
        expected.addAll(end.get(50, TimeUnit.SECONDS));
      }
      stop.set(true);
      reader.get(30, TimeUnit.SECONDS);
      assertThat(seen()).isEqualTo(expected);
      assertThat(live.size()).isEqualTo(expected.size());
      expected.forEach(Task::refuse);
      assertThat(live.size()).isZero();
      assertThat(seen()).isEmpty();
    } finally {
      pool.shutdownNow();
    }
    // Nothing was lost: a page is filled again when a quarter of a part of it is empty, so at the
    // worst three quarters
    // of all places were in use at once.
    long largest = 0;
    for (int i = 0; i < 10 * ROTATION; i++) {
      Task<?> task = register();
      largest = Math.max(largest, task.id());
      task.refuse();
    }
    assertThat(largest).isLessThanOrEqualTo(ROTATION + 4L * threads * most / 3 + PAGE);
  }

  @Test
  void aLaneOfOneThreadUsesEveryPlaceAgain() {
    LiveTasks.Lane lane = live.newLane();
    Deque<Task<?>> crowd = new ArrayDeque<>();
    Set<Long> ids = new HashSet<>();
    for (int i = 0; i < 20 * ROTATION; i++) {
      Task<Void> task = new Task<>(cx -> Poll.done());
      lane.register(task);
      crowd.add(task);
      assertThat(ids.add(task.id())).as("%s is used twice", task).isTrue();
      if (crowd.size() > ROTATION) {
        Task<?> oldest = crowd.remove();
        ids.remove(oldest.id());
        oldest.refuse();
      }
      assertThat(task.id()).isLessThanOrEqualTo(2L * ROTATION + 2 * PAGE);
    }
    assertThat(live.size()).isEqualTo(crowd.size());
  }

  private Task<Void> register() {
    return scheduler.register(new Task<>(cx -> Poll.done()));
  }

  private Set<Task<?>> seen() {
    Set<Task<?>> seen = identitySet();
    live.forEach(task -> assertThat(seen.add(task)).isTrue());
    return seen;
  }

  private static Set<Task<?>> identitySet() {
    return Collections.newSetFromMap(new IdentityHashMap<>());
  }
}
