package dev.pollux.structure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pollux.core.Description;
import dev.pollux.core.Future;
import dev.pollux.core.Futures;
import dev.pollux.core.Poll;
import dev.pollux.core.PollAfterEndException;
import dev.pollux.core.Poller;
import dev.pollux.core.UncaughtFailureHandler;
import dev.pollux.testing.CountingWaker;
import dev.pollux.testing.PanicWaker;
import dev.pollux.testing.PollHarness;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class CancellationTokenTest {

  private static final int DEPTH = 100_000;

  private final PollHarness harness = PollHarness.create();
  private final CancellationToken root = CancellationToken.create();
  private final CancellationToken child = root.child();
  private final List<String> told = new ArrayList<>();

  // ---- the tree

  @Test
  void cancelReachesWhatIsBelowAndNothingElse() {
    CancellationToken grandchild = child.child();
    CancellationToken sibling = root.child();
    child.cancel();
    assertThat(child.isCancelled()).isTrue();
    assertThat(grandchild.isCancelled()).isTrue();
    assertThat(root.isCancelled()).isFalse();
    assertThat(sibling.isCancelled()).isFalse();
    root.cancel();
    root.cancel();
    assertThat(sibling.isCancelled()).isTrue();
  }

  @Test
  void aChildOfACancelledTokenIsCancelled() throws Exception {
    root.cancel();
    CancellationToken late = child.child();
    assertThat(harness.poll(late.whenCancelled()).isReady()).isTrue();
    assertThat(late.isCancelled()).isTrue();
    late.onCancel(() -> told.add("at once"));
    assertThat(told).containsExactly("at once");
  }

  @Test
  void aWaiterIsWokenByItsTokenOrByOneAboveIt() throws Exception {
    Future<Void> waiter = child.child().whenCancelled();
    assertThat(harness.poll(waiter).isPending()).isTrue();
    assertThat(harness.woken()).isFalse();
    root.cancel();
    assertThat(harness.woken()).isTrue();
    assertThat(harness.poll(waiter).isReady()).isTrue();
    assertThatThrownBy(() -> harness.poll(waiter)).isInstanceOf(PollAfterEndException.class);
  }

  @Test
  void theLatestWakerIsWoken() throws Exception {
    Future<Void> waiter = child.whenCancelled();
    harness.poll(waiter);
    CountingWaker before = harness.replaceWaker();
    harness.poll(waiter);
    root.cancel();
    assertThat(before.count()).isZero();
    assertThat(harness.wakes()).isEqualTo(1);
  }

  @Test
  void aWaiterThatWasCancelledIsNotWoken() throws Exception {
    Future<Void> waiter = child.whenCancelled();
    harness.poll(waiter);
    waiter.cancel();
    waiter.cancel();
    root.cancel();
    assertThat(harness.woken()).isFalse();
    assertThatThrownBy(() -> harness.poll(waiter)).isInstanceOf(PollAfterEndException.class);
  }

  @Test
  void aDeepChainIsCancelledInConstantStack() throws Exception {
    CancellationToken leaf = root;
    AtomicInteger ran = new AtomicInteger();
    List<Future<Void>> waiters = new ArrayList<>();
    for (int i = 0; i < DEPTH; i++) {
      leaf = leaf.child();
      leaf.onCancel(ran::incrementAndGet);
      Future<Void> waiter = leaf.whenCancelled();
      harness.poll(waiter);
      waiters.add(waiter);
    }
    root.cancel();
    assertThat(ran).hasValue(DEPTH);
    assertThat(harness.woken()).isTrue();
    for (Future<Void> waiter : waiters) {
      assertThat(harness.poll(waiter).isReady()).isTrue();
    }
    assertThat(leaf.isCancelled()).isTrue();
  }

  @Test
  void aDeepChainIsLinkedAndUnlinkedAsAWhole() throws Exception {
    CancellationToken leaf = root;
    for (int i = 0; i < DEPTH; i++) {
      leaf = leaf.child();
    }
    assertThat(leaf.isCancelled()).isFalse();
    Future<Void> waiter = leaf.whenCancelled();
    harness.poll(waiter);
    assertThat(root.cancellation().hasListeners()).isTrue();
    waiter.cancel();
    assertThat(root.cancellation().hasListeners()).isFalse();
    CancelRegistration registration = leaf.onCancel(() -> told.add("ran"));
    root.cancel();
    assertThat(registration.hasStarted()).isTrue();
  }

  @Test
  void aTokenThatWasCancelledByItselfLeavesItsParent() throws Exception {
    harness.poll(child.whenCancelled());
    child.cancel();
    assertThat(root.cancellation().hasListeners()).isFalse();
    root.cancel();
    assertThat(harness.wakes()).isEqualTo(1);
  }

  // ---- nobody is kept

  @Test
  void aMillionChildrenThatWereWaitedOnLeaveTheParentAsItWas() throws Exception {
    List<WeakReference<CancellationToken>> some = new ArrayList<>();
    for (int i = 0; i < 1_000_000; i++) {
      CancellationToken request = child.child();
      Future<Void> waiter = request.whenCancelled();
      harness.poll(waiter);
      try (CancelRegistration registration = request.onCancel(() -> told.add("ran"))) {
        assert !registration.hasStarted();
      }
      waiter.cancel();
      if (i % 100_000 == 0) {
        some.add(new WeakReference<>(request));
      }
    }
    assertThat(child.cancellation().hasListeners()).isFalse();
    assertThat(root.cancellation().hasListeners()).isFalse();
    assertCollected(some);
    root.cancel();
    assertThat(told).isEmpty();
    assertThat(harness.woken()).isFalse();
  }

  @Test
  void aWaiterThatIsOverHoldsNeitherWakerNorBody() throws Exception {
    List<WeakReference<Object>> gone = new ArrayList<>();
    Future<Optional<Object>> waiter = waiterOnItsWay(gone);
    waiter.cancel();
    assertCollected(gone);
    assertThatThrownBy(() -> harness.poll(waiter)).isInstanceOf(PollAfterEndException.class);
  }

  private Future<Optional<Object>> waiterOnItsWay(List<WeakReference<Object>> held)
      throws Exception {
    Future<Object> body = Futures.pollFn(cx -> Poll.pending(), () -> {}, d -> {});
    Future<Optional<Object>> waiter = child.runUntilCancelled(body);
    harness.poll(waiter);
    held.add(new WeakReference<>(body));
    held.add(new WeakReference<>(harness.replaceWaker()));
    return waiter;
  }

  @Test
  void aClosedRegistrationHoldsNoCallback() {
    List<WeakReference<Runnable>> gone = new ArrayList<>();
    CancelRegistration registration = registered(gone);
    registration.close();
    assertCollected(gone);
    assertThat(registration.hasStarted()).isFalse();
  }

  private CancelRegistration registered(List<WeakReference<Runnable>> held) {
    List<String> captured = new ArrayList<>(told);
    Runnable callback = () -> captured.add("ran");
    held.add(new WeakReference<>(callback));
    return child.onCancel(callback);
  }

  private static void assertCollected(List<? extends WeakReference<?>> references) {
    for (int i = 0; i < 100 && references.stream().anyMatch(r -> r.get() != null); i++) {
      System.gc();
    }
    assertThat(references).allMatch(reference -> reference.get() == null);
  }

  // ---- callbacks

  @Test
  void callbacksRunOnceNewestFirstAfterTheWakers() throws Exception {
    harness.poll(child.child().whenCancelled());
    child.onCancel(() -> told.add("first, woken " + harness.woken()));
    child.onCancel(() -> told.add("second, woken " + harness.woken()));
    root.cancel();
    child.cancel();
    assertThat(told).containsExactly("second, woken true", "first, woken true");
  }

  @Test
  void aClosedRegistrationDoesNotRun() {
    CancelRegistration kept = child.onCancel(() -> told.add("kept"));
    CancelRegistration closed = child.onCancel(() -> told.add("closed"));
    closed.close();
    closed.close();
    assertThat(closed).hasToString("CancelRegistration[closed]");
    assertThat(kept).hasToString("CancelRegistration[waiting]");
    root.cancel();
    assertThat(told).containsExactly("kept");
    kept.close();
    assertThat(kept.hasStarted()).isTrue();
    assertThat(closed.hasStarted()).isFalse();
    assertThat(kept).hasToString("CancelRegistration[started]");
  }

  @Test
  void aCallbackMayDoAnythingToTheTree() {
    AtomicBoolean closedByAnother = new AtomicBoolean(true);
    CancelRegistration older = child.onCancel(() -> closedByAnother.set(false));
    child.onCancel(
        () -> {
          older.close();
          root.cancel();
          child.child().onCancel(() -> told.add("at once"));
        });
    child.cancel();
    assertThat(told).containsExactly("at once");
    assertThat(closedByAnother).isTrue();
    assertThat(root.isCancelled()).isTrue();
  }

  @Test
  void whatThrowsIsReportedAndStopsNobody() throws Exception {
    List<Throwable> uncaught = new ArrayList<>();
    UncaughtFailureHandler before =
        UncaughtFailureHandler.setProcessDefault((failure, origin) -> uncaught.add(failure));
    try {
      AssertionError thrown = new AssertionError("thrown by a callback");
      child.onCancel(() -> told.add("first"));
      child.onCancel(
          () -> {
            throw thrown;
          });
      root.onCancel(() -> told.add("root"));
      Future<Void> waiter = child.whenCancelled();
      harness.poll(waiter);
      Future<Void> panicking = child.whenCancelled();
      Poller poller = new Poller(harness.services(), 1, false);
      assertThat(poller.poll(panicking, new PanicWaker()).isPending()).isTrue();
      root.cancel();
      assertThat(told).containsExactlyInAnyOrder("first", "root");
      assertThat(harness.woken()).isTrue();
      assertThat(uncaught).hasSize(2).contains(thrown);
      child.onCancel(
          () -> {
            throw thrown;
          });
      assertThat(uncaught).hasSize(3);
    } finally {
      UncaughtFailureHandler.setProcessDefault(before);
    }
  }

  // ---- runUntilCancelled

  @Test
  void aBodyThatAnswersNullEndsAndLeavesTheToken() throws Exception {
    List<Poll<String>> answers = new ArrayList<>();
    answers.add(Poll.pending());
    answers.add(null);
    Future<Optional<String>> run = child.runUntilCancelled(cx -> answers.remove(0));
    assertThat(harness.poll(run).isPending()).isTrue();
    assertThat(child.cancellation().hasListeners()).isTrue();
    assertThatThrownBy(() -> harness.poll(run)).isInstanceOf(NullPointerException.class);
    assertThat(child.cancellation().hasListeners()).isFalse();
    assertThatThrownBy(() -> harness.poll(run)).isInstanceOf(PollAfterEndException.class);
  }

  @Test
  void aBodyThatIsReadyWinsOverTheCancel() throws Exception {
    Future<Optional<String>> run = child.runUntilCancelled(Futures.ready("value"));
    root.cancel();
    assertThat(harness.poll(run).value()).contains("value");
    assertThat(child.cancellation().hasListeners()).isFalse();
  }

  @Test
  void theBodyIsCancelledBeforeEmptyIsAnswered() throws Exception {
    Future<Void> body =
        Futures.pollFn(cx -> Poll.pending(), () -> told.add("cancelled"), d -> d.name("body"));
    Future<Optional<Void>> run = child.runUntilCancelled(body);
    assertThat(harness.poll(run).isPending()).isTrue();
    assertThat(Description.of(run)).hasToString("runUntilCancelled\n  body: body");
    root.cancel();
    assertThat(harness.woken()).isTrue();
    assertThat(told).isEmpty();
    assertThat(harness.poll(run).value()).isEmpty();
    assertThat(told).containsExactly("cancelled");
  }

  @Test
  void aBodyThatIsAlwaysBusyEndsAllTheSame() throws Exception {
    Future<Void> busy = Futures.repeat(Futures::consumeBudget);
    Future<Optional<Void>> run = child.runUntilCancelled(busy);
    assertThat(harness.poll(run).isPending()).isTrue();
    child.cancel();
    assertThat(harness.poll(run).value()).isEmpty();
  }

  @Test
  void anOutputOfNullIsAnsweredByEmpty() throws Exception {
    assertThat(harness.poll(root.runUntilCancelled(Futures.done())).value()).isEmpty();
    assertThat(root.isCancelled()).isFalse();
  }

  // ---- the rest

  @Test
  void aGuardCancelsUnlessItWasDisarmed() {
    try (CancelGuard guard = child.guard()) {
      assertThat(guard).hasToString("CancelGuard[armed]");
    }
    assertThat(child.isCancelled()).isTrue();
    try (CancelGuard guard = root.guard()) {
      guard.disarm();
      guard.disarm();
      assertThat(guard).hasToString("CancelGuard[closed or disarmed]");
    }
    assertThat(root.isCancelled()).isFalse();
  }

  @Test
  void aCancelFromAnotherThreadIsSeen() throws Exception {
    Future<Void> waiter = child.whenCancelled();
    harness.poll(waiter);
    CountDownLatch ran = new CountDownLatch(1);
    child.onCancel(ran::countDown);
    Thread other = new Thread(root::cancel);
    other.start();
    assertThat(ran.await(30, TimeUnit.SECONDS)).isTrue();
    assertThat(harness.woken()).isTrue();
    assertThat(harness.poll(waiter).isReady()).isTrue();
    other.join();
  }

  @Test
  void refusesNull() {
    assertThatThrownBy(() -> root.onCancel(null))
        .isInstanceOf(NullPointerException.class)
        .hasMessage("callback");
    assertThatThrownBy(() -> root.runUntilCancelled(null))
        .isInstanceOf(NullPointerException.class)
        .hasMessage("future");
  }

  @Test
  void describesItself() throws Exception {
    Future<Void> waiter = root.whenCancelled();
    harness.poll(waiter);
    assertThat(Description.of(waiter))
        .hasToString("whenCancelled waits for the cancellation of a token");
    assertThat(root).hasToString("CancellationToken[not cancelled]");
    root.cancel();
    assertThat(harness.poll(waiter).isReady()).isTrue();
    assertThat(Description.of(waiter)).hasToString("whenCancelled {state=over}");
    assertThat(root).hasToString("CancellationToken[cancelled]");
  }
}
