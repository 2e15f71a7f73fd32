package dev.pollux.executor;

import static dev.pollux.executor.MultiThreading.awaitOpen;
import static dev.pollux.executor.Waiting.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pollux.core.AtomicWaker;
import dev.pollux.core.Context;
import dev.pollux.core.Description;
import dev.pollux.core.Future;
import dev.pollux.core.Futures;
import dev.pollux.core.JoinHandle;
import dev.pollux.core.Poll;
import dev.pollux.executor.MultiThreading.Uncaught;
import dev.pollux.executor.Waiting.Gate;
import dev.pollux.time.Time;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/** The dump of a runtime: what is in it, and that nobody is disturbed by it. */
@ParameterizedClass(name = "{0} workers")
@ValueSource(ints = {0, 1, 2, 8})
@Timeout(120)
class RuntimeDumpTest {

  private static final Duration LOAD =
      Duration.ofMillis(
          (long) (1000 * Double.parseDouble(System.getProperty("pollux.dump.seconds", "1"))));

  private final Uncaught uncaught = new Uncaught();
  private final PolluxRuntime runtime;

  RuntimeDumpTest(int workers) {
    RuntimeBuilder builder =
        PolluxRuntime.builder()
            .name("seen")
            .captureSpawnSites(true)
            .uncaughtFailureHandler(uncaught::add);
    runtime = workers == 0 ? builder.currentThread() : builder.workers(workers).multiThread();
  }

  @AfterEach
  void close() {
    runtime.close();
    uncaught.assertNone();
  }

  /** Runs what is ready. */
  private void settle() throws Exception {
    if (runtime instanceof CurrentThreadRuntime here) {
      while (here.tryTick()) {}
    }
  }

  private TaskDump only(List<TaskDump> tasks, JoinHandle<?> handle) {
    return tasks.stream().filter(task -> task.id() == handle.id()).findFirst().orElseThrow();
  }

  @Test
  void aRuntimeWithoutTasksHasAnEmptyDump() {
    RuntimeDump dump = runtime.dump();
    assertThat(dump.runtime()).isEqualTo("seen");
    assertThat(dump.tasks()).isEmpty();
    assertThat(dump.toString()).startsWith("runtime \"seen\" at ").endsWith(": 0 live");
    assertThatThrownBy(() -> runtime.dump(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("mostTasks must be at least 1, was 0");
  }

  @Test
  void aTaskThatWaitsIsSeenDownToItsLeaf() throws Exception {
    Gate gate = new Gate();
    JoinHandle<?> inner = runtime.spawn("inner", Time.sleep(Duration.ofHours(1)));
    JoinHandle<?> outer =
        runtime.spawn(
            "outer",
            Futures.join(gate, inner.map(String::valueOf), (a, b) -> a + b)
                .timeout(Duration.ofHours(2)));
    settle();
    await(() -> gate.polls == 1);
    await(() -> runtime.dump().tasks().stream().allMatch(t -> t.waitsFor().isPresent()));
    RuntimeDump dump = runtime.dump();
    assertThat(dump.liveTasks()).isEqualTo(2);
    TaskDump task = only(dump.tasks(), outer);
    assertThat(task.name()).contains("outer");
    assertThat(task.spawnSite().orElseThrow().getClassName()).isEqualTo(getClass().getName());
    assertThat(task.state()).isEqualTo(TaskDump.State.WAITING);
    assertThat(task.turns()).isEqualTo(1);
    assertThat(task.age()).isBetween(Duration.ZERO, Duration.ofSeconds(60));
    assertThat(task.toString())
        .contains("\"outer\" (spawned at ")
        .contains("WAITING")
        .contains("timeout")
        .contains("join handle waits for task " + inner.id() + " \"inner\"");
    assertThat(only(dump.tasks(), inner).toString()).contains("sleep");
    assertThat(gate.polls).as("nothing was polled").isEqualTo(1);
    outer.cancel();
  }

  @Test
  void turnsAndAgeGrow() throws Exception {
    Gate gate = new Gate();
    JoinHandle<?> handle = runtime.spawn(gate);
    settle();
    await(() -> gate.polls == 1);
    for (int i = 2; i <= 4; i++) {
      int polls = i;
      await(() -> runtime.dump().tasks().get(0).state() == TaskDump.State.WAITING);
      gate.waker.wake();
      settle();
      await(() -> gate.polls == polls);
    }
    await(() -> runtime.dump().tasks().get(0).turns() == 4);
    await(() -> runtime.dump().tasks().get(0).age().compareTo(Duration.ofMillis(30)) > 0);
    handle.requestCancel();
  }

  @Test
  void aDeadlockIsReadable() throws Exception {
    Lock left = new Lock("left");
    Lock right = new Lock("right");
    JoinHandle<Void> first = runtime.spawn("first", left.thenLock(right));
    JoinHandle<Void> second = runtime.spawn("second", right.thenLock(left));
    settle();
    await(() -> left.wanted && right.wanted);
    await(() -> runtime.dump().tasks().stream().allMatch(t -> t.waitsFor().isPresent()));
    String text = runtime.dump().toString();
    assertThat(text)
        .containsPattern("\"first\".*\n.*holds=left.*\n.*waits for lock right")
        .containsPattern("\"second\".*\n.*holds=right.*\n.*waits for lock left");
    first.requestCancel();
    second.requestCancel();
  }

  @Test
  void blockingJobsAreSeen() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch release = new CountDownLatch(1);
    JoinHandle<Integer> job =
        runtime.spawnBlocking(
            "reads",
            () -> {
              begun.countDown();
              awaitOpen(release);
              return 1;
            });
    awaitOpen(begun);
    TaskDump dump = runtime.dump().tasks().get(0);
    assertThat(dump.name()).contains("reads");
    assertThat(dump.state()).isEqualTo(TaskDump.State.RUNNING_JOB);
    release.countDown();
    assertThat(job.join()).isEqualTo(1);
  }

  @Test
  void noMoreAreDescribedThanWereAskedFor() throws Exception {
    List<JoinHandle<?>> handles = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      handles.add(runtime.spawn(new Gate()));
    }
    settle();
    RuntimeDump dump = runtime.dump(3);
    assertThat(dump.tasks()).hasSize(3);
    assertThat(dump.liveTasks()).isEqualTo(10);
    assertThat(dump.toString()).endsWith("and 7 more");
    handles.forEach(JoinHandle::requestCancel);
  }

  @Test
  void aTaskMayTakeTheDump() throws Exception {
    RuntimeDump dump = runtime.blockOn(cx -> Poll.ready(runtime.dump()));
    assertThat(dump.tasks()).hasSize(1);
    TaskDump task = dump.tasks().get(0);
    assertThat(task.state()).isEqualTo(TaskDump.State.RUNNING);
    assertThat(task.toString()).contains("\n    at " + getClass().getName());
  }

  @Test
  void aDescribeThatThrowsHurtsNobody() throws Exception {
    AtomicBoolean polled = new AtomicBoolean();
    JoinHandle<?> handle =
        runtime.spawn(
            new Future<Void>() {
              private final AtomicWaker waker = new AtomicWaker();

              @Override
              public Poll<Void> poll(Context cx) {
                waker.register(cx.waker());
                polled.set(true);
                return Poll.pending();
              }

              @Override
              public void describe(Description description) {
                throw new IllegalStateException("no words");
              }
            });
    settle();
    await(polled::get);
    await(() -> runtime.dump().tasks().get(0).waitsFor().isPresent());
    assertThat(runtime.dump().toString()).contains("no words");
    handle.requestCancel();
  }

  /** Tasks that wake each other, sleep and end, while dumps are taken: each wake is followed. */
  @Test
  void nobodyIsDisturbed() throws Exception {
    AtomicBoolean stop = new AtomicBoolean();
    AtomicInteger dumps = new AtomicInteger();
    Waiting.Elsewhere<Void> dumping =
        Waiting.elsewhere(
            () -> {
              while (!stop.get()) {
                assertThat(runtime.dump().toString()).isNotEmpty();
                dumps.incrementAndGet();
              }
              return null;
            });
    long begun = System.nanoTime();
    int rounds = 0;
    Random random = new Random(5);
    while (System.nanoTime() - begun < LOAD.toNanos() || dumps.get() < 3) {
      List<JoinHandle<Integer>> pairs = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        pairs.add(runtime.spawn(new Relay(1 + random.nextInt(50))));
      }
      runtime.blockOn(Time.sleep(Duration.ofMillis(1)));
      int sum = 0;
      for (JoinHandle<Integer> pair : pairs) {
        sum += runtime.blockOn(pair);
      }
      assertThat(sum).isPositive();
      rounds++;
    }
    stop.set(true);
    dumping.result();
    assertThat(rounds).isPositive();
    await(() -> runtime.liveTasks() == 0);
  }

  /** Spawns a task that wakes it back and forth; a wake that is lost ends in a time-out. */
  private static final class Relay implements Future<Integer> {
    private final int rounds;
    private final AtomicWaker here = new AtomicWaker();
    private final AtomicWaker there = new AtomicWaker();
    private volatile int ball;
    private boolean begun;

    Relay(int rounds) {
      this.rounds = rounds;
    }

    @Override
    @SuppressWarnings("NonAtomicVolatileUpdate") // the ball is in one court at a time
    public Poll<Integer> poll(Context cx) {
      if (!begun) {
        begun = true;
        cx.spawner().spawn(this::back).detach();
      }
      here.register(cx.waker());
      if (ball % 2 == 0 && ball < 2 * rounds) {
        ball++;
        there.wake();
      }
      return ball >= 2 * rounds ? Poll.ready(ball) : Poll.pending();
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // the ball is in one court at a time
    private Poll<Void> back(Context cx) {
      there.register(cx.waker());
      if (ball % 2 == 1) {
        ball++;
        here.wake();
      }
      return ball >= 2 * rounds ? Poll.done() : Poll.pending();
    }
  }

  /** Something that one task has at a time, with a way to say who waits for it. */
  private static final class Lock {
    private final String name;
    private final AtomicBoolean taken = new AtomicBoolean();
    private final AtomicWaker waiting = new AtomicWaker();
    volatile boolean wanted;

    Lock(String name) {
      this.name = name;
    }

    /** Takes this lock, waits until somebody has the other, and wants that one too. */
    Future<Void> thenLock(Lock other) {
      return new Future<>() {
        private boolean has;

        @Override
        public Poll<Void> poll(Context cx) {
          if (!has) {
            has = taken.compareAndSet(false, true);
            assertThat(has).isTrue();
          }
          other.waiting.register(cx.waker());
          if (!other.taken.get()) {
            cx.wakeSelf();
            return Poll.pending();
          }
          other.wanted = true;
          return Poll.pending();
        }

        @Override
        public void describe(Description description) {
          description.name("two locks").with("holds", has ? name : "nothing").child("next", lock());
        }

        private Future<Void> lock() {
          return new Future<>() {
            @Override
            public Poll<Void> poll(Context cx) {
              throw new AssertionError("only described");
            }

            @Override
            public void describe(Description description) {
              description.name("lock").waitsFor("lock " + other.name);
            }
          };
        }
      };
    }
  }
}
