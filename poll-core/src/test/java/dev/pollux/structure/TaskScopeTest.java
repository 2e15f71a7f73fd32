package dev.pollux.structure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import dev.pollux.core.Context;
import dev.pollux.core.Future;
import dev.pollux.core.Futures;
import dev.pollux.core.JoinHandle;
import dev.pollux.core.Poll;
import dev.pollux.core.Poller;
import dev.pollux.core.TaskCancelledException;
import dev.pollux.core.TaskFailedException;
import dev.pollux.core.Waker;
import dev.pollux.spi.Spawner;
import dev.pollux.testing.PollHarness;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class TaskScopeTest {

  /** A child that ends when the test says so. */
  static final class Child implements Future<String> {
    final String name;
    private final List<String> log;
    private Waker waker;
    private Poll<String> answer = Poll.pending();
    private Exception failure;
    Runnable onCancel = () -> {};
    int thrown;
    private int answered;
    private int cancels;

    Child(String name, List<String> log) {
      this.name = name;
      this.log = log;
    }

    void complete() {
      answer = Poll.ready(name);
      wake();
    }

    void fail() {
      failure = new IOException(name);
      wake();
    }

    int ends() {
      return thrown + answered + cancels;
    }

    private void wake() {
      if (waker != null) {
        waker.wake();
      }
    }

    @Override
    public Poll<String> poll(Context cx) throws Exception {
      waker = cx.waker();
      if (failure != null) {
        thrown++;
        throw failure;
      }
      if (answer.isReady()) {
        answered++;
      }
      return answer;
    }

    @Override
    public void cancel() {
      cancels++;
      log.add(name);
      onCancel.run();
    }
  }

  private final PollHarness harness = PollHarness.create();
  private final Spawner spawner = harness.services().spawner();
  private final List<String> cancelled = new ArrayList<>();
  private final List<Throwable> reported = new ArrayList<>();
  private final ScopeOptions options =
      ScopeOptions.defaults()
          .withName("s")
          .withUncaughtFailureHandler((failure, origin) -> reported.add(failure));
  private final TaskScope scope = TaskScope.on(spawner, options);
  private final Child a = new Child("a", cancelled);
  private final Child b = new Child("b", cancelled);
  private final Child c = new Child("c", cancelled);

  @CanIgnoreReturnValue
  private JoinHandle<String> spawn(TaskScope into, Child child) {
    JoinHandle<String> handle = into.trySpawn(child.name, child).orElseThrow();
    harness.runTasks();
    return handle;
  }

  private void fail(Child child) {
    child.fail();
    harness.runTasks();
  }

  // ---- joining

  @Test
  void aJoinIsReadyWhenAllChildrenHaveEnded() throws Exception {
    JoinHandle<String> first = spawn(scope, a);
    spawn(scope, b).detach();
    Future<Void> join = scope.join();
    assertThat(harness.poll(join).isPending()).isTrue();
    a.complete();
    harness.runTasks();
    assertThat(harness.poll(join).isPending()).isTrue();
    assertThat(scope.liveChildren()).isEqualTo(1);
    b.complete();
    harness.runTasks();
    assertThat(harness.woken()).isTrue();
    assertThat(harness.poll(join).isReady()).isTrue();
    assertThat(harness.poll(first).value()).isEqualTo("a");
    spawn(scope, c); // it stays open
    assertThat(harness.poll(scope.join()).isPending()).isTrue();
    harness.runToCompletion(scope.closeAsync(), 10);
    assertThat(cancelled).containsExactly("c");
  }

  @Test
  void theFirstFailureCancelsTheOthersAndIsThrownWhenTheyHaveEnded() throws Exception {
    spawn(scope, a);
    spawn(scope, b);
    spawn(scope, c);
    Future<Void> join = scope.join();
    Future<Void> another = scope.join();
    assertThat(harness.poll(join).isPending()).isTrue();
    assertThat(harness.poll(another).isPending()).isTrue();
    c.onCancel = () -> assertThat(harness.wakes()).isLessThan(100);
    b.fail();
    harness.runTasks();
    assertThat(cancelled).containsExactly("c", "a");
    assertThatThrownBy(() -> harness.poll(join))
        .isInstanceOf(TaskFailedException.class)
        .hasMessageContaining("\"b\"")
        .hasRootCauseMessage("b");
    assertThatThrownBy(() -> harness.poll(another)).hasRootCauseMessage("b");
    harness.runToCompletion(scope.closeAsync(), 10);
    assertThat(reported).isEmpty();
    assertThat(harness.uncaught()).isEmpty();
  }

  @Test
  void laterFailuresAreSuppressedExceptionsOfTheFirst() throws Exception {
    assertThat(scope.trySpawn(a)).isPresent();
    assertThat(scope.trySpawn(b)).isPresent();
    a.fail();
    b.fail();
    harness.runTasks(); // b is cancelled before its turn
    assertThat(cancelled).containsExactly("b");
    assertThatThrownBy(() -> harness.poll(scope.join()))
        .hasRootCauseMessage("a")
        .hasNoSuppressedExceptions();
  }

  @Test
  void aScopeThatHasFailedOrWasClosedRefusesAndCancelsTheChild() throws Exception {
    spawn(scope, a);
    fail(a);
    assertThatThrownBy(() -> scope.trySpawn(b))
        .isInstanceOf(ScopeClosedException.class)
        .hasMessageContaining(
            "TaskScope \"s\" takes no more children, for one has failed: task 1 \"a\"")
        .hasCauseInstanceOf(IOException.class);
    assertThatThrownBy(() -> harness.poll(scope.spawn(c))).isInstanceOf(ScopeClosedException.class);
    assertThat(cancelled).containsExactly("b", "c");
    TaskScope closed = TaskScope.on(spawner, options);
    closed.close();
    assertThatThrownBy(() -> closed.trySpawn(new Child("d", cancelled)))
        .isInstanceOf(ScopeClosedException.class)
        .hasMessageContaining("closed");
    assertThat(cancelled).containsExactly("b", "c", "d");
  }

  // ---- who owns a failure

  @Test
  void aFailureThatNobodyWasThrownIsReportedOnceWhenTheScopeIsClosed() throws Exception {
    spawn(scope, a);
    fail(a);
    assertThat(reported).isEmpty();
    harness.runToCompletion(scope.closeAsync(), 10);
    assertThat(reported).singleElement().satisfies(f -> assertThat(f).hasMessage("a"));
    scope.close();
    assertThat(harness.poll(scope.join()).isReady()).isTrue();
    assertThat(reported).hasSize(1);
    assertThat(harness.uncaught()).isEmpty();
  }

  @Test
  void aFailureThatTheHandleHasThrownIsNotReported() throws Exception {
    JoinHandle<String> handle = spawn(scope, a);
    fail(a);
    assertThatThrownBy(() -> harness.poll(handle)).isInstanceOf(TaskFailedException.class);
    harness.runToCompletion(scope.closeAsync(), 10);
    assertThat(reported).isEmpty();
    assertThat(harness.uncaught()).isEmpty();
  }

  @Test
  void aDetachedHandleLeavesTheFailureToTheScope() {
    spawn(scope, a).detach();
    fail(a);
    assertThatThrownBy(() -> harness.poll(scope.join())).hasRootCauseMessage("a");
    assertThat(harness.uncaught()).isEmpty();
  }

  @Test
  void whenOthersGoOnAFailureBelongsToTheHandle() throws Exception {
    TaskScope kept = TaskScope.on(spawner, options.withFailurePolicy(FailurePolicy.KEEP_GOING));
    JoinHandle<String> first = spawn(kept, a);
    spawn(kept, b).detach();
    JoinHandle<String> third = spawn(kept, c);
    fail(a);
    fail(b);
    assertThat(harness.uncaught()).singleElement().satisfies(f -> assertThat(f).hasMessage("b"));
    assertThat(cancelled).isEmpty();
    c.complete();
    harness.runTasks();
    assertThat(harness.poll(kept.join()).isReady()).isTrue();
    assertThatThrownBy(() -> harness.poll(first)).hasRootCauseMessage("a");
    assertThat(harness.poll(third).value()).isEqualTo("c");
    harness.runToCompletion(kept.closeAsync(), 10);
    assertThat(reported).isEmpty();
  }

  @Test
  void toBeCancelledIsNoFailure() throws Exception {
    JoinHandle<String> first = spawn(scope, a);
    spawn(scope, b);
    first.requestCancel();
    harness.runTasks();
    assertThat(cancelled).containsExactly("a");
    assertThatThrownBy(() -> harness.poll(first)).isInstanceOf(TaskCancelledException.class);
    b.complete();
    harness.runTasks();
    assertThat(harness.poll(scope.join()).isReady()).isTrue();
  }

  @Test
  void aCloseBySomebodyElseLeavesTheFailureToAJoinThatWaits() throws Exception {
    spawn(scope, a);
    Future<Void> join = scope.join();
    Future<Void> givenUp = scope.join();
    assertThat(harness.poll(join).isPending()).isTrue();
    assertThat(harness.poll(givenUp).isPending()).isTrue();
    fail(a);
    scope.close();
    assertThatThrownBy(() -> harness.poll(join))
        .isInstanceOf(TaskFailedException.class)
        .hasRootCauseMessage("a");
    givenUp.cancel();
    assertThat(reported).isEmpty();
    assertThat(harness.poll(scope.join()).isReady()).as("one that is late").isTrue();
  }

  @Test
  void aCloseBetweenTheEndAndTheClaimLeavesTheFailureToTheJoin() {
    final class Joining extends ScopeState.Watcher {
      Joining() {
        super(true);
      }
    }
    spawn(scope, a);
    fail(a);
    ScopeState state = scope.state();
    Joining joining = new Joining();
    assertThat(state.awaitEnd(joining, Waker.noop())).isTrue();
    scope.close();
    assertThat(state.claimFailures(joining)).hasRootCauseMessage("a");
    assertThat(state.claimFailures(new Joining())).as("no longer kept").isNull();
    assertThat(reported).isEmpty();
  }

  @Test
  void anErrorOfTheMachineIsReportedThoughTheScopeOwnsIt() {
    OutOfMemoryError full = new OutOfMemoryError("full");
    assertThat(
            scope.trySpawn(
                cx -> {
                  throw full;
                }))
        .isPresent();
    harness.runTasks();
    assertThat(harness.uncaught()).containsExactly(full);
    scope.close();
    assertThat(reported).isEmpty();
    assertThat(harness.uncaught()).hasSize(1);
  }

  @Test
  void aFailureThatWasKeptForAJoinIsReportedWhenThatIsCancelled() throws Exception {
    spawn(scope, a);
    Future<Void> join = scope.join();
    assertThat(harness.poll(join).isPending()).isTrue();
    fail(a);
    scope.close();
    assertThat(reported).isEmpty();
    join.cancel();
    assertThat(reported).singleElement().satisfies(f -> assertThat(f).hasMessage("a"));
  }

  @Test
  void aBodyIsThrownTheFailureThoughSomebodyElseHasClosedTheScope() throws Exception {
    for (boolean bodyEnds : new boolean[] {false, true}) {
      TaskScope[] inside = {null};
      Child child = new Child("child", cancelled);
      Child body = new Child("body", cancelled);
      Future<String> with =
          TaskScope.with(
              options,
              inner -> {
                inside[0] = inner;
                assertThat(inner.trySpawn(child)).isPresent();
                return body;
              });
      assertThat(harness.poll(with).isPending()).isTrue();
      harness.runTasks();
      if (bodyEnds) {
        body.complete();
        assertThat(harness.poll(with).isPending()).isTrue();
      }
      fail(child);
      inside[0].close();
      assertThatThrownBy(() -> harness.poll(with))
          .isInstanceOf(TaskFailedException.class)
          .hasRootCauseMessage("child");
    }
    assertThat(reported).isEmpty();
  }

  @Test
  void aFailureAfterTheCloseWakesTheBody() throws Exception {
    TaskScope[] inside = {null};
    Child body = new Child("body", cancelled);
    Future<String> closing =
        cx -> {
          assertThat(inside[0].closeAsync().poll(cx).isPending()).isTrue();
          throw new IOException("closing");
        };
    Future<String> with =
        TaskScope.with(
            options,
            inner -> {
              inside[0] = inner;
              assertThat(inner.trySpawn(closing)).isPresent();
              assertThat(inner.trySpawn(b)).isPresent();
              return body;
            });
    assertThat(harness.poll(with).isPending()).isTrue();
    long before = harness.wakes();
    List<Long> wakes = new ArrayList<>();
    b.onCancel = () -> wakes.add(harness.wakes() - before); // at its end it would be woken anyway
    harness.runTasks();
    assertThat(wakes).containsExactly(1L);
    assertThatThrownBy(() -> harness.poll(with)).hasRootCauseMessage("closing");
    assertThat(cancelled).containsExactly("b", "body");
  }

  // ---- room

  @Test
  void spawnsWaitForRoomAndTheOldestIsNext() throws Exception {
    TaskScope narrow = TaskScope.on(spawner, options.withMaxConcurrent(1));
    spawn(narrow, a);
    assertThat(narrow.trySpawn(b)).isEmpty();
    assertThat(cancelled).as("untouched").isEmpty();
    Future<JoinHandle<String>> second = narrow.spawn(b);
    Future<JoinHandle<String>> third = narrow.spawn("third", c);
    assertThat(harness.poll(second).isPending()).isTrue();
    assertThat(harness.poll(third).isPending()).isTrue();
    a.complete();
    harness.runTasks();
    assertThat(harness.poll(third).isPending()).isTrue();
    assertThat(narrow.trySpawn(new Child("d", cancelled))).as("nobody overtakes").isEmpty();
    JoinHandle<String> handle = harness.poll(second).value();
    harness.runTasks();
    b.complete();
    harness.runTasks();
    assertThat(harness.poll(handle).value()).isEqualTo("b");
    assertThat(harness.poll(third).value().name()).contains("third");
    harness.runToCompletion(narrow.closeAsync(), 10);
  }

  @Test
  void aCancelledSpawnPassesItsPlaceAndItsPermitOn() throws Exception {
    TaskScope narrow = TaskScope.on(spawner, options.withMaxConcurrent(1));
    spawn(narrow, a);
    Future<JoinHandle<String>> waiting = narrow.spawn(b);
    Future<JoinHandle<String>> granted = narrow.spawn(c);
    Future<JoinHandle<String>> last = narrow.spawn(new Child("d", cancelled));
    assertThat(harness.poll(waiting).isPending()).isTrue();
    assertThat(harness.poll(granted).isPending()).isTrue();
    assertThat(harness.poll(last).isPending()).isTrue();
    waiting.cancel();
    assertThat(cancelled).containsExactly("b");
    a.complete();
    harness.runTasks();
    granted.cancel(); // it has the permit by now
    assertThat(cancelled).containsExactly("b", "c");
    assertThat(harness.poll(last).isReady()).isTrue();
    assertThat(narrow.liveChildren()).isEqualTo(1);
    harness.runToCompletion(narrow.closeAsync(), 10);
  }

  @Test
  void closingRefusesThoseWhoWaitForRoom() throws Exception {
    TaskScope narrow = TaskScope.on(spawner, options.withMaxConcurrent(1));
    spawn(narrow, a);
    Future<JoinHandle<String>> waiting = narrow.spawn(b);
    assertThat(harness.poll(waiting).isPending()).isTrue();
    harness.runToCompletion(narrow.closeAsync(), 10);
    assertThatThrownBy(() -> harness.poll(waiting)).isInstanceOf(ScopeClosedException.class);
    assertThat(cancelled).containsExactly("a", "b");
  }

  @Test
  void aSpawnerThatRefusesCostsNoPermit() {
    TaskScope narrow =
        TaskScope.on(
            new Spawner() {
              @Override
              public <T> JoinHandle<T> spawn(Future<T> future) {
                future.cancel();
                throw new IllegalStateException("full");
              }

              @Override
              public <T> JoinHandle<T> spawn(String name, Future<T> future) {
                return spawn(future);
              }
            },
            options.withMaxConcurrent(1));
    for (int i = 0; i < 3; i++) {
      assertThatThrownBy(() -> narrow.trySpawn(a)).hasMessage("full");
    }
    assertThat(cancelled).containsExactly("a", "a", "a");
    assertThat(narrow.liveChildren()).isZero();
    narrow.close();
  }

  @Test
  void aChildThatEndsWhileItIsSpawnedIsSettledAfterwards() throws Exception {
    List<Integer> live = new ArrayList<>();
    TaskScope[] racing = {null};
    racing[0] =
        TaskScope.on(
            new Spawner() {
              @Override
              public <T> JoinHandle<T> spawn(Future<T> future) {
                JoinHandle<T> handle = spawner.spawn(future);
                harness.runTasks();
                live.add(racing[0].liveChildren());
                return handle;
              }

              @Override
              public <T> JoinHandle<T> spawn(String name, Future<T> future) {
                return spawn(future);
              }
            },
            options);
    a.fail();
    JoinHandle<String> handle = racing[0].trySpawn(a).orElseThrow();
    assertThat(handle.isFinished()).isTrue();
    assertThat(live).containsExactly(1);
    assertThatThrownBy(() -> harness.poll(racing[0].join())).hasRootCauseMessage("a");
    racing[0].close();
    assertThat(reported).isEmpty();
  }

  @Test
  void aCloseDuringTheSpawnReachesTheChild() throws Exception {
    TaskScope[] racing = {null};
    racing[0] =
        TaskScope.on(
            new Spawner() {
              @Override
              public <T> JoinHandle<T> spawn(Future<T> future) {
                JoinHandle<T> handle = spawner.spawn(future);
                assertThatThrownBy(() -> harness.poll(Futures.lazy(this::close)))
                    .isInstanceOf(IllegalStateException.class);
                return handle;
              }

              private Object close() {
                racing[0].close();
                return "closed";
              }

              @Override
              public <T> JoinHandle<T> spawn(String name, Future<T> future) {
                return spawn(future);
              }
            },
            options);
    assertThat(racing[0].trySpawn(a)).isPresent();
    harness.runTasks();
    assertThat(cancelled).containsExactly("a");
    harness.runToCompletion(racing[0].closeAsync(), 10);
  }

  // ---- ending

  @Test
  void closingOnAThreadThatRunsTasksAsksAndRefuses() throws Exception {
    spawn(scope, a);
    assertThatThrownBy(
            () ->
                harness.poll(
                    Futures.lazy(
                        () -> {
                          scope.close();
                          return "closed";
                        })))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("closeAsync()");
    harness.runTasks();
    assertThat(cancelled).containsExactly("a");
    harness.runToCompletion(scope.closeAsync(), 10);
  }

  @Test
  void aChildMayCloseItsOwnScope() throws Exception {
    assertThat(scope.trySpawn(a)).isPresent();
    assertThat(scope.trySpawn(scope.closeAsync())).isPresent();
    harness.runTasks();
    assertThat(cancelled).containsExactly("a");
    assertThat(scope.liveChildren()).isZero();
    harness.runToCompletion(scope.closeAsync(), 10);
  }

  @Test
  void aRequestToAllLeavesTheScopeOpen() throws Exception {
    spawn(scope, a);
    spawn(scope, b);
    scope.requestCancelAll();
    harness.runTasks();
    assertThat(cancelled).containsExactly("b", "a");
    spawn(scope, c).requestCancel();
    harness.runToCompletion(scope.join(), 10);
  }

  // ---- with

  @Test
  void aBodyEndsWhenItsChildrenHave() throws Exception {
    Future<String> with =
        TaskScope.with(
            options,
            inner -> {
              assertThat(inner.trySpawn(a)).isPresent();
              return Futures.ready("body");
            });
    assertThat(harness.poll(with).isPending()).isTrue();
    a.complete();
    harness.runTasks();
    assertThat(harness.woken()).isTrue();
    assertThat(harness.poll(with).value()).isEqualTo("body");
  }

  @Test
  void aFailureOfTheBodyCancelsTheChildrenAndIsThrownWhenTheyHaveEnded() throws Exception {
    Future<String> with =
        TaskScope.with(
            options,
            inner -> {
              assertThat(inner.trySpawn(a)).isPresent();
              assertThat(inner.trySpawn(b)).isPresent();
              return Futures.failed(new IOException("body"));
            });
    assertThat(harness.poll(with).isPending()).isTrue();
    harness.runTasks();
    assertThat(cancelled).containsExactlyInAnyOrder("b", "a");
    assertThatThrownBy(() -> harness.poll(with)).isInstanceOf(IOException.class).hasMessage("body");
  }

  @Test
  void aBodyThatCannotBeMadeFails() {
    assertThatThrownBy(() -> harness.poll(TaskScope.with(inner -> null)))
        .isInstanceOf(NullPointerException.class);
  }

  @Test
  void aFailureOfAChildCancelsTheBody() throws Exception {
    Child body = new Child("body", cancelled);
    Future<String> with =
        TaskScope.with(
            options,
            inner -> {
              assertThat(inner.trySpawn(a)).isPresent();
              assertThat(inner.trySpawn(b)).isPresent();
              return body;
            });
    assertThat(harness.poll(with).isPending()).isTrue();
    fail(a);
    assertThat(harness.woken()).isTrue();
    assertThatThrownBy(() -> harness.poll(with)).hasRootCauseMessage("a");
    assertThat(cancelled).containsExactly("b", "body");
    assertThat(reported).isEmpty();
  }

  @Test
  void aBodyThatJoinsTheFailingChildTellsOfItOnce() throws Exception {
    Future<String> with = TaskScope.with(options, inner -> inner.trySpawn(a).orElseThrow());
    assertThat(harness.poll(with).isPending()).isTrue();
    fail(a);
    assertThatThrownBy(() -> harness.poll(with))
        .hasRootCauseMessage("a")
        .hasNoSuppressedExceptions();
  }

  @Test
  void aBodyWhoseSpawnMeetsTheFailureFirstTellsOfTheChild() throws Exception {
    Future<JoinHandle<String>> with =
        TaskScope.with(
            options,
            inner -> {
              assertThat(inner.trySpawn(a)).isPresent();
              return cx -> {
                fail(a); // after the scope was looked at, in the same poll
                return inner.spawn(b).poll(cx);
              };
            });
    Poller poller = new Poller(harness.services(), 1, false); // that of the harness polls the child
    Poller before = poller.attach();
    try {
      assertThatThrownBy(() -> poller.poll(with, Waker.noop()))
          .isInstanceOf(TaskFailedException.class)
          .hasRootCauseMessage("a")
          .hasNoSuppressedExceptions();
    } finally {
      Poller.reattach(before);
    }
    assertThat(cancelled).containsExactly("b");
    assertThat(reported).isEmpty();
  }

  @Test
  void aChildThatIsSpawnedLateByTheBodyIsNoticed() throws Exception {
    TaskScope[] inside = {null};
    Child body = new Child("body", cancelled);
    Future<String> with =
        TaskScope.with(
            options,
            inner -> {
              inside[0] = inner;
              return body;
            });
    assertThat(harness.poll(with).isPending()).isTrue();
    spawn(inside[0], a); // by somebody else, while the body waits
    fail(a);
    assertThat(harness.woken()).isTrue();
    assertThatThrownBy(() -> harness.poll(with)).hasRootCauseMessage("a");
    assertThatThrownBy(() -> inside[0].trySpawn(b)).isInstanceOf(ScopeClosedException.class);
  }

  @Test
  void aCancelReachesBodyAndChildrenAndTheirFailuresAreReported() throws Exception {
    Child body = new Child("body", cancelled);
    Future<String> with =
        TaskScope.with(
            options,
            inner -> {
              assertThat(inner.trySpawn(a)).isPresent();
              assertThat(inner.trySpawn(b)).isPresent();
              return body;
            });
    assertThat(harness.poll(with).isPending()).isTrue();
    harness.runTasks();
    with.cancel();
    assertThat(cancelled).containsExactly("body");
    harness.runTasks();
    assertThat(cancelled).containsExactly("body", "b", "a");
    assertThat(reported).isEmpty();
    assertThat(harness.liveTasks()).isZero();
  }

  // ---- loss

  @Test
  void aLostScopeCancelsAndReportsItsChildren() throws Exception {
    List<Throwable> reports = Collections.synchronizedList(new ArrayList<>());
    JoinHandle<String> handle = lose(reports);
    long limit = System.nanoTime() + 30_000_000_000L;
    while (reports.isEmpty()) {
      assertThat(System.nanoTime()).as("not reported").isLessThan(limit);
      System.gc();
    }
    assertThat(reports)
        .singleElement()
        .satisfies(
            report ->
                assertThat(report)
                    .hasMessageContaining("TaskScope \"lost\"")
                    .hasMessageContaining("2 of its children")
                    .hasMessageContaining("task 2 \"b\", task 1 \"a\""));
    while (cancelled.size() < 2) {
      assertThat(System.nanoTime()).as("not cancelled").isLessThan(limit);
      harness.runTasks();
    }
    assertThatThrownBy(() -> harness.poll(handle)).isInstanceOf(TaskCancelledException.class);
  }

  private JoinHandle<String> lose(List<Throwable> reports) {
    TaskScope lost =
        TaskScope.on(
            spawner,
            options
                .withName("lost")
                .withUncaughtFailureHandler((failure, origin) -> reports.add(failure)));
    JoinHandle<String> handle = spawn(lost, a);
    spawn(lost, b);
    return handle;
  }

  @Test
  void aLostScopeWithoutChildrenReportsOnlyFailuresThatNobodyWasThrown() throws Exception {
    List<Throwable> reports = Collections.synchronizedList(new ArrayList<>());
    WeakReference<TaskScope> gone = loseFailed(reports);
    long limit = System.nanoTime() + 30_000_000_000L;
    while (reports.isEmpty() || gone.get() != null) {
      assertThat(System.nanoTime()).as("not reported").isLessThan(limit);
      System.gc();
    }
    assertThat(reports).singleElement().satisfies(f -> assertThat(f).hasMessage("a"));
  }

  private WeakReference<TaskScope> loseFailed(List<Throwable> reports) {
    TaskScope lost =
        TaskScope.on(
            spawner, options.withUncaughtFailureHandler((failure, origin) -> reports.add(failure)));
    spawn(lost, a);
    fail(a);
    return new WeakReference<>(lost);
  }

  @Test
  void aWaitingJoinKeepsTheScope() throws Exception {
    Future<Void> join = joinOfScopeWith(a);
    for (int i = 0; i < 5; i++) {
      System.gc();
    }
    assertThat(harness.poll(join).isPending()).isTrue();
    assertThat(cancelled).isEmpty();
    a.complete();
    harness.runTasks();
    assertThat(harness.poll(join).isReady()).isTrue();
  }

  private Future<Void> joinOfScopeWith(Child child) throws Exception {
    TaskScope kept = TaskScope.on(spawner, options);
    spawn(kept, child);
    Future<Void> join = kept.join();
    assertThat(harness.poll(join).isPending()).isTrue();
    return join;
  }

  // ---- options

  @Test
  void optionsAreChecked() {
    assertThatThrownBy(() -> options.withMaxConcurrent(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("maxConcurrent must be at least 1, was 0");
    assertThat(options.name()).contains("s");
    assertThat(options.toString()).isEqualTo("ScopeOptions[s, unlimited, CANCEL_SIBLINGS]");
    assertThat(Optional.of(ScopeOptions.defaults()).get().name()).isEmpty();
    assertThatThrownBy(() -> TaskScope.on(null)).hasMessage("spawner");
    assertThatThrownBy(() -> scope.trySpawn(null)).hasMessage("child");
  }
}
