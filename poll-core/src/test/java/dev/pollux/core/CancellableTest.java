package dev.pollux.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.ref.WeakReference;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CancellableTest {

  private final HandCrank crank = new HandCrank();
  private final Probe<String> inner = new Probe<>();
  private final Cancellable<String> future = inner.cancellable();

  @Test
  void isTransparentUntilItIsAskedToStop() throws Exception {
    assertThat(crank.poll(future).isPending()).isTrue();
    inner.complete("a");
    assertThat(crank.poll(future).value()).isEqualTo("a");
    assertOver();

    IOException failure = new IOException("x");
    Cancellable<String> failing = Futures.<String>failed(failure).cancellable();
    assertThatThrownBy(() -> crank.poll(failing)).isSameAs(failure);
  }

  @Test
  void aRequestWakesTheTaskAndThePollCancelsTheInnerFuture() throws Exception {
    assertThat(crank.poll(future).isPending()).isTrue();
    future.requestCancel();
    future.requestCancel();
    assertThat(crank.wakes).hasValue(1);
    assertThat(inner.cancels).isZero();
    assertThatThrownBy(() -> crank.poll(future)).isInstanceOf(CancellationException.class);
    assertThat(inner.cancels).isEqualTo(1);
    assertOver();
  }

  @Test
  void aRequestFromAnotherThreadIsSeenByTheNextPoll() throws Exception {
    assertThat(crank.poll(future).isPending()).isTrue();
    Thread other = new Thread(future::requestCancel);
    other.start();
    other.join(TimeUnit.SECONDS.toMillis(30));
    assertThat(crank.wakes).hasValue(1);
    assertThatThrownBy(() -> crank.poll(future)).isInstanceOf(CancellationException.class);
  }

  @Test
  void anOutputThatIsThereWinsOverTheRequest() throws Exception {
    assertThat(crank.poll(future).isPending()).isTrue();
    future.requestCancel();
    inner.complete("a");
    assertThat(crank.poll(future).value()).isEqualTo("a");
    assertThat(inner.cancels).isZero();
    assertOver();
  }

  @Test
  void aRequestBeforeTheFirstPollEndsItThere() {
    future.requestCancel();
    assertThatThrownBy(() -> crank.poll(future)).isInstanceOf(CancellationException.class);
    assertThat(inner.cancels).isEqualTo(1);
  }

  @Test
  void aRequestAfterTheEndDoesNothing() throws Exception {
    inner.complete("a");
    assertThat(crank.poll(future).isReady()).isTrue();
    future.requestCancel();
    assertThat(crank.wakes).hasValue(0);
  }

  @Test
  void theCancellationCanBeRecoveredFrom() throws Exception {
    Future<String> recovered = future.recover(failure -> "stopped");
    assertThat(crank.poll(recovered).isPending()).isTrue();
    future.requestCancel();
    assertThat(crank.poll(recovered).value()).isEqualTo("stopped");
  }

  @Test
  void cancelReachesTheInnerFutureOnceAndReportsItsThrow() throws Exception {
    assertThat(crank.poll(future).isPending()).isTrue();
    inner.thrownByCancel = new IllegalStateException("x");
    future.cancel();
    future.cancel();
    assertThat(inner.cancels).isEqualTo(1);
    assertThat(crank.uncaught).containsExactly(inner.thrownByCancel);
    assertOver();
  }

  @Test
  void retainsNothingOnceItIsOver() throws Exception {
    Cancellable<Object> kept = Futures.<Object>pending().cancellable();
    Waker waker =
        new Waker() {
          @Override
          public void wake() {}
        };
    WeakReference<Object> ref = new WeakReference<>(waker);
    assertThat(crank.poller.poll(kept, waker).isPending()).isTrue();
    waker = null;
    kept.cancel();
    for (int i = 0; i < 100 && ref.get() != null; i++) {
      System.gc();
    }
    assertThat(ref.get()).isNull();
    kept.requestCancel();
  }

  @Test
  void describesItself() {
    assertThat(Description.of(future)).hasToString("cancellable {requested=false}\n  body: probe");
  }

  @AfterEach
  void cancelWhatWasNotPolled() {
    future.cancel();
  }

  private void assertOver() {
    assertThatThrownBy(() -> crank.poll(future)).isInstanceOf(PollAfterEndException.class);
  }
}
