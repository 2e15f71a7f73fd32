package dev.pollux.executor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pollux.core.Context;
import dev.pollux.core.Future;
import dev.pollux.core.Futures;
import dev.pollux.core.JoinHandle;
import dev.pollux.core.Poll;
import dev.pollux.core.TaskLocal;
import dev.pollux.executor.Waiting.Gate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What is ambient in a task, and where it ends. */
@Timeout(60)
class TaskContextTest {

  private final TaskLocal<String> user = new TaskLocal<>("user");
  private final TaskLocal<Integer> depth = new TaskLocal<>("depth");
  private final CurrentThreadRuntime runtime =
      PolluxRuntime.builder().name("outer").currentThread();

  @AfterEach
  void close() {
    runtime.close();
    assertThat(Context.current()).isEmpty();
  }

  // ---- Context.current()

  @Test
  void theCurrentContextIsThatOfTheRunningTask() throws Exception {
    assertThat(Context.current()).isEmpty();
    AtomicReference<Context> given = new AtomicReference<>();
    Optional<Context> current =
        runtime.blockOn(
            cx -> {
              given.set(cx);
              return Poll.ready(Context.current());
            });
    assertThat(current).hasValueSatisfying(cx -> assertThat(cx).isSameAs(given.get()));
    assertThat(Context.current()).isEmpty();
  }

  @Test
  void thereIsNoCurrentContextBetweenTwoPolls() {
    List<Boolean> inCancel = new ArrayList<>();
    JoinHandle<Object> handle =
        runtime.spawn(
            Futures.pollFn(
                cx -> Poll.pending(), () -> inCancel.add(Context.current().isPresent())));
    handle.requestCancel();
    while (runtime.tryTick()) {}
    assertThat(inCancel).containsExactly(false);
  }

  @Test
  void aBlockingJobHasNoCurrentContext() throws Exception {
    assertThat(runtime.spawnBlocking(() -> Context.current().isPresent()).join()).isFalse();
  }

  @Test
  void aThrowingPollLeavesNoCurrentContextBehind() throws Exception {
    runtime.spawn(Futures.failed(new IllegalStateException("no"))).cancel();
    while (runtime.tryTick()) {}
    assertThat(Context.current()).isEmpty();
    assertThat(runtime.blockOn(Futures.lazy(() -> Context.current().isPresent()))).isTrue();
  }

  // ---- task locals

  @Test
  void aLocalHoldsInItsScopeFromPollToPoll() throws Exception {
    Gate gate = new Gate();
    JoinHandle<List<Optional<String>>> handle =
        runtime.spawn(user.scope("ann", new Collecting(gate)));
    while (runtime.tryTick()) {}
    gate.open();
    while (runtime.tryTick()) {}
    assertThat(handle.join()).containsExactly(Optional.of("ann"), Optional.of("ann"));
    assertThat(user.get()).isEmpty();
  }

  /** Notes the local in each poll until the gate opens. */
  private final class Collecting implements Future<List<Optional<String>>> {
    private final Gate gate;
    private final List<Optional<String>> seen = new ArrayList<>();

    Collecting(Gate gate) {
      this.gate = gate;
    }

    @Override
    public Poll<List<Optional<String>>> poll(Context cx) {
      assertThat(user.get(cx)).isEqualTo(user.get());
      seen.add(user.get(cx));
      return gate.poll(cx).isReady() ? Poll.ready(seen) : Poll.pending();
    }
  }

  @Test
  void anInnerScopeHidesTheOuterOne() throws Exception {
    Future<String> inner = user.scope("bob", Futures.lazy(() -> user.get().orElse("none")));
    Future<String> both =
        user.scope("ann", inner.map(name -> name + " in " + user.get().orElse("none")));
    assertThat(runtime.blockOn(both)).isEqualTo("bob in ann");
  }

  @Test
  void twoLocalsDoNotMix() throws Exception {
    Future<String> both = cx -> Poll.ready(user.get(cx).orElse("?") + depth.get(cx).orElse(0));
    assertThat(runtime.blockOn(user.scope("ann", depth.scope(3, both)))).isEqualTo("ann3");
  }

  @Test
  void aLocalDoesNotReachOtherTasksOrTheNextPollOfAnother() throws Exception {
    List<Optional<String>> seen = new ArrayList<>();
    Future<Integer> look =
        Futures.lazy(
            () -> {
              seen.add(user.get());
              return 1;
            });
    runtime.blockOn(
        user.scope(
            "ann",
            cx -> {
              cx.spawner().spawn(look).detach();
              return Poll.done();
            }));
    while (runtime.tryTick()) {}
    assertThat(seen).as("a spawned task has its own locals").containsExactly(Optional.empty());
  }

  @Test
  void aScopeThatThrowsLeavesNoLocalBehind() throws Exception {
    Future<Object> failing =
        user.scope("ann", Futures.failed(new IllegalStateException("no"))).recover(e -> user.get());
    assertThat(runtime.blockOn(failing)).isEqualTo(Optional.empty());
  }
}
