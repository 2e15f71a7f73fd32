package dev.pollux.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pollux.spi.Services;
import dev.pollux.spi.Spawner;
import dev.pollux.spi.TaskLocals;
import dev.pollux.testing.PollHarness;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class TaskLocalTest {

  private static final TaskLocal<String> USER = new TaskLocal<>("user");
  private static final TaskLocal<Integer> DEPTH = new TaskLocal<>("depth");

  private final Poller poller = new Poller(new Services() {}, 1, false);

  private <T> T run(Future<T> future) throws Exception {
    Poller before = poller.attach();
    try {
      return poller.poll(future, Waker.noop()).value();
    } finally {
      Poller.reattach(before);
    }
  }

  @Test
  void aValueHoldsInItsScopeOnly() throws Exception {
    Future<String> body = cx -> Poll.ready(USER.get(cx).orElse("nobody"));
    assertThat(run(USER.scope("ada", body))).isEqualTo("ada");
    assertThat(run(body)).isEqualTo("nobody");
  }

  @Test
  void anInnerScopeHidesTheOuterOneAndKeepsOtherKeys() throws Exception {
    Future<String> body =
        cx -> Poll.ready(USER.get(cx).orElseThrow() + DEPTH.get(cx).orElseThrow());
    assertThat(run(DEPTH.scope(3, USER.scope("ada", USER.scope("grace", body)))))
        .isEqualTo("grace3");
  }

  @Test
  void aLambdaWithoutAContextReadsIt() throws Exception {
    assertThat(USER.get()).isEmpty();
    assertThat(run(USER.scope("ada", Futures.lazy(() -> USER.get().orElse("nobody")))))
        .isEqualTo("ada");
    assertThat(USER.get()).isEmpty();
  }

  @Test
  void theScopeEndsWithAnAnswerOfNull() {
    Future<String> scope = USER.scope("ada", cx -> null);
    assertThatThrownBy(() -> run(scope)).isInstanceOf(NullPointerException.class);
    assertThatThrownBy(() -> run(scope)).isInstanceOf(PollAfterEndException.class);
  }

  @Test
  void theScopeEndsWithAPollThatThrows() {
    Future<String> failing =
        cx -> {
          throw new IllegalStateException("no");
        };
    assertThatThrownBy(() -> run(USER.scope("ada", failing))).hasMessage("no");
    assertThat(poller.innermost()).isNull();
  }

  @Test
  void everyLocalThatHoldsIsShownOnceTheInnermostFirst() {
    List<String> shown = new ArrayList<>();
    TaskLocals.empty().forEach((key, value) -> shown.add(key + "=" + value));
    assertThat(shown).isEmpty();
    TaskLocals.empty()
        .with(USER, "grace")
        .with(DEPTH, 3)
        .with(USER, "ada")
        .forEach((key, value) -> shown.add(key + "=" + value));
    assertThat(shown).containsExactly("user=ada", "depth=3");
  }

  // ---- inherited by choice

  private static Future<String> user() {
    return cx -> Poll.ready(USER.get(cx).orElse("nobody"));
  }

  @Test
  void aSpawnedTaskInheritsNothingByItself() throws Exception {
    PollHarness harness = PollHarness.create();
    Future<JoinHandle<String>> spawning = cx -> Poll.ready(cx.spawner().spawn(user()));
    JoinHandle<String> task = harness.poll(USER.scope("ada", spawning)).value();
    harness.runTasks();
    assertThat(task.join()).isEqualTo("nobody");
  }

  @Test
  void aTaskInheritsASnapshotThatItIsGiven() throws Exception {
    PollHarness harness = PollHarness.create();
    Future<JoinHandle<String>> spawning =
        cx -> Poll.ready(cx.spawner().spawn(user().withLocals(cx.locals())));
    JoinHandle<String> task = harness.poll(USER.scope("ada", spawning)).value();
    harness.runTasks();
    assertThat(task.join()).isEqualTo("ada");
  }

  @Test
  void whatAnInheritingSpawnerSpawnsInherits() throws Exception {
    PollHarness harness = PollHarness.create();
    Future<List<JoinHandle<String>>> spawning =
        cx -> {
          Spawner spawner = cx.spawner().inheriting(cx.locals());
          return Poll.ready(
              List.of(
                  spawner.spawn(user()),
                  spawner.spawn("named", user()),
                  spawner.spawnShielded(user())));
        };
    List<JoinHandle<String>> tasks = harness.poll(USER.scope("ada", spawning)).value();
    harness.runTasks();
    for (JoinHandle<String> task : tasks) {
      assertThat(task.join()).isEqualTo("ada");
    }
    assertThat(tasks.get(1).name()).contains("named");
  }

  @Test
  void aSnapshotHidesWhatHoldsOutside() throws Exception {
    Future<String> both =
        cx ->
            Poll.ready(
                USER.get(cx).orElse("nobody") + DEPTH.get().map(String::valueOf).orElse("-"));
    TaskLocals snapshot = TaskLocals.empty().with(DEPTH, 3);
    assertThat(run(USER.scope("ada", both.withLocals(snapshot)))).isEqualTo("nobody3");
    assertThat(run(USER.scope("ada", both.withLocals(TaskLocals.empty())))).isEqualTo("nobody-");
    Future<String> after =
        both.withLocals(snapshot).map(text -> text + USER.get().orElse("nobody"));
    assertThat(run(after)).isEqualTo("nobody3nobody");
  }

  @Test
  void aCancelReadsWhatHoldsForWhoeverCancels() throws Exception {
    List<String> read = new ArrayList<>();
    Supplier<Future<Object>> waiting =
        () -> Futures.pollFn(cx -> Poll.pending(), () -> read.add(USER.get().orElse("nobody")));
    Future<Object> between = USER.scope("ada", waiting.get());
    Poller before = poller.attach();
    try {
      assertThat(poller.poll(between, Waker.noop()).isPending()).isTrue();
      between.cancel();
      Future<Object> raced =
          USER.scope("grace", Futures.race(USER.scope("ada", waiting.get()), Futures.ready(1)));
      assertThat(poller.poll(raced, Waker.noop()).isReady()).isTrue();
    } finally {
      Poller.reattach(before);
    }
    assertThat(read).containsExactly("nobody", "grace");
  }

  @Test
  void describeNamesTheScopeAndItsBody() {
    Future<Object> scope = USER.scope("ada", Futures.pending());
    assertThat(Description.of(scope).toString())
        .contains("task local")
        .contains("user")
        .contains("body")
        .doesNotContain("ada");
    Future<Object> shielded =
        Futures.pending().withLocals(TaskLocals.empty().with(USER, "ada")).shielded();
    assertThat(Description.of(shielded).toString())
        .contains("shielded")
        .contains("task locals")
        .doesNotContain("ada");
    scope.cancel();
    shielded.cancel();
  }

  @Test
  void nullsAreRefusedByName() {
    assertThatThrownBy(() -> Futures.ready(1).withLocals(null)).hasMessage("locals");
    assertThatThrownBy(() -> PollHarness.create().services().spawner().inheriting(null))
        .hasMessage("locals");
    assertThatThrownBy(() -> USER.scope(null, Futures.ready(1))).hasMessage("value");
    assertThatThrownBy(() -> USER.scope("ada", null)).hasMessage("future");
    assertThatThrownBy(() -> new TaskLocal<>(null)).hasMessage("name");
  }

  @Test
  void bindingsPrintInnermostFirst() {
    assertThat(TaskLocals.empty().with(USER, "ada").with(DEPTH, 2))
        .hasToString("TaskLocals[depth=2, user=ada]");
  }
}
