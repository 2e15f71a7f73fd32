package dev.pollux.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pollux.testing.PollHarness;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class JoinMapTest {

  private final PollHarness harness = PollHarness.create();
  private final JoinMap<String, Integer> map = JoinMap.on(harness.services().spawner());
  private final List<String> cancelled = new ArrayList<>();
  private final Probe<Integer> a = new Probe<>("a", cancelled);
  private final Probe<Integer> b = new Probe<>("b", cancelled);
  private final Probe<Integer> c = new Probe<>("c", cancelled);

  private void spawnAll() {
    map.spawn("a", a);
    map.spawn("b", "named", b);
    map.spawn("c", c);
    harness.runTasks();
  }

  private Poll<Optional<KeyedResult<String, Integer>>> pollNext() throws Exception {
    return harness.poll(map.joinNext());
  }

  @Test
  void aKeyThatThrowsLeavesNoTaskBehind() {
    JoinMap<Object, Integer> any = JoinMap.on(harness.services().spawner());
    Object key =
        new Object() {
          @Override
          public int hashCode() {
            throw new IllegalStateException("no hash");
          }
        };
    assertThatThrownBy(() -> any.spawn(key, Futures.pending())).hasMessage("no hash");
    harness.runTasks();
    assertThat(harness.liveTasks()).isZero();
    assertThat(any.size()).isZero();
  }

  @Test
  void outcomesComeWithTheirKeys() throws Exception {
    spawnAll();
    assertThat(map.keys()).containsExactlyInAnyOrder("a", "b", "c");
    assertThat(pollNext().isPending()).isTrue();
    b.complete(2);
    a.fail(new IOException("torn"));
    harness.runTasks();
    assertThat(map.containsKey("b")).as("until it is joined").isTrue();
    KeyedResult<String, Integer> first = pollNext().value().orElseThrow();
    assertThat(first.key()).isEqualTo("b");
    assertThat(first.value()).isEqualTo(2);
    assertThat(first.result().task().name()).contains("named");
    assertThat(map.containsKey("b")).isFalse();
    KeyedResult<String, Integer> second = pollNext().value().orElseThrow();
    assertThat(second.key()).isEqualTo("a");
    assertThatThrownBy(second::value).isInstanceOf(TaskFailedException.class);
    assertThat(map.size()).isEqualTo(1);
    assertThat(map.tryJoinNext()).isEmpty();
    assertThat(map.requestCancel("c")).isTrue();
    assertThat(map.requestCancel("x")).isFalse();
    harness.runTasks();
    assertThat(map.tryJoinNext().orElseThrow().result()).isInstanceOf(TaskResult.Cancelled.class);
    assertThat(pollNext().value()).isEmpty();
  }

  @Test
  void aTaskWithTheSameKeyTakesThePlaceOfTheOther() throws Exception {
    map.spawn("key", a);
    harness.runTasks();
    assertThat(pollNext().isPending()).isTrue();
    map.spawn("key", b);
    assertThat(map.size()).isEqualTo(1);
    harness.runTasks();
    assertThat(cancelled).containsExactly("a");
    assertThat(pollNext().isPending()).as("the replaced one is no outcome").isTrue();
    b.complete(2);
    harness.runTasks();
    assertThat(pollNext().value().orElseThrow().value()).isEqualTo(2);
    assertThat(pollNext().value()).isEmpty();
    assertThat(harness.uncaught()).isEmpty();
  }

  @Test
  void whatAReplacedTaskLeavesIsDropped() throws Exception {
    map.spawn("done", a);
    map.spawn("failed", b);
    harness.runTasks();
    a.complete(1);
    b.fail(new IOException("torn"));
    harness.runTasks();
    map.spawn("done", Futures.ready(10));
    map.spawn("failed", Futures.ready(20));
    harness.runTasks();
    assertThat(pollNext().value().orElseThrow().value()).isEqualTo(10);
    assertThat(pollNext().value().orElseThrow().value()).isEqualTo(20);
    assertThat(pollNext().value()).isEmpty();
    assertThat(harness.discarded()).containsExactly(1);
    assertThat(harness.uncaught()).hasSize(1);
  }

  @Test
  void anEmptyMapWaitsForReplacedTasksOnlyWhenItIsClosed() throws Exception {
    map.spawn("key", a);
    harness.runTasks();
    map.spawn("key", Futures.ready(2));
    // The first has been asked to stop, and has not had its turn.
    assertThat(harness.runToCompletion(map.joinNext(), 10).orElseThrow().value()).isEqualTo(2);
    assertThat(pollNext().value()).isEmpty();
    harness.runToCompletion(map.closeAsync(), 10);
    assertThat(cancelled).containsExactly("a");
    assertThat(harness.liveTasks()).isZero();
  }

  @Test
  void cancelsThoseWhoseKeysMatch() {
    spawnAll();
    assertThat(map.requestCancelMatching(key -> !key.equals("b"))).isEqualTo(2);
    harness.runTasks();
    assertThat(cancelled).containsExactlyInAnyOrder("a", "c");
    map.requestCancelAll();
    harness.runTasks();
    assertThat(cancelled).contains("b");
  }

  @Test
  void aClosedMapRefusesAndDetachedTasksRunOn() throws Exception {
    spawnAll();
    map.detachAll();
    assertThat(map.size()).isZero();
    assertThat(map.keys()).isEmpty();
    a.complete(1);
    harness.runTasks();
    assertThat(harness.discarded()).containsExactly(1);
    map.close();
    assertThatThrownBy(() -> map.spawn("d", new Probe<>("late", cancelled)))
        .isInstanceOf(IllegalStateException.class);
    assertThat(cancelled).containsExactly("late");
    assertThat(map.toString()).contains("closed");
  }

  @Test
  void aHandleThatWasUsedElsewhereLeavesTheMap() throws Exception {
    JoinHandle<Integer> used = harness.services().spawner().spawn(Futures.ready(1));
    harness.runTasks();
    assertThat(used.join()).isEqualTo(1);
    map.add("used", used);
    assertThatThrownBy(this::pollNext).isInstanceOf(PollAfterEndException.class);
    assertThat(map.containsKey("used")).isFalse();
    assertThat(pollNext().value()).isEmpty();
  }
}
