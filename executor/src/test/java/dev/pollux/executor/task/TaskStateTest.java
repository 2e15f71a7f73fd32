package dev.pollux.executor.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pollux.executor.task.TaskState.Claim;
import dev.pollux.executor.task.TaskState.Turn;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** Every edge of the state word, from every state in which a caller may come to it. */
@SuppressWarnings("CheckReturnValue") // the state tells
class TaskStateTest {

  private final State state = new State(TaskState.OWNED);
  private final State job = new State(TaskState.SCHEDULED);

  @Test
  void aTaskIsBornWithItsFirstTurnAndSomebodyIsInterested() {
    assertThat(state.describeState()).isEqualTo("OWNED|INTERESTED");
    assertThat(state.isInterested()).isTrue();
    assertThat(state.isIdle()).isFalse();
    assertThat(state.isComplete()).isFalse();
    assertThat(state.isCancelRequested()).isFalse();
    assertThat(state.isJoinerSet()).isFalse();
  }

  @Test
  void theSlotSurvivesEveryTransition() {
    state.setSlot(63);
    assertThat(state.slot()).isEqualTo(63);
    state.transitionToRunning();
    state.transitionToJoinerSet();
    state.transitionToScheduled();
    state.transitionToIdle();
    state.transitionToRunning();
    state.transitionToCancelled();
    state.transitionToJoinerUnset();
    state.transitionToRunning();
    state.transitionToComplete();
    state.transitionToUninterested();
    assertThat(state.slot()).isEqualTo(63);
    assertThat(state.describeState()).isEqualTo("COMPLETE|CANCELLED");
  }

  // ---- wake

  @Test
  void aWakeOfAnIdleTaskIsPushedByTheWakerAndTheNextOneIsNot() {
    idle();
    assertThat(state.transitionToScheduled()).isTrue();
    assertThat(state.describeState()).isEqualTo("SCHEDULED|INTERESTED");
    assertThat(state.transitionToScheduled()).isFalse();
  }

  @Test
  void aWakeOfAScheduledTaskPushesNothing() {
    scheduled();
    assertThat(state.transitionToScheduled()).isFalse();
    assertThat(state.describeState()).isEqualTo("SCHEDULED|INTERESTED");
  }

  @Test
  void aWakeOfARunningTaskIsLeftToItsWorker() {
    state.transitionToRunning();
    assertThat(state.transitionToScheduled()).isFalse();
    assertThat(state.describeState()).isEqualTo("SCHEDULED|OWNED|INTERESTED");
    assertThat(state.transitionToIdle()).isTrue();
    assertThat(state.describeState()).isEqualTo("SCHEDULED|INTERESTED");
  }

  @Test
  void aWakeOfACompleteTaskPushesNothing() {
    complete();
    assertThat(state.transitionToScheduled()).isFalse();
    assertThat(TaskState.mustPush(state.transitionToCancelled())).isFalse();
    assertThat(state.isComplete()).isTrue();
    assertThat(state.isIdle()).isFalse();
  }

  // ---- the turn

  @Test
  void runningClearsTheWakeSoThatALaterOneIsNoticed() {
    scheduled();
    assertThat(state.transitionToRunning()).isEqualTo(Turn.POLL);
    assertThat(state.describeState()).isEqualTo("OWNED|INTERESTED");
    assertThat(state.isIdle()).isFalse();
  }

  @Test
  void aTurnWithoutAWakeEndsIdle() {
    state.transitionToRunning();
    assertThat(state.transitionToIdle()).isFalse();
    assertThat(state.describeState()).isEqualTo("IDLE|INTERESTED");
    assertThat(state.isIdle()).isTrue();
  }

  @Test
  void aTurnThatWasKeptClearsTheWakeThatCameMeanwhile() {
    assertThat(state.transitionToRunning()).isEqualTo(Turn.POLL);
    assertThat(state.transitionToScheduled()).isFalse();
    assertThat(state.describeState()).isEqualTo("SCHEDULED|OWNED|INTERESTED");
    assertThat(state.transitionToRunning()).isEqualTo(Turn.POLL);
    assertThat(state.describeState()).isEqualTo("OWNED|INTERESTED");
    assertThat(state.transitionToIdle()).isFalse();
  }

  @Test
  void completionKeepsAWakeThatNobodyActsOn() {
    state.transitionToRunning();
    state.transitionToScheduled();
    state.transitionToComplete();
    assertThat(state.describeState()).isEqualTo("SCHEDULED|COMPLETE|INTERESTED");
    assertThat(state.transitionToScheduled()).isFalse();
  }

  @Test
  void runningAnIdleTaskIsRefusedWithTheState() {
    idle();
    refused(state::transitionToRunning, "IDLE|INTERESTED");
  }

  @Test
  void runningACompleteTaskIsRefusedWithTheState() {
    complete();
    state.transitionToScheduled();
    refused(state::transitionToRunning, "SCHEDULED|COMPLETE|INTERESTED");
  }

  @Test
  void endingATurnThatNobodyHasIsRefusedWithTheState() {
    refused(() -> new State(TaskState.SCHEDULED).transitionToIdle(), "SCHEDULED|INTERESTED");
    refused(() -> new State(TaskState.SCHEDULED).transitionToComplete(), "SCHEDULED|INTERESTED");
  }

  @Test
  void endingTheTurnOfACompleteTaskIsRefusedWithTheState() {
    complete();
    refused(state::transitionToIdle, "COMPLETE|INTERESTED");
    refused(state::transitionToComplete, "COMPLETE|INTERESTED");
  }

  // ---- cancel

  @Test
  void cancellingAnIdleTaskIsPushedByTheCancellerAndRunsAsADiscard() {
    idle();
    assertThat(TaskState.mustPush(state.transitionToCancelled())).isTrue();
    assertThat(TaskState.mustPush(state.transitionToCancelled())).isFalse();
    assertThat(state.isCancelRequested()).isTrue();
    assertThat(state.describeState()).isEqualTo("SCHEDULED|CANCELLED|INTERESTED");
    assertThat(state.transitionToRunning()).isEqualTo(Turn.DISCARD);
    assertThat(TaskState.wasInterested(state.transitionToComplete())).isTrue();
    assertThat(state.describeState()).isEqualTo("COMPLETE|CANCELLED|INTERESTED");
  }

  @Test
  void cancellingAScheduledTaskPushesNothingAndItsTurnIsADiscard() {
    scheduled();
    assertThat(TaskState.mustPush(state.transitionToCancelled())).isFalse();
    assertThat(state.transitionToRunning()).isEqualTo(Turn.DISCARD);
  }

  @Test
  void cancellingARunningTaskMakesTheNextTurnADiscard() {
    state.transitionToRunning();
    assertThat(TaskState.mustPush(state.transitionToCancelled())).isFalse();
    assertThat(state.transitionToIdle()).isTrue();
    assertThat(state.transitionToRunning()).isEqualTo(Turn.DISCARD);
  }

  @Test
  void cancellingATaskThatKeptItsTurnMakesThatADiscard() {
    state.transitionToRunning();
    assertThat(TaskState.mustPush(state.transitionToCancelled())).isFalse();
    assertThat(state.describeState()).isEqualTo("SCHEDULED|OWNED|CANCELLED|INTERESTED");
    assertThat(state.transitionToRunning()).isEqualTo(Turn.DISCARD);
    assertThat(state.describeState()).isEqualTo("OWNED|CANCELLED|INTERESTED");
  }

  // ---- the one turn of a job

  @Test
  void theTurnOfAJobIsTakenOnce() {
    assertThat(job.tryTransitionToRunning()).isTrue();
    assertThat(job.tryTransitionToRunning()).isFalse();
    job.transitionToComplete();
    assertThat(job.tryTransitionToRunning()).isFalse();
  }

  @Test
  void theTurnOfACancelledJobCanStillBeTaken() {
    assertThat(TaskState.mustPush(job.transitionToCancelled())).isFalse();
    assertThat(job.tryTransitionToRunning()).isTrue();
    assertThat(job.describeState()).isEqualTo("OWNED|CANCELLED|INTERESTED");
  }

  @Test
  void anIdleJobHasNoTurnToTake() {
    job.transitionToRunning();
    job.transitionToIdle();
    assertThat(job.tryTransitionToRunning()).isFalse();
  }

  // ---- the join

  @Test
  void theJoinersWakerIsHandedOverAndTakenBackUntilCompletion() {
    assertThat(state.transitionToJoinerSet()).isTrue();
    assertThat(state.isJoinerSet()).isTrue();
    assertThat(state.describeState()).isEqualTo("OWNED|INTERESTED|JOINER_SET");
    assertThat(state.transitionToJoinerUnset()).isTrue();
    assertThat(state.isJoinerSet()).isFalse();
    assertThat(state.transitionToJoinerSet()).isTrue();
    state.transitionToRunning();
    assertThat(TaskState.wasJoinerSet(state.transitionToComplete())).isTrue();
    assertThat(state.transitionToJoinerUnset()).isFalse();
    assertThat(state.isJoinerSet()).isTrue();
  }

  @Test
  void aJoinerThatComesAfterCompletionIsNotSet() {
    complete();
    assertThat(state.transitionToJoinerSet()).isFalse();
    assertThat(state.isJoinerSet()).isFalse();
  }

  @Test
  void takingBackAWakerThatIsNotThereChangesNothing() {
    assertThat(state.transitionToJoinerUnset()).isTrue();
    assertThat(state.describeState()).isEqualTo("OWNED|INTERESTED");
  }

  @Test
  void aSecondJoinersWakerIsRefusedWithTheState() {
    state.transitionToJoinerSet();
    refused(state::transitionToJoinerSet, "OWNED|INTERESTED|JOINER_SET");
  }

  @Test
  void aThreadThatBlocksOnTheTaskShutsOthersOut() {
    assertThat(state.tryTransitionToJoining()).isTrue();
    assertThat(state.describeState()).isEqualTo("OWNED|INTERESTED|JOINING");
    assertThat(state.tryTransitionToJoining()).isFalse();
    state.transitionToNotJoining();
    assertThat(state.tryTransitionToJoining()).isTrue();
  }

  @Test
  void theClaimOnTheOutputIsGivenUpOnceBeforeCompletion() {
    assertThat(state.transitionToUninterested()).isEqualTo(Claim.LEFT_TO_COMPLETER);
    assertThat(state.transitionToUninterested()).isEqualTo(Claim.GONE);
    assertThat(state.isInterested()).isFalse();
    state.transitionToRunning();
    assertThat(TaskState.wasInterested(state.transitionToComplete())).isFalse();
    assertThat(state.transitionToUninterested()).isEqualTo(Claim.GONE);
  }

  @Test
  void theClaimOnTheOutputIsGivenUpOnceAfterCompletion() {
    complete();
    assertThat(state.transitionToUninterested()).isEqualTo(Claim.OUTPUT_IS_YOURS);
    assertThat(state.transitionToUninterested()).isEqualTo(Claim.GONE);
  }

  private void scheduled() {
    idle();
    assertThat(state.transitionToScheduled()).isTrue();
  }

  private void idle() {
    state.transitionToRunning();
    assertThat(state.transitionToIdle()).isFalse();
  }

  private void complete() {
    state.transitionToRunning();
    state.transitionToComplete();
  }

  private static void refused(ThrowingCallable illegal, String decoded) {
    assertThatThrownBy(illegal).isInstanceOf(AssertionError.class).hasMessage(decoded);
  }

  private static final class State extends TaskState {
    State(int born) {
      super(born);
    }
  }
}
