package dev.pollux.executor;

import static dev.pollux.executor.MultiThreading.awaitOpen;
import static dev.pollux.executor.Waiting.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pollux.core.Budget;
import dev.pollux.core.Context;
import dev.pollux.core.Future;
import dev.pollux.core.Futures;
import dev.pollux.core.JoinHandle;
import dev.pollux.core.Poll;
import dev.pollux.core.TaskCancelledException;
import dev.pollux.core.TaskInfo;
import dev.pollux.executor.MultiThreading.Uncaught;
import dev.pollux.executor.Waiting.Elsewhere;
import dev.pollux.executor.Waiting.Gate;
import dev.pollux.spi.RuntimeListener;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** What a listener hears of jobs, threads, cancels and yields, and in which order. */
@ParameterizedClass
@EnumSource
@Timeout(60)
class ListenerCallsTest {

  private final Uncaught uncaught = new Uncaught();
  private final Recorder recorder = new Recorder();
  private final Flavour flavour;
  private final PolluxRuntime runtime;

  ListenerCallsTest(Flavour flavour) {
    this.flavour = flavour;
    this.runtime = build(builder());
  }

  private RuntimeBuilder builder() {
    return PolluxRuntime.builder()
        .debug(false)
        .uncaughtFailureHandler(uncaught::add)
        .listener(recorder);
  }

  private PolluxRuntime build(RuntimeBuilder builder) {
    return flavour.build(builder);
  }

  @AfterEach
  void everythingThatBeganHasEnded() {
    runtime.close();
    uncaught.assertNone();
    recorder.assertBalanced();
  }

  // ---- budget

  /** Uses up the budget of one poll, and is done in the next. */
  private static Future<String> greedy() {
    return new Future<>() {
      private int units;

      @Override
      public Poll<String> poll(Context cx) {
        while (units <= Budget.UNITS) {
          if (!cx.tryProceed()) {
            return Poll.pending();
          }
          units++;
        }
        return Poll.ready("full");
      }
    };
  }

  @Test
  void aPollThatGivesWayForItsBudgetIsTold() throws Exception {
    assertThat(runtime.blockOn(greedy())).isEqualTo("full");
    runtime.close(); // who joins may be earlier than what is told of the end
    List<String> ofTask = recorder.of(recorder.lastSpawned());
    assertThat(ofTask)
        .containsExactly(
            "spawned",
            "poll started",
            "budget yielded",
            "poll ended",
            "poll started",
            "ended COMPLETED",
            "poll ended");
  }

  @Test
  void aPollThatYieldsByItselfOrWaitsIsNoBudgetYield() throws Exception {
    AtomicInteger polls = new AtomicInteger();
    runtime.blockOn(
        (Future<Integer>)
            cx -> {
              if (polls.incrementAndGet() < 3) {
                cx.wakeSelf();
                return Poll.pending();
              }
              return Poll.ready(1);
            });
    assertThat(recorder.all()).noneMatch(call -> call.contains("budget"));
  }

  @Test
  void aPollThatIsDoneAllTheSameIsNoBudgetYield() throws Exception {
    runtime.blockOn(
        (Future<Integer>)
            cx -> {
              Poll<String> child = greedy().poll(cx);
              assertThat(child.isPending()).isTrue();
              return Poll.ready(1);
            });
    assertThat(recorder.all()).noneMatch(call -> call.contains("budget"));
  }

  // ---- cancel

  @Test
  void theFirstRequestToCancelIsTold() throws Exception {
    JoinHandle<Object> waiting = runtime.spawn(MultiThreading.waits(cx -> {}, () -> {}));
    runtime.blockOn(Futures.ready(1));
    // Until it waits: else its end may be told on a worker before the request is told here.
    await(() -> recorder.of(waiting).contains("poll ended"));
    waiting.requestCancel();
    waiting.requestCancel();
    runtime.blockOn(waiting.recover(failure -> "cancelled"));
    waiting.requestCancel();
    runtime.close();
    assertThat(recorder.of(waiting))
        .filteredOn(call -> !call.startsWith("poll"))
        .containsExactly("spawned", "cancel requested", "ended CANCELLED");
  }

  @Test
  void theCancelOfATaskThatHasEndedIsNotTold() throws Exception {
    JoinHandle<Integer> ended = runtime.spawn(Futures.ready(1));
    assertThat(runtime.blockOn(ended)).isEqualTo(1);
    ended.requestCancel();
    assertThat(recorder.of(ended)).doesNotContain("cancel requested");
  }

  @Test
  void theCancelByTheShutdownIsToldOnce() {
    Gate gate = new Gate();
    JoinHandle<String> live = runtime.spawn(gate);
    runtime.close();
    assertThat(recorder.of(live)).containsOnlyOnce("cancel requested");
    assertThat(recorder.of(live)).contains("ended CANCELLED");
  }

  @Test
  void ofManyWhoCancelOneIsTheFirst() throws Exception {
    for (int round = 0; round < 200; round++) {
      JoinHandle<Object> waiting = runtime.spawn(Futures.pending());
      CountDownLatch start = new CountDownLatch(1);
      List<Elsewhere<Void>> cancellers =
          Stream.generate(
                  () ->
                      Waiting.<Void>elsewhere(
                          () -> {
                            awaitOpen(start);
                            waiting.requestCancel();
                            return null;
                          }))
              .limit(3)
              .toList();
      start.countDown();
      for (Elsewhere<Void> canceller : cancellers) {
        canceller.result();
      }
      runtime.blockOn(waiting.recover(failure -> "cancelled"));
      assertThat(recorder.of(waiting)).containsOnlyOnce("cancel requested");
      recorder.forget(waiting);
    }
  }

  // ---- jobs

  @Test
  void aJobIsQueuedStartsAndEnds() throws Exception {
    JoinHandle<Integer> named = runtime.spawnBlocking("job", () -> 1);
    assertThat(runtime.blockOn(named)).isEqualTo(1);
    JoinHandle<Object> failing =
        runtime.spawnInterruptible(
            () -> {
              throw new IllegalStateException("no");
            });
    assertThat(runtime.blockOn(failing.recover(failure -> "failed"))).isEqualTo("failed");
    runtime.close();
    assertThat(recorder.of(named)).containsExactly("queued", "started", "job ended COMPLETED");
    assertThat(recorder.of(failing)).containsExactly("queued", "started", "job ended FAILED");
    assertThat(recorder.all()).noneMatch(call -> call.startsWith(named.id() + " spawned"));
  }

  @Test
  void theJobOfAServiceIsOneToo() throws Exception {
    ExecutorService service = runtime.asBlockingScheduledExecutorService();
    service.submit(() -> {}).get();
    assertThatThrownBy(
            () ->
                service
                    .submit(
                        () -> {
                          throw new IllegalStateException("no");
                        })
                    .get())
        .isInstanceOf(ExecutionException.class);
    service.shutdown();
    runtime.close();
    assertThat(recorder.all()).filteredOn(call -> call.endsWith("queued")).hasSize(2);
    assertThat(recorder.all()).filteredOn(call -> call.contains("job ended")).hasSize(2);
  }

  @Test
  void aJobThatIsTakenBackDoesNotStart() throws Exception {
    PolluxRuntime one = build(builder().maxBlockingThreads(1));
    CountDownLatch open = new CountDownLatch(1);
    JoinHandle<Integer> first =
        one.spawnBlocking(
            () -> {
              awaitOpen(open);
              return 1;
            });
    JoinHandle<Integer> second = one.spawnBlocking(() -> 2);
    second.requestCancel();
    second.requestCancel();
    open.countDown();
    assertThat(one.blockOn(first)).isEqualTo(1);
    one.close();
    assertThat(recorder.of(second))
        .containsExactly("queued", "cancel requested", "job ended CANCELLED");
  }

  @Test
  void aJobThatIsInterruptedEndsAsCancelled() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    JoinHandle<Integer> job =
        runtime.spawnInterruptible(
            () -> {
              begun.countDown();
              new CountDownLatch(1).await();
              return 1;
            });
    awaitOpen(begun);
    job.requestCancel();
    assertThatThrownBy(() -> runtime.blockOn(job)).isInstanceOf(TaskCancelledException.class);
    runtime.close();
    assertThat(recorder.of(job))
        .containsExactly("queued", "started", "cancel requested", "job ended CANCELLED");
  }

  @Test
  void aJobThatIsRefusedEndsAtOnce() throws Exception {
    PolluxRuntime one = build(builder().maxBlockingThreads(1).blockingQueueLimit(1));
    CountDownLatch open = new CountDownLatch(1);
    JoinHandle<Integer> first =
        one.spawnBlocking(
            () -> {
              awaitOpen(open);
              return 1;
            });
    one.spawnBlocking(() -> 2).detach();
    int before = recorder.all().size();
    assertThatThrownBy(() -> one.spawnBlocking(() -> 3))
        .isInstanceOf(BlockingQueueFullException.class);
    assertThat(recorder.all().subList(before, recorder.all().size()))
        .filteredOn(
            call -> call.contains("queued") || call.contains("cancel") || call.contains("job"))
        .hasSize(2)
        .element(1)
        .asString()
        .endsWith("job ended CANCELLED");
    open.countDown();
    assertThat(one.blockOn(first)).isEqualTo(1);
    one.close();
  }

  // ---- threads

  @Test
  void aThreadBeginsAndEndsToRunTasks() throws Exception {
    assertThat(runtime.blockOn(Futures.ready(1))).isEqualTo(1);
    runtime.close();
    long started = recorder.count("thread started");
    assertThat(recorder.count("thread stopped")).isEqualTo(started);
    if (flavour == Flavour.MULTI_THREAD) {
      assertThat(started).isEqualTo(2);
      assertThat(recorder.threads()).allMatch(name -> name.startsWith(runtime.name() + "-worker-"));
    } else {
      assertThat(started).as("in blockOn, and in close").isEqualTo(2);
    }
  }

  @Test
  void aListenerThatThrowsHurtsNobody() throws Exception {
    RuntimeListener thrower =
        new RuntimeListener() {
          private void fail(String what) {
            throw new AssertionError(what);
          }

          @Override
          public void budgetYielded(TaskInfo task) {
            fail("yielded");
          }

          @Override
          public void cancelRequested(TaskInfo task) {
            fail("cancel");
          }

          @Override
          public void jobQueued(TaskInfo job) {
            fail("queued");
          }

          @Override
          public void jobStarted(TaskInfo job) {
            fail("started");
          }

          @Override
          public void jobEnded(TaskInfo job, Outcome outcome) {
            fail("job ended");
          }

          @Override
          public void threadStarted() {
            fail("thread started");
          }

          @Override
          public void threadStopped() {
            fail("thread stopped");
          }
        };
    Recorder behind = new Recorder();
    PolluxRuntime hurt = build(builder().listener(thrower).listener(behind));
    assertThat(hurt.blockOn(greedy())).isEqualTo("full");
    assertThat(hurt.blockOn(hurt.spawnBlocking(() -> 1))).isEqualTo(1);
    JoinHandle<Object> waiting = hurt.spawn(Futures.pending());
    waiting.requestCancel();
    assertThat(hurt.blockOn(waiting.recover(failure -> "cancelled"))).isEqualTo("cancelled");
    hurt.close();
    assertThat(uncaught.failures())
        .extracting(Throwable::getMessage)
        .contains(
            "yielded",
            "cancel",
            "queued",
            "started",
            "job ended",
            "thread started",
            "thread stopped");
    uncaught.forget();
    behind.assertBalanced();
    assertThat(behind.count("budget yielded")).isPositive();
    assertThat(behind.count("cancel requested")).isPositive();
  }

  @Test
  void aThreadThatBlocksInPlaceStopsWhenItsPollIsOver() throws Exception {
    if (flavour == Flavour.CURRENT_THREAD) {
      return; // there is no other thread to give the tasks to
    }
    PolluxRuntime one = ((MultiThreadRuntime) build(builder().maxBlockingThreads(1)));
    CountDownLatch others = new CountDownLatch(1);
    JoinHandle<String> blocking =
        one.spawn(
            (Future<String>)
                cx -> {
                  cx.spawner()
                      .spawn(
                          (Future<Void>)
                              inner -> {
                                others.countDown();
                                return Poll.done();
                              })
                      .detach();
                  one.blockInPlace(
                      () -> {
                        awaitOpen(others);
                        return null;
                      });
                  return Poll.ready("done");
                });
    assertThat(one.blockOn(blocking)).isEqualTo("done");
    one.close();
    await(() -> recorder.count("thread stopped") == recorder.count("thread started") - 2);
    assertThat(recorder.of(blocking))
        .containsExactly("spawned", "poll started", "ended COMPLETED", "poll ended");
  }

  /** Writes down what it hears, and that what it hears on one thread is in order. */
  private static final class Recorder implements RuntimeListener {
    private final List<String> calls = Collections.synchronizedList(new ArrayList<>());
    private final List<String> threads = Collections.synchronizedList(new ArrayList<>());
    private final ConcurrentHashMap<Thread, Boolean> running = new ConcurrentHashMap<>();
    private final List<String> mistakes = Collections.synchronizedList(new ArrayList<>());
    private volatile TaskInfo spawned;

    private void add(TaskInfo task, String what) {
      calls.add(task.id() + " " + what);
    }

    List<String> all() {
      synchronized (calls) {
        return List.copyOf(calls);
      }
    }

    List<String> threads() {
      synchronized (threads) {
        return List.copyOf(threads);
      }
    }

    List<String> of(TaskInfo task) {
      String prefix = task.id() + " ";
      return all().stream()
          .filter(call -> call.startsWith(prefix))
          .map(call -> call.substring(prefix.length()))
          .toList();
    }

    void forget(TaskInfo task) {
      calls.removeIf(call -> call.startsWith(task.id() + " "));
    }

    long count(String what) {
      return all().stream().filter(call -> call.endsWith(what)).count();
    }

    TaskInfo lastSpawned() {
      return spawned;
    }

    void assertBalanced() {
      assertThat(mistakes).isEmpty();
      assertThat(count("thread stopped")).isEqualTo(count("thread started"));
      assertThat(running).isEmpty();
      List<String> ended = all().stream().filter(call -> call.contains(" job ended")).toList();
      assertThat(ended).hasSize((int) count(" queued"));
    }

    @Override
    public void taskSpawned(TaskInfo task) {
      spawned = task;
      add(task, "spawned");
    }

    @Override
    public void pollStarted(TaskInfo task) {
      mustRun("poll started");
      add(task, "poll started");
    }

    @Override
    public void pollEnded(TaskInfo task) {
      mustRun("poll ended");
      add(task, "poll ended");
    }

    @Override
    public void budgetYielded(TaskInfo task) {
      mustRun("budget yielded");
      add(task, "budget yielded");
    }

    @Override
    public void cancelRequested(TaskInfo task) {
      add(task, "cancel requested");
    }

    @Override
    public void taskEnded(TaskInfo task, Outcome outcome) {
      add(task, "ended " + outcome);
    }

    @Override
    public void jobQueued(TaskInfo job) {
      add(job, "queued");
    }

    @Override
    public void jobStarted(TaskInfo job) {
      add(job, "started");
    }

    @Override
    public void jobEnded(TaskInfo job, Outcome outcome) {
      add(job, "job ended " + outcome);
    }

    @Override
    public void threadStarted() {
      calls.add("- thread started");
      threads.add(Thread.currentThread().getName());
      if (running.put(Thread.currentThread(), true) != null) {
        mistakes.add("started twice");
      }
    }

    @Override
    public void threadStopped() {
      calls.add("- thread stopped");
      if (running.remove(Thread.currentThread()) == null) {
        mistakes.add("stopped without a start");
      }
    }

    @Override
    public void threadParked() {
      mustRun("parked");
    }

    @Override
    public void threadUnparked() {
      mustRun("unparked");
    }

    private void mustRun(String what) {
      if (!running.containsKey(Thread.currentThread())) {
        mistakes.add(what + " on a thread that had not started");
      }
    }
  }
}
