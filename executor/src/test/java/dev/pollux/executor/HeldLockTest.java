package dev.pollux.executor;

import static dev.pollux.executor.MultiThreading.awaitOpen;
import static dev.pollux.executor.Waiting.await;
import static dev.pollux.executor.Waiting.elsewhere;
import static dev.pollux.time.Time.sleep;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import dev.pollux.core.Context;
import dev.pollux.core.Future;
import dev.pollux.core.Futures;
import dev.pollux.core.Poll;
import dev.pollux.executor.Waiting.Elsewhere;
import dev.pollux.executor.Waiting.Gate;
import dev.pollux.spi.RuntimeListener;
import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.AbstractQueuedSynchronizer;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Which locks are reported in debug mode as held across a pending poll, and which are not. */
@Timeout(120)
class HeldLockTest {

  private final List<Throwable> reports = new CopyOnWriteArrayList<>();

  private RuntimeBuilder debugged() {
    return PolluxRuntime.builder()
        .name("debugged")
        .debug(true)
        .uncaughtFailureHandler((failure, origin) -> reports.add(failure));
  }

  /** A lock whose name in a report is known. */
  @SuppressWarnings("serial") // never serialized
  private static final class Mutex extends AbstractQueuedSynchronizer {

    @Override
    protected boolean tryAcquire(int unused) {
      if (!compareAndSetState(0, 1)) {
        return false;
      }
      setExclusiveOwnerThread(Thread.currentThread());
      return true;
    }

    @Override
    protected boolean tryRelease(int unused) {
      setExclusiveOwnerThread(null);
      setState(0);
      return true;
    }

    String reportedName() {
      return nameOf(this);
    }
  }

  private static String nameOf(Object lock) {
    return lock.getClass().getName() + '@' + Integer.toHexString(System.identityHashCode(lock));
  }

  /** Waits in each poll, after something was done. */
  private static final class Doing implements Future<Void> {
    final Gate gate = new Gate();
    volatile Consumer<Integer> action;

    Doing(Consumer<Integer> action) {
      this.action = action;
    }

    @Override
    public Poll<Void> poll(Context cx) {
      boolean over = gate.poll(cx).isReady();
      action.accept(gate.polls);
      return over ? Poll.done() : Poll.pending();
    }

    void pollAgain() {
      gate.waker.wake();
    }
  }

  private void awaitReport(String part) throws InterruptedException {
    await(() -> reportsOf(part) > 0);
  }

  private long reportsOf(String part) {
    return reports.stream().filter(report -> report.getMessage().contains(part)).count();
  }

  /** Has a lock reported that a task of {@code runtime} takes now, and so all that was before. */
  private void probe(PolluxRuntime runtime) throws InterruptedException {
    Mutex probe = new Mutex();
    runtime.spawn("probe", new Doing(polls -> probe.acquire(1))).detach();
    awaitReport(probe.reportedName());
    reports.removeIf(report -> report.getMessage().contains(probe.reportedName()));
  }

  // ---- reported

  @Test
  void aReentrantLockHeldByAWorkerIsReportedWithItsTask() throws Exception {
    ReentrantLock lock = new ReentrantLock();
    try (MultiThreadRuntime runtime = debugged().workers(2).multiThread()) {
      long id = holdForever(runtime, polls -> lock.lock());
      awaitReport("ReentrantLock$NonfairSync");
      assertThat(reports.get(0))
          .isInstanceOf(HeldLockException.class)
          .hasMessageContaining("java.util.concurrent.locks.ReentrantLock$NonfairSync@")
          .hasMessageContaining("held by thread \"debugged-worker-")
          .hasMessageContaining(
              "across a pending poll of task "
                  + id
                  + " \"holder\" (spawned at "
                  + HeldLockTest.class.getName()
                  + ".holdForever(");
    }
    assertThat(reports).as("once").hasSize(1);
  }

  @CanIgnoreReturnValue
  private static long holdForever(PolluxRuntime runtime, Consumer<Integer> hold) {
    var handle = runtime.spawn("holder", new Doing(hold));
    long id = handle.id();
    handle.detach();
    return id;
  }

  @Test
  void theLockIsNamedByItsClassAndIdentity() throws Exception {
    Mutex mutex = new Mutex();
    try (MultiThreadRuntime runtime = debugged().workers(1).multiThread()) {
      holdForever(runtime, polls -> mutex.acquire(1));
      awaitReport(mutex.reportedName());
    }
  }

  @Test
  void aMonitorHeldByWhoBlocksOnACurrentThreadRuntimeIsReported() throws Exception {
    Object monitor = new Object();
    try (CurrentThreadRuntime runtime = debugged().currentThread()) {
      Gate gate = new Gate();
      Elsewhere<String> blocked =
          elsewhere(
              () -> {
                synchronized (monitor) {
                  return runtime.blockOn(gate);
                }
              });
      awaitReport("monitor");
      assertThat(reports.get(0))
          .isInstanceOf(HeldLockException.class)
          .hasMessageStartingWith("the monitor of " + nameOf(monitor) + ", entered at ")
          .hasMessageContaining(HeldLockTest.class.getName())
          .hasMessageContaining("held by thread \"elsewhere\" across a pending poll of task ");
      gate.open();
      assertThat(blocked.result()).isEqualTo("open");
    }
    assertThat(reports).as("once").hasSize(1);
  }

  @Test
  void aLockHeldByWhoBlocksOnACurrentThreadRuntimeIsReported() throws Exception {
    Mutex mutex = new Mutex();
    try (CurrentThreadRuntime runtime = debugged().currentThread()) {
      Gate gate = new Gate();
      Elsewhere<String> blocked =
          elsewhere(
              () -> {
                mutex.acquire(1);
                return runtime.blockOn(gate);
              });
      awaitReport(mutex.reportedName());
      gate.open();
      assertThat(blocked.result()).isEqualTo("open");
    }
  }

  @Test
  void aLockTakenInAPollOfACurrentThreadRuntimeIsReported() throws Exception {
    Mutex mutex = new Mutex();
    try (CurrentThreadRuntime runtime = debugged().currentThread()) {
      holdForever(runtime, polls -> mutex.acquire(1));
      Gate gate = new Gate();
      Elsewhere<String> blocked = elsewhere(() -> runtime.blockOn(gate));
      awaitReport(mutex.reportedName());
      gate.open();
      assertThat(blocked.result()).isEqualTo("open");
    }
  }

  @Test
  void aLockIsFoundThoughItsWorkerNeverSleeps() throws Exception {
    Mutex mutex = new Mutex();
    Waiting.Spinner busy = new Waiting.Spinner();
    try (MultiThreadRuntime runtime = debugged().workers(1).multiThread()) {
      runtime.spawn(busy).detach();
      await(() -> busy.polls > 10);
      holdForever(runtime, polls -> mutex.acquire(1));
      awaitReport(mutex.reportedName());
      assertThat(reports.get(0)).hasMessageContaining("\"holder\"");
      busy.stop = true;
    }
  }

  @Test
  void ifSeveralTasksComeIntoQuestionAllAreNamed() throws Exception {
    Mutex mutex = new Mutex();
    try (CurrentThreadRuntime runtime = debugged().currentThread()) {
      runtime.spawn("first", Futures.lazy(() -> 1)).detach(); // ends: that is not looked at
      runtime.spawn("second", new Doing(polls -> mutex.acquire(1))).detach();
      Gate gate = new Gate();
      Elsewhere<String> blocked = elsewhere(() -> runtime.blockOn(gate));
      awaitReport(mutex.reportedName());
      assertThat(reports.get(0))
          .hasMessageContaining("of one of task")
          .hasMessageContaining("\"first\"")
          .hasMessageContaining("\"second\"");
      gate.open();
      assertThat(blocked.result()).isEqualTo("open");
    }
  }

  @Test
  void aLockIsReportedOncePerTask() throws Exception {
    Mutex[] locks = {new Mutex(), new Mutex(), new Mutex(), new Mutex()};
    Doing task =
        new Doing(
            polls -> {
              switch (polls) {
                case 1 -> locks[0].acquire(1);
                case 2 -> {
                  locks[0].release(1);
                  locks[1].acquire(1);
                }
                case 3 -> {
                  locks[0].acquire(1);
                  locks[2].acquire(1);
                }
                default -> locks[3].acquire(1);
              }
            });
    try (MultiThreadRuntime runtime = debugged().workers(1).multiThread()) {
      runtime.spawn(task).detach();
      for (Mutex lock : locks) { // each report shows that what was before it was looked at
        awaitReport(lock.reportedName());
        if (lock != locks[3]) {
          task.pollAgain();
        }
      }
      assertThat(reports).hasSize(4);
    }
  }

  // ---- not reported

  /** Does something legal with a runtime, of whose polls none keeps a lock. */
  private interface Pattern {
    void run(HeldLockTest test) throws Exception;
  }

  static Stream<Arguments> legal() {
    return Stream.of(
        legal("a lock released in the poll", test -> test.inATask(HeldLockTest::lockAndUnlock)),
        legal("a monitor left in the poll", test -> test.inATask(HeldLockTest::enterAndLeave)),
        legal("locks in polls that block", HeldLockTest::pollsThatBlockHoldLocks),
        legal("a lock of a blocking job", HeldLockTest::aJobHoldsALock),
        legal("a lock during blockInPlace", HeldLockTest::aCallInPlaceHoldsALock),
        legal("a lock of another thread", HeldLockTest::anotherThreadHoldsALock),
        legal("the locks of who blocks on workers", HeldLockTest::whoBlocksOnWorkersHoldsLocks),
        legal("a lock of the thread factory", HeldLockTest::theThreadFactoryHoldsLocks),
        legal("a lock of a listener", HeldLockTest::aListenerHoldsALock),
        legal("a thread of an executor", HeldLockTest::anExecutorDrives),
        legal("the locks of a foreign loop", HeldLockTest::aForeignLoopHoldsLocks),
        legal("a paused clock", HeldLockTest::aPausedClockJumps),
        legal("a runtime without debug mode", HeldLockTest::noDebugMode));
  }

  private static Arguments legal(String what, Pattern pattern) {
    return arguments(what, pattern);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("legal")
  void whatIsLegalIsNotReported(String what, Pattern pattern) throws Exception {
    pattern.run(this);
    assertThat(reports).as(what).isEmpty();
  }

  private static void lockAndUnlock() {
    ReentrantLock lock = new ReentrantLock();
    lock.lock();
    try {
      assertThat(lock.isHeldByCurrentThread()).isTrue();
    } finally {
      lock.unlock();
    }
  }

  private static void enterAndLeave() {
    Object monitor = new Object();
    synchronized (monitor) {
      assertThat(Thread.holdsLock(monitor)).isTrue();
    }
  }

  private void inATask(Runnable action) throws Exception {
    try (MultiThreadRuntime runtime = debugged().workers(2).multiThread()) {
      for (int i = 0; i < 50; i++) {
        runtime.spawn(new Doing(polls -> action.run())).detach();
      }
      probe(runtime);
    }
  }

  /** Looks meet threads that have just woken, and sleep in a poll. */
  private void pollsThatBlockHoldLocks() throws Exception {
    try (MultiThreadRuntime runtime = debugged().workers(2).multiThread()) {
      Doing task =
          new Doing(
              polls -> {
                ReentrantLock lock = new ReentrantLock();
                lock.lock();
                try {
                  LockSupport.parkNanos(1_000_000);
                } finally {
                  lock.unlock();
                }
              });
      runtime.spawn(task).detach();
      for (int i = 1; i <= 500; i++) {
        int polls = i;
        await(() -> task.gate.polls >= polls);
        task.pollAgain();
      }
      probe(runtime);
    }
  }

  private void aJobHoldsALock() throws Exception {
    ReentrantLock lock = new ReentrantLock();
    CountDownLatch looked = new CountDownLatch(1);
    try (MultiThreadRuntime runtime = debugged().workers(1).multiThread()) {
      var job =
          runtime.spawnBlocking(
              () -> {
                lock.lock();
                try {
                  awaitOpen(looked);
                  return 1;
                } finally {
                  lock.unlock();
                }
              });
      await(lock::isLocked);
      probe(runtime);
      looked.countDown();
      assertThat(job.join()).isEqualTo(1);
    }
  }

  private void aCallInPlaceHoldsALock() throws Exception {
    ReentrantLock lock = new ReentrantLock();
    CountDownLatch looked = new CountDownLatch(1);
    try (MultiThreadRuntime runtime = debugged().workers(1).multiThread()) {
      Future<Void> inPlace =
          cx -> {
            lock.lock();
            try {
              runtime.blockInPlace(
                  () -> {
                    awaitOpen(looked);
                    return 1;
                  });
              return Poll.done();
            } finally {
              lock.unlock();
            }
          };
      var task = runtime.spawn(inPlace);
      await(lock::isLocked);
      probe(runtime);
      looked.countDown();
      task.join();
    }
  }

  private void anotherThreadHoldsALock() throws Exception {
    ReentrantLock lock = new ReentrantLock();
    lock.lock();
    try {
      inATask(() -> assertThat(lock.tryLock()).isFalse());
    } finally {
      lock.unlock();
    }
  }

  private synchronized void whoBlocksOnWorkersHoldsLocks() throws Exception {
    ReentrantLock lock = new ReentrantLock();
    lock.lock();
    try (MultiThreadRuntime runtime = debugged().workers(1).multiThread()) {
      runtime.blockOn(sleep(Duration.ofMillis(1)));
      probe(runtime);
    } finally {
      lock.unlock();
    }
  }

  private void theThreadFactoryHoldsLocks() throws Exception {
    RuntimeBuilder builder =
        debugged()
            .workers(2)
            .threadFactory(
                body ->
                    new Thread(
                        () -> {
                          ReentrantLock lock = new ReentrantLock();
                          lock.lock();
                          try {
                            synchronized (new Object()) {
                              body.run();
                            }
                          } finally {
                            lock.unlock();
                          }
                        }));
    try (MultiThreadRuntime runtime = builder.multiThread()) {
      for (int i = 0; i < 20; i++) {
        runtime.spawn(new Doing(polls -> {})).detach();
      }
      probe(runtime);
    }
  }

  private void aListenerHoldsALock() throws Exception {
    ThreadLocal<ReentrantLock> lock = ThreadLocal.withInitial(ReentrantLock::new);
    RuntimeListener listener =
        new RuntimeListener() {
          @Override
          public void threadParked() {
            lock.get().lock();
          }

          @Override
          public void threadUnparked() {
            lock.get().unlock();
          }
        };
    try (MultiThreadRuntime runtime = debugged().workers(2).listener(listener).multiThread()) {
      Doing task = new Doing(polls -> {});
      runtime.spawn(task).detach();
      await(() -> task.gate.polls == 1);
      // Its own look may have to wait until there is another poll.
      Mutex probe = new Mutex();
      Doing second = new Doing(polls -> acquireOnce(probe, polls));
      runtime.spawn(second).detach();
      await(() -> second.gate.polls == 1);
      await(
          () -> {
            second.pollAgain();
            return reportsOf(probe.reportedName()) > 0;
          });
      assertThat(reports).hasSize(1);
      reports.clear();
    }
  }

  private static void acquireOnce(Mutex mutex, int polls) {
    if (polls == 1) {
      mutex.acquire(1);
    }
  }

  private void anExecutorDrives() throws Exception {
    ExecutorService executor = Executors.newSingleThreadExecutor();
    try (CurrentThreadRuntime runtime = debugged().currentThread()) {
      Gate gate = new Gate();
      var blocked = executor.submit(() -> runtime.blockOn(gate));
      await(() -> gate.polls == 1);
      probe(runtime);
      gate.open();
      assertThat(blocked.get(Waiting.LIMIT_SECONDS, TimeUnit.SECONDS)).isEqualTo("open");
    } finally {
      executor.shutdown();
    }
  }

  private synchronized void aForeignLoopHoldsLocks() throws Exception {
    ReentrantLock lock = new ReentrantLock();
    lock.lock();
    try (CurrentThreadRuntime runtime = debugged().currentThread()) {
      runtime.spawn(new Doing(polls -> {})).detach();
      while (runtime.tryTick()) {}
    } finally {
      lock.unlock();
    }
    inATask(() -> {});
  }

  private void aPausedClockJumps() throws Exception {
    try (MultiThreadRuntime runtime = debugged().workers(2).pausedClock().multiThread()) {
      for (int i = 0; i < 200; i++) {
        runtime.blockOn(sleep(Duration.ofHours(1)));
      }
      probe(runtime);
    }
  }

  private void noDebugMode() throws Exception {
    try (MultiThreadRuntime runtime = debugged().debug(false).workers(1).multiThread()) {
      Doing task = new Doing(polls -> new Mutex().acquire(1));
      runtime.spawn(task).detach();
      await(() -> task.gate.polls == 1);
      inATask(() -> {});
    }
  }

  // ---- without the module

  /** Runs where there is no module {@code java.management}. */
  static final class WithoutManagement {

    private WithoutManagement() {}

    /** Holds a lock across a poll in two runtimes. */
    public static void main(String[] args) throws Exception {
      for (int i = 0; i < 2; i++) {
        try (CurrentThreadRuntime runtime = PolluxRuntime.builder().debug(true).currentThread()) {
          Mutex mutex = new Mutex();
          Future<Void> body =
              cx -> {
                if (mutex.tryAcquire(1)) {
                  cx.wakeSelf();
                  return Poll.pending();
                }
                return Poll.done();
              };
          runtime.blockOn(body);
        }
      }
      System.out.println("ran");
    }
  }

  @Test
  void withoutTheModuleItIsOffAndSaysSoOnce() throws Exception {
    String classPath =
        Stream.of(PolluxRuntime.class, Future.class, HeldLockTest.class)
            .map(HeldLockTest::placeOf)
            .reduce((a, b) -> a + File.pathSeparator + b)
            .orElseThrow();
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--limit-modules",
                "java.base",
                "-cp",
                classPath,
                WithoutManagement.class.getName())
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
    assertThat(output)
        .contains("ran")
        .containsOnlyOnce("module java.management is missing")
        .doesNotContain("HeldLockException");
  }

  private static String placeOf(Class<?> type) {
    try {
      return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI()).toString();
    } catch (java.net.URISyntaxException impossible) {
      throw new AssertionError(impossible);
    }
  }
}
