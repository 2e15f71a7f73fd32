package dev.pollux.io.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pollux.core.Description;
import dev.pollux.core.Future;
import dev.pollux.core.Futures;
import dev.pollux.core.JoinHandle;
import dev.pollux.core.Poll;
import dev.pollux.core.TaskCancelledException;
import dev.pollux.io.process.GracefulShutdown.Cause;
import dev.pollux.io.process.GracefulShutdown.Report;
import dev.pollux.testing.FutureConformance;
import dev.pollux.testing.ManualClock;
import dev.pollux.testing.PollHarness;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** An end in order, polled by hand. */
class GracefulShutdownTest {

  private final ManualClock clock = new ManualClock();
  private final PollHarness harness = PollHarness.with(clock);
  private final ScriptedSignals system = new ScriptedSignals();
  private final SignalListeners signal = new SignalListeners("INT", system);
  private final GracefulShutdown shutdown =
      GracefulShutdown.builder().patience(Duration.ofSeconds(5)).signals(signal).build();
  private final Future<Report> finished = shutdown.whenFinished();

  @AfterEach
  void giveUp() {
    finished.cancel();
  }

  private <T> JoinHandle<T> spawn(String name, Future<T> body) {
    return shutdown.spawn(harness.services().spawner(), name, body);
  }

  private void assertPending() throws Exception {
    harness.runTasks();
    assertThat(harness.poll(finished).isReady()).isFalse();
  }

  private Report report() throws Exception {
    harness.runTasks();
    Poll<Report> answer = harness.poll(finished);
    assertThat(answer.isReady()).isTrue();
    return answer.value();
  }

  @Test
  void withoutTasksItIsOverAsSoonAsItIsAskedFor() throws Exception {
    assertPending();
    clock.advance(Duration.ofDays(1));
    assertPending();
    assertThat(shutdown.isRequested()).isFalse();
    assertThat(shutdown.cause()).isEmpty();
    shutdown.stop();
    shutdown.stop();
    assertThat(shutdown.token().isCancelled()).isTrue();
    assertThat(harness.woken()).isTrue();
    Report report = report();
    assertThat(report).isEqualTo(new Report(Cause.CALL, Duration.ZERO, 0, List.of(), List.of()));
    assertThat(report.isComplete()).isTrue();
  }

  @Test
  void whoHeedsTheTokenEndsInTime() throws Exception {
    JoinHandle<Void> heeds = spawn("heeds", shutdown.token().whenCancelled());
    spawn("over before", Futures.ready(1)).detach();
    assertPending();
    assertThat(system.send()).isTrue();
    assertThat(shutdown.cause()).contains(Cause.CTRL_C);
    assertPendingUntilTasksHaveRun();
    assertThat(report())
        .isEqualTo(new Report(Cause.CTRL_C, Duration.ZERO, 1, List.of(), List.of()));
    assertThat(harness.poll(heeds).isReady()).isTrue();
  }

  private void assertPendingUntilTasksHaveRun() throws Exception {
    assertThat(harness.poll(finished).isReady()).isFalse();
  }

  @Test
  void whoDoesNotEndIsCutOffAndNamed() throws Exception {
    JoinHandle<Void> first = spawn("first", Futures.pending());
    spawn("second", Futures.pending()).detach();
    spawn("heeds", shutdown.token().whenCancelled()).detach();
    assertPending();
    shutdown.stop();
    assertPending();
    clock.advance(Duration.ofMillis(4_999));
    assertPending();
    clock.advance(Duration.ofMillis(2));
    assertThat(harness.woken()).isTrue();
    assertThat(harness.poll(finished).isReady()).isFalse(); // asked to stop, and not yet gone
    Report report = report();
    assertThat(report.cutOff()).containsExactly("first", "second");
    assertThat(report.stuck()).isEmpty();
    assertThat(report.ended()).isEqualTo(1);
    assertThat(report.took()).isBetween(Duration.ofSeconds(5), Duration.ofMillis(5_010));
    assertThat(report.isComplete()).isFalse();
    assertThatThrownBy(() -> harness.poll(first)).isInstanceOf(TaskCancelledException.class);
  }

  @Test
  void whoCanNotBeStoppedIsNamedAsStuck() throws Exception {
    spawn("stuck", Futures.pending()).detach();
    shutdown.hurry();
    assertThat(harness.poll(finished).isReady()).isFalse(); // and its task is not run
    clock.advance(Duration.ofMillis(1_001));
    Poll<Report> answer = harness.poll(finished);
    assertThat(answer.value())
        .isEqualTo(
            new Report(Cause.CALL, answer.value().took(), 0, List.of("stuck"), List.of("stuck")));
  }

  @Test
  void theSecondSignalHurriesAndTheThirdIsTheMachines() throws Exception {
    spawn("slow", Futures.pending()).detach();
    assertPending();
    system.send();
    assertPending();
    assertThat(system.send()).isTrue();
    assertThat(system.log).containsExactly("install", "restore");
    assertThat(system.send()).isFalse();
    assertThat(harness.poll(finished).isReady()).isFalse();
    assertThat(report().cutOff()).containsExactly("slow");
  }

  @Test
  void aSignalAfterACallHurries() throws Exception {
    spawn("slow", Futures.pending()).detach();
    shutdown.stop();
    assertPending();
    system.send();
    assertThat(harness.poll(finished).isReady()).isFalse();
    Report report = report();
    assertThat(report.cause()).isEqualTo(Cause.CALL);
    assertThat(report.cutOff()).containsExactly("slow");
  }

  @Test
  void whoIsAtWorkMaySpawnOthersAndThoseAreWaitedFor() throws Exception {
    Future<Void> accept =
        shutdown
            .token()
            .whenCancelled()
            .flatMap(asked -> Futures.yieldNow())
            .inspect(over -> spawn("late", Futures.pending()).detach());
    spawn("accept", accept).detach();
    assertPending();
    shutdown.stop();
    assertPending();
    shutdown.hurry();
    assertThat(harness.poll(finished).isReady()).isFalse();
    Report report = report();
    assertThat(report.cutOff()).containsExactly("late");
    assertThat(report.ended()).isEqualTo(1);
  }

  @Test
  void whoIsSpawnedByOneThatIsCutOffIsCutOffToo() throws Exception {
    spawn("long", Futures.pending()).detach();
    shutdown.hurry();
    assertThat(harness.poll(finished).isReady()).isFalse();
    JoinHandle<Void> late = spawn("late", Futures.pending());
    Report report = report();
    assertThat(report.cutOff()).containsExactly("long", "late");
    assertThatThrownBy(() -> harness.poll(late)).isInstanceOf(TaskCancelledException.class);
  }

  @Test
  void afterTheEndNothingIsTaken() throws Exception {
    shutdown.stop();
    assertThat(report().isComplete()).isTrue();
    Future<Void> refused = Futures.pending();
    assertThatThrownBy(() -> spawn("refused", refused).detach())
        .isInstanceOf(IllegalStateException.class);
    assertThat(harness.poll(refused).isReady()).isFalse();
  }

  @Test
  void whoFailsHasEnded() throws Exception {
    JoinHandle<Void> fails =
        spawn(
            "fails",
            shutdown
                .token()
                .whenCancelled()
                .map(
                    asked -> {
                      throw new IllegalStateException();
                    }));
    assertPending();
    shutdown.stop();
    harness.runTasks();
    assertThat(report().ended()).isEqualTo(1);
    fails.cancel();
  }

  @Test
  void anyNumberMayWaitForTheEnd() throws Exception {
    Future<Report> other = shutdown.whenFinished();
    spawn("slow", Futures.pending()).detach();
    assertPending();
    assertThat(harness.poll(other).isReady()).isFalse();
    finished.cancel();
    shutdown.hurry();
    assertThat(harness.poll(other).isReady()).isFalse();
    harness.runTasks();
    assertThat(harness.poll(other).value().cutOff()).containsExactly("slow");
    assertThat(harness.poll(shutdown.whenFinished()).value().cutOff()).containsExactly("slow");
  }

  @Test
  void aCloseLetsGoOfTheSignal() throws Exception {
    assertThat(system.log).containsExactly("install");
    shutdown.close();
    shutdown.close();
    assertThat(system.log).containsExactly("install", "restore");
    assertThat(system.send()).isFalse();
    assertThat(shutdown.isRequested()).isFalse();
    assertPending();
  }

  @Test
  void theEndOfTheMachineIsARequestAndIsHeldUpUntilTheClose() throws Exception {
    SignalSource.Arrivals arrivals = system.to();
    Thread hook = new Thread(arrivals::machineEnds, "shutdown hook of a test");
    hook.start();
    while (!shutdown.isRequested()) {
      Thread.onSpinWait();
    }
    assertThat(shutdown.cause()).contains(Cause.END_OF_MACHINE);
    assertThat(report().cause()).isEqualTo(Cause.END_OF_MACHINE);
    assertThat(hook.isAlive()).isTrue();
    shutdown.close();
    hook.join();
  }

  @Test
  void itSaysWhatItIs() throws Exception {
    spawn("slow", Futures.pending()).detach();
    assertThat(shutdown).hasToString("GracefulShutdown[not asked for, 1 tasks]");
    assertThat(shutdown.size()).isEqualTo(1);
    shutdown.stop();
    assertThat(shutdown).hasToString("GracefulShutdown[asked for by CALL, 1 tasks]");
    assertPending();
    assertThat(Description.of(finished)).asString().contains("1 tracked futures");
  }

  @Test
  void aPatienceMayBeAsLongAsCanBeSaid() throws Exception {
    GracefulShutdown patient =
        GracefulShutdown.builder()
            .patience(Duration.ofSeconds(Long.MAX_VALUE))
            .withoutSignals()
            .build();
    JoinHandle<Void> task =
        patient.spawn(harness.services().spawner(), "task", patient.token().whenCancelled());
    Future<Report> end = patient.whenFinished();
    patient.stop();
    assertThat(harness.poll(end).isReady()).isFalse();
    clock.advance(Duration.ofDays(36_500));
    assertThat(harness.poll(end).isReady()).isFalse();
    harness.runTasks();
    assertThat(harness.poll(end).value().isComplete()).isTrue();
    assertThat(harness.poll(task).isReady()).isTrue();
  }

  @Test
  void aPatienceThatIsNegativeIsRefused() {
    assertThatThrownBy(() -> GracefulShutdown.builder().patience(Duration.ofMillis(-1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("patience must not be negative, was PT-0.001S");
  }

  @Test
  void theMemberConforms() {
    FutureConformance.of(
            "member",
            kit ->
                new ShutdownMember<>(
                    GracefulShutdown.builder().withoutSignals().build(),
                    "member",
                    0,
                    kit.future("body", 1)))
        .expectValue(1)
        .check();
  }

  @Test
  void theEndConforms() {
    FutureConformance.of(
            "finished",
            kit -> {
              GracefulShutdown asked = GracefulShutdown.builder().withoutSignals().build();
              kit.event("the end is asked for", asked::stop);
              return asked.whenFinished().map(Report::cause);
            })
        .expectValue(Cause.CALL)
        .check();
  }
}
