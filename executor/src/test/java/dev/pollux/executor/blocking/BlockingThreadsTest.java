package dev.pollux.executor.blocking;

import static dev.pollux.executor.blocking.OuterRuntime.await;
import static dev.pollux.executor.blocking.OuterRuntime.occupy;
import static dev.pollux.executor.blocking.OuterRuntime.upTo;
import static dev.pollux.executor.blocking.OuterRuntime.withFactory;
import static dev.pollux.executor.blocking.OuterRuntime.withKeepAlive;
import static dev.pollux.executor.blocking.OuterRuntime.withQueueLimit;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pollux.core.JoinHandle;
import dev.pollux.core.Poller;
import dev.pollux.core.TaskCancelledException;
import dev.pollux.core.TaskFailedException;
import dev.pollux.executor.BlockingQueueFullException;
import dev.pollux.spi.Services;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Threads that come and go, the queue before them, and factories that fail. */
@Timeout(60)
class BlockingThreadsTest {

  private static final long MILLISECOND = TimeUnit.MILLISECONDS.toNanos(1);

  private final OuterRuntime runtime = new OuterRuntime();
  private final CountDownLatch gate = new CountDownLatch(1);
  private BlockingPool pool = runtime.pool(upTo(3));

  @AfterEach
  void shutDown() throws Exception {
    gate.countDown();
    assertThat(pool.shutdown(OuterRuntime.LIMIT_NANOS)).isEmpty();
    assertThat(pool.threads()).isZero();
    assertThat(pool.idleThreads()).isZero();
    assertThat(pool.queueDepth()).isZero();
    await(pool::isIdle);
  }

  // ---- coming and going

  @Test
  void threadsComeWithTheJobsUpToTheMaximumAndTheRestWaits() throws Exception {
    assertThat(pool.threads()).isZero();
    occupy(pool, 1, gate);
    assertThat(pool.threads()).isEqualTo(1);
    occupy(pool, 2, gate);
    assertThat(pool.threads()).isEqualTo(3);
    JoinHandle<Integer> queued = pool.spawnBlocking(() -> 4);
    assertThat(pool.threads()).isEqualTo(3);
    assertThat(pool.queueDepth()).isEqualTo(1);
    assertThat(queued.isFinished()).isFalse();
    gate.countDown();
    assertThat(queued.join()).isEqualTo(4);
    assertThat(pool.queueDepth()).isZero();
  }

  @Test
  void anIdleThreadTakesTheNextJobBeforeANewOneIsStarted() throws Exception {
    Thread first = pool.spawnBlocking(Thread::currentThread).join();
    for (int i = 0; i < 20; i++) {
      await(() -> pool.idleThreads() == 1);
      assertThat(pool.spawnBlocking(Thread::currentThread).join()).isSameAs(first);
    }
    assertThat(pool.threads()).isEqualTo(1);
  }

  @Test
  void theThreadThatWasIdleForTheShortestTimeTakesTheJob() throws Exception {
    List<JoinHandle<Thread>> handles = new ArrayList<>();
    List<CountDownLatch> gates = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      CountDownLatch own = new CountDownLatch(1);
      gates.add(own);
      handles.add(
          pool.spawnBlocking(
              () -> {
                own.await();
                return Thread.currentThread();
              }));
    }
    Thread last = null;
    for (int i = 0; i < 3; i++) {
      gates.get(i).countDown();
      last = handles.get(i).join();
      int idle = i + 1;
      await(() -> pool.idleThreads() == idle);
    }
    assertThat(pool.spawnBlocking(Thread::currentThread).join()).isSameAs(last);
  }

  @Test
  void threadsAreDaemonsNumberedFromOne() throws Exception {
    List<Thread> threads = Collections.synchronizedList(new ArrayList<>());
    CountDownLatch all = new CountDownLatch(3);
    Callable<Boolean> job =
        () -> {
          threads.add(Thread.currentThread());
          all.countDown();
          return all.await(30, TimeUnit.SECONDS);
        };
    List<JoinHandle<Boolean>> handles =
        List.of(pool.spawnBlocking(job), pool.spawnBlocking(job), pool.spawnBlocking(job));
    for (JoinHandle<Boolean> handle : handles) {
      assertThat(handle.join()).isTrue();
    }
    assertThat(threads)
        .allMatch(Thread::isDaemon)
        .extracting(Thread::getName)
        .containsExactlyInAnyOrder("outer-blocking-1", "outer-blocking-2", "outer-blocking-3");
  }

  @Test
  void idleThreadsLeaveAfterTheKeepAliveAndOthersComeAgain() throws Exception {
    pool = runtime.pool(withKeepAlive(upTo(3), MILLISECOND));
    CountDownLatch own = new CountDownLatch(1);
    List<JoinHandle<String>> handles = occupy(pool, 3, own);
    own.countDown();
    for (JoinHandle<String> handle : handles) {
      handle.join();
    }
    await(() -> pool.threads() == 0);
    assertThat(pool.spawnBlocking(() -> 1).join()).isEqualTo(1);
    await(() -> pool.threads() == 0);
  }

  @Test
  void aThreadWithoutAJobStaysForTheKeepAlive() throws Exception {
    pool.spawnBlocking(() -> 1).join();
    await(() -> pool.idleThreads() == 1);
    assertThat(pool.threads()).isEqualTo(1);
  }

  @Test
  void anInterruptOfAnIdleThreadNeitherEndsItNorReachesItsNextJob() throws Exception {
    Thread thread = pool.spawnBlocking(Thread::currentThread).join();
    for (int i = 0; i < 100; i++) {
      await(() -> pool.idleThreads() == 1);
      thread.interrupt();
      JoinHandle<Boolean> next = // the same thread
          pool.spawnBlocking(() -> Thread.currentThread() == thread);
      assertThat(next.join()).isTrue();
    }
    await(() -> pool.idleThreads() == 1);
    thread.interrupt();
    await(() -> !thread.isInterrupted());
    assertThat(pool.spawnBlocking(Thread::interrupted).join()).isFalse();
  }

  @Test
  void anIdleThreadKeepsNothingOfItsLastJob() throws Exception {
    WeakReference<Object> value = new WeakReference<>(pool.spawnBlocking(Object::new).join());
    WeakReference<Object> captured = spawnWithCapture();
    await(() -> pool.idleThreads() >= 1);
    await(() -> isCollected(value) && isCollected(captured));
  }

  private WeakReference<Object> spawnWithCapture() throws InterruptedException {
    Object capture = new Object();
    pool.spawnBlocking(capture::hashCode).join();
    return new WeakReference<>(capture);
  }

  private static boolean isCollected(WeakReference<?> reference) {
    System.gc();
    return reference.get() == null;
  }

  // ---- the queue

  @Test
  void jobsBeginInTheOrderInWhichTheyWereQueued() throws Exception {
    pool = runtime.pool(upTo(1));
    occupy(pool, 1, gate);
    List<Integer> order = Collections.synchronizedList(new ArrayList<>());
    List<JoinHandle<Boolean>> handles = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      int number = i;
      handles.add(pool.spawnBlocking(() -> order.add(number)));
    }
    for (int i = 0; i < 100; i += 3) {
      handles.get(i).requestCancel();
    }
    assertThat(pool.queueDepth()).isEqualTo(66);
    gate.countDown();
    for (int i = 0; i < 100; i++) {
      JoinHandle<Boolean> handle = handles.get(i);
      if (i % 3 == 0) {
        assertThatThrownBy(handle::join).isInstanceOf(TaskCancelledException.class);
      } else {
        assertThat(handle.join()).isTrue();
      }
    }
    assertThat(order).hasSize(66).isSorted().noneMatch(number -> number % 3 == 0);
  }

  @Test
  void aFullQueueRefusesTheNextJobWithRuntimeLimitAndThreads() throws Exception {
    pool = runtime.pool(withQueueLimit(upTo(2), 3));
    occupy(pool, 2, gate);
    List<JoinHandle<Integer>> queued = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      queued.add(pool.spawnBlocking(() -> 1));
    }
    AtomicBoolean ran = new AtomicBoolean();
    assertThatThrownBy(() -> pool.spawnBlocking(() -> ran.getAndSet(true)))
        .isInstanceOfSatisfying(
            BlockingQueueFullException.class, full -> assertThat(full.limit()).isEqualTo(3))
        .isInstanceOf(RejectedExecutionException.class)
        .hasMessageContaining("\"outer\"")
        .hasMessageContaining("3 jobs wait")
        .hasMessageContaining("threads (2)");
    assertThat(pool.queueDepth()).isEqualTo(3);
    gate.countDown();
    for (JoinHandle<Integer> handle : queued) {
      assertThat(handle.join()).isEqualTo(1);
    }
    await(pool::isIdle);
    assertThat(ran).isFalse();
    assertThat(pool.spawnBlocking(() -> 2).join()).isEqualTo(2);
  }

  @Test
  void aJobThatWasTakenBackLeavesItsPlaceInTheQueueAtOnce() throws Exception {
    pool = runtime.pool(withQueueLimit(upTo(1), 2));
    occupy(pool, 1, gate);
    JoinHandle<Integer> first = pool.spawnBlocking(() -> 1);
    JoinHandle<Integer> second = pool.spawnBlocking(() -> 2);
    for (int i = 0; i < 1000; i++) {
      first.requestCancel();
      assertThat(first.isFinished()).isTrue();
      assertThat(pool.queueDepth()).isEqualTo(1);
      first = pool.spawnBlocking(() -> 1);
      assertThat(pool.queueDepth()).isEqualTo(2);
    }
    gate.countDown();
    assertThat(first.join()).isEqualTo(1);
    assertThat(second.join()).isEqualTo(2);
  }

  @Test
  void theJoinerOfAJobThatWasTakenBackFindsItsPlaceFree() throws Exception {
    pool = runtime.pool(withQueueLimit(upTo(1), 1));
    occupy(pool, 1, gate);
    JoinHandle<Integer> queued = pool.spawnBlocking(() -> 1);
    AtomicReference<JoinHandle<Integer>> next = new AtomicReference<>();
    Thread joiner =
        new Thread(
            () -> {
              try {
                queued.join();
              } catch (TaskCancelledException | InterruptedException expected) {
                next.set(pool.spawnBlocking(() -> 2));
              }
            });
    joiner.start();
    await(() -> joiner.getState() == Thread.State.WAITING);
    queued.requestCancel();
    joiner.join();
    gate.countDown();
    assertThat(next.get().join()).isEqualTo(2);
  }

  @Test
  void nothingOfAJobThatWasTakenBackIsKept() throws Exception {
    occupy(pool, 3, gate);
    WeakReference<Object> captured = takeBackWithCapture();
    await(() -> isCollected(captured));
  }

  private WeakReference<Object> takeBackWithCapture() {
    Object capture = new Object();
    pool.spawnBlocking(capture::hashCode).requestCancel();
    return new WeakReference<>(capture);
  }

  @Test
  void aPoolWhoseJobsWereAllTakenBackOrHaveEndedIsIdle() throws Exception {
    pool = runtime.pool(upTo(1));
    CountDownLatch own = new CountDownLatch(1);
    List<JoinHandle<String>> running = occupy(pool, 1, own);
    JoinHandle<Integer> queued = pool.spawnBlocking(() -> 1);
    own.countDown();
    running.get(0).join();
    queued.requestCancel();
    await(pool::isIdle);
    await(() -> runtime.idle.get() >= 1);
  }

  // ---- thread factories

  @Test
  void theThreadsAreThoseOfTheFactory() throws Exception {
    pool = runtime.pool(withFactory(upTo(2), body -> new Thread(body, "mine")));
    Thread thread = pool.spawnBlocking(Thread::currentThread).join();
    assertThat(thread.getName()).isEqualTo("mine");
    assertThat(thread.isDaemon()).isFalse();
  }

  @Test
  void aFactoryThatFailsFailsTheSpawnAndTheNextMayWork() throws Exception {
    Deficient factory = new Deficient();
    pool = runtime.pool(withFactory(upTo(2), factory));
    factory.failure = new IllegalStateException("no more threads");
    assertThatThrownBy(() -> pool.spawnBlocking("job", () -> 1))
        .isInstanceOf(RejectedExecutionException.class)
        .hasMessageContaining("\"outer\"")
        .hasMessageContaining("\"job\"")
        .hasMessageContaining("no more threads")
        .hasCause(factory.failure);
    assertThat(pool.isIdle()).isTrue();
    assertThat(pool.threads()).isZero();
    factory.failure = new OutOfMemoryError("simulated");
    assertThatThrownBy(() -> pool.spawnBlocking(() -> 1))
        .isInstanceOf(RejectedExecutionException.class)
        .hasCause(factory.failure);
    factory.failure = null;
    factory.answersNull = true;
    assertThatThrownBy(() -> pool.spawnBlocking(() -> 1))
        .isInstanceOf(RejectedExecutionException.class)
        .hasMessageContaining("its thread factory returned null");
    assertThat(pool.threads()).isZero();
    factory.answersNull = false;
    assertThat(pool.spawnBlocking(() -> 1).join()).isEqualTo(1);
    assertThat(runtime.uncaught).isEmpty();
    assertThat(runtime.reports).isEmpty();
  }

  @Test
  void jobsThatCountedOnAThreadThatDidNotStartGetAnotherOne() throws Exception {
    CountDownLatch inFactory = new CountDownLatch(1);
    AtomicInteger calls = new AtomicInteger();
    pool =
        runtime.pool(
            withFactory(
                upTo(1),
                body -> {
                  if (calls.incrementAndGet() > 1) {
                    return new Thread(body);
                  }
                  inFactory.countDown();
                  awaitUninterruptibly(gate);
                  throw new IllegalStateException("the first");
                }));
    AtomicReference<Throwable> refused = new AtomicReference<>();
    Thread spawner = new Thread(() -> refused.set(thrownBy(() -> pool.spawnBlocking(() -> 1))));
    spawner.start();
    assertThat(inFactory.await(30, TimeUnit.SECONDS)).isTrue();
    JoinHandle<Integer> queued = pool.spawnBlocking(() -> 2);
    assertThat(pool.queueDepth()).isEqualTo(1);
    gate.countDown();
    assertThat(queued.join(Duration.ofSeconds(30))).isEqualTo(2);
    spawner.join();
    assertThat(refused.get()).isInstanceOf(RejectedExecutionException.class);
    assertThat(calls).hasValue(2);
  }

  @Test
  void jobsThatCountedOnAThreadFailIfNoneCanBeHad() throws Exception {
    CountDownLatch inFactory = new CountDownLatch(1);
    IllegalStateException failure = new IllegalStateException("none");
    pool =
        runtime.pool(
            withFactory(
                upTo(1),
                body -> {
                  inFactory.countDown();
                  awaitUninterruptibly(gate);
                  throw failure;
                }));
    AtomicReference<Throwable> refused = new AtomicReference<>();
    Thread spawner = new Thread(() -> refused.set(thrownBy(() -> pool.spawnBlocking(() -> 1))));
    spawner.start();
    assertThat(inFactory.await(30, TimeUnit.SECONDS)).isTrue();
    List<JoinHandle<Integer>> queued = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      queued.add(pool.spawnBlocking("waits", () -> 2));
    }
    gate.countDown();
    for (JoinHandle<Integer> handle : queued) {
      assertThatThrownBy(() -> handle.join(Duration.ofSeconds(30)))
          .isInstanceOf(TaskFailedException.class)
          .cause()
          .isInstanceOf(RejectedExecutionException.class)
          .hasMessageContaining("\"waits\"")
          .hasCause(failure);
    }
    spawner.join();
    assertThat(refused.get()).isInstanceOf(RejectedExecutionException.class);
    await(pool::isIdle);
  }

  @Test
  void aThreadThatTheFactoryHasStartedServesAsWell() throws Exception {
    CountDownLatch runs = new CountDownLatch(1);
    pool =
        runtime.pool(
            withFactory(
                upTo(1),
                body -> {
                  Thread thread = new Thread(body);
                  thread.start();
                  awaitUninterruptibly(runs);
                  return thread;
                }));
    JoinHandle<Integer> handle =
        pool.spawnBlocking(
            () -> {
              runs.countDown();
              return 1;
            });
    assertThat(handle.join()).isEqualTo(1);
  }

  @Test
  void aThreadStartedAfterItWasGivenUpDoesNothing() throws Exception {
    AtomicReference<Runnable> kept = new AtomicReference<>();
    Deficient factory = new Deficient();
    pool =
        runtime.pool(
            withFactory(
                upTo(1),
                body -> {
                  kept.compareAndSet(null, body);
                  return factory.newThread(body);
                }));
    factory.failure = new IllegalStateException("not now");
    assertThatThrownBy(() -> pool.spawnBlocking(() -> 1))
        .isInstanceOf(RejectedExecutionException.class);
    kept.get().run();
    assertThat(pool.threads()).isZero();
    factory.failure = null;
    assertThat(pool.spawnBlocking(() -> 2).join()).isEqualTo(2);
  }

  @Test
  void aFactoryMayUseThePoolItself() throws Exception {
    AtomicInteger calls = new AtomicInteger();
    AtomicReference<JoinHandle<Integer>> inner = new AtomicReference<>();
    pool =
        runtime.pool(
            withFactory(
                upTo(2),
                body -> {
                  if (calls.getAndIncrement() == 0) {
                    inner.set(pool.spawnBlocking(() -> 1));
                  }
                  return new Thread(body);
                }));
    assertThat(pool.spawnBlocking(() -> 2).join()).isEqualTo(2);
    assertThat(inner.get().join()).isEqualTo(1);
  }

  // ---- what a job may throw

  @Test
  void whateverAJobThrowsEndsItsHandleAndNoThreadIsLost() throws Exception {
    pool = runtime.pool(upTo(1));
    List<Throwable> failures =
        List.of(
            new StackOverflowError("simulated"),
            new OutOfMemoryError("simulated"),
            new Error("of my own") {
              private static final long serialVersionUID = 1L;
            },
            new LinkageError("simulated"),
            new Throwable("neither Exception nor Error"));
    Thread thread = pool.spawnBlocking(Thread::currentThread).join();
    for (Throwable failure : failures) {
      JoinHandle<Object> handle = pool.spawnBlocking(() -> raise(failure));
      assertThatThrownBy(handle::join).isInstanceOf(TaskFailedException.class).hasCause(failure);
    }
    assertThatThrownBy(() -> pool.spawnBlocking(() -> endless(0)).join())
        .hasCauseInstanceOf(StackOverflowError.class);
    await(() -> pool.idleThreads() == 1);
    assertThat(pool.threads()).isEqualTo(1);
    assertThat(pool.spawnBlocking(Thread::currentThread).join()).isSameAs(thread);
    await(pool::isIdle);
    assertThat(runtime.uncaught) // the whole program should know
        .hasSize(3)
        .allMatch(failure -> failure instanceof VirtualMachineError);
  }

  @Test
  void aWakerThatThrowsCostsNoThread() throws Exception {
    pool = runtime.pool(upTo(1));
    occupy(pool, 1, gate);
    Poller poller = new Poller(new Services() {}, 1, false);
    JoinHandle<Integer> queued = pool.spawnBlocking(() -> 1);
    AssertionError failure = new AssertionError("waker");
    assertThat(
            poller
                .poll(
                    queued,
                    () -> {
                      throw failure;
                    })
                .isPending())
        .isTrue();
    gate.countDown();
    assertThat(pool.spawnBlocking(() -> 2).join()).isEqualTo(2);
    assertThat(runtime.uncaught).containsExactly(failure);
  }

  private static Object raise(Throwable failure) throws Exception {
    if (failure instanceof Error error) {
      throw error;
    }
    throw BlockingThreadsTest.<RuntimeException>unchecked(failure);
  }

  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"}) // a throw of whatever it is
  private static <E extends Throwable> E unchecked(Throwable failure) throws E {
    throw (E) failure;
  }

  private static int endless(int depth) {
    return depth < 0 ? 0 : 1 + endless(depth + 1);
  }

  private static Throwable thrownBy(Callable<?> call) {
    try {
      call.call();
      return null;
    } catch (Throwable thrown) {
      return thrown;
    }
  }

  private static void awaitUninterruptibly(CountDownLatch latch) {
    try {
      assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** A factory that fails as it is told. */
  private static final class Deficient implements ThreadFactory {
    volatile Throwable failure;
    volatile boolean answersNull;

    @Override
    public Thread newThread(Runnable body) {
      Throwable thrown = failure;
      if (thrown instanceof Error error) {
        throw error;
      }
      if (thrown instanceof RuntimeException exception) {
        throw exception;
      }
      return answersNull ? null : new Thread(body);
    }
  }
}
