package dev.pollux.structure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pollux.core.Context;
import dev.pollux.core.Description;
import dev.pollux.core.Future;
import dev.pollux.core.Futures;
import dev.pollux.core.JoinHandle;
import dev.pollux.core.Poll;
import dev.pollux.core.PollAfterEndException;
import dev.pollux.core.RuntimeShutdownException;
import dev.pollux.spi.Spawner;
import dev.pollux.testing.PollHarness;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class TaskTrackerTest {

  private final PollHarness harness = PollHarness.create();
  private final TaskTracker tracker = new TaskTracker();

  @Test
  void countsFromTrackToTheEndHoweverItEnds() throws Exception {
    Future<String> ready = tracker.track(Futures.ready("value"));
    Future<String> failed = tracker.track(Futures.failed(new IOException("torn")));
    Future<String> cancelled = tracker.track(Futures.pending());
    Future<String> neverPolled = tracker.track(Futures.pending());
    assertThat(tracker.size()).isEqualTo(4);
    assertThat(harness.poll(ready).value()).isEqualTo("value");
    assertThat(tracker.size()).isEqualTo(3);
    assertThatThrownBy(() -> harness.poll(failed)).isInstanceOf(IOException.class);
    assertThat(tracker.size()).isEqualTo(2);
    assertThat(harness.poll(cancelled).isPending()).isTrue();
    assertThat(tracker.size()).isEqualTo(2);
    cancelled.cancel();
    cancelled.cancel();
    ready.cancel();
    assertThat(tracker.size()).isEqualTo(1);
    neverPolled.cancel();
    assertThat(tracker.isEmpty()).isTrue();
    assertThat(tracker.isClosed()).isFalse();
    for (Future<String> over : List.of(ready, failed, cancelled, neverPolled)) {
      assertThatThrownBy(() -> harness.poll(over)).isInstanceOf(PollAfterEndException.class);
    }
  }

  @Test
  void anAnswerOfNullIsAnEndToo() {
    Future<String> broken = tracker.track(cx -> null);
    assertThatThrownBy(() -> harness.poll(broken)).isInstanceOf(NullPointerException.class);
    assertThat(tracker.isEmpty()).isTrue();
    assertThatThrownBy(() -> harness.poll(broken)).isInstanceOf(PollAfterEndException.class);
  }

  @Test
  void whenEmptyWaitsForTheCloseAndForTheLast() throws Exception {
    Future<Void> first = tracker.whenEmpty();
    Future<Void> second = tracker.whenEmpty();
    Future<Void> gone = tracker.whenEmpty();
    assertThat(harness.poll(first).isPending()).isTrue();
    assertThat(harness.poll(second).isPending()).isTrue();
    assertThat(harness.poll(gone).isPending()).isTrue();
    gone.cancel();
    Future<Void> tracked = tracker.track(Futures.pending());
    tracker.close();
    tracker.close();
    assertThat(harness.woken()).isFalse();
    tracked.cancel();
    assertThat(harness.wakes()).isEqualTo(2);
    assertThat(harness.poll(first).isReady()).isTrue();
    assertThat(harness.poll(second).isReady()).isTrue();
    assertThat(harness.poll(tracker.whenEmpty()).isReady()).isTrue();
  }

  @Test
  void anEmptyTrackerThatIsOpenIsNotTheEnd() throws Exception {
    Future<Void> end = tracker.whenEmpty();
    tracker.track(Futures.pending()).cancel();
    assertThat(harness.poll(end).isPending()).isTrue();
    tracker.close();
    assertThat(harness.woken()).isTrue();
    assertThat(harness.poll(end).isReady()).isTrue();
  }

  @Test
  void aTrackerThatWasClosedTakesMoreUntilItIsEmpty() throws Exception {
    Future<Void> outer = tracker.track(Futures.pending());
    tracker.close();
    Future<Void> inner = tracker.track(Futures.pending());
    outer.cancel();
    assertThat(tracker.size()).isEqualTo(1);
    inner.cancel();
    List<String> done = new ArrayList<>();
    Future<Void> late =
        Futures.pollFn(cx -> Poll.pending(), () -> done.add("cancelled"), description -> {});
    assertThatThrownBy(() -> tracker.track(late))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("closed and empty");
    assertThatThrownBy(() -> tracker.spawn(spawner(), late))
        .isInstanceOf(IllegalStateException.class);
    assertThat(done).isEmpty();
    late.cancel(); // nobody has taken it
    assertThat(tracker.isEmpty()).isTrue();
  }

  @Test
  void theBodyIsCancelledBeforeItIsCountedOut() throws Exception {
    List<Long> sizes = new ArrayList<>();
    Future<Void> tracked =
        tracker.track(
            Futures.pollFn(
                cx -> Poll.pending(), () -> sizes.add(tracker.size()), description -> {}));
    harness.poll(tracked);
    tracked.cancel();
    assertThat(sizes).containsExactly(1L);
    assertThat(tracker.size()).isZero();
  }

  @Test
  void aBodyWhoseCancelThrowsIsCountedOutAndReported() throws Exception {
    AssertionError thrown = new AssertionError("thrown by cancel");
    Future<Void> tracked =
        tracker.track(
            new Future<Void>() {
              @Override
              public Poll<Void> poll(Context cx) {
                return Poll.pending();
              }

              @Override
              public void cancel() {
                throw thrown;
              }
            });
    harness.poll(tracked);
    tracked.cancel();
    assertThat(harness.uncaught()).containsExactly(thrown);
    assertThat(tracker.isEmpty()).isTrue();
  }

  @Test
  void aSpawnedTaskCountsUntilItHasEnded() throws Exception {
    Future<String> join = tracker.spawn(spawner(), Futures.ready("value"));
    assertThat(tracker.size()).isEqualTo(1);
    assertThat(harness.runToCompletion(join, 10)).isEqualTo("value");
    assertThat(tracker.isEmpty()).isTrue();
  }

  @Test
  void aSpawnThatIsRefusedDoesNotCount() {
    List<String> done = new ArrayList<>();
    Future<Void> future =
        Futures.pollFn(cx -> Poll.pending(), () -> done.add("cancelled"), description -> {});
    Spawner refusing =
        new Spawner() {
          @Override
          public <T extends @Nullable Object> JoinHandle<T> spawn(Future<T> future) {
            throw new RuntimeShutdownException("closed");
          }

          @Override
          public <T extends @Nullable Object> JoinHandle<T> spawn(String name, Future<T> future) {
            throw new RuntimeShutdownException("closed");
          }
        };
    assertThatThrownBy(() -> tracker.spawn(refusing, future))
        .isInstanceOf(RuntimeShutdownException.class);
    assertThat(done).containsExactly("cancelled");
    assertThat(tracker.isEmpty()).isTrue();
  }

  private Spawner spawner() {
    return harness.services().spawner();
  }

  @Test
  void refusesNull() {
    assertThatThrownBy(() -> tracker.track(null))
        .isInstanceOf(NullPointerException.class)
        .hasMessage("future");
    assertThatThrownBy(() -> tracker.spawn(null, Futures.pending()))
        .isInstanceOf(NullPointerException.class)
        .hasMessage("spawner");
    assertThat(tracker.isEmpty()).isTrue();
  }

  @Test
  void describesItself() throws Exception {
    Future<Void> tracked = tracker.track(Futures.pending());
    Future<Void> end = tracker.whenEmpty();
    assertThat(Description.of(tracked))
        .hasToString("tracked\n  body: pending waits for nothing, for ever");
    assertThat(Description.of(end))
        .hasToString("whenEmpty waits for the close of a tracker with 1 futures");
    assertThat(tracker).hasToString("TaskTracker[1 under way, open]");
    tracker.close();
    assertThat(Description.of(end)).hasToString("whenEmpty waits for the end of 1 tracked futures");
    assertThat(tracker).hasToString("TaskTracker[1 under way, closed]");
    tracked.cancel();
    assertThat(harness.poll(end).isReady()).isTrue();
    assertThat(Description.of(end)).hasToString("whenEmpty {state=over}");
  }
}
