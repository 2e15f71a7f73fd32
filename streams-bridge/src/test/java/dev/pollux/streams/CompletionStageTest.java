package dev.pollux.streams;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pollux.core.Context;
import dev.pollux.core.Description;
import dev.pollux.core.Future;
import dev.pollux.core.Futures;
import dev.pollux.core.Poll;
import dev.pollux.core.PollAfterEndException;
import dev.pollux.core.RuntimeShutdownException;
import dev.pollux.streams.bridge.Failures;
import dev.pollux.testing.PollHarness;
import java.io.IOException;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;

class CompletionStageTest {

  private final TestSpawner spawner = new TestSpawner();
  private final PollHarness harness = PollHarness.create();
  private final Gate gate = new Gate();

  /** Pending until it is opened; counts what is done to it. */
  private static final class Gate implements Future<String> {

    String output;
    Throwable failure;
    int cancels;
    Runnable whilePolled = () -> {};

    @Override
    public Poll<String> poll(Context cx) {
      whilePolled.run();
      if (failure != null) {
        throw Failures.rethrown(failure);
      }
      return output == null ? Poll.pending() : Poll.ready(output);
    }

    @Override
    public void cancel() {
      cancels++;
    }
  }

  private void wakeTask() {
    spawner.tasks.get(0).wake();
    spawner.run();
  }

  // ---- futures to stages

  @Test
  void aStageCompletesWithTheOutputOfTheTask() {
    CompletableFuture<String> stage =
        Streams.toCompletionStage(gate, spawner).toCompletableFuture();
    spawner.run();
    assertThat(stage).isNotDone();
    gate.output = "done";
    wakeTask();
    assertThat(stage).isCompletedWithValue("done");
    assertThat(spawner.live()).isZero();
    assertThat(gate.cancels).isZero();
  }

  @Test
  void aStageFailsWithTheFailureOfTheFuture() {
    CompletableFuture<String> stage =
        Streams.toCompletionStage(gate, spawner).toCompletableFuture();
    gate.failure = new IOException("broken");
    spawner.run();
    assertThatThrownBy(stage::get)
        .isInstanceOf(ExecutionException.class)
        .cause()
        .isSameAs(gate.failure);
    assertThat(spawner.uncaught).isEmpty();
    assertThat(gate.cancels).isZero();
  }

  @Test
  void cancellingTheStageCancelsTheFutureInItsTask() {
    CompletableFuture<String> stage =
        Streams.toCompletionStage(gate, spawner).toCompletableFuture();
    spawner.run();
    assertThat(stage.cancel(true)).isTrue();
    assertThat(gate.cancels).isZero();
    spawner.run();
    assertThat(gate.cancels).isEqualTo(1);
    assertThat(spawner.live()).isZero();
  }

  @Test
  void aStageCompletedBySomebodyElseStopsTheTask() {
    CompletableFuture<String> stage =
        Streams.toCompletionStage(gate, spawner).toCompletableFuture();
    spawner.run();
    assertThat(stage.complete("mine")).isTrue();
    spawner.run();
    assertThat(gate.cancels).isEqualTo(1);
    assertThat(stage).isCompletedWithValue("mine");
  }

  @Test
  void anOutputThatComesAfterTheStageWasCancelledIsDiscarded() {
    CompletableFuture<String> stage =
        Streams.toCompletionStage(gate, spawner).toCompletableFuture();
    gate.output = "late";
    gate.whilePolled = () -> stage.cancel(false);
    spawner.run();
    assertThat(stage).isCancelled();
    assertThat(spawner.discarded).containsExactly("late");
  }

  @Test
  void aFailureThatComesAfterTheStageWasCancelledIsReported() {
    CompletableFuture<String> stage =
        Streams.toCompletionStage(gate, spawner).toCompletableFuture();
    gate.failure = new IOException("late");
    gate.whilePolled = () -> stage.cancel(false);
    spawner.run();
    assertThat(spawner.uncaught).containsExactly(gate.failure);
  }

  @Test
  void aRuntimeThatShutsDownFailsTheStage() {
    CompletionStage<String> stage = Streams.toCompletionStage(gate, spawner);
    spawner.run();
    spawner.shutDown();
    assertThatThrownBy(() -> stage.toCompletableFuture().get())
        .hasCauseInstanceOf(RuntimeShutdownException.class);
    assertThat(gate.cancels).isEqualTo(1);
  }

  @Test
  void aRuntimeThatWasShutDownFailsTheStageAndCancelsTheFuture() {
    spawner.shutDown();
    CompletionStage<String> stage = Streams.toCompletionStage(gate, spawner);
    assertThatThrownBy(() -> stage.toCompletableFuture().get())
        .hasCauseInstanceOf(RuntimeShutdownException.class);
    assertThat(gate.cancels).isEqualTo(1);
  }

  @Test
  void anInterruptedFutureLeavesTheFlagSet() {
    gate.failure = new InterruptedException("stop");
    CompletionStage<String> stage = Streams.toCompletionStage(gate, spawner);
    spawner.run();
    assertThat(Thread.interrupted()).isTrue();
    assertThat(stage.toCompletableFuture()).isCompletedExceptionally();
  }

  @Test
  void aStageOfNothingCompletesWithNull() {
    CompletionStage<Void> stage = Streams.toCompletionStage(Futures.done(), spawner);
    spawner.run();
    assertThat(stage.toCompletableFuture()).isCompletedWithValue(null);
  }

  // ---- stages to futures

  @Test
  void aFutureAnswersWhenTheStageCompletes() throws Exception {
    CompletableFuture<String> stage = new CompletableFuture<>();
    Future<String> future = Streams.fromCompletionStage(stage);
    assertThat(harness.poll(future).isPending()).isTrue();
    assertThat(Description.of(future).waitsFor()).isNotNull();
    assertThat(harness.woken()).isFalse();
    stage.complete("done");
    assertThat(harness.woken()).isTrue();
    assertThat(harness.poll(future).value()).isEqualTo("done");
    assertThatThrownBy(() -> harness.poll(future)).isInstanceOf(PollAfterEndException.class);
    future.cancel();
    assertThat(Description.of(future).waitsFor()).isNull();
  }

  @Test
  void aCompletedStageIsAnsweredAtOnceAlsoWithNull() throws Exception {
    assertThat(
            harness
                .poll(Streams.fromCompletionStage(CompletableFuture.completedFuture("now")))
                .value())
        .isEqualTo("now");
    Poll<Object> nothing =
        harness.poll(Streams.fromCompletionStage(CompletableFuture.completedFuture(null)));
    assertThat(nothing.isReady()).isTrue();
    assertThat(nothing.value()).isNull();
  }

  @Test
  void theFailureOfAStageIsThrownWithoutItsWrapping() throws Exception {
    IOException failure = new IOException("broken");
    CompletableFuture<String> stage = new CompletableFuture<>();
    Future<String> direct = Streams.fromCompletionStage(stage);
    Future<String> dependent = Streams.fromCompletionStage(stage.thenApply(String::trim));
    assertThat(harness.poll(dependent).isPending()).isTrue();
    stage.completeExceptionally(failure);
    assertThatThrownBy(() -> harness.poll(direct)).isSameAs(failure);
    assertThatThrownBy(() -> harness.poll(dependent)).isSameAs(failure);
  }

  @Test
  void cancellingTheFutureCancelsTheStage() throws Exception {
    CompletableFuture<String> stage = new CompletableFuture<>();
    Future<String> future = Streams.fromCompletionStage(stage);
    harness.poll(future);
    future.cancel();
    assertThat(stage).isCancelled();
    assertThat(harness.wakes()).isZero();
    assertThatThrownBy(() -> harness.poll(future)).isInstanceOf(PollAfterEndException.class);

    CompletableFuture<String> unpolled = new CompletableFuture<>();
    Streams.fromCompletionStage(unpolled).cancel();
    assertThat(unpolled).isCancelled();
  }

  @Test
  void aStageThatCannotBeCancelledIsLeftAlone() {
    CompletableFuture<String> stage = new CompletableFuture<>();
    Streams.fromCompletionStage(stage.minimalCompletionStage()).cancel();
    assertThat(stage).isNotDone();
  }

  @Test
  void aStageThatWasCancelledByOthersFailsTheFuture() {
    CompletableFuture<String> stage = new CompletableFuture<>();
    Future<String> future = Streams.fromCompletionStage(stage);
    stage.cancel(false);
    assertThatThrownBy(() -> harness.poll(future)).isInstanceOf(CancellationException.class);
  }

  @Test
  void anOutputThatTheStageHasAtCancelIsLeftToIt() throws Exception {
    CompletableFuture<String> stage = new CompletableFuture<>();
    Future<String> future = Streams.fromCompletionStage(stage);
    harness.poll(future);
    stage.complete("kept");
    future.cancel();
    assertThat(stage).isCompletedWithValue("kept");
    assertThat(harness.discarded()).isEmpty();
  }

  @Test
  void thereAndBackAgainIsTheSameOutput() throws Exception {
    Future<String> back =
        Streams.fromCompletionStage(Streams.toCompletionStage(Futures.ready("same"), spawner));
    assertThat(harness.poll(back).isPending()).isTrue();
    spawner.run();
    assertThat(harness.poll(back).value()).isEqualTo("same");
  }

  @Test
  void nullsAreRefused() {
    assertThatNullPointerException().isThrownBy(() -> Streams.fromCompletionStage(null));
    assertThatNullPointerException().isThrownBy(() -> Streams.toCompletionStage(null, spawner));
    assertThatNullPointerException().isThrownBy(() -> Streams.toCompletionStage(gate, null));
  }
}
