package dev.pollux.io.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pollux.core.AsyncIterator;
import dev.pollux.core.Description;
import dev.pollux.core.Future;
import dev.pollux.core.Next;
import dev.pollux.core.PollAfterEndException;
import dev.pollux.testing.AsyncIteratorConformance;
import dev.pollux.testing.FutureConformance;
import dev.pollux.testing.PollHarness;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Who waits for signals, polled by hand; the signals are the test's. */
class SignalsTest {

  private final ScriptedSignals system = new ScriptedSignals();
  private final SignalListeners listeners = new SignalListeners("HUP", system);
  private final PollHarness harness = PollHarness.create();

  private AwaitSignal waiter() {
    return new AwaitSignal(listeners);
  }

  @Test
  void nobodyListensBeforeTheFirstPoll() throws Exception {
    Future<Void> waiter = waiter();
    assertThat(system.send()).isFalse();
    assertThat(harness.poll(waiter).isReady()).isFalse();
    assertThat(system.log).containsExactly("install");
    assertThat(harness.woken()).isFalse();
    assertThat(Description.of(waiter)).asString().contains("signal HUP");
    assertThat(system.send()).isTrue();
    assertThat(harness.woken()).isTrue();
    assertThat(harness.poll(waiter).isReady()).isTrue();
    assertThat(system.log).containsExactly("install", "restore");
    assertThatThrownBy(() -> harness.poll(waiter)).isInstanceOf(PollAfterEndException.class);
  }

  @Test
  void aSignalComesToAllWhoListenAndThenGoesWhereItAlwaysWent() throws Exception {
    Future<Void> one = waiter();
    Future<Void> other = waiter();
    Future<Void> cancelled = waiter();
    for (Future<Void> waiter : List.of(one, other, cancelled)) {
      assertThat(harness.poll(waiter).isReady()).isFalse();
    }
    cancelled.cancel();
    assertThat(listeners.size()).isEqualTo(2);
    assertThat(system.send()).isTrue();
    assertThat(harness.poll(one).isReady()).isTrue();
    assertThat(system.log).containsExactly("install");
    assertThat(harness.poll(other).isReady()).isTrue();
    assertThat(system.log).containsExactly("install", "restore");
    assertThat(system.send()).isFalse();
  }

  @Test
  void aSignalForOneWhoHasJustLeftIsSentAgain() throws Exception {
    Future<Void> waiter = waiter();
    harness.poll(waiter);
    SignalSource.Arrivals dispatched = system.to();
    waiter.cancel();
    dispatched.came();
    assertThat(system.log).containsExactly("install", "restore", "raise");
  }

  @Test
  void anIteratorCountsWhatCameSinceTheLastElement() throws Exception {
    AsyncIterator<Long> arrivals = new SignalArrivals(listeners);
    assertThat(harness.pollNext(arrivals)).isEqualTo(Next.pending());
    system.send();
    assertThat(harness.woken()).isTrue();
    assertThat(harness.pollNext(arrivals)).isEqualTo(Next.item(1L));
    system.send(); // nobody polls, and nothing is lost
    system.send();
    assertThat(harness.pollNext(arrivals)).isEqualTo(Next.item(2L));
    assertThat(harness.pollNext(arrivals)).isEqualTo(Next.pending());
    arrivals.cancel();
    assertThat(system.log).containsExactly("install", "restore");
  }

  @Test
  void aSignalThatCanNotBeHeardIsAFailureAndNobodyListens() {
    system.refuses = true;
    Future<Void> waiter = waiter();
    AsyncIterator<Long> arrivals = new SignalArrivals(listeners);
    assertThatThrownBy(() -> harness.poll(waiter))
        .isInstanceOf(UnsupportedOperationException.class);
    assertThatThrownBy(() -> harness.pollNext(arrivals))
        .isInstanceOf(UnsupportedOperationException.class);
    assertThat(listeners.size()).isZero();
  }

  @Test
  void whoComesWhenTheMachineEndsIsToldAtOnce() throws Exception {
    system.machineEnds = true;
    assertThat(harness.poll(waiter()).isReady()).isTrue();
  }

  @Test
  void theEndOfTheMachineIsToldToAllBeforeAnybodyHoldsItUp() {
    StringBuilder log = new StringBuilder();
    for (String name : new String[] {"a", "b"}) {
      listeners.add(
          new SignalListener() {
            @Override
            public void came() {
              log.append(name).append(" told, ");
            }

            @Override
            public void holdEnd() {
              log.append("held, ");
            }
          });
    }
    system.to().machineEnds();
    assertThat(log.toString()).endsWith("held, held, ").contains("a told, ", "b told, ");
    assertThat(log.indexOf("held")).isGreaterThan(log.lastIndexOf("told"));
  }

  @Test
  void aNameThatIsNoneIsRefused() {
    assertThatThrownBy(() -> ignored(Signals.signal("SIGHUP")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("name must be that of a signal without SIG, such as HUP, was \"SIGHUP\"");
    assertThatThrownBy(() -> ignored(Signals.signal("")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("name ");
    assertThatThrownBy(() -> ignored(Signals.signal("NONE")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("name must be that of a signal of this system, was \"NONE\"");
  }

  private static void ignored(AsyncIterator<Long> arrivals) {
    arrivals.cancel();
  }

  @Test
  void aSignalOfTheMachineIsAFailure() {
    AsyncIterator<Long> arrivals = Signals.signal("SEGV");
    assertThatThrownBy(() -> harness.pollNext(arrivals))
        .isInstanceOf(UnsupportedOperationException.class)
        .hasMessage("signal SEGV is used by the virtual machine or by the system");
  }

  @Test
  void theFutureConforms() {
    FutureConformance.<Void>of(
            "signal",
            kit -> {
              ScriptedSignals signals = new ScriptedSignals();
              kit.event("the signal comes", signals::send);
              kit.invariant("nobody listens", () -> signals.to() == null);
              return new AwaitSignal(new SignalListeners("INT", signals));
            })
        .expectValue(null)
        .check();
  }

  @Test
  void theIteratorConforms() {
    AsyncIteratorConformance.<Long>of(
            "arrivals",
            kit -> {
              ScriptedSignals signals = new ScriptedSignals();
              kit.event("the signal comes", signals::send);
              kit.invariant("nobody listens", () -> signals.to() == null);
              return new SignalArrivals(new SignalListeners("INT", signals));
            })
        .expectBeginning(1L)
        .check();
  }
}
