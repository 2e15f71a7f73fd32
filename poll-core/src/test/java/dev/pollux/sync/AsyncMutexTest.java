package dev.pollux.sync;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pollux.core.Description;
import dev.pollux.core.Discard;
import dev.pollux.core.Future;
import dev.pollux.core.Futures;
import dev.pollux.core.JoinHandle;
import dev.pollux.core.Poll;
import dev.pollux.core.PollAfterEndException;
import dev.pollux.testing.CountingWaker;
import dev.pollux.testing.PollHarness;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class AsyncMutexTest {

  private final PollHarness harness = PollHarness.create();
  private final AsyncMutex mutex = new AsyncMutex("accounts");

  private boolean isPending(Future<?> future) throws Exception {
    return harness.poll(future).isPending();
  }

  private AsyncMutex.Guard held() {
    return requireNonNull(mutex.tryLock());
  }

  @Test
  void aFreeMutexIsTakenAtTheFirstPoll() throws Exception {
    Future<AsyncMutex.Guard> lock = mutex.lock();
    assertThat(mutex.isLocked()).isFalse();
    AsyncMutex.Guard guard = harness.poll(lock).value();
    assertThat(mutex.isLocked()).isTrue();
    assertThat(mutex.tryLock()).isNull();
    guard.close();
    assertThat(mutex.isLocked()).isFalse();
    assertThatThrownBy(() -> harness.poll(lock)).isInstanceOf(PollAfterEndException.class);
  }

  @Test
  void isHandedOnInTheOrderOfAsking() throws Exception {
    AsyncMutex.Guard guard = held();
    List<Future<AsyncMutex.Guard>> waiting = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      waiting.add(mutex.lock());
      assertThat(isPending(waiting.get(i))).isTrue();
    }
    waiting.get(1).cancel();
    for (int next : List.of(0, 2, 3)) {
      assertThat(harness.woken()).isFalse();
      guard.close();
      assertThat(harness.woken()).isTrue();
      assertThat(mutex.tryLock()).as("nobody overtakes").isNull();
      if (next < 3) {
        assertThat(isPending(waiting.get(3))).isTrue();
      }
      guard = harness.poll(waiting.get(next)).value();
    }
    guard.close();
    assertThat(mutex.isLocked()).isFalse();
  }

  @Test
  void aGuardThatIsClosedTwiceFreesNobodyElsesLock() throws Exception {
    AsyncMutex.Guard first = held();
    first.close();
    first.close();
    AsyncMutex.Guard second = held();
    first.close();
    assertThat(mutex.isLocked()).isTrue();
    Future<AsyncMutex.Guard> third = mutex.lock();
    assertThat(isPending(third)).isTrue();
    first.close();
    assertThat(harness.woken()).isFalse();
    second.close();
    second.close();
    AsyncMutex.Guard thirds = harness.poll(third).value();
    second.close();
    assertThat(mutex.isLocked()).isTrue();
    thirds.close();
    assertThat(mutex.isLocked()).isFalse();
  }

  @Test
  void whoIsHandedTheLockAndGivesUpPassesItOn() throws Exception {
    AsyncMutex.Guard guard = held();
    Future<AsyncMutex.Guard> first = mutex.lock();
    Future<AsyncMutex.Guard> second = mutex.lock();
    assertThat(isPending(first)).isTrue();
    CountingWaker firsts = harness.replaceWaker();
    assertThat(isPending(second)).isTrue();
    guard.close();
    assertThat(firsts.count()).isEqualTo(1);
    assertThat(harness.woken()).isFalse();
    first.cancel();
    assertThat(harness.woken()).isTrue();
    second.cancel();
    assertThat(mutex.isLocked()).isFalse();
    second.cancel();
    first.cancel();
    assertThat(mutex.isLocked()).isFalse();
  }

  @Test
  void theLastToGiveUpLeavesTheLockToItsHolder() throws Exception {
    AsyncMutex.Guard guard = held();
    for (int i = 0; i < 2; i++) {
      Future<AsyncMutex.Guard> first = mutex.lock();
      assertThat(isPending(first)).isTrue();
      first.cancel();
      assertThat(mutex.isLocked()).isTrue();
    }
    guard.close();
    assertThat(mutex.isLocked()).isFalse();
  }

  @Test
  void theLatestWakerIsWoken() throws Exception {
    AsyncMutex.Guard guard = held();
    Future<AsyncMutex.Guard> lock = mutex.lock();
    assertThat(isPending(lock)).isTrue();
    CountingWaker before = harness.replaceWaker();
    assertThat(isPending(lock)).isTrue();
    guard.close();
    assertThat(before.count()).isZero();
    assertThat(harness.woken()).isTrue();
    lock.cancel();
  }

  @Test
  void anUndeliveredGuardIsClosedByTheDiscard() throws Exception {
    AsyncMutex.Guard guard = harness.poll(mutex.lock()).value();
    Discard.closing().discard(guard);
    assertThat(mutex.isLocked()).isFalse();
  }

  @Test
  void withLockFreesTheLockHoweverItsBodyEnds() throws Exception {
    Future<Integer> completed =
        mutex.withLock(
            () -> {
              assertThat(mutex.isLocked()).isTrue();
              return Futures.ready(1);
            });
    assertThat(mutex.isLocked()).isFalse();
    assertThat(harness.poll(completed).value()).isEqualTo(1);
    assertThat(mutex.isLocked()).isFalse();
    Future<Integer> failed = mutex.withLock(() -> Futures.failed(new IOException("torn")));
    assertThatThrownBy(() -> harness.poll(failed)).isInstanceOf(IOException.class);
    assertThat(mutex.isLocked()).isFalse();
    Future<Integer> broken =
        mutex.withLock(
            () -> {
              throw new IllegalArgumentException("no body");
            });
    assertThatThrownBy(() -> harness.poll(broken)).hasMessage("no body");
    assertThat(mutex.isLocked()).isFalse();
    Future<Integer> cancelled = mutex.withLock(Futures::pending);
    assertThat(isPending(cancelled)).isTrue();
    assertThat(mutex.isLocked()).isTrue();
    Future<Integer> second = mutex.withLock(() -> Futures.ready(2));
    assertThat(isPending(second)).isTrue();
    cancelled.cancel();
    assertThat(harness.woken()).isTrue();
    assertThat(harness.poll(second).value()).isEqualTo(2);
    assertThat(mutex.isLocked()).isFalse();
    assertThatThrownBy(() -> harness.poll(cancelled)).isInstanceOf(PollAfterEndException.class);
  }

  @Test
  void theBodyIsCancelledBeforeTheLockIsFree() throws Exception {
    List<Boolean> locked = new ArrayList<>();
    Future<Void> body =
        mutex.withLock(
            () ->
                Futures.pollFn(
                    cx -> Poll.pending(), () -> locked.add(mutex.isLocked()), description -> {}));
    assertThat(isPending(body)).isTrue();
    body.cancel();
    assertThat(locked).containsExactly(true);
    assertThat(mutex.isLocked()).isFalse();
  }

  @Test
  void saysWhoHoldsAndHowManyWait() throws Exception {
    assertThat(mutex).hasToString("lock \"accounts\", free");
    JoinHandle<AsyncMutex.Guard> writer =
        harness.services().spawner().spawn("writer", mutex.lock());
    harness.runTasks();
    assertThat(mutex).hasToString("lock \"accounts\", held by task " + writer.id() + " \"writer\"");
    Future<AsyncMutex.Guard> first = mutex.lock();
    assertThat(isPending(first)).isTrue();
    Future<Integer> second = mutex.withLock(() -> Futures.ready(1));
    assertThat(isPending(second)).isTrue();
    String held = "lock \"accounts\", held by task " + writer.id() + " \"writer\", 2 wait";
    assertThat(Description.of(first).waitsFor()).isEqualTo(held);
    assertThat(Description.of(second).toString()).contains("acquire: lock waits for " + held);
    writer.join().close();
    AsyncMutex.Guard guard = harness.poll(first).value();
    assertThat(mutex.toString())
        .isEqualTo(
            "lock \"accounts\", held by thread \""
                + Thread.currentThread().getName()
                + "\", 1 waits");
    guard.close();
    assertThat(harness.poll(second).value()).isEqualTo(1);
    assertThat(new AsyncMutex().toString()).startsWith("lock @").endsWith(", free");
  }

  @Test
  void blockingLockWaitsOnAPlainThreadOnly() throws Exception {
    AsyncMutex.Guard guard = mutex.blockingLock();
    FutureTask<String> other =
        new FutureTask<>(
            () -> {
              try (AsyncMutex.Guard mine = mutex.blockingLock()) {
                return mine.toString();
              }
            });
    Thread thread = new Thread(other, "blocked");
    thread.start();
    while (!mutex.toString().endsWith("1 waits")) {
      Thread.onSpinWait();
    }
    guard.close();
    assertThat(other.get(30, TimeUnit.SECONDS)).contains("held by thread \"blocked\"");
    assertThat(mutex.isLocked()).isFalse();
    assertThatThrownBy(() -> harness.poll(Futures.lazy(mutex::blockingLock)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("AsyncMutex.blockingLock")
        .hasMessageContaining("poll the future of lock");
    assertThat(mutex.isLocked()).isFalse();
  }

  @Test
  void anInterruptGivesThePlaceUp() throws Exception {
    try (AsyncMutex.Guard guard = held()) {
      Thread.currentThread().interrupt();
      assertThatThrownBy(mutex::blockingLock).isInstanceOf(InterruptedException.class);
      assertThat(mutex.toString()).doesNotContain("wait");
      assertThat(guard.toString()).contains("held");
    }
    assertThat(mutex.isLocked()).isFalse();
  }
}
