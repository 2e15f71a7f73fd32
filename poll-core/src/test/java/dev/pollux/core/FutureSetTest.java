package dev.pollux.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class FutureSetTest {

  private final HandCrank crank = new HandCrank();
  private final FutureSet<String> set = new FutureSet<>();
  private final List<String> cancelled = new ArrayList<>();
  private final Probe<String> a = new Probe<>("a", cancelled);
  private final Probe<String> b = new Probe<>("b", cancelled);
  private final Probe<String> c = new Probe<>("c", cancelled);

  private void addAll() {
    set.add(a);
    set.add(b);
    set.add(c);
  }

  private Next<String> poll() throws Exception {
    return crank.pollNext(set);
  }

  private void assertPending() throws Exception {
    assertThat(poll().isPending()).isTrue();
  }

  // ---- outputs

  @Test
  void givesTheOutputsInTheOrderOfTheirCompletionThenEnds() throws Exception {
    addAll();
    assertPending();
    c.complete("3");
    a.complete("1");
    assertThat(set.size()).isEqualTo(3);
    assertThat(poll().value()).isEqualTo("3");
    assertThat(poll().value()).isEqualTo("1");
    assertPending();
    b.complete("2");
    assertThat(set.knownEnded()).isFalse();
    assertThat(poll().value()).isEqualTo("2");
    assertThat(set.size()).isZero();
    assertThat(set.knownEnded()).isTrue();
    assertThat(poll().isEnd()).isTrue();
    assertThat(set.knownEnded()).isFalse();
    assertOver();
  }

  @Test
  void anEmptySetEndsAndTakesNoMore() throws Exception {
    assertThat(set.knownEnded()).isTrue();
    assertThat(poll().isEnd()).isTrue();
    assertThatThrownBy(() -> set.add(a)).isInstanceOf(IllegalStateException.class);
    assertThat(cancelled).isEmpty();
  }

  @Test
  void anOutputOfNullFailsTheSet() throws Exception {
    addAll();
    assertPending();
    b.complete(null);
    assertThatThrownBy(this::poll).isInstanceOf(NullPointerException.class);
    assertThat(cancelled).containsExactly("c", "a");
    assertOver();
  }

  @Test
  void aRefusedNullChangesNothing() {
    assertThatThrownBy(() -> set.add(null)).hasMessage("future");
    assertThat(set.size()).isZero();
  }

  // ---- who is polled

  @Test
  void onlyChildrenThatWereWokenArePolled() throws Exception {
    addAll();
    assertPending();
    assertPending();
    b.waker.wake();
    assertPending();
    assertThat(a.polls).isEqualTo(1);
    assertThat(b.polls).isEqualTo(2);
    assertThat(c.polls).isEqualTo(1);
  }

  @Test
  void aChildKeepsItsWakerFromPollToPoll() throws Exception {
    addAll();
    assertPending();
    Waker first = a.waker;
    assertThat(first).isNotSameAs(b.waker);
    first.wake();
    assertThat(crank.poller.pollNext(set, () -> {}).isPending()).isTrue();
    assertThat(a.polls).isEqualTo(2);
    assertThat(a.waker).isSameAs(first);
  }

  @Test
  void manyWakesWakeTheTaskOnce() throws Exception {
    addAll();
    assertPending();
    a.waker.wake();
    b.waker.wake();
    a.waker.wake();
    assertThat(crank.wakes).hasValue(1);
  }

  @Test
  void theLatestWakerOfTheTaskIsWoken() throws Exception {
    addAll();
    int[] others = {0};
    assertThat(crank.poller.pollNext(set, () -> others[0]++).isPending()).isTrue();
    assertPending();
    a.waker.wake();
    assertThat(crank.wakes).hasValue(1);
    assertThat(others[0]).isZero();
  }

  @Test
  void aChildThatWakesItselfIsPolledOnceATurn() throws Exception {
    set.add(Futures.yieldNow().map(nothing -> "yielded"));
    set.add(a);
    assertPending();
    assertThat(crank.wokeItself()).isTrue();
    assertThat(a.polls).isEqualTo(1);
    assertThat(poll().value()).isEqualTo("yielded");
  }

  @Test
  void aChildThatWakesItselfForEverStarvesNobody() throws Exception {
    int[] polls = {0};
    set.add(
        Futures.pollFn(
            cx -> {
              polls[0]++;
              cx.wakeSelf();
              return Poll.pending();
            }));
    set.add(a);
    for (int turn = 1; turn <= 5; turn++) {
      assertPending();
      assertThat(polls[0]).isEqualTo(turn);
    }
    a.complete("1");
    Next<String> next = poll();
    if (next.isPending()) {
      next = poll();
    }
    assertThat(next.value()).isEqualTo("1");
  }

  @Test
  void contextCurrentInAChildShowsTheChildsWaker() throws Exception {
    Waker[] seen = new Waker[2];
    set.add(
        Futures.pollFn(
            cx -> {
              seen[0] = cx.waker();
              seen[1] = Context.current().orElseThrow().waker();
              return Poll.pending();
            }));
    Poller before = crank.poller.attach();
    try {
      assertPending();
    } finally {
      Poller.reattach(before);
    }
    assertThat(seen[1]).isSameAs(seen[0]).isNotSameAs(crank.waker);
  }

  @Test
  void aContextThatAChildKeptRefusesAfterItsPoll() throws Exception {
    Context[] kept = {null};
    set.add(
        Futures.pollFn(
            cx -> {
              kept[0] = cx;
              return Poll.pending();
            }));
    set.add(
        Futures.pollFn(
            cx -> {
              assertThat(cx.waker()).isNotNull();
              return Poll.pending();
            }));
    assertPending();
    assertThatThrownBy(() -> kept[0].waker()).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void inDebugModeAContextThatAChildKeptRefusesEvenInTheNextChildsPoll() throws Exception {
    Context[] kept = {null};
    set.add(
        Futures.pollFn(
            cx -> {
              kept[0] = cx;
              return Poll.pending();
            }));
    set.add(
        Futures.pollFn(
            cx -> {
              assertThatThrownBy(() -> kept[0].waker()).isInstanceOf(IllegalStateException.class);
              return Poll.ready("refused");
            }));
    Poller debug = new Poller(crank, 7, true);
    assertThat(debug.pollNext(set, crank.waker).value()).isEqualTo("refused");
  }

  // ---- adding

  @Test
  void futuresCanBeAddedBetweenPollsAndWakeATaskThatWaits() throws Exception {
    set.add(a);
    assertPending();
    set.add(b);
    assertThat(crank.wakes).hasValue(1);
    assertPending();
    assertThat(a.polls).isEqualTo(1);
    assertThat(b.polls).isEqualTo(1);
  }

  @Test
  void aChildMayAddASibling() throws Exception {
    set.add(
        Futures.lazy(
            () -> {
              set.add(Futures.ready("sibling"));
              return "first";
            }));
    assertThat(poll().value()).isEqualTo("first");
    assertThat(poll().value()).isEqualTo("sibling");
    assertThat(poll().isEnd()).isTrue();
  }

  // ---- budget

  @Test
  void stopsWhenTheBudgetIsUsedUp() throws Exception {
    for (int i = 0; i < 2 * Budget.UNITS; i++) {
      set.add(Futures.ready("x"));
    }
    int[] taken = {0};
    assertThat(
            crank.poller.pollEach(
                set,
                crank.waker,
                item -> {
                  taken[0]++;
                  return true;
                }))
        .isEqualTo(Turn.PENDING);
    assertThat(taken[0]).isEqualTo(Budget.UNITS);
    assertThat(crank.wokeItself()).isTrue();
    assertThat(crank.poller.budgetForcedYields()).isEqualTo(1);
    assertThat(set.size()).isEqualTo(Budget.UNITS);
  }

  @Test
  void anOutputIsGivenEvenIfItsChildTookTheLastUnit() throws Exception {
    set.add(
        Futures.pollFn(
            cx -> {
              cx.budget().replace(0);
              return Poll.ready("x");
            }));
    assertThat(poll().value()).isEqualTo("x");
  }

  @Test
  void childrenThatOnlyWaitTakeNoBudget() throws Exception {
    for (int i = 0; i < 1000; i++) {
      set.add(new Probe<>());
    }
    int[] left = {0};
    Future<Boolean> polled =
        Futures.pollFn(
            cx -> {
              boolean pending = set.pollNext(cx).isPending();
              left[0] = cx.budget().remaining();
              return Poll.ready(pending);
            });
    assertThat(crank.poll(polled).value()).isTrue();
    assertThat(left[0]).isEqualTo(Budget.UNITS);
  }

  // ---- failure and cancel

  @Test
  void aFailureCancelsTheOthersNewestFirstAndIsThrown() throws Exception {
    for (Throwable failure : List.of(new IOException("x"), new AssertionError("y"))) {
      FutureSet<String> failing = new FutureSet<>();
      List<String> log = new ArrayList<>();
      Probe<String> first = new Probe<>("first", log);
      Probe<String> second = new Probe<>("second", log);
      Probe<String> third = new Probe<>("third", log);
      failing.add(first);
      failing.add(second);
      failing.add(third);
      assertThat(crank.pollNext(failing).isPending()).isTrue();
      second.fail(failure);
      assertThatThrownBy(() -> crank.pollNext(failing)).isSameAs(failure);
      assertThat(log).containsExactly("third", "first");
      assertThat(failing.size()).isZero();
      assertThatThrownBy(() -> crank.pollNext(failing)).isInstanceOf(PollAfterEndException.class);
    }
  }

  @Test
  void cancelReachesAllNewestFirstThoughOneThrows() throws Exception {
    addAll();
    assertPending();
    b.thrownByCancel = new IllegalStateException("x");
    set.cancel();
    set.cancel();
    assertThat(cancelled).containsExactly("c", "b", "a");
    assertThat(crank.uncaught).containsExactly(b.thrownByCancel);
    assertThatThrownBy(() -> set.add(a)).isInstanceOf(IllegalStateException.class);
    assertOver();
  }

  @Test
  void cancelBeforeTheFirstPollReachesAll() {
    addAll();
    set.cancel();
    assertThat(cancelled).containsExactly("c", "b", "a");
  }

  @Test
  void childrenThatCompletedButWereNotPolledAreCancelledAndDiscardTheirOutputs() {
    List<String> closed = new ArrayList<>();
    FutureSet<AutoCloseable> resources = new FutureSet<>();
    resources.add(Futures.ready(() -> closed.add("first")));
    resources.add(Futures.ready(() -> closed.add("second")));
    resources.cancel();
    assertThat(closed).containsExactly("second", "first");
  }

  // ---- what is retained

  @Test
  void aFinishedChildsWakerIsDeadAndRetainsNothing() throws Exception {
    set.add(a);
    set.add(b);
    Waker taskWaker =
        new Waker() {
          @Override
          public void wake() {}
        };
    WeakReference<Object> task = new WeakReference<>(taskWaker);
    Object output = new Object();
    WeakReference<Object> value = new WeakReference<>(output);
    FutureSet<Object> other = new FutureSet<>();
    Probe<Object> finishing = new Probe<>();
    other.add(finishing);
    other.add(Futures.pending());
    assertThat(crank.poller.pollNext(other, taskWaker).isPending()).isTrue();
    Waker stale = finishing.waker;
    finishing.complete(output);
    output = null;
    assertThat(crank.poller.pollNext(other, taskWaker).isItem()).isTrue();
    WeakReference<Object> future = new WeakReference<>(finishing);
    taskWaker = null;
    finishing = null;
    other = null;
    assertCollected(task);
    assertCollected(value);
    assertCollected(future);
    stale.wake();
    set.cancel();
  }

  @Test
  void aWakeOfAFinishedChildWakesNobody() throws Exception {
    addAll();
    assertPending();
    a.complete("1");
    assertThat(poll().isItem()).isTrue();
    assertPending();
    crank.wakes.set(0);
    a.waker.wake();
    assertThat(crank.wakes).hasValue(0);
  }

  @Test
  void aWakeThatMetTheFinishOnlyMakesASpuriousPoll() throws Exception {
    Waker[] waker = {null};
    set.add(
        Futures.pollFn(
            cx -> {
              waker[0] = cx.waker();
              cx.waker().wake(); // queued again, and finished right after: a husk
              return Poll.ready("x");
            }));
    set.add(a);
    assertThat(poll().value()).isEqualTo("x");
    assertPending();
    assertThat(a.polls).isEqualTo(1);
  }

  @Test
  void afterCancelNothingIsReachableThroughTheSetOrItsWakers() throws Exception {
    FutureSet<Object> other = new FutureSet<>();
    Probe<Object> child = new Probe<>();
    Waker taskWaker =
        new Waker() {
          @Override
          public void wake() {}
        };
    other.add(child);
    assertThat(crank.poller.pollNext(other, taskWaker).isPending()).isTrue();
    Waker stale = child.waker;
    List<WeakReference<?>> refs =
        List.of(new WeakReference<>(child), new WeakReference<>(taskWaker));
    other.cancel();
    child = null;
    taskWaker = null;
    refs.forEach(FutureSetTest::assertCollected);
    stale.wake();
    assertThat(other.size()).isZero();
  }

  private static void assertCollected(WeakReference<?> ref) {
    for (int i = 0; i < 100 && ref.get() != null; i++) {
      System.gc();
    }
    assertThat(ref.get()).isNull();
  }

  // ---- size

  @Test
  void aHundredThousandChildrenArePolledTwiceEachInAll() throws Exception {
    int children = 100_000;
    List<Probe<String>> probes = new ArrayList<>();
    for (int i = 0; i < children; i++) {
      Probe<String> probe = new Probe<>();
      probes.add(probe);
      set.add(probe);
    }
    assertPending();
    int given = 0;
    for (int i = children - 1; i >= 0; i--) {
      probes.get(i).complete("x");
      assertThat(poll().isItem()).isTrue();
      given++;
    }
    assertThat(given).isEqualTo(children);
    assertThat(probes).allMatch(probe -> probe.polls == 2);
  }

  @Test
  void aHundredThousandChildrenAreCancelledAndDescribedInConstantStack() throws Exception {
    for (int i = 0; i < 100_000; i++) {
      set.add(new Probe<>("p", cancelled));
    }
    assertPending();
    SmallStack.call(
        () -> {
          assertThat(Description.ofIterator(set).children()).hasSize(100_000);
          set.cancel();
          return null;
        });
    assertThat(cancelled).hasSize(100_000);
  }

  @Test
  void describesTheChildrenThatRun() throws Exception {
    addAll();
    b.complete("2");
    assertThat(poll().isItem()).isTrue();
    assertThat(Description.ofIterator(set))
        .hasToString("FutureSet {running=2, added=3}\n  0: a\n  2: c");
    assertThat(set).hasToString("FutureSet[2 running]");
  }

  private void assertOver() {
    assertThatThrownBy(this::poll).isInstanceOf(PollAfterEndException.class);
  }

  @Test
  void oneThatIsAddedDoesNotPassThoseThatWereWoken() throws Exception {
    set.add(a);
    assertPending();
    set.add(Futures.ready("0"));
    assertThat(poll().value()).isEqualTo("0");
    a.complete("woken");
    List<String> given = new ArrayList<>();
    for (int i = 1; i <= 3; i++) {
      set.add(Futures.ready(Integer.toString(i)));
      given.add(poll().value());
    }
    assertThat(given).containsExactly("woken", "1", "2");
    set.cancel();
  }

  @Test
  void oneThatHadNoStackIsCancelledWithTheOthers() throws Exception {
    set.add(a);
    set.add(
        new Future<>() {
          @Override
          public Poll<String> poll(Context cx) {
            throw new StackOverflowError("before it began");
          }

          @Override
          public void cancel() {
            cancelled.add("no stack");
          }
        });
    assertThatThrownBy(this::poll).isInstanceOf(StackOverflowError.class);
    assertThat(cancelled).containsExactly("no stack", "a");
  }
}
