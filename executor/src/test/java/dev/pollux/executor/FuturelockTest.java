package dev.pollux.executor;

import static dev.pollux.executor.Waiting.await;
import static dev.pollux.time.Time.sleep;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pollux.core.Context;
import dev.pollux.core.Future;
import dev.pollux.core.FutureSet;
import dev.pollux.core.Futures;
import dev.pollux.core.JoinHandle;
import dev.pollux.core.Poll;
import dev.pollux.core.UncaughtFailureHandler;
import dev.pollux.sync.AsyncMutex;
import dev.pollux.sync.AsyncRwLock;
import dev.pollux.sync.AsyncSemaphore;
import dev.pollux.sync.Broadcast;
import dev.pollux.sync.FuturelockException;
import dev.pollux.sync.Mpsc;
import dev.pollux.sync.Notify;
import dev.pollux.sync.TrySend;
import dev.pollux.sync.Watch;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** Which grants that nobody takes are reported, and which are not. Runs in debug mode. */
@EnabledIfSystemProperty(named = "pollux.debug", matches = "true")
@Timeout(120)
class FuturelockTest {

  private static final Duration MOMENT = Duration.ofMillis(20);

  private final List<FuturelockException> reports = new CopyOnWriteArrayList<>();
  private UncaughtFailureHandler before = UncaughtFailureHandler.logging();
  private final MultiThreadRuntime runtime =
      PolluxRuntime.builder().name("futurelock").workers(2).multiThread();

  @BeforeEach
  void listen() {
    before = UncaughtFailureHandler.processDefault();
    UncaughtFailureHandler.setProcessDefault(
        (failure, origin) -> {
          if (failure instanceof FuturelockException futurelock) {
            reports.add(futurelock);
          } else {
            before.uncaught(failure, origin);
          }
        });
  }

  @AfterEach
  void close() {
    runtime.close();
    UncaughtFailureHandler.setProcessDefault(before);
  }

  private static String nameOf(JoinHandle<?> task, String name) {
    return "task " + task.id() + " \"" + name + "\"";
  }

  // ---- reported

  /**
   * The program of RFD 609: a task selects between a future that waits for a lock and a sleep; the
   * sleep comes first; then it asks for the lock in another future, and keeps the first, which has
   * the better place in the queue, without polling it.
   */
  @Test
  void theProgramOfTheStoryIsNamed() throws Exception {
    AsyncMutex mutex = new AsyncMutex("shared");
    AsyncMutex.Guard background = requireNonNull(mutex.tryLock());
    Future<String> first = mutex.withLock(() -> Futures.ready("first"));
    JoinHandle<String> main =
        runtime.spawn(
            "main",
            Futures.select(List.of(first, sleep(MOMENT).map(nothing -> "slept")))
                .flatMap(selected -> mutex.withLock(() -> Futures.ready("second"))));
    awaitWaiting(mutex, 2);
    background.close();
    await(() -> !reports.isEmpty());
    assertThat(reports.get(0))
        .hasMessageStartingWith(nameOf(main, "main"))
        .hasMessageContaining("was given lock \"shared\"")
        .hasMessageContaining("does not poll the future that asked for it")
        .hasMessageMatching("(?s).*behind it wait: " + nameOf(main, "main") + ".*");
    sleepOnThread(MOMENT.multipliedBy(10));
    assertThat(reports).as("once").hasSize(1);
    first.cancel(); // nobody polls it
    assertThat(main.join()).isEqualTo("second");
  }

  @Test
  void whoWaitsInAnotherTaskIsNamed() throws Exception {
    AsyncMutex mutex = new AsyncMutex("shared");
    AsyncMutex.Guard guard = requireNonNull(mutex.tryLock());
    Future<AsyncMutex.Guard> kept = mutex.lock();
    JoinHandle<Object> neglects = runtime.spawn("neglects", pollOnceThenWait(kept));
    awaitWaiting(mutex, 1);
    JoinHandle<AsyncMutex.Guard> waits = runtime.spawn("waits", mutex.lock());
    awaitWaiting(mutex, 2);
    guard.close();
    await(() -> !reports.isEmpty());
    assertThat(reports.get(0))
        .hasMessageStartingWith(nameOf(neglects, "neglects"))
        .hasMessageMatching("(?s).*behind it wait: " + nameOf(waits, "waits") + ".*");
    neglects.cancel();
    waits.join().close();
  }

  /** The task is never idle: it yields for ever, and polls all but the future that it was given. */
  @Test
  void aTaskThatIsBusyWithOtherThingsIsNamed() throws Exception {
    AsyncSemaphore semaphore = new AsyncSemaphore("permits", 1);
    AsyncSemaphore.Permit permit = requireNonNull(semaphore.tryAcquire());
    Future<AsyncSemaphore.Permit> kept = semaphore.acquire();
    JoinHandle<Object> neglects =
        runtime.spawn(
            "busy",
            new Future<>() {
              private boolean polled;

              @Override
              public Poll<Object> poll(Context cx) throws Exception {
                if (!polled) {
                  polled = true;
                  assertThat(kept.poll(cx).isPending()).isTrue();
                }
                cx.wakeSelf();
                return Poll.pending();
              }

              @Override
              public void cancel() {
                kept.cancel();
              }
            });
    await(() -> semaphore.toString().endsWith("1 waits"));
    JoinHandle<AsyncSemaphore.Permit> waits = runtime.spawn("waits", semaphore.acquire());
    await(() -> semaphore.toString().endsWith("2 wait"));
    permit.close();
    await(() -> !reports.isEmpty());
    assertThat(reports.get(0))
        .hasMessageStartingWith(nameOf(neglects, "busy"))
        .hasMessageContaining("1 of semaphore \"permits\"");
    neglects.cancel();
    waits.join().close();
  }

  @Test
  void aReaderThatIsNotPolledStopsAWriter() throws Exception {
    AsyncRwLock lock = new AsyncRwLock("routes");
    AsyncRwLock.WriteGuard writer = requireNonNull(lock.tryWrite());
    Future<AsyncRwLock.ReadGuard> kept = lock.read();
    JoinHandle<Object> neglects = runtime.spawn("neglects", pollOnceThenWait(kept));
    await(() -> lock.toString().endsWith("1 waits"));
    JoinHandle<AsyncRwLock.WriteGuard> waits = runtime.spawn("waits", lock.write());
    await(() -> lock.toString().endsWith("2 wait"));
    writer.close();
    await(() -> !reports.isEmpty());
    assertThat(reports.get(0))
        .hasMessageContaining("a reader's place in read-write lock \"routes\"")
        .hasMessageContaining(nameOf(waits, "waits"));
    neglects.cancel();
    waits.join().close();
  }

  // ---- not reported

  @Test
  void aTaskThatIsSlowIsNotReported() throws Exception {
    AsyncMutex mutex = new AsyncMutex("slow");
    AsyncMutex.Guard guard = requireNonNull(mutex.tryLock());
    Future<AsyncMutex.Guard> lock = mutex.lock();
    CountDownLatch release = new CountDownLatch(1);
    CountDownLatch blocked = new CountDownLatch(1);
    JoinHandle<String> slow =
        runtime.spawn(
            "slow",
            new Future<String>() {
              private int polls;

              @Override
              public Poll<String> poll(Context cx) throws Exception {
                if (polls++ > 0) {
                  blocked.countDown();
                  MultiThreading.awaitOpen(release);
                }
                Poll<AsyncMutex.Guard> answer = lock.poll(cx);
                if (answer.isPending()) {
                  return Poll.pending();
                }
                answer.value().close();
                return Poll.ready("served");
              }

              @Override
              public void cancel() {
                lock.cancel();
              }
            });
    awaitWaiting(mutex, 1);
    JoinHandle<AsyncMutex.Guard> waits = runtime.spawn("waits", mutex.lock());
    awaitWaiting(mutex, 2);
    guard.close();
    MultiThreading.awaitOpen(blocked);
    sleepOnThread(Duration.ofMillis(300));
    assertThat(reports).isEmpty();
    release.countDown();
    assertThat(slow.join()).isEqualTo("served");
    waits.join().close();
    assertThat(reports).isEmpty();
  }

  @Test
  void aTaskThatIsStarvedIsNotReported() throws Exception {
    AsyncMutex mutex = new AsyncMutex("starved");
    AsyncMutex.Guard guard = requireNonNull(mutex.tryLock());
    JoinHandle<String> starved = runtime.spawn("starved", mutex.withLock(() -> Futures.ready("a")));
    awaitWaiting(mutex, 1);
    JoinHandle<String> waits = runtime.spawn("waits", mutex.withLock(() -> Futures.ready("b")));
    awaitWaiting(mutex, 2);
    CountDownLatch release = new CountDownLatch(1);
    CountDownLatch blocked = new CountDownLatch(2);
    for (int i = 0; i < 2; i++) { // both workers
      runtime
          .spawn(
              cx -> {
                blocked.countDown();
                MultiThreading.awaitOpen(release);
                return Poll.ready("opened");
              })
          .detach();
    }
    MultiThreading.awaitOpen(blocked);
    guard.close();
    sleepOnThread(Duration.ofMillis(300));
    release.countDown();
    assertThat(starved.join()).isEqualTo("a");
    assertThat(waits.join()).isEqualTo("b");
    assertThat(reports).isEmpty();
  }

  @Test
  void aGrantThatNobodyWaitsBehindIsNotReported() throws Exception {
    AsyncMutex mutex = new AsyncMutex("alone");
    AsyncMutex.Guard guard = requireNonNull(mutex.tryLock());
    JoinHandle<Object> neglects = runtime.spawn("neglects", pollOnceThenWait(mutex.lock()));
    awaitWaiting(mutex, 1);
    guard.close();
    sleepOnThread(Duration.ofMillis(300));
    assertThat(reports).isEmpty();
    neglects.cancel();
  }

  /** What is told to everybody, or is done already, withholds nothing from those behind. */
  @Test
  void whatNobodyGoesWithoutIsNotReported() throws Exception {
    Watch<Integer> watch = Watch.create(0);
    Broadcast<Integer> broadcast = Broadcast.create(4);
    Notify notify = new Notify();
    Mpsc<Integer> channel = Mpsc.bounded(1);
    assertThat(channel.sender().trySend(0)).isEqualTo(TrySend.SENT);
    List<JoinHandle<?>> tasks = new ArrayList<>();
    List<Future<?>> kept =
        List.of(
            watch.receiver().changed(),
            broadcast.subscribe().recv(),
            notify.notified(),
            channel.sender().send(1));
    for (Future<?> future : kept) {
      CountDownLatch polled = new CountDownLatch(1);
      tasks.add(runtime.spawn("neglects", pollOnceThenWait(future, polled)));
      MultiThreading.awaitOpen(polled);
    }
    assertThat(watch.sender().send(1)).isTrue();
    assertThat(broadcast.sender().send(1)).isEqualTo(1);
    notify.notifyWaiters();
    assertThat(channel.receiver().tryRecv().value()).isZero();
    Broadcast.Receiver<Integer> other = broadcast.subscribe();
    Watch.Receiver<Integer> looks = watch.sender().subscribe();
    for (Future<?> behind :
        List.of(looks.changed(), other.recv(), notify.notified(), channel.sender().send(2))) {
      CountDownLatch polled = new CountDownLatch(1);
      tasks.add(runtime.spawn("behind", pollOnceThenWait(behind, polled)));
      MultiThreading.awaitOpen(polled);
    }
    sleepOnThread(Duration.ofMillis(300));
    assertThat(reports).isEmpty();
    tasks.forEach(JoinHandle::cancel);
  }

  @Test
  void manyWhoShareASetAndALockAreNotReported() throws Exception {
    AsyncMutex mutex = new AsyncMutex("set");
    JoinHandle<Long> all =
        runtime.spawn(
            "set",
            Futures.defer(
                () -> {
                  FutureSet<String> set = new FutureSet<>();
                  for (int i = 0; i < 10; i++) {
                    set.add(mutex.withLock(() -> sleep(MOMENT).map(nothing -> "done")));
                  }
                  return set.count();
                }));
    assertThat(all.join()).isEqualTo(10);
    assertThat(reports).isEmpty();
  }

  /** Polls {@code kept} once, and then waits for ever, with the waker kept in {@code kept}. */
  private static Future<Object> pollOnceThenWait(Future<?> kept) {
    return pollOnceThenWait(kept, new CountDownLatch(1));
  }

  /** The same, and says when it has polled it. */
  private static Future<Object> pollOnceThenWait(Future<?> kept, CountDownLatch done) {
    return new Future<>() {
      private boolean polled;

      @Override
      public Poll<Object> poll(Context cx) throws Exception {
        if (!polled) {
          polled = true;
          assertThat(kept.poll(cx).isPending()).isTrue();
          done.countDown();
        }
        held = cx.waker();
        return Poll.pending();
      }

      @SuppressWarnings("unused") // else the task would be stuck, and said to be
      private Object held;

      @Override
      public void cancel() {
        held = null;
        kept.cancel();
      }
    };
  }

  private static void awaitWaiting(AsyncMutex mutex, int count) throws InterruptedException {
    await(() -> mutex.toString().endsWith(count == 1 ? "1 waits" : count + " wait"));
  }

  /** Gives a mistaken report the time to come. */
  private static void sleepOnThread(Duration time) throws InterruptedException {
    TimeUnit.NANOSECONDS.sleep(time.toNanos());
  }
}
