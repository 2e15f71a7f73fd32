package dev.pollux.executor;

import static dev.pollux.executor.MultiThreading.awaitOpen;
import static dev.pollux.executor.Waiting.await;
import static dev.pollux.time.Time.sleep;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import dev.pollux.core.Context;
import dev.pollux.core.Future;
import dev.pollux.core.Futures;
import dev.pollux.core.JoinHandle;
import dev.pollux.core.Poll;
import dev.pollux.core.TaskInfo;
import dev.pollux.executor.MultiThreading.Uncaught;
import dev.pollux.executor.Waiting.Elsewhere;
import dev.pollux.executor.Waiting.Spinner;
import dev.pollux.spi.RuntimeListener;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Polls that last too long, and who hears of it. What is counted is tested by WatchdogTest. */
@ParameterizedClass
@EnumSource
@Timeout(120)
class RuntimeWatchdogTest {

  private static final Logger LOGGER = Logger.getLogger("dev.pollux");
  private static final Duration THRESHOLD = Duration.ofMillis(100);

  private final Uncaught uncaught = new Uncaught();
  private final BlockingQueue<Report> reports = new LinkedBlockingQueue<>();
  private final BlockingQueue<String> logged = new LinkedBlockingQueue<>();
  private final Flavour flavour;
  private final PolluxRuntime runtime;

  private final Handler handler =
      new Handler() {
        @Override
        public void publish(LogRecord line) {
          logged.add(line.getLevel() + " " + line.getMessage());
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
      };

  RuntimeWatchdogTest(Flavour flavour) {
    this.flavour = flavour;
    this.runtime = flavour.build(builder().name("watched").watchdog(THRESHOLD));
  }

  private RuntimeBuilder builder() {
    return PolluxRuntime.builder()
        .captureSpawnSites(true)
        .uncaughtFailureHandler(uncaught::add)
        .listener(
            new RuntimeListener() {
              @Override
              public void pollStuck(TaskInfo task, Duration soFar, List<StackTraceElement> frames) {
                reports.add(new Report(task, soFar, frames, Thread.currentThread()));
              }
            });
  }

  private record Report(
      TaskInfo task, Duration soFar, List<StackTraceElement> frames, Thread toldBy) {

    StackTraceElement topUserFrame() {
      return frames.stream()
          .filter(frame -> frame.getClassName().startsWith("dev.pollux"))
          .findFirst()
          .orElseThrow();
    }
  }

  @BeforeEach
  void listenToTheLog() {
    LOGGER.setUseParentHandlers(false);
    LOGGER.addHandler(handler);
  }

  @AfterEach
  void endsWithTheRuntime() throws InterruptedException {
    runtime.close();
    await(() -> watchdogOf(runtime) == null);
    LOGGER.removeHandler(handler);
    LOGGER.setUseParentHandlers(true);
    uncaught.assertNone();
  }

  private static Thread watchdogOf(PolluxRuntime runtime) {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().equals(runtime.name() + "-watchdog"))
        .findFirst()
        .orElse(null);
  }

  private Report report() throws InterruptedException {
    Report report = reports.poll(Waiting.LIMIT_SECONDS, TimeUnit.SECONDS);
    assertThat(report).as("no report").isNotNull();
    return report;
  }

  /** Runs {@code future} as a task, on another thread if need be. */
  @CanIgnoreReturnValue
  private <T> Elsewhere<T> run(Future<T> future) {
    return Waiting.elsewhere(() -> runtime.blockOn(future));
  }

  /** Blocks its thread until a report has come, by sleeping as people do. */
  private static final class Sleepy implements Future<String> {
    private final CountDownLatch enough = new CountDownLatch(1);

    @Override
    public Poll<String> poll(Context cx) throws InterruptedException {
      fallAsleep();
      return Poll.ready("awake");
    }

    private void fallAsleep() throws InterruptedException {
      while (enough.getCount() > 0) {
        Thread.sleep(200);
      }
    }
  }

  @Test
  void aPollThatSleepsIsReportedWithItsTaskAndFrames() throws Exception {
    Sleepy sleepy = new Sleepy();
    JoinHandle<String> handle = runtime.spawn("sleepy", sleepy);
    Elsewhere<String> end = run(handle);
    Report report = report();
    sleepy.enough.countDown();
    assertThat(end.result()).isEqualTo("awake");
    assertThat(report.task().id()).isEqualTo(handle.id());
    assertThat(report.task().name()).contains("sleepy");
    assertThat(report.task().spawnSite().orElseThrow().getClassName())
        .isEqualTo(RuntimeWatchdogTest.class.getName());
    assertThat(report.soFar()).isBetween(THRESHOLD, THRESHOLD.multipliedBy(2));
    assertThat(report.topUserFrame().getMethodName()).isEqualTo("fallAsleep");
    assertThat(report.frames().get(report.frames().size() - 1).getMethodName()).isEqualTo("poll");
    assertThat(report.frames().get(report.frames().size() - 1).getClassName())
        .isEqualTo(Sleepy.class.getName());
    assertThat(report.frames().get(0).getClassName()).isEqualTo(Thread.class.getName());
    assertThatThrownBy(() -> report.frames().clear())
        .isInstanceOf(UnsupportedOperationException.class);
    assertThat(report.toldBy().getName()).isEqualTo("watched-watchdog");
    assertThat(report.toldBy().isDaemon()).isTrue();
    String line = logged.poll(Waiting.LIMIT_SECONDS, TimeUnit.SECONDS);
    assertThat(line)
        .startsWith("WARNING task " + handle.id() + " \"sleepy\" (spawned at ")
        .contains("of runtime \"watched\" has not come back from a poll for 10")
        .contains("\tat " + report.topUserFrame());
  }

  @Test
  void aTaskInDebugModeIsFoundToo() throws Exception {
    PolluxRuntime debugged = flavour.build(builder().debug(true).watchdog(THRESHOLD));
    Sleepy sleepy = new Sleepy();
    JoinHandle<String> handle = debugged.spawn("sleepy", sleepy);
    Elsewhere<String> end = Waiting.elsewhere(() -> debugged.blockOn(handle));
    Report report = report();
    sleepy.enough.countDown();
    assertThat(end.result()).isEqualTo("awake");
    debugged.close();
    assertThat(report.task().id()).isEqualTo(handle.id());
  }

  @Test
  void aCancelThatBlocksIsReported() throws Exception {
    CountDownLatch enough = new CountDownLatch(1);
    JoinHandle<Object> handle =
        runtime.spawn(MultiThreading.waits(cx -> {}, () -> blockUntil(enough)));
    handle.requestCancel();
    Elsewhere<Object> end = run(handle.recover(failure -> "cancelled"));
    Report report = report();
    enough.countDown();
    assertThat(end.result()).isEqualTo("cancelled");
    assertThat(report.task().id()).isEqualTo(handle.id());
    assertThat(report.topUserFrame().getMethodName()).isEqualTo("awaitOpen");
  }

  @Test
  void aCloseThatBlocksIsReportedWithoutATask() throws Exception {
    CountDownLatch enough = new CountDownLatch(1);
    CountDownLatch detached = new CountDownLatch(1);
    AutoCloseable output = () -> blockUntil(enough);
    runtime
        .spawn(
            (Future<AutoCloseable>)
                cx -> {
                  awaitOpen(detached);
                  return Poll.ready(output);
                })
        .detach();
    detached.countDown();
    Elsewhere<Integer> end = run(Futures.ready(1));
    Report report = report();
    enough.countDown();
    assertThat(end.result()).isEqualTo(1);
    assertThat(report.task().id()).isZero();
    assertThat(report.frames()).anyMatch(frame -> frame.getMethodName().equals("blockUntil"));
  }

  private static void blockUntil(CountDownLatch latch) {
    try {
      awaitOpen(latch);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  // ---- what is well; the threshold leaves room for a machine that is busy with other things

  private static final Duration PATIENCE = Duration.ofMillis(400);

  private PolluxRuntime patient() {
    return flavour.build(builder().watchdog(PATIENCE));
  }

  /** Polls that yield, for more than the threshold. */
  private static Spinner spinsForLong() {
    Spinner spinner = new Spinner();
    long end = System.nanoTime() + PATIENCE.toNanos() * 3 / 2;
    spinner.between = () -> spinner.stop = System.nanoTime() - end > 0;
    return spinner;
  }

  @Test
  void aRuntimeThatIsWellIsNotReported() throws Exception {
    PolluxRuntime well = patient();
    assertThat(well.blockOn(spinsForLong())).isEqualTo("stopped");
    assertThat(well.blockOn(sleep(PATIENCE.multipliedBy(2)))).isNull();
    well.close();
    assertThat(reports).isEmpty();
    assertThat(logged).isEmpty();
  }

  @Test
  void aPollThatOnlyCollectsGarbageIsNotReported() throws Exception {
    // Whatever lives makes the collections long; they are nothing but one stop after the other.
    List<long[]> live = new ArrayList<>();
    for (int i = 0; i < 500_000; i++) {
      live.add(new long[8]);
    }
    PolluxRuntime collecting = patient();
    collecting.blockOn(
        (Future<Integer>)
            cx -> {
              long begun = System.nanoTime();
              while (System.nanoTime() - begun < 2 * PATIENCE.toNanos()) {
                System.gc();
                letTheWatchdogLook();
              }
              return Poll.ready(live.size());
            });
    collecting.close();
    assertThat(reports).isEmpty();
  }

  /** One collection right after the other might not let it come to its senses. */
  private static void letTheWatchdogLook() {
    long begun = System.nanoTime();
    while (System.nanoTime() - begun < 1_000_000) {
      Thread.onSpinWait();
    }
  }

  @Test
  void aPollThatBlocksInPlaceIsNotReported() throws Exception {
    if (flavour == Flavour.CURRENT_THREAD) {
      return; // it has no other thread
    }
    PolluxRuntime well = patient();
    CountDownLatch enough = new CountDownLatch(1);
    JoinHandle<String> blocked =
        well.spawn(
            (Future<String>)
                cx ->
                    Poll.ready(
                        well.blockInPlace(
                            () -> {
                              awaitOpen(enough);
                              return "done";
                            })));
    assertThat(well.blockOn(spinsForLong())).isEqualTo("stopped");
    enough.countDown();
    assertThat(blocked.join()).isEqualTo("done");
    well.close();
    assertThat(reports).isEmpty();
  }

  @Test
  void aPollThatCannotGiveItsWorkerAwayIsReported() throws Exception {
    if (flavour == Flavour.CURRENT_THREAD) {
      return;
    }
    PolluxRuntime noThreads =
        builder()
            .workers(1)
            .watchdog(THRESHOLD)
            .threadFactory(
                body -> {
                  boolean isFirst = !Thread.currentThread().getName().equals("only");
                  Thread thread =
                      new Thread(body, "only") {
                        @Override
                        public synchronized void start() {
                          if (!isFirst) { // it is for the call that blocks in place
                            throw new IllegalStateException("no more threads");
                          }
                          super.start();
                        }
                      };
                  thread.setDaemon(true);
                  return thread;
                })
            .multiThread();
    CountDownLatch enough = new CountDownLatch(1);
    JoinHandle<String> handle =
        noThreads.spawn(
            (Future<String>)
                cx ->
                    Poll.ready(
                        noThreads.blockInPlace(
                            () -> {
                              awaitOpen(enough);
                              return "done";
                            })));
    Report report = report();
    enough.countDown();
    assertThat(handle.join()).isEqualTo("done");
    noThreads.close();
    assertThat(report.task().id()).isEqualTo(handle.id());
  }

  @Test
  void aPollThatGoesOnIsReportedAgain() throws Exception {
    PolluxRuntime strict = flavour.build(builder().watchdog(Duration.ofMillis(10)));
    Sleepy sleepy = new Sleepy();
    Elsewhere<String> end = Waiting.elsewhere(() -> strict.blockOn(sleepy));
    assertThat(report().soFar()).isLessThan(Duration.ofMillis(100));
    assertThat(report().soFar()).isGreaterThanOrEqualTo(Duration.ofMillis(100));
    sleepy.enough.countDown();
    assertThat(end.result()).isEqualTo("awake");
    strict.close();
    reports.clear();
  }

  @Test
  void aListenerThatThrowsIsReportedAndTheWatchdogGoesOn() throws Exception {
    PolluxRuntime hurt =
        flavour.build(
            PolluxRuntime.builder()
                .uncaughtFailureHandler(uncaught::add)
                .watchdog(THRESHOLD)
                .listener(
                    new RuntimeListener() {
                      @Override
                      public void pollStuck(
                          TaskInfo task, Duration soFar, List<StackTraceElement> frames) {
                        reports.add(new Report(task, soFar, frames, Thread.currentThread()));
                        throw new AssertionError("stuck");
                      }
                    }));
    for (int i = 0; i < 2; i++) {
      Sleepy sleepy = new Sleepy();
      Elsewhere<String> end = Waiting.elsewhere(() -> hurt.blockOn(sleepy));
      Report unused = report();
      sleepy.enough.countDown();
      assertThat(end.result()).isEqualTo("awake");
    }
    hurt.close();
    await(() -> uncaught.failures().size() >= 2);
    assertThat(uncaught.failures()).allMatch(failure -> "stuck".equals(failure.getMessage()));
    uncaught.forget();
  }

  @Test
  void withoutTheOptionThereIsNoWatchdog() throws Exception {
    PolluxRuntime plain = flavour.build(builder());
    assertThat(plain.blockOn(Futures.ready(1))).isEqualTo(1);
    assertThat(watchdogOf(plain)).isNull();
    assertThat(watchdogOf(runtime)).isNotNull();
    plain.close();
  }

  @Test
  void aRuntimeThatNobodyUsesAnyMoreLetsItsWatchdogGo() throws Exception {
    if (flavour == Flavour.MULTI_THREAD) {
      return; // its threads go on, and it is reported as leaked
    }
    WeakReference<PolluxRuntime> lost = new WeakReference<>(abandoned());
    await(
        () -> {
          System.gc();
          return lost.get() == null
              && Thread.getAllStackTraces().keySet().stream()
                  .noneMatch(thread -> thread.getName().equals("lost-watchdog"));
        });
  }

  private static PolluxRuntime abandoned() throws Exception {
    PolluxRuntime lost = PolluxRuntime.builder().name("lost").watchdog(THRESHOLD).currentThread();
    assertThat(lost.blockOn(Futures.ready(1))).isEqualTo(1);
    assertThat(watchdogOf(lost)).isNotNull();
    return lost;
  }

  @Test
  void theThresholdIsChecked() {
    RuntimeBuilder builder = PolluxRuntime.builder();
    assertThatThrownBy(() -> builder.watchdog(Duration.ofNanos(9_999_999)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "threshold of the watchdog must be at least 10 milliseconds, was PT0.009999999S");
    assertThatThrownBy(() -> builder.watchdog(null))
        .isInstanceOf(NullPointerException.class)
        .hasMessageContaining("threshold");
    flavour.build(builder.watchdog(Duration.ofSeconds(Long.MAX_VALUE))).close();
  }
}
