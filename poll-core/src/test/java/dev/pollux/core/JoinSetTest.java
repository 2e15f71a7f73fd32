package dev.pollux.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pollux.spi.Services;
import dev.pollux.testing.PollHarness;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class JoinSetTest {

  private final PollHarness harness = PollHarness.create();
  private final JoinSet<String> set = JoinSet.on(harness.services().spawner());
  private final List<String> cancelled = new ArrayList<>();
  private final Probe<String> a = new Probe<>("a", cancelled);
  private final Probe<String> b = new Probe<>("b", cancelled);
  private final Probe<String> c = new Probe<>("c", cancelled);

  private void spawnAll() {
    set.spawn(a);
    set.spawn("second", b);
    set.spawn(c);
    harness.runTasks();
  }

  private void complete(Probe<String> probe, String value) {
    probe.complete(value);
    harness.runTasks();
  }

  private Poll<Optional<String>> pollNext() throws Exception {
    return harness.poll(set.joinNext());
  }

  private TaskResult<String> nextResult() throws Exception {
    return harness.poll(set.joinNextResult()).value().orElseThrow();
  }

  // ---- outcomes

  @Test
  void outcomesComeInTheOrderInWhichTheTasksEnd() throws Exception {
    spawnAll();
    Future<Optional<String>> next = set.joinNext();
    assertThat(harness.poll(next).isPending()).isTrue();
    complete(c, "3");
    assertThat(harness.woken()).isTrue();
    complete(a, "1");
    assertThat(set.size()).isEqualTo(3);
    assertThat(harness.poll(next).value()).contains("3");
    assertThat(pollNext().value()).contains("1");
    assertThat(pollNext().isPending()).isTrue();
    complete(b, "2");
    assertThat(pollNext().value()).contains("2");
    assertThat(set.size()).isZero();
    assertThat(pollNext().value()).isEmpty();
  }

  @Test
  void aFailureAndACancelAreThrownAndTheSetGoesOn() throws Exception {
    spawnAll();
    a.fail(new IOException("torn"));
    harness.runTasks();
    assertThatThrownBy(this::pollNext)
        .isInstanceOf(TaskFailedException.class)
        .hasCauseInstanceOf(IOException.class);
    set.requestCancelAll();
    harness.runTasks();
    assertThatThrownBy(this::pollNext).isInstanceOf(TaskCancelledException.class);
    assertThatThrownBy(this::pollNext).isInstanceOf(TaskCancelledException.class);
    assertThat(pollNext().value()).isEmpty();
    assertThat(harness.uncaught()).isEmpty();
    assertThat(cancelled).containsExactly("c", "b");
  }

  @Test
  void resultsTellTheTasksApart() throws Exception {
    CancelHandle first = set.spawn(a);
    CancelHandle second = set.spawn("second", b);
    set.spawn(c);
    harness.runTasks();
    IOException torn = new IOException("torn");
    a.complete("1");
    b.fail(torn);
    harness.runTasks();
    set.requestCancelAll();
    harness.runTasks();
    assertThat(first.isFinished()).isTrue();
    TaskResult<String> completed = nextResult();
    assertThat(completed.isCompleted()).isTrue();
    assertThat(completed.value()).isEqualTo("1");
    assertThat(completed.task().id()).isEqualTo(first.id());
    TaskResult<String> failed = nextResult();
    assertThat(failed)
        .isInstanceOfSatisfying(TaskResult.Failed.class, f -> assertThat(f.cause()).isSameAs(torn));
    assertThat(failed.task().name()).contains("second");
    assertThat(failed.task().id()).isEqualTo(second.id());
    assertThatThrownBy(failed::value).isInstanceOf(TaskFailedException.class).hasCause(torn);
    TaskResult<String> stopped = nextResult();
    assertThat(stopped.isCompleted()).isFalse();
    assertThatThrownBy(stopped::value).isInstanceOf(TaskCancelledException.class);
    assertThat(harness.poll(set.joinNextResult()).value()).isEmpty();
  }

  @Test
  void anIteratorOfResultsGoesOnAfterAFailureAndEndsWhenTheSetIsEmpty() throws Exception {
    spawnAll();
    AsyncIterator<TaskResult<String>> results = set.results();
    assertThat(results.knownEnded()).isFalse();
    a.fail(new IOException("torn"));
    b.complete("2");
    harness.runTasks();
    assertThat(harness.pollNext(results).value()).isInstanceOf(TaskResult.Failed.class);
    assertThat(harness.pollNext(results).value().value()).isEqualTo("2");
    assertThat(harness.pollNext(results).isPending()).isTrue();
    set.spawn(new Probe<>());
    results.cancel();
    assertThat(set.size()).isEqualTo(2);
    set.requestCancelAll();
    AsyncIterator<TaskResult<String>> others = set.results();
    assertThat(harness.runToEnd(others, 10)).hasSize(2);
  }

  @Test
  void anOutputOfNullIsAResultAndNoNext() throws Exception {
    set.spawn(Futures.ready(null));
    set.spawn(Futures.ready(null));
    harness.runTasks();
    assertThatThrownBy(this::pollNext)
        .isInstanceOf(NullPointerException.class)
        .hasMessageContaining("joinNextResult()");
    assertThat(nextResult().value()).isNull();
  }

  @Test
  void aCancelledJoinLosesNothing() throws Exception {
    spawnAll();
    Future<Optional<String>> next = set.joinNext();
    assertThat(harness.poll(next).isPending()).isTrue();
    complete(a, "1");
    next.cancel();
    assertThatThrownBy(() -> harness.poll(next)).isInstanceOf(PollAfterEndException.class);
    assertThat(pollNext().value()).contains("1");
    assertThat(cancelled).isEmpty();
  }

  @Test
  void aJoinThatWasCancelledIsNotWoken() throws Exception {
    spawnAll();
    Future<Optional<String>> next = set.joinNext();
    assertThat(harness.poll(next).isPending()).isTrue();
    next.cancel();
    long before = harness.wakes();
    complete(a, "1");
    assertThat(harness.wakes()).isEqualTo(before);
  }

  @Test
  void aSpawnWakesTheTaskThatWaits() throws Exception {
    set.spawn(a);
    Future<Optional<String>> next = set.joinNext();
    assertThat(harness.poll(next).isPending()).isTrue();
    harness.runTasks();
    assertThat(harness.poll(next).isPending()).isTrue();
    set.spawn(Futures.ready("new"));
    assertThat(harness.woken()).isTrue();
    assertThat(harness.runToCompletion(next, 10)).contains("new");
  }

  @Test
  void aTryJoinNeverWaits() {
    assertThat(set.tryJoinNextResult()).isEmpty();
    spawnAll();
    assertThat(set.tryJoinNextResult()).isEmpty();
    complete(b, "2");
    assertThat(set.tryJoinNextResult().map(TaskResult::value)).contains("2");
    assertThat(set.tryJoinNextResult()).isEmpty();
    complete(a, "1");
    complete(c, "3");
    assertThat(set.tryJoinNextResult().map(TaskResult::value)).contains("1");
    assertThat(set.tryJoinNextResult().map(TaskResult::value)).contains("3");
    assertThat(set.size()).isZero();
  }

  @Test
  void onlyTasksThatEndedAreLookedAtAgain() throws Exception {
    CountedHandle counted = new CountedHandle(harness.services().spawner().spawn(a));
    set.add(counted);
    set.spawn(b);
    set.spawn(c);
    harness.runTasks();
    assertThat(pollNext().isPending()).isTrue();
    complete(b, "2");
    assertThat(pollNext().value()).contains("2");
    complete(c, "3");
    assertThat(pollNext().value()).contains("3");
    assertThat(counted.polls).isEqualTo(1);
    complete(a, "1");
    assertThat(pollNext().value()).contains("1");
    assertThat(counted.polls).isEqualTo(2);
  }

  private static final class CountedHandle extends DelegatingHandle<String> {
    int polls;

    CountedHandle(JoinHandle<String> handle) {
      super(handle);
    }

    @Override
    public Poll<String> poll(Context cx) throws Exception {
      polls++;
      return super.poll(cx);
    }
  }

  @Test
  void aResultCostsOneUnitOfBudgetAndHandlesOfAllKindsKeepToIt() throws Exception {
    for (int i = 0; i < 2 * Budget.UNITS; i++) {
      set.spawn(Futures.ready("x"));
    }
    harness.runTasks();
    int[] taken = {0};
    Future<Integer> drain =
        Futures.pollFn(
            cx -> {
              while (set.size() > 0) {
                if (set.joinNext().poll(cx).isPending()) {
                  return Poll.pending();
                }
                taken[0]++;
              }
              return Poll.ready(taken[0]);
            });
    assertThat(harness.poll(drain).isPending()).isTrue();
    assertThat(taken[0]).isEqualTo(Budget.UNITS);
    assertThat(harness.woken()).isTrue();
    assertThat(harness.poll(drain).value()).isEqualTo(2 * Budget.UNITS);
  }

  @Test
  void aTurnLooksAtABoundedNumberOfTasksThatHaveNotEnded() throws Exception {
    for (int i = 0; i < 1000; i++) {
      set.spawn(Futures.pending());
    }
    set.spawn(Futures.ready("last"));
    harness.runTasks();
    Future<Optional<String>> next = set.joinNext();
    int turns = 1;
    for (; harness.poll(next).isPending(); turns++) {
      assertThat(harness.woken()).isTrue();
    }
    assertThat(turns).isBetween(1000 / Budget.UNITS, 1000 / Budget.UNITS + 2);
  }

  // ---- all of them

  @Test
  void allOutputsComeInTheOrderOfTheirEnd() throws Exception {
    spawnAll();
    Future<List<String>> all = set.joinAll();
    assertThat(harness.poll(all).isPending()).isTrue();
    complete(c, "3");
    assertThat(harness.poll(all).isPending()).isTrue();
    complete(a, "1");
    complete(b, "2");
    assertThat(harness.poll(all).value()).containsExactly("3", "1", "2");
    assertThat(harness.poll(set.joinAll()).value()).isEmpty();
  }

  @Test
  void theFirstFailureStopsTheOthersAndIsThrownWhenTheyHaveEnded() throws Exception {
    spawnAll();
    Future<List<String>> all = set.joinAll();
    assertThat(harness.poll(all).isPending()).isTrue();
    complete(b, "2");
    assertThat(harness.poll(all).isPending()).isTrue();
    a.fail(new IOException("torn"));
    harness.runTasks();
    assertThat(harness.poll(all).isPending()).isTrue(); // c is asked to stop, and was not yet run
    assertThat(cancelled).isEmpty();
    assertThat(harness.discarded()).containsExactly("2");
    harness.runTasks();
    assertThat(cancelled).containsExactly("c");
    assertThatThrownBy(() -> harness.poll(all))
        .isInstanceOf(TaskFailedException.class)
        .hasRootCauseMessage("torn");
    assertThat(set.size()).isZero();
    assertThat(harness.uncaught()).isEmpty();
  }

  @Test
  void laterFailuresAreSuppressedExceptionsOfTheFirst() throws Exception {
    spawnAll();
    a.fail(new IOException("first"));
    b.fail(new IOException("second"));
    c.complete("3");
    harness.runTasks();
    assertThatThrownBy(() -> harness.poll(set.joinAll()))
        .hasRootCauseMessage("first")
        .satisfies(
            first ->
                assertThat(first.getSuppressed())
                    .singleElement()
                    .satisfies(second -> assertThat(second).hasRootCauseMessage("second")));
    assertThat(harness.discarded()).containsExactly("3");
  }

  @Test
  void aCancelledJoinOfAllDropsWhatItHasAndReportsTheFailure() throws Exception {
    spawnAll();
    Future<List<String>> all = set.joinAll();
    complete(a, "1");
    assertThat(harness.poll(all).isPending()).isTrue();
    all.cancel();
    assertThat(harness.discarded()).containsExactly("1");
    assertThat(set.size()).isEqualTo(2);
    Future<List<String>> again = set.joinAll();
    b.fail(new IOException("torn"));
    harness.runTasks();
    assertThat(harness.poll(again).isPending()).isTrue();
    again.cancel();
    assertThat(harness.uncaught())
        .singleElement()
        .satisfies(f -> assertThat(f).hasRootCauseMessage("torn"));
    assertThat(set.size()).isEqualTo(1);
  }

  // ---- the end

  @Test
  void closingCancelsWaitsAndDropsWhatIsLeft() throws Exception {
    spawnAll();
    complete(a, "1");
    Future<Void> close = set.closeAsync();
    assertThat(cancelled).as("nothing before the first poll").isEmpty();
    assertThat(harness.poll(close).isPending()).isTrue();
    assertThat(harness.discarded()).containsExactly("1");
    b.fail(new IOException("torn")); // too late: it is cancelled first
    assertThatThrownBy(() -> set.spawn(new Probe<>("late", cancelled)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("closed");
    assertThat(cancelled).containsExactly("late");
    harness.runTasks();
    assertThat(harness.woken()).isTrue();
    assertThat(harness.poll(close).isReady()).isTrue();
    assertThat(set.size()).isZero();
    assertThat(harness.liveTasks()).isZero();
    assertThat(harness.uncaught()).isEmpty();
    set.close();
    assertThat(set.toString()).contains("closed");
  }

  @Test
  void aFailureThatNobodyTookIsReportedOnce() throws Exception {
    spawnAll();
    a.fail(new IOException("torn"));
    harness.runTasks();
    harness.runToCompletion(set.closeAsync(), 10);
    assertThat(harness.uncaught()).singleElement().satisfies(f -> assertThat(f).hasMessage("torn"));
  }

  @Test
  void aCloseThatWasCancelledCanBeDoneAgain() throws Exception {
    spawnAll();
    Future<Void> close = set.closeAsync();
    assertThat(harness.poll(close).isPending()).isTrue();
    close.cancel();
    harness.runTasks();
    assertThat(set.size()).isEqualTo(3);
    harness.runToCompletion(set.closeAsync(), 10);
    assertThat(set.size()).isZero();
  }

  @Test
  void closingOnAThreadThatRunsTasksAsksAndRefuses() throws Exception {
    spawnAll();
    assertThatThrownBy(
            () ->
                harness.poll(
                    Futures.lazy(
                        () -> {
                          set.close();
                          return "closed";
                        })))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("closeAsync()");
    harness.runTasks();
    assertThat(cancelled).containsExactly("c", "b", "a");
    harness.runToCompletion(set.closeAsync(), 10);
  }

  @Test
  void anEmptySetCanBeClosedAnywhere() throws Exception {
    assertThat(
            harness
                .poll(
                    Futures.lazy(
                        () -> {
                          set.close();
                          return "closed";
                        }))
                .value())
        .isEqualTo("closed");
  }

  @Test
  void detachedTasksRunOnWithoutTheSet() throws Exception {
    spawnAll();
    assertThat(pollNext().isPending()).isTrue();
    complete(a, "1");
    set.detachAll();
    assertThat(set.size()).isZero();
    assertThat(harness.discarded()).containsExactly("1");
    assertThat(pollNext().value()).isEmpty();
    complete(b, "2");
    c.fail(new IOException("torn"));
    harness.runTasks();
    assertThat(harness.discarded()).containsExactly("1", "2");
    assertThat(harness.uncaught()).hasSize(1);
    assertThat(cancelled).isEmpty();
  }

  @Test
  void detachingTakesTheWakersBackAndGoesOnWhenAHandleThrows() throws Exception {
    List<String> calls = new ArrayList<>();
    for (String name : List.of("good", "bad", "better")) {
      set.add(
          new DelegatingHandle<>(harness.services().spawner().spawn(Futures.<String>pending())) {
            @Override
            public void detach() {
              if (name.equals("bad")) {
                throw new IllegalStateException(name);
              }
              calls.add("detach " + name);
            }

            @Override
            public void cancel() {
              calls.add("cancel " + name);
            }
          });
    }
    assertThat(pollNext().isPending()).isTrue();
    List<Throwable> uncaught = new ArrayList<>();
    UncaughtFailureHandler before = UncaughtFailureHandler.processDefault();
    UncaughtFailureHandler.setProcessDefault((failure, origin) -> uncaught.add(failure));
    try {
      set.detachAll();
    } finally {
      UncaughtFailureHandler.setProcessDefault(before);
    }
    assertThat(calls)
        .containsExactly("detach better", "cancel better", "detach good", "cancel good");
    assertThat(uncaught).singleElement().satisfies(f -> assertThat(f).hasMessage("bad"));
    assertThat(set.size()).isZero();
  }

  @Test
  void aHandleThatWasUsedElsewhereFailsOneJoinAndLeavesTheSet() throws Exception {
    JoinHandle<String> used = harness.services().spawner().spawn(Futures.ready("used"));
    harness.runTasks();
    assertThat(used.join()).isEqualTo("used");
    set.add(used);
    set.spawn(Futures.ready("good"));
    harness.runTasks();
    assertThatThrownBy(this::pollNext).isInstanceOf(PollAfterEndException.class);
    assertThat(pollNext().value()).contains("good");
  }

  @Test
  void aResultThatIsDroppedIsDiscarded() {
    HandCrank crank = new HandCrank();
    TaskInfo task = set.spawn(a);
    List<Object> dropped = new ArrayList<>();
    List<Throwable> failures = new ArrayList<>();
    Discard discard = Discard.closing(dropped::add, (failure, origin) -> failures.add(failure));
    discard.discard(Optional.of(new TaskResult.Completed<>(task, "output")));
    discard.discard(new KeyedResult<>("key", new TaskResult.Completed<>(task, "keyed")));
    IOException torn = new IOException("torn");
    discard.discard(new TaskResult.Failed<>(task, torn));
    discard.discard(new TaskResult.Cancelled<>(task));
    assertThat(dropped).containsExactly("output", "keyed", new TaskResult.Cancelled<>(task));
    assertThat(failures).containsExactly(torn);
    assertThat(crank.uncaught).isEmpty();
  }

  @Test
  void aSetThatIsOverRetainsNothingOfItsTasks() throws Exception {
    List<WeakReference<Object>> gone = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      Object output = new Object();
      gone.add(new WeakReference<>(output));
      set.spawn(Futures.lazy(output::toString));
    }
    harness.runTasks();
    CancelHandle kept = set.spawn(Futures.lazy(new Object()::toString));
    harness.runToCompletion(set.joinAll(), 10);
    harness.forget();
    long limit = System.nanoTime() + 30_000_000_000L;
    while (gone.stream().anyMatch(reference -> reference.get() != null)) {
      assertThat(System.nanoTime()).isLessThan(limit);
      System.gc();
    }
    assertThat(kept.isFinished()).isTrue();
  }

  @Test
  void describesTheTasksThatItWaitsFor() throws Exception {
    spawnAll();
    Future<Optional<String>> next = set.joinNext();
    assertThat(harness.poll(next).isPending()).isTrue();
    assertThat(Description.of(next).toString())
        .contains("JoinSet.joinNext {tasks=3}")
        .contains("task 2 \"second\"");
  }

  @Test
  void theSpawnerIsAskedForNothingWithoutItsServices() {
    assertThatThrownBy(() -> JoinSet.on(null)).hasMessage("spawner");
    assertThatThrownBy(() -> set.spawn(null)).hasMessage("future");
    assertThatThrownBy(() -> new Services() {}.spawner())
        .isInstanceOf(MissingServiceException.class);
  }
}
