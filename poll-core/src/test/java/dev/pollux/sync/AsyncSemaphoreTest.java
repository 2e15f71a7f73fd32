package dev.pollux.sync;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pollux.core.Description;
import dev.pollux.core.Future;
import dev.pollux.core.Futures;
import dev.pollux.core.PollAfterEndException;
import dev.pollux.sync.AsyncSemaphore.Permit;
import dev.pollux.testing.CountingWaker;
import dev.pollux.testing.PollHarness;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class AsyncSemaphoreTest {

  private final PollHarness harness = PollHarness.create();
  private final AsyncSemaphore semaphore = new AsyncSemaphore("db", 3);

  private boolean isPending(Future<?> future) throws Exception {
    return harness.poll(future).isPending();
  }

  private Permit taken(int permits) {
    return requireNonNull(semaphore.tryAcquireMany(permits));
  }

  @Test
  void takesAndGivesBack() throws Exception {
    Permit one = harness.poll(semaphore.acquire()).value();
    Permit two = harness.poll(semaphore.acquireMany(2)).value();
    assertThat(one.permits()).isEqualTo(1);
    assertThat(two.permits()).isEqualTo(2);
    assertThat(semaphore.availablePermits()).isZero();
    assertThat(semaphore.tryAcquire()).isNull();
    two.close();
    two.close();
    assertThat(two.permits()).isZero();
    assertThat(semaphore.availablePermits()).isEqualTo(2);
    assertThat(semaphore.tryAcquireMany(3)).isNull();
    one.close();
    assertThat(semaphore.availablePermits()).isEqualTo(3);
  }

  @Test
  void whoAsksForManyGathersAndIsNotOvertaken() throws Exception {
    Permit two = taken(2);
    Future<Permit> many = semaphore.acquireMany(3);
    Future<Permit> few = semaphore.acquire();
    assertThat(isPending(many)).isTrue();
    CountingWaker manys = harness.replaceWaker();
    assertThat(isPending(few)).isTrue();
    assertThat(semaphore.availablePermits()).isZero();
    assertThat(semaphore.tryAcquire()).isNull();
    Permit one = two.split(1);
    one.close();
    assertThat(manys.count()).isZero();
    assertThat(semaphore.tryAcquire()).isNull();
    two.close();
    assertThat(manys.count()).isEqualTo(1);
    assertThat(harness.woken()).isFalse();
    Permit three = harness.poll(many).value();
    assertThat(isPending(few)).isTrue();
    three.close();
    assertThat(semaphore.availablePermits()).isEqualTo(2);
    harness.poll(few).value().close();
    assertThat(semaphore.availablePermits()).isEqualTo(3);
  }

  @Test
  void whatACancelledOneHasGatheredGoesToTheNext() throws Exception {
    Permit one = taken(1);
    Future<Permit> many = semaphore.acquireMany(3);
    Future<Permit> two = semaphore.acquireMany(2);
    Future<Permit> last = semaphore.acquireMany(2);
    assertThat(isPending(many)).isTrue();
    assertThat(isPending(two)).isTrue();
    assertThat(isPending(last)).isTrue();
    many.cancel();
    assertThat(harness.woken()).isTrue();
    harness.poll(two).value().forget();
    last.cancel();
    one.close();
    assertThat(semaphore.availablePermits()).isEqualTo(1);
    assertThatThrownBy(() -> harness.poll(many)).isInstanceOf(PollAfterEndException.class);
  }

  @Test
  void whatTheLastToGiveUpHasGatheredIsFreeAgain() throws Exception {
    Permit one = taken(1);
    Future<Permit> many = semaphore.acquireMany(3);
    assertThat(isPending(many)).isTrue();
    assertThat(semaphore.availablePermits()).isZero();
    many.cancel();
    assertThat(semaphore.availablePermits()).isEqualTo(2);
    taken(2).close();
    one.close();
  }

  @Test
  void aGrantThatIsCancelledIsPassedOn() throws Exception {
    Permit all = taken(3);
    Future<Permit> first = semaphore.acquireMany(2);
    Future<Permit> second = semaphore.acquireMany(3);
    assertThat(isPending(first)).isTrue();
    CountingWaker firsts = harness.replaceWaker();
    assertThat(isPending(second)).isTrue();
    all.close();
    assertThat(firsts.count()).isEqualTo(1);
    assertThat(harness.woken()).isFalse();
    first.cancel();
    assertThat(harness.woken()).isTrue();
    harness.poll(second).value().close();
    assertThat(semaphore.availablePermits()).isEqualTo(3);
  }

  @Test
  void oneReleaseMayServeSeveral() throws Exception {
    Permit all = taken(3);
    List<Future<Permit>> waiting =
        List.of(semaphore.acquire(), semaphore.acquire(), semaphore.acquire(), semaphore.acquire());
    for (Future<Permit> one : waiting) {
      assertThat(isPending(one)).isTrue();
    }
    all.close();
    assertThat(harness.wakes()).isEqualTo(3);
    for (int i = 0; i < 3; i++) {
      assertThat(harness.poll(waiting.get(i)).isReady()).isTrue();
    }
    assertThat(isPending(waiting.get(3))).isTrue();
    waiting.get(3).cancel();
  }

  @Test
  void closeWakesEverybodyAndGivesBackWhatWasGathered() throws Exception {
    Permit one = taken(1);
    Future<Permit> many = semaphore.acquireMany(3);
    Future<Permit> few = semaphore.acquire();
    assertThat(isPending(many)).isTrue();
    assertThat(isPending(few)).isTrue();
    semaphore.close();
    semaphore.close();
    assertThat(harness.wakes()).isEqualTo(2);
    assertThatThrownBy(() -> harness.poll(many))
        .isInstanceOf(SemaphoreClosedException.class)
        .hasMessage("semaphore \"db\" is closed");
    few.cancel();
    assertThat(semaphore.availablePermits()).isEqualTo(2);
    one.close();
    assertThat(semaphore.availablePermits()).isEqualTo(3);
    assertThat(semaphore.isClosed()).isTrue();
    assertThatThrownBy(semaphore::tryAcquire).isInstanceOf(SemaphoreClosedException.class);
    assertThatThrownBy(semaphore::blockingAcquire).isInstanceOf(SemaphoreClosedException.class);
    Future<Permit> late = semaphore.acquire();
    assertThatThrownBy(() -> harness.poll(late)).isInstanceOf(SemaphoreClosedException.class);
    assertThatThrownBy(() -> harness.poll(late)).isInstanceOf(PollAfterEndException.class);
  }

  @Test
  void whatWasGrantedBeforeTheCloseIsKept() throws Exception {
    Permit all = taken(3);
    Future<Permit> first = semaphore.acquire();
    Future<Permit> second = semaphore.acquire();
    assertThat(isPending(first)).isTrue();
    assertThat(isPending(second)).isTrue();
    all.close();
    semaphore.close();
    harness.poll(first).value().close();
    second.cancel();
    assertThat(semaphore.availablePermits()).isEqualTo(3);
  }

  @Test
  void permitsComeAndGo() throws Exception {
    semaphore.addPermits(2);
    semaphore.addPermits(0);
    assertThat(semaphore.availablePermits()).isEqualTo(5);
    assertThat(semaphore.forgetPermits(4)).isEqualTo(4);
    assertThat(semaphore.forgetPermits(4)).isEqualTo(1);
    assertThat(semaphore.forgetPermits(0)).isZero();
    Future<Permit> waiting = semaphore.acquire();
    assertThat(isPending(waiting)).isTrue();
    assertThat(semaphore.forgetPermits(1)).isZero();
    semaphore.addPermits(1);
    Permit permit = harness.poll(waiting).value();
    permit.forget();
    permit.close();
    assertThat(semaphore.availablePermits()).isZero();
    semaphore.addPermits(Integer.MAX_VALUE);
    semaphore.addPermits(Integer.MAX_VALUE);
    assertThat(semaphore.availablePermits()).isEqualTo(2L * Integer.MAX_VALUE);
  }

  @Test
  void permitsAreMergedAndSplit() {
    Permit one = taken(1);
    Permit two = taken(2);
    one.merge(two);
    assertThat(two.permits()).isZero();
    two.close();
    assertThat(semaphore.availablePermits()).isZero();
    assertThat(one.permits()).isEqualTo(3);
    Permit part = one.split(2);
    part.close();
    assertThat(semaphore.availablePermits()).isEqualTo(2);
    Permit last = one.split(1);
    assertThat(one.permits()).isZero();
    one.close();
    last.close();
    assertThat(semaphore.availablePermits()).isEqualTo(3);
    assertThatThrownBy(() -> one.split(1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("permits must be from 1 to 0, was 1");
    assertThatThrownBy(() -> one.merge(one)).hasMessageContaining("was this one");
    Permit foreign = requireNonNull(new AsyncSemaphore("other", 1).tryAcquire());
    assertThatThrownBy(() -> one.merge(foreign)).hasMessageContaining("semaphore \"other\"");
    assertThat(foreign.permits()).isEqualTo(1);
  }

  @Test
  void refusesNumbersThatMakeNoSense() {
    assertThatThrownBy(() -> new AsyncSemaphore(-1)).hasMessageContaining("permits");
    assertThatThrownBy(() -> semaphore.acquireMany(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("permits must be at least 1, was 0");
    assertThatThrownBy(() -> semaphore.tryAcquireMany(-2)).hasMessageContaining("-2");
    assertThatThrownBy(() -> semaphore.blockingAcquireMany(0)).hasMessageContaining("at least 1");
    assertThatThrownBy(() -> semaphore.addPermits(-1)).hasMessageContaining("-1");
    assertThatThrownBy(() -> semaphore.forgetPermits(-1)).hasMessageContaining("-1");
    assertThat(semaphore.availablePermits()).isEqualTo(3);
  }

  @Test
  void withPermitGivesThePermitBack() throws Exception {
    Future<Long> body = semaphore.withPermit(() -> Futures.lazy(semaphore::availablePermits));
    assertThat(harness.poll(body).value()).isEqualTo(2);
    assertThat(semaphore.availablePermits()).isEqualTo(3);
    semaphore.close();
    Future<Long> late = semaphore.withPermit(() -> Futures.ready(1L));
    assertThatThrownBy(() -> harness.poll(late)).isInstanceOf(SemaphoreClosedException.class);
  }

  @Test
  void saysHowManyAreFreeAndWait() throws Exception {
    assertThat(semaphore).hasToString("semaphore \"db\", 3 free");
    Permit two = taken(2);
    Future<Permit> waiting = semaphore.acquireMany(2);
    assertThat(isPending(waiting)).isTrue();
    Description description = Description.of(waiting);
    assertThat(description.name()).isEqualTo("acquire");
    assertThat(description.attributes()).containsEntry("permits", "2");
    assertThat(description.waitsFor()).startsWith("semaphore \"db\", 0 free").endsWith(", 1 waits");
    waiting.cancel();
    two.close();
    semaphore.close();
    assertThat(semaphore).hasToString("semaphore \"db\", closed, 3 free");
  }

  @Test
  void blockingAcquireRefusesAThreadThatRunsTasks() throws Exception {
    semaphore.blockingAcquireMany(3).close();
    assertThatThrownBy(() -> harness.poll(Futures.lazy(semaphore::blockingAcquire)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("AsyncSemaphore.blockingAcquire");
    assertThat(semaphore.availablePermits()).isEqualTo(3);
  }
}
