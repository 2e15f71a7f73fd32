package dev.pollux.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pollux.spi.Services;
import dev.pollux.spi.Spawner;
import dev.pollux.testing.PollHarness;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ParallelJoinTest {

  private final PollHarness harness = PollHarness.create();
  private final List<String> cancelled = new ArrayList<>();
  private final Probe<String> a = new Probe<>("a", cancelled);
  private final Probe<String> b = new Probe<>("b", cancelled);
  private final Probe<String> c = new Probe<>("c", cancelled);

  @Test
  void outputsComeInTheOrderOfTheFutures() throws Exception {
    Future<List<String>> all = Futures.parallelJoin(List.of(a, b, c));
    assertThat(harness.liveTasks()).as("nothing before the first poll").isZero();
    assertThat(harness.poll(all).isPending()).isTrue();
    assertThat(harness.liveTasks()).isEqualTo(3);
    harness.runTasks();
    c.complete("3");
    a.complete("1");
    b.complete("2");
    assertThat(harness.runToCompletion(all, 10)).containsExactly("1", "2", "3");
  }

  @Test
  void noMoreTasksThanTheLimitAreLive() throws Exception {
    Future<List<String>> all = Futures.parallelJoin(List.of(a, b, c), 2);
    assertThat(harness.poll(all).isPending()).isTrue();
    assertThat(harness.liveTasks()).isEqualTo(2);
    harness.runTasks();
    b.complete("2");
    harness.runTasks();
    assertThat(harness.woken()).isTrue();
    assertThat(harness.poll(all).isPending()).isTrue();
    assertThat(harness.liveTasks()).isEqualTo(2);
    harness.runTasks();
    c.complete("3");
    a.complete("1");
    assertThat(harness.runToCompletion(all, 10)).containsExactly("1", "2", "3");
    assertThatThrownBy(() -> Futures.parallelJoin(List.of(a), 0))
        .hasMessage("limit must be at least 1, was 0");
  }

  @Test
  void aFailureStopsTheOthersAndIsThrownWhenTheyHaveEnded() throws Exception {
    Future<List<String>> all = Futures.parallelJoin(List.of(a, b, c), 2);
    assertThat(harness.poll(all).isPending()).isTrue();
    harness.runTasks();
    a.fail(new IOException("torn"));
    harness.runTasks();
    assertThat(harness.poll(all).isPending()).isTrue();
    assertThat(cancelled).as("what is no task yet").containsExactly("c");
    harness.runTasks();
    assertThat(cancelled).containsExactly("c", "b");
    assertThatThrownBy(() -> harness.poll(all)).hasRootCauseMessage("torn");
    assertThat(harness.uncaught()).isEmpty();
    assertThat(harness.liveTasks()).isZero();
  }

  @Test
  void aCancelReachesTasksAndFutures() throws Exception {
    Future<List<String>> all = Futures.parallelJoin(List.of(a, b, c), 2);
    assertThat(harness.poll(all).isPending()).isTrue();
    harness.runTasks();
    a.complete("1");
    harness.runTasks();
    all.cancel();
    harness.runTasks();
    assertThat(cancelled).containsExactly("c", "b");
    assertThat(harness.discarded()).containsExactly("1");
    assertThat(harness.liveTasks()).isZero();
  }

  @Test
  void anErrorOfTheSpawnerCancelsAllAndIsThrownAtOnce() {
    Spawner inner = harness.services().spawner();
    Spawner broken =
        new Spawner() {
          private int spawned;

          @Override
          public <T> JoinHandle<T> spawn(Future<T> future) {
            if (spawned++ == 1) {
              throw new LinkageError("broken");
            }
            return inner.spawn(future);
          }

          @Override
          public <T> JoinHandle<T> spawn(String name, Future<T> future) {
            return spawn(future);
          }
        };
    Future<List<String>> all = Futures.parallelJoin(List.of(a, b, c));
    Services services =
        new Services() {
          @Override
          public Spawner spawner() {
            return broken;
          }
        };
    Poller poller = new Poller(services, 1, false);
    Poller before = poller.attach();
    try {
      assertThatThrownBy(() -> poller.poll(all, Waker.noop())).isInstanceOf(LinkageError.class);
    } finally {
      Poller.reattach(before);
    }
    assertThat(cancelled).containsExactly("b", "c");
    harness.runTasks();
    assertThat(cancelled).containsExactly("b", "c", "a");
    assertThat(harness.liveTasks()).isZero();
  }

  @Test
  void withoutASpawnerItFailsAndCancelsAll() {
    HandCrank crank = new HandCrank();
    assertThatThrownBy(() -> crank.poll(Futures.parallelJoin(List.of(a, b))))
        .isInstanceOf(MissingServiceException.class);
    assertThat(cancelled).containsExactly("a", "b");
  }
}
