package dev.pollux.executor.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import dev.pollux.core.Context;
import dev.pollux.core.Description;
import dev.pollux.core.Future;
import dev.pollux.core.Poll;
import dev.pollux.core.PollAfterEndException;
import dev.pollux.core.Poller;
import dev.pollux.core.TaskCancelledException;
import dev.pollux.core.TaskFailedException;
import dev.pollux.core.Waker;
import dev.pollux.spi.RuntimeListener.Outcome;
import dev.pollux.spi.Services;
import dev.pollux.testing.CountingWaker;
import dev.pollux.testing.PanicWaker;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** One task, run by hand. */
@Timeout(60)
class TaskTest {

  private final RecordingScheduler scheduler = new RecordingScheduler();
  private final Poller poller = new Poller(named("recording"), 1, false);
  private final Poller joining = new Poller(named("joining"), 1, false);
  private final CountingWaker joiner = new CountingWaker();

  @AfterEach
  void noInterruptLeaksOut() {
    assertThat(Thread.interrupted()).isFalse();
  }

  // ---- turns

  @Test
  void aReadyTaskIsCompleteAndOutOfTheRegistryAfterOneTurn() throws Exception {
    Task<String> task = spawn(new Script<String>().ready("value"));
    assertThat(scheduler.live.size()).isEqualTo(1);
    assertThat(run(task)).isFalse();
    assertThat(task.isFinished()).isTrue();
    assertThat(task.wasCancelled()).isFalse();
    assertThat(scheduler.live.size()).isZero();
    assertThat(scheduler.outcomes).containsExactly(Outcome.COMPLETED);
    assertThat(join(task)).isEqualTo("value");
  }

  @Test
  void theEndIsToldBeforeItCanBeSeen() throws Exception {
    Task<String> task = spawn(new Script<String>().ready("value"));
    scheduler.onEnding =
        ending -> {
          assertThat(ending).isSameAs(task);
          assertThat(task.isFinished()).isFalse();
          assertThat(scheduler.live.size()).isEqualTo(1);
          assertThat(task.registerJoiner(joiner)).isTrue();
        };
    run(task);
    assertThat(joiner.count()).isEqualTo(1);
    assertThat(join(task)).isEqualTo("value");
  }

  @Test
  void aTaskEndsEvenIfThatCannotBeTold() throws Exception {
    Task<String> task = spawn(new Script<String>().ready("value"));
    StackOverflowError noStack = new StackOverflowError();
    scheduler.onEnding =
        ending -> {
          throw noStack;
        };
    assertThat(task.registerJoiner(joiner)).isTrue();
    assertThatThrownBy(() -> run(task)).isSameAs(noStack);
    assertThat(joiner.count()).isEqualTo(1);
    assertThat(scheduler.live.size()).isZero();
    assertThat(join(task)).isEqualTo("value");
  }

  @Test
  void aPendingTaskIsQueuedByItsWakeOnce() throws Exception {
    Script<String> script = new Script<String>().pending().ready("value");
    Task<String> task = spawn(script);
    assertThat(run(task)).isFalse();
    assertThat(scheduler.queue).isEmpty();
    script.waker.wake();
    script.waker.wake();
    assertThat(scheduler.queue).containsExactly(task);
    assertThat(run(scheduler.queue.remove())).isFalse();
    assertThat(join(task)).isEqualTo("value");
  }

  @Test
  void theSameWakerIsShownFromPollToPoll() {
    List<Waker> shown = new ArrayList<>();
    Task<String> task =
        spawn(
            cx -> {
              shown.add(cx.waker());
              return Poll.pending();
            });
    run(task);
    task.wake();
    run(task);
    assertThat(shown).hasSize(2);
    assertThat(shown.get(0)).isSameAs(shown.get(1));
  }

  @Test
  void wakeDuringPollIsAnsweredByAnotherTurn() {
    Script<String> script = new Script<String>().then(cx -> cx.waker().wake()).ready("value");
    Task<String> task = spawn(script);
    assertThat(run(task)).isTrue();
    assertThat(scheduler.queue).as("the worker queues it, not the waker").isEmpty();
    assertThat(run(task)).isFalse();
    assertThat(script.polls).isEqualTo(2);
  }

  @Test
  void aTaskThatWakesItselfYields() {
    Script<String> script = new Script<String>().then(Context::wakeSelf).ready("value");
    Task<String> task = spawn(script);
    assertThat(run(task)).isTrue();
    task.wake();
    assertThat(scheduler.queue).isEmpty();
    assertThat(run(task)).isFalse();
  }

  @Test
  void aWakeThatIsReadyAllTheSameAsksForNoTurn() {
    Task<String> task =
        spawn(
            cx -> {
              cx.waker().wake();
              cx.wakeSelf();
              return Poll.ready("value");
            });
    assertThat(run(task)).isFalse();
    task.wake();
    assertThat(scheduler.queue).isEmpty();
  }

  @Test
  void aNullAnswerFailsTheTask() {
    Task<String> task = spawn(cx -> null);
    assertThat(run(task)).isFalse();
    assertThatThrownBy(() -> poll(task))
        .isInstanceOf(TaskFailedException.class)
        .hasCauseInstanceOf(NullPointerException.class);
  }

  @Test
  void aFutureWhoseToStringThrowsStillFailsItsTaskForANullAnswer() {
    Task<String> task =
        spawn(
            new Future<>() {
              @Override
              public Poll<String> poll(Context cx) {
                return null;
              }

              @Override
              public String toString() {
                throw new IllegalStateException("toString");
              }
            });
    assertThat(run(task)).isFalse();
    assertThat(scheduler.outcomes).containsExactly(Outcome.FAILED);
    assertThatThrownBy(() -> poll(task)).isInstanceOf(TaskFailedException.class);
  }

  @Test
  void aStackOverflowFailsTheTaskAndLeavesTheWorkerFit() throws Exception {
    Task<Object> deep = spawn(TaskTest::recurse);
    assertThat(run(deep)).isFalse();
    assertThat(scheduler.uncaught).singleElement().isInstanceOf(StackOverflowError.class);
    assertThatThrownBy(() -> poll(deep))
        .isInstanceOf(TaskFailedException.class)
        .hasCauseInstanceOf(StackOverflowError.class);
    Task<String> next = spawn(new Script<String>().ready("value"));
    assertThat(run(next)).isFalse();
    assertThat(join(next)).isEqualTo("value");
  }

  @Test
  void anInterruptedExceptionSetsTheFlagAgainAndFailsTheTask() {
    InterruptedException failure = new InterruptedException();
    Task<String> task = spawn(new Script<String>().fail(failure));
    assertThat(run(task)).isFalse();
    assertThat(Thread.interrupted()).isTrue();
    assertThatThrownBy(() -> poll(task)).hasCause(failure);
  }

  // ---- cancel

  @Test
  void cancellingAnIdleTaskQueuesItAndItsTurnCancelsTheFuture() {
    Script<String> script = new Script<String>().pending();
    Task<String> task = spawn(script);
    run(task);
    task.requestCancel();
    task.requestCancel();
    task.wake();
    assertThat(scheduler.queue).containsExactly(task);
    assertThat(script.cancels).as("cancelled by its worker, not by the caller").isZero();
    assertThat(run(scheduler.queue.remove())).isFalse();
    assertThat(script.cancels).isEqualTo(1);
    assertThat(script.polls).isEqualTo(1);
    assertThat(task.wasCancelled()).isTrue();
    assertThat(scheduler.outcomes).containsExactly(Outcome.CANCELLED);
    assertThatThrownBy(() -> poll(task)).isInstanceOf(TaskCancelledException.class);
  }

  @Test
  void cancellingAScheduledTaskCancelsItsFutureWithoutAPoll() {
    Script<String> script = new Script<String>().ready("value");
    Task<String> task = spawn(script);
    task.requestCancel();
    assertThat(scheduler.queue).isEmpty();
    assertThat(run(task)).isFalse();
    assertThat(script.polls).isZero();
    assertThat(script.cancels).isEqualTo(1);
    assertThatThrownBy(() -> poll(task)).isInstanceOf(TaskCancelledException.class);
  }

  @Test
  void cancellingARunningTaskThatIsPendingCancelsItNext() {
    Script<String> script = new Script<>();
    Task<String> task = spawn(script);
    script.then(cx -> task.requestCancel());
    assertThat(run(task)).isTrue();
    assertThat(run(task)).isFalse();
    assertThat(script.polls).isEqualTo(1);
    assertThat(script.cancels).isEqualTo(1);
    assertThat(task.wasCancelled()).isTrue();
  }

  @Test
  void cancellingARunningTaskThatYieldsCancelsItNext() {
    Script<String> script = new Script<>();
    Task<String> task = spawn(script);
    script.then(
        cx -> {
          task.requestCancel();
          cx.wakeSelf();
        });
    assertThat(run(task)).isTrue();
    assertThat(run(task)).isFalse();
    assertThat(script.cancels).isEqualTo(1);
  }

  @Test
  void aValueWinsOverACancelThatCameDuringItsPoll() throws Exception {
    Task<?>[] self = new Task<?>[1];
    Task<String> task =
        spawn(
            cx -> {
              self[0].requestCancel();
              return Poll.ready("value");
            });
    self[0] = task;
    assertThat(run(task)).isFalse();
    assertThat(scheduler.outcomes).containsExactly(Outcome.COMPLETED);
    assertThat(task.wasCancelled()).isFalse();
    assertThat(join(task)).isEqualTo("value");
  }

  @Test
  void cancellingACompleteTaskChangesNothing() throws Exception {
    Task<String> task = spawn(new Script<String>().ready("value"));
    run(task);
    task.requestCancel();
    task.wake();
    assertThat(scheduler.queue).isEmpty();
    assertThat(join(task)).isEqualTo("value");
  }

  @Test
  void aCancelThatThrowsIsReportedAndTheTaskIsCancelledAllTheSame() {
    IllegalStateException failure = new IllegalStateException("cancel");
    Task<String> task =
        spawn(
            new Script<String>() {
              @Override
              public void cancel() {
                throw failure;
              }
            });
    task.requestCancel();
    run(task);
    assertThat(scheduler.uncaught).containsExactly(failure);
    assertThat(scheduler.live.size()).isZero();
    assertThatThrownBy(() -> poll(task)).isInstanceOf(TaskCancelledException.class);
  }

  @Test
  void aRefusedTaskCancelsItsFutureOnTheSpot() {
    Script<String> script = new Script<String>().ready("value");
    Task<String> task = spawn(script);
    task.refuse();
    assertThat(script.cancels).isEqualTo(1);
    assertThat(script.polls).isZero();
    assertThat(scheduler.live.size()).isZero();
    assertThat(scheduler.outcomes).containsExactly(Outcome.CANCELLED);
    Task<String> cancelledBefore = spawn(script);
    cancelledBefore.requestCancel();
    cancelledBefore.refuse();
    assertThat(script.cancels).isEqualTo(2);
  }

  // ---- join

  @Test
  void theJoinerIsWokenOnceByCompletion() throws Exception {
    Task<String> task = spawn(new Script<String>().ready("value"));
    assertThat(poll(task).isPending()).isTrue();
    assertThat(joiner.count()).isZero();
    run(task);
    assertThat(joiner.count()).isEqualTo(1);
    assertThat(poll(task).value()).isEqualTo("value");
    task.wake();
    assertThat(joiner.count()).isEqualTo(1);
  }

  @Test
  void aJoinerThatComesAfterCompletionGetsTheOutputAtOnce() throws Exception {
    Task<String> task = spawn(new Script<String>().ready("value"));
    run(task);
    assertThat(poll(task).value()).isEqualTo("value");
    assertThat(joiner.count()).isZero();
  }

  @Test
  void anOutputMayBeNull() throws Exception {
    Task<String> task = spawn(new Script<String>().ready(null));
    run(task);
    assertThat(poll(task).value()).isNull();
    Task<String> dropped = spawn(new Script<String>().ready(null));
    dropped.detach();
    run(dropped);
    assertThat(scheduler.discarded).isEmpty();
  }

  @Test
  void onlyTheLatestWakerOfTheJoinerIsWoken() throws Exception {
    Task<String> task = spawn(new Script<String>().ready("value"));
    CountingWaker first = new CountingWaker();
    assertThat(joining.poll(task, first).isPending()).isTrue();
    assertThat(poll(task).isPending()).isTrue();
    assertThat(poll(task).isPending()).isTrue();
    run(task);
    assertThat(first.count()).isZero();
    assertThat(joiner.count()).isEqualTo(1);
  }

  @Test
  void theOutputIsTakenOnce() throws Exception {
    Task<String> task = spawn(new Script<String>().ready("value"));
    run(task);
    poll(task);
    assertThatThrownBy(() -> poll(task)).isInstanceOf(PollAfterEndException.class);
    assertThatThrownBy(() -> task.join()).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> task.join(Duration.ZERO)).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> task.takeUnwrapped(IOException::new))
        .isInstanceOf(PollAfterEndException.class);
    task.detach();
    task.cancel();
    assertThat(scheduler.discarded).isEmpty();
  }

  @Test
  void aJoinerWithoutBudgetIsWokenAgainAndTheOutputWaits() throws Exception {
    Task<String> task = spawn(new Script<String>().ready("value"));
    run(task);
    Poll<String> answer =
        joining.poll(
            cx -> {
              while (cx.budget().tryConsume()) {}
              return task.poll(cx);
            },
            joiner);
    assertThat(answer.isPending()).isTrue();
    assertThat(joining.wokeItself()).isTrue();
    assertThat(poll(task).value()).isEqualTo("value");
  }

  @Test
  void eachWaiterOfAFailureGetsAFreshExceptionWithTheCauseUnchanged() {
    IOException failure = new IOException("disk");
    Task<String> task =
        scheduler.register(
            new NamedTask<>(
                new Script<String>().fail(failure),
                "reader",
                new StackTraceElement("App", "main", "App.java", 12)));
    run(task);
    assertThat(failure.getSuppressed()).isEmpty();
    assertThatThrownBy(() -> poll(task))
        .isInstanceOf(TaskFailedException.class)
        .hasCause(failure)
        .hasMessageContaining("task " + task.id())
        .hasMessageContaining("\"reader\"")
        .hasMessageContaining("App.main(App.java:12)")
        .matches(thrown -> ((TaskFailedException) thrown).taskId() == task.id());
    assertThat(scheduler.uncaught).isEmpty();
  }

  @Test
  void takeUnwrappedThrowsWhatTheFutureThrewWhateverItIs() {
    for (Throwable failure :
        List.of(new IOException("disk"), new AssertionError("no"), new Throwable("neither"))) {
      Task<String> task = spawn(new Script<String>().fail(failure));
      run(task);
      assertThatThrownBy(() -> task.takeUnwrapped(IllegalStateException::new))
          .satisfiesAnyOf(
              thrown -> assertThat(thrown).isSameAs(failure),
              thrown ->
                  assertThat(thrown).isInstanceOf(TaskFailedException.class).hasCause(failure));
    }
  }

  @Test
  void takeUnwrappedOfACancelledTaskThrowsWhatTheCallerSays() {
    Task<String> task = spawn(new Script<>());
    task.requestCancel();
    run(task);
    InterruptedException said = new InterruptedException();
    assertThatThrownBy(() -> task.takeUnwrapped(() -> said)).isSameAs(said);
  }

  @Test
  void aJoinersWakerThatThrowsIsReportedAndTheOutputIsThere() throws Exception {
    Task<String> task = spawn(new Script<String>().ready("value"));
    assertThat(joining.poll(task, new PanicWaker()).isPending()).isTrue();
    assertThat(run(task)).isFalse();
    assertThat(scheduler.uncaught).singleElement().isInstanceOf(AssertionError.class);
    assertThat(poll(task).value()).isEqualTo("value");
  }

  // ---- giving the output up

  @Test
  void aDetachedTaskRunsOnAndItsOutputIsDiscardedOnce() {
    Task<String> task = spawn(new Script<String>().pending().ready("value"));
    run(task);
    task.detach();
    task.detach();
    task.wake();
    run(task);
    task.detach();
    task.cancel();
    assertThat(scheduler.discarded).containsExactly("value");
    assertThat(scheduler.outcomes).containsExactly(Outcome.COMPLETED);
    assertThatThrownBy(() -> poll(task)).isInstanceOf(PollAfterEndException.class);
    assertThatThrownBy(() -> task.join()).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void detachAfterCompletionDiscardsTheOutputOnce() {
    Task<String> task = spawn(new Script<String>().ready("value"));
    run(task);
    task.detach();
    task.detach();
    task.cancel();
    assertThat(scheduler.discarded).containsExactly("value");
  }

  @Test
  void aCloseableOutputThatNobodyTakesIsClosedOnce() {
    Resource before = new Resource();
    Task<Resource> detached = spawn(new Script<Resource>().ready(before));
    detached.detach();
    run(detached);
    Resource after = new Resource();
    Task<Resource> cancelled = spawn(new Script<Resource>().ready(after));
    run(cancelled);
    cancelled.cancel();
    cancelled.cancel();
    assertThat(before.closes).isEqualTo(1);
    assertThat(after.closes).isEqualTo(1);
    assertThat(scheduler.discarded).isEmpty();
  }

  @Test
  void aCloseThatThrowsIsReported() {
    IOException failure = new IOException("close");
    Task<AutoCloseable> task =
        spawn(
            new Script<AutoCloseable>()
                .ready(
                    () -> {
                      throw failure;
                    }));
    task.detach();
    assertThat(run(task)).isFalse();
    assertThat(scheduler.uncaught).containsExactly(failure);
    assertThat(scheduler.outcomes).containsExactly(Outcome.COMPLETED);
  }

  @Test
  void aJoinerThatGivesUpAsksTheTaskToStopAndIsForgotten() throws Exception {
    Script<String> script = new Script<String>().pending();
    Task<String> task = spawn(script);
    run(task);
    poll(task);
    task.cancel();
    task.cancel();
    assertThat(scheduler.queue).containsExactly(task);
    run(scheduler.queue.remove());
    assertThat(script.cancels).isEqualTo(1);
    assertThat(joiner.count()).isZero();
    assertThatThrownBy(() -> poll(task)).isInstanceOf(PollAfterEndException.class);
  }

  @Test
  void aJoinerThatGivesUpOnAValueDiscardsIt() {
    Task<String> task = spawn(new Script<String>().ready("value"));
    run(task);
    task.cancel();
    assertThat(scheduler.discarded).containsExactly("value");
  }

  @Test
  void aJoinerThatGivesUpAfterDetachDoesNotStopTheTask() throws Exception {
    Task<String> task = spawn(new Script<String>().pending().ready("value"));
    run(task);
    poll(task);
    task.detach();
    task.cancel();
    assertThat(scheduler.queue).isEmpty();
    assertThat(task.isCancelRequested()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aJoinerThatGaveUpIsReachableNoMore(boolean detachedBefore) throws Exception {
    Task<String> task = spawn(new Script<String>().pending());
    run(task);
    WeakReference<Waker> gone = pollWithAWakerOfItsOwn(task);
    if (detachedBefore) {
      task.detach();
    }
    task.cancel();
    collected(gone);
    assertThat(task.isFinished()).isFalse();
  }

  @Test
  void aFinishedTaskKeepsNeitherFutureNorOutputNorJoiner() throws Exception {
    Script<Object> script = new Script<Object>().ready(new Object());
    WeakReference<Object> future = new WeakReference<>(script);
    WeakReference<Object> output = new WeakReference<>(script.answers.get(0));
    Task<Object> task = spawn(script);
    script = null;
    WeakReference<Waker> waker = pollWithAWakerOfItsOwn(task);
    run(task);
    collected(future);
    collected(waker);
    task.detach();
    scheduler.discarded.clear();
    collected(output);
    assertThat(task.isFinished()).isTrue();
  }

  // ---- failures without an owner

  @Test
  void theFailureOfADetachedTaskIsReportedOnce() {
    IOException failure = new IOException("disk");
    Task<String> before = spawn(new Script<String>().fail(failure));
    before.detach();
    run(before);
    before.detach();
    assertThat(scheduler.uncaught).containsExactly(failure);
    assertThat(scheduler.origins).containsExactly("task " + before.id());
  }

  @Test
  void aFailureThatIsDetachedAfterwardsIsReportedOnce() {
    IOException failure = new IOException("disk");
    Task<String> after = spawn(new Script<String>().fail(failure));
    run(after);
    assertThat(scheduler.uncaught).isEmpty();
    after.detach();
    after.cancel();
    assertThat(scheduler.uncaught).containsExactly(failure);
  }

  @Test
  void theCancellationOfADetachedTaskIsNoFailure() {
    Task<String> task = spawn(new Script<String>().pending());
    task.detach();
    run(task);
    task.requestCancel();
    run(task);
    assertThat(scheduler.uncaught).isEmpty();
    assertThat(scheduler.discarded).isEmpty();
  }

  @Test
  void aVirtualMachineErrorIsReportedThoughItIsJoined() {
    OutOfMemoryError failure = new OutOfMemoryError("no");
    Task<String> task = spawn(new Script<String>().fail(failure));
    run(task);
    assertThat(scheduler.uncaught).containsExactly(failure);
    assertThatThrownBy(() -> poll(task)).isInstanceOf(TaskFailedException.class).hasCause(failure);
    assertThat(scheduler.uncaught).containsExactly(failure);
  }

  @Test
  void aVirtualMachineErrorOfADetachedTaskIsReportedOnce() {
    OutOfMemoryError failure = new OutOfMemoryError("no");
    Task<String> before = spawn(new Script<String>().fail(failure));
    before.detach();
    run(before);
    assertThat(scheduler.uncaught).containsExactly(failure);
    Task<String> after = spawn(new Script<String>().fail(failure));
    run(after);
    after.detach();
    assertThat(scheduler.uncaught).containsExactly(failure, failure);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void theFailureOfALostHandleIsReportedOnce(boolean virtualMachineError) throws Exception {
    Throwable failure = virtualMachineError ? new OutOfMemoryError("no") : new IOException("disk");
    WeakReference<Object> lost = runAndForget(failure);
    collected(lost);
    await(() -> !scheduler.uncaught.isEmpty());
    IOException second = new IOException("second");
    collected(runAndForget(second));
    await(() -> scheduler.uncaught.contains(second));
    assertThat(scheduler.uncaught).containsExactly(failure, second);
  }

  private WeakReference<Object> runAndForget(Throwable failure) {
    Task<String> task = spawn(new Script<String>().fail(failure));
    run(task);
    return new WeakReference<>(task);
  }

  @Test
  void aFailureThatWasTakenIsNotReportedWhenItsHandleIsCollected() throws Exception {
    collected(runTakeAndForget(new IOException("taken")));
    IOException second = new IOException("second");
    collected(runAndForget(second));
    await(() -> scheduler.uncaught.contains(second));
    assertThat(scheduler.uncaught).containsExactly(second);
  }

  private WeakReference<Object> runTakeAndForget(Throwable failure) {
    Task<String> task = spawn(new Script<String>().fail(failure));
    run(task);
    assertThatThrownBy(() -> poll(task)).hasCause(failure);
    return new WeakReference<>(task);
  }

  // ---- blocking joins

  @Test
  void joinReturnsTheOutputOfATaskThatHasEnded() throws Exception {
    Task<String> task = spawn(new Script<String>().ready("value"));
    run(task);
    assertThat(task.join()).isEqualTo("value");
  }

  @Test
  void joinBlocksUntilTheTaskEnds() throws Exception {
    Task<String> task = spawn(new Script<String>().ready("value"));
    FutureTask<String> join = elsewhere(task::join);
    await(task::isJoinerSet);
    run(task);
    assertThat(join.get(30, TimeUnit.SECONDS)).isEqualTo("value");
  }

  @Test
  void joinWithATimeoutBlocksUntilTheTaskEnds() throws Exception {
    Task<String> task = spawn(new Script<String>().ready("value"));
    FutureTask<String> join = elsewhere(() -> task.join(Duration.ofSeconds(Long.MAX_VALUE)));
    await(task::isJoinerSet);
    run(task);
    assertThat(join.get(30, TimeUnit.SECONDS)).isEqualTo("value");
  }

  @ParameterizedTest
  @ValueSource(longs = {0, -1, Long.MIN_VALUE})
  void joinWithoutPatienceAsksAndLeavesTheHandleUsable(long seconds) throws Exception {
    Task<String> task = spawn(new Script<String>().ready("value"));
    Duration timeout = Duration.ofSeconds(seconds);
    // On another thread: what is not refused at once would wait for centuries.
    FutureTask<String> join = elsewhere(() -> task.join(timeout));
    assertThatThrownBy(() -> join.get(30, TimeUnit.SECONDS))
        .hasCauseInstanceOf(TimeoutException.class)
        .cause()
        .hasMessageContaining("task " + task.id());
    assertThat(task.isJoinerSet()).isFalse();
    run(task);
    assertThat(task.join(timeout)).isEqualTo("value");
  }

  @Test
  void anInterruptedJoinLeavesTheHandleUsable() throws Exception {
    Task<String> task = spawn(new Script<String>().ready("value"));
    Thread.currentThread().interrupt();
    assertThatThrownBy(() -> task.join()).isInstanceOf(InterruptedException.class);
    Thread.currentThread().interrupt();
    assertThatThrownBy(() -> task.join(Duration.ofDays(1)))
        .isInstanceOf(InterruptedException.class);
    assertThat(task.isJoinerSet()).isFalse();
    run(task);
    assertThat(task.join()).isEqualTo("value");
  }

  @Test
  void anInterruptDoesNotHideAnOutputThatIsThere() throws Exception {
    Task<String> task = spawn(new Script<String>().ready("value"));
    run(task);
    Thread.currentThread().interrupt();
    assertThat(task.join()).isEqualTo("value");
    assertThat(Thread.interrupted()).isTrue();
  }

  @Test
  void aSecondThreadThatJoinsIsRefusedAndTheFirstGetsTheOutput() throws Exception {
    Task<String> task = spawn(new Script<String>().ready("value"));
    FutureTask<String> first = elsewhere(task::join);
    await(task::isJoinerSet);
    FutureTask<String> second = elsewhere(task::join);
    assertThatThrownBy(() -> second.get(30, TimeUnit.SECONDS))
        .hasCauseInstanceOf(IllegalStateException.class);
    FutureTask<String> third = elsewhere(() -> task.join(Duration.ZERO));
    assertThatThrownBy(() -> third.get(30, TimeUnit.SECONDS))
        .hasCauseInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> poll(task)).isInstanceOf(IllegalStateException.class);
    run(task);
    assertThat(first.get(30, TimeUnit.SECONDS)).isEqualTo("value");
  }

  @Test
  void detachEndsAJoinThatIsUnderWayOnceTheTaskEnds() throws Exception {
    Task<String> task = spawn(new Script<String>().ready("value"));
    FutureTask<String> join = elsewhere(task::join);
    await(task::isJoinerSet);
    task.detach();
    run(task);
    assertThatThrownBy(() -> join.get(30, TimeUnit.SECONDS))
        .hasCauseInstanceOf(IllegalStateException.class);
    assertThat(scheduler.discarded).containsExactly("value");
  }

  @Test
  void joinIsRefusedOnAThreadThatRunsTasksBetweenItsPollsToo() throws Exception {
    Task<String> task = spawn(new Script<String>().ready("value"));
    Poller before = poller.attach(); // as a worker is while it cancels, discards or listens
    try {
      assertThatThrownBy(() -> task.join())
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("recording");
      assertThatThrownBy(() -> task.join(Duration.ZERO)).isInstanceOf(IllegalStateException.class);
    } finally {
      Poller.reattach(before);
    }
    run(task);
    assertThat(task.join()).isEqualTo("value");
  }

  // ---- questions

  @Test
  void aPlainTaskHasANumberAndNoName() {
    Task<String> task = spawn(new Script<>());
    assertThat(task.id()).isEqualTo(1);
    assertThat(task.name()).isEmpty();
    assertThat(task.spawnSite()).isEmpty();
    assertThat(task.toString()).isEqualTo("task 1 [OWNED|INTERESTED]");
  }

  @Test
  void aHandleDescribesItselfByItsTask() {
    Task<String> task = scheduler.register(new NamedTask<>(new Script<>(), "reader", null));
    assertThat(Description.of(task).toString()).contains("join handle").contains("\"reader\"");
  }

  // ---- cranks

  private <T> Task<T> spawn(Future<T> future) {
    return scheduler.register(new Task<>(future));
  }

  @CanIgnoreReturnValue
  private boolean run(Task<?> task) {
    Poller before = poller.attach();
    try {
      return task.run(poller) == AfterTurn.QUEUE_AGAIN;
    } finally {
      Poller.reattach(before);
    }
  }

  @CanIgnoreReturnValue
  private <T> Poll<T> poll(Task<T> task) throws Exception {
    return joining.poll(task, joiner);
  }

  private <T> T join(Task<T> task) throws Exception {
    return poll(task).value();
  }

  private WeakReference<Waker> pollWithAWakerOfItsOwn(Task<?> task) throws Exception {
    Waker own = new CountingWaker();
    assertThat(joining.poll(task, own).isPending()).isTrue();
    return new WeakReference<>(own);
  }

  private static <T> FutureTask<T> elsewhere(java.util.concurrent.Callable<T> body) {
    FutureTask<T> result = new FutureTask<>(body);
    Thread thread = new Thread(result, "elsewhere");
    thread.setDaemon(true);
    thread.start();
    return result;
  }

  private static void collected(WeakReference<?> reference) throws InterruptedException {
    await(
        () -> {
          System.gc();
          return reference.refersTo(null);
        });
  }

  private static void await(java.util.function.BooleanSupplier condition)
      throws InterruptedException {
    CountDownLatch never = new CountDownLatch(1);
    long limit = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("waited too long").isLessThan(limit);
      never.await(1, TimeUnit.MILLISECONDS);
    }
  }

  private static Services named(String name) {
    return new Services() {
      @Override
      public String name() {
        return name;
      }
    };
  }

  @SuppressWarnings("InfiniteRecursion") // what the test is for
  private static <T> Poll<T> recurse(Context cx) {
    Poll<T> deeper = recurse(cx);
    return deeper.isReady() ? deeper : Poll.pending();
  }

  private static final class Resource implements AutoCloseable {
    int closes;

    @Override
    public void close() {
      closes++;
    }
  }

  /** Answers what it was told, poll by poll, and keeps the waker of the last one. */
  private static class Script<T> implements Future<T> {
    private interface Step {
      void run(Context cx) throws Throwable;
    }

    private final List<Step> steps = new ArrayList<>();
    final List<T> answers = new ArrayList<>();
    int polls;
    int cancels;
    Waker waker;

    Script<T> pending() {
      return then(cx -> {});
    }

    @CanIgnoreReturnValue
    Script<T> then(Step step) {
      steps.add(step);
      return this;
    }

    Script<T> fail(Throwable failure) {
      return then(
          cx -> {
            throw failure;
          });
    }

    Script<T> ready(T value) {
      answers.add(value);
      return this;
    }

    @Override
    public Poll<T> poll(Context cx) {
      polls++;
      waker = cx.waker();
      if (polls <= steps.size()) {
        try {
          steps.get(polls - 1).run(cx);
        } catch (Throwable failure) {
          throw sneaky(failure);
        }
        return Poll.pending();
      }
      return Poll.ready(answers.get(0));
    }

    @Override
    public void cancel() {
      cancels++;
    }

    @SuppressWarnings("unchecked") // the cast is none: a failure of any kind gets out
    private static <X extends Throwable> RuntimeException sneaky(Throwable failure) throws X {
      throw (X) failure;
    }
  }
}
