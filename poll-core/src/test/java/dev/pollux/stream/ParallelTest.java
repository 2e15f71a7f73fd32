package dev.pollux.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pollux.core.AsyncIterator;
import dev.pollux.core.AsyncIterators;
import dev.pollux.core.Future;
import dev.pollux.core.MissingServiceException;
import dev.pollux.core.Next;
import dev.pollux.core.Poll;
import dev.pollux.core.Poller;
import dev.pollux.core.TaskFailedException;
import dev.pollux.core.Waker;
import dev.pollux.spi.Services;
import dev.pollux.testing.PollHarness;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class ParallelTest {

  /** A future that ends, fails or is cancelled by hand. */
  private static final class Work implements Future<Integer> {
    final int element;
    boolean done;
    boolean cancelled;
    Exception failure;
    private Waker waker;

    Work(int element) {
      this.element = element;
    }

    @Override
    public Poll<Integer> poll(dev.pollux.core.Context cx) throws Exception {
      if (failure != null) {
        throw failure;
      }
      waker = cx.waker();
      return done ? Poll.ready(element) : Poll.pending();
    }

    void finish() {
      done = true;
      waker.wake();
    }

    void fail(Exception with) {
      failure = with;
      waker.wake();
    }

    @Override
    public void cancel() {
      cancelled = true;
    }
  }

  private final PollHarness harness = PollHarness.create();
  private final List<Work> works = new ArrayList<>();

  private Work work(int element) {
    Work work = new Work(element);
    works.add(work);
    return work;
  }

  @Test
  void atMostSoManyTasksAreInFlightAndOutputsHeldCount() throws Exception {
    ByHand<Integer> source = ByHand.of(0, 1, 2, 3, 4);
    AsyncIterator<Integer> outputs = source.parallel(3).mapAsync(this::work);
    assertThat(harness.pollNext(outputs).isPending()).isTrue();
    assertThat(works).as("nothing is called in the task of the stream").isEmpty();
    harness.runTasks();
    assertThat(works).hasSize(3);
    works.get(2).finish();
    works.get(1).finish();
    harness.runTasks();
    assertThat(harness.woken()).isTrue();
    assertThat(harness.pollNext(outputs).isPending()).isTrue();
    assertThat(source.pulled).isEqualTo(3);
    works.get(0).finish();
    harness.runTasks();
    for (int i = 0; i < 3; i++) {
      assertThat(harness.pollNext(outputs)).isEqualTo(Next.item(i));
    }
    outputs.cancel();
    harness.runTasks();
    assertThat(harness.liveTasks()).isZero();
  }

  @Test
  void byCompletionOthersTakeThePlaceAtOnce() throws Exception {
    ByHand<Integer> source = ByHand.of(0, 1, 2, 3);
    AsyncIterator<Integer> outputs = source.parallel(2).mapAsyncUnordered(this::work);
    assertThat(harness.pollNext(outputs).isPending()).isTrue();
    harness.runTasks();
    works.get(1).finish();
    harness.runTasks();
    assertThat(harness.pollNext(outputs)).isEqualTo(Next.item(1));
    assertThat(source.pulled).isEqualTo(3);
    outputs.cancel();
    harness.runTasks();
    assertThat(harness.liveTasks()).isZero();
    assertThat(harness.discarded()).as("the element whose task never began").containsExactly(2);
  }

  @Test
  void aFailureWaitsForTheEndOfTheOthers() throws Exception {
    for (Function<Parallel<Integer>, AsyncIterator<Integer>> operator :
        List.<Function<Parallel<Integer>, AsyncIterator<Integer>>>of(
            parallel -> parallel.mapAsync(this::work),
            parallel -> parallel.mapAsyncUnordered(this::work))) {
      works.clear();
      ByHand<Integer> source = ByHand.of(0, 1, 2, 3);
      AsyncIterator<Integer> outputs = operator.apply(source.parallel(3));
      assertThat(harness.pollNext(outputs).isPending()).isTrue();
      harness.runTasks();
      IOException failure = new IOException("torn");
      IOException second = new IOException("at the same time");
      works.get(0).fail(failure);
      works.get(1).fail(second);
      harness.runTasks();
      assertThat(harness.pollNext(outputs).isPending()).isTrue();
      assertThat(source.cancelled).isTrue();
      assertThat(works.get(2).cancelled).as("it is asked to stop, and has not yet").isFalse();
      harness.runTasks();
      assertThat(works.get(2).cancelled).isTrue();
      assertThat(harness.liveTasks()).isZero();
      assertThat(harness.woken()).isTrue();
      assertThatThrownBy(() -> harness.pollNext(outputs))
          .isInstanceOf(TaskFailedException.class)
          .hasCause(failure)
          .satisfies(
              thrown ->
                  assertThat(thrown.getSuppressed())
                      .singleElement()
                      .satisfies(other -> assertThat(other).hasCause(second)));
      assertThat(harness.uncaught()).isEmpty();
    }
  }

  @Test
  void anOrderedFailureWaitsForItsTurn() throws Exception {
    ByHand<Integer> source = ByHand.of(0, 1, 2);
    AsyncIterator<Integer> outputs = source.parallel(3).mapAsync(this::work);
    assertThat(harness.pollNext(outputs).isPending()).isTrue();
    harness.runTasks();
    works.get(1).fail(new IOException("torn"));
    harness.runTasks();
    assertThat(harness.pollNext(outputs).isPending()).isTrue();
    harness.runTasks();
    assertThat(works.get(2).cancelled).isTrue();
    assertThat(works.get(0).cancelled).isFalse();
    assertThat(harness.pollNext(outputs).isPending()).isTrue();
    works.get(0).finish();
    harness.runTasks();
    assertThat(harness.pollNext(outputs)).isEqualTo(Next.item(0));
    assertThatThrownBy(() -> harness.pollNext(outputs)).isInstanceOf(TaskFailedException.class);
  }

  @Test
  void aFailureOfTheUpstreamStopsTheTasks() throws Exception {
    ByHand<Integer> source = ByHand.of(0);
    AsyncIterator<Integer> outputs = source.parallel(3).mapAsyncUnordered(this::work);
    assertThat(harness.pollNext(outputs).isPending()).isTrue();
    harness.runTasks();
    IOException failure = new IOException("upstream");
    source.fail(failure);
    assertThat(harness.pollNext(outputs).isPending()).isTrue();
    harness.runTasks();
    assertThat(works.get(0).cancelled).isTrue();
    assertThatThrownBy(() -> harness.pollNext(outputs)).isSameAs(failure);
  }

  @Test
  void aFailureThatNobodySeesIsReported() throws Exception {
    AsyncIterator<Integer> outputs = ByHand.of(0, 1).parallel(2).mapAsyncUnordered(this::work);
    assertThat(harness.pollNext(outputs).isPending()).isTrue();
    harness.runTasks();
    IOException failure = new IOException("torn");
    works.get(0).fail(failure);
    harness.runTasks();
    assertThat(harness.pollNext(outputs).isPending()).isTrue();
    outputs.cancel();
    assertThat(harness.uncaught()).singleElement().satisfies(t -> assertThat(t).hasCause(failure));
    harness.runTasks();
    assertThat(harness.liveTasks()).isZero();
  }

  @Test
  void outputsThatNobodySeesAreDiscarded() throws Exception {
    AsyncIterator<String> outputs = ByHand.of(0, 1, 2).parallel(3).map(n -> "made of " + n);
    assertThat(harness.pollNext(outputs).isPending()).isTrue();
    harness.runTasks();
    assertThat(harness.pollNext(outputs)).isEqualTo(Next.item("made of 0"));
    outputs.cancel();
    assertThat(harness.discarded()).containsExactlyInAnyOrder("made of 1", "made of 2");
  }

  @Test
  void forEachEndsWhenItsTasksHaveEnded() throws Exception {
    List<Integer> seen = new ArrayList<>();
    Future<Void> all = AsyncIterators.range(0, 10).parallel(3).forEach(seen::add);
    assertThat(harness.poll(all).isPending()).isTrue();
    while (!harness.poll(all).isReady()) {
      harness.runTasks();
    }
    assertThat(seen).containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
    assertThat(harness.liveTasks()).isZero();
  }

  @Test
  void anEndlessSourceGivesWay() throws Exception {
    AsyncIterator<Integer> outputs =
        AsyncIterators.range(0, Integer.MAX_VALUE).parallel(1_000).mapUnordered(n -> n);
    assertThat(harness.pollEach(outputs, n -> true).name()).isEqualTo("PENDING");
    assertThat(harness.woken()).isTrue();
    outputs.cancel();
  }

  @Test
  void withoutASpawnerItFails() {
    Poller poller = new Poller(new Services() {}, 0, false);
    AsyncIterator<Integer> outputs = AsyncIterators.of(1).parallel(1).map(n -> n);
    assertThatThrownBy(() -> poller.pollNext(outputs, Waker.noop()))
        .isInstanceOf(MissingServiceException.class);
  }

  @Test
  void anElementThatFindsNoSpawnerIsDiscarded() {
    Poller poller = new Poller(new Services() {}, 0, false);
    List<String> closed = new ArrayList<>();
    AsyncIterator<Object> outputs =
        AsyncIterators.<AutoCloseable>of(() -> closed.add("element")).parallel(1).map(n -> n);
    assertThatThrownBy(() -> poller.pollNext(outputs, Waker.noop()))
        .isInstanceOf(MissingServiceException.class);
    assertThat(closed).containsExactly("element");
  }

  @Test
  void argumentsAreChecked() {
    AsyncIterator<Integer> source = AsyncIterators.of(1);
    assertThatThrownBy(() -> source.parallel(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("limit must be at least 1, was 0");
    assertThatThrownBy(() -> source.parallel(1, null)).hasMessage("spawner");
    assertThatThrownBy(() -> source.parallel(1).map(null).cancel()).hasMessage("function");
    assertThatThrownBy(() -> source.parallel(1).forEach(null).cancel()).hasMessage("action");
    source.cancel();
  }
}
