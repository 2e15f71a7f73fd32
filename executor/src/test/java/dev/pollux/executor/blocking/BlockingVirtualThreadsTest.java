package dev.pollux.executor.blocking;

import static dev.pollux.executor.blocking.OuterRuntime.await;
import static dev.pollux.executor.blocking.OuterRuntime.occupy;
import static dev.pollux.executor.blocking.OuterRuntime.upTo;
import static dev.pollux.executor.blocking.OuterRuntime.virtual;
import static dev.pollux.executor.blocking.OuterRuntime.withExhaustion;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.pollux.core.JoinHandle;
import dev.pollux.core.TaskCancelledException;
import dev.pollux.core.TaskFailedException;
import dev.pollux.executor.BlockingExhaustion;
import dev.pollux.executor.BlockingPoolExhaustedException;
import dev.pollux.executor.CurrentThreadRuntime;
import dev.pollux.executor.PolluxRuntime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Jobs on virtual threads where the JDK has them, and the refusal where it has not. */
@Timeout(60)
class BlockingVirtualThreadsTest {

  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final boolean SUPPORTED = Runtime.version().feature() >= 21;

  private final OuterRuntime runtime = new OuterRuntime();

  @Test
  void theBuilderTakesTheOptionWhereTheJdkHasVirtualThreads() throws Exception {
    if (!SUPPORTED) {
      assertThatThrownBy(() -> PolluxRuntime.builder().virtualBlockingThreads(true))
          .isInstanceOf(UnsupportedOperationException.class)
          .hasMessage(
              "virtualBlockingThreads(true) needs JDK 21 or later, this is JDK "
                  + Runtime.version());
      assertThatThrownBy(() -> runtime.pool(virtual(upTo(1))))
          .isInstanceOf(UnsupportedOperationException.class);
      return;
    }
    try (CurrentThreadRuntime whole =
        PolluxRuntime.builder().name("virtual").virtualBlockingThreads(true).currentThread()) {
      Thread thread = whole.blockOn(whole.spawnBlocking(Thread::currentThread));
      assertThat(isVirtual(thread)).isTrue();
      assertThat(thread.getName()).isEqualTo("virtual-blocking-1");
    }
  }

  @Test
  void theOptionCanBeSwitchedOffOnEveryJdk() throws Exception {
    try (CurrentThreadRuntime whole =
        PolluxRuntime.builder().virtualBlockingThreads(false).currentThread()) {
      assertThat(isVirtual(whole.blockOn(whole.spawnBlocking(Thread::currentThread)))).isFalse();
    }
  }

  @Test
  void jobsRunOnVirtualThreadsAndNoMoreAtOnceThanTheMaximum() throws Exception {
    assumeThat(SUPPORTED).isTrue();
    BlockingPool pool = runtime.pool(virtual(upTo(4)));
    AtomicInteger running = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    CountDownLatch gate = new CountDownLatch(1);
    occupy(pool, 3, gate);
    List<JoinHandle<Boolean>> handles = new ArrayList<>();
    for (int i = 0; i < 1000; i++) {
      handles.add(
          pool.spawnBlocking(
              () -> {
                most.accumulateAndGet(running.incrementAndGet(), Math::max);
                running.decrementAndGet();
                return isVirtual(Thread.currentThread());
              }));
    }
    for (JoinHandle<Boolean> handle : handles) {
      assertThat(handle.join(LIMIT)).isTrue();
    }
    assertThat(most).hasValue(1);
    assertThat(pool.threads()).isBetween(3, 4);
    gate.countDown();
    await(() -> pool.threads() == 0);
    assertThat(pool.idleThreads()).isZero();
    await(pool::isIdle);
    assertThat(pool.shutdown(OuterRuntime.LIMIT_NANOS)).isEmpty();
  }

  @Test
  void cancellingInterruptsOnlyTheJobThatRuns() throws Exception {
    assumeThat(SUPPORTED).isTrue();
    BlockingPool pool = runtime.pool(virtual(upTo(1)));
    CountDownLatch begun = new CountDownLatch(1);
    JoinHandle<Object> job =
        pool.spawnInterruptible(
            () -> {
              begun.countDown();
              new CountDownLatch(1).await();
              return null;
            });
    JoinHandle<Boolean> next = pool.spawnBlocking(Thread::interrupted);
    assertThat(begun.await(30, TimeUnit.SECONDS)).isTrue();
    job.requestCancel();
    assertThatThrownBy(() -> job.join(LIMIT)).isInstanceOf(TaskCancelledException.class);
    assertThat(next.join(LIMIT)).isFalse();
    assertThat(pool.shutdown(OuterRuntime.LIMIT_NANOS)).isEmpty();
  }

  @Test
  void aChainOfJobsLongerThanThePoolGetsThrough() throws Exception {
    assumeThat(SUPPORTED).isTrue();
    BlockingPool pool = runtime.pool(virtual(upTo(2)));
    assertThat(pool.spawnBlocking(() -> chain(pool, 200)).join(LIMIT)).isEqualTo(200);
    await(() -> pool.threads() == 0);
    assertThat(runtime.reports)
        .isNotEmpty()
        .allMatch(report -> report instanceof BlockingPoolExhaustedException);
    assertThat(pool.shutdown(OuterRuntime.LIMIT_NANOS)).isEmpty();
  }

  private static int chain(BlockingPool pool, int length) throws Exception {
    return length == 0 ? 0 : 1 + pool.spawnBlocking(() -> chain(pool, length - 1)).join();
  }

  @Test
  void exhaustionFailsAJoinOnAVirtualThreadToo() throws Exception {
    assumeThat(SUPPORTED).isTrue();
    BlockingPool pool = runtime.pool(withExhaustion(virtual(upTo(1)), BlockingExhaustion.FAIL));
    JoinHandle<Integer> outer = pool.spawnBlocking(() -> pool.spawnBlocking(() -> 1).join());
    assertThatThrownBy(() -> outer.join(LIMIT))
        .isInstanceOf(TaskFailedException.class)
        .hasCauseInstanceOf(BlockingPoolExhaustedException.class);
    assertThat(pool.shutdown(OuterRuntime.LIMIT_NANOS)).isEmpty();
  }

  private static boolean isVirtual(Thread thread) {
    try {
      return SUPPORTED && (boolean) Thread.class.getMethod("isVirtual").invoke(thread);
    } catch (ReflectiveOperationException e) {
      throw new LinkageError(e.getMessage(), e);
    }
  }
}
