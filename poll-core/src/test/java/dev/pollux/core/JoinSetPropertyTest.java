package dev.pollux.core;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pollux.testing.PollHarness;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/**
 * Random programs on a set: whatever is spawned, completed, failed and cancelled, and wherever a
 * join is cancelled, each task has one outcome, and that reaches one place.
 */
class JoinSetPropertyTest {

  private static final int SPAWN = 0;
  private static final int COMPLETE = 1;
  private static final int FAIL = 2;
  private static final int REQUEST_CANCEL = 3;
  private static final int RUN_TASKS = 4;
  private static final int POLL_NEXT = 5;
  private static final int CANCEL_NEXT = 6;
  private static final int TRY_NEXT = 7;
  private static final int POLL_ALL = 8;
  private static final int CANCEL_ALL_JOIN = 9;
  private static final int REQUEST_CANCEL_ALL = 10;
  private static final int KINDS = 11;

  private static final class Outcomes {
    final TreeMap<String, Integer> seen = new TreeMap<>();

    void saw(String child) {
      seen.merge(child, 1, Integer::sum);
    }
  }

  @Property(tries = 3000)
  void everyOutcomeReachesOnePlace(
      @ForAll @Size(max = 60) List<@IntRange(max = 100 * KINDS - 1) Integer> program)
      throws Exception {
    new World().run(program);
  }

  /** A set, what runs its tasks, and what became of them. */
  private static final class World {
    private final PollHarness harness = PollHarness.create();
    private final JoinSet<String> set = JoinSet.on(harness.services().spawner());
    private final List<Probe<String>> probes = new ArrayList<>();
    private final List<CancelHandle> handles = new ArrayList<>();
    private final List<String> stopped = new ArrayList<>();
    private final Outcomes outcomes = new Outcomes();
    private Future<Optional<TaskResult<String>>> next;
    private Future<List<String>> all;

    void run(List<Integer> program) throws Exception {
      for (int step : program) {
        step(step % KINDS, step / KINDS);
        assertThat(set.size()).isLessThanOrEqualTo(probes.size());
      }
      if (next != null) {
        next.cancel();
      }
      if (all != null) {
        all.cancel();
      }
      harness.runToCompletion(set.closeAsync(), 1000);
      harness.runTasks();
      assertThat(harness.liveTasks()).isZero();
      assertThat(set.size()).isZero();
      harness.discarded().forEach(value -> outcomes.saw(value.toString()));
      harness.uncaught().forEach(failure -> sawFailure(failure));
      // Cancelled ones are dropped silently by close and joinAll; each was cancelled once.
      assertThat(outcomes.seen.values()).allMatch(times -> times == 1);
      for (int i = 0; i < probes.size(); i++) {
        int outcome = outcomes.seen.containsKey("child " + i) ? 1 : 0;
        assertThat(outcome + probes.get(i).cancels).as("ends of child %s", i).isEqualTo(1);
      }
      assertThat(stopped).doesNotHaveDuplicates();
    }

    private void step(int kind, int argument) throws Exception {
      switch (kind) {
        case SPAWN -> {
          Probe<String> probe = new Probe<>("child " + probes.size(), stopped);
          probes.add(probe);
          handles.add(set.spawn(probe));
        }
        case COMPLETE -> {
          if (!probes.isEmpty()) {
            int i = argument % probes.size();
            probes.get(i).complete("child " + i);
          }
        }
        case FAIL -> {
          if (!probes.isEmpty()) {
            int i = argument % probes.size();
            probes.get(i).fail(new IOException("child " + i));
          }
        }
        case REQUEST_CANCEL -> {
          if (!handles.isEmpty()) {
            handles.get(argument % handles.size()).requestCancel();
          }
        }
        case RUN_TASKS -> harness.runTasks();
        case POLL_NEXT -> pollNext();
        case CANCEL_NEXT -> {
          if (next != null) {
            next.cancel();
            next = null;
          }
        }
        case TRY_NEXT -> set.tryJoinNextResult().ifPresent(this::saw);
        case POLL_ALL -> pollAll();
        case CANCEL_ALL_JOIN -> {
          if (all != null) {
            all.cancel();
            all = null;
          }
        }
        case REQUEST_CANCEL_ALL -> set.requestCancelAll();
        default -> throw new AssertionError(kind);
      }
    }

    private void pollNext() throws Exception {
      if (all != null) {
        return; // one future at a time borrows the set
      }
      if (next == null) {
        next = set.joinNextResult();
      }
      Poll<Optional<TaskResult<String>>> answer = harness.poll(next);
      if (answer.isReady()) {
        next = null;
        answer.value().ifPresent(this::saw);
      }
    }

    private void pollAll() throws Exception {
      if (next != null) {
        return;
      }
      if (all == null) {
        all = set.joinAll();
      }
      try {
        Poll<List<String>> answer = harness.poll(all);
        if (answer.isReady()) {
          all = null;
          answer.value().forEach(outcomes::saw);
        }
      } catch (JoinException failure) {
        all = null;
        sawFailure(failure);
      }
    }

    private void saw(TaskResult<String> result) {
      if (result.isCompleted()) {
        outcomes.saw(result.value());
      } else if (result instanceof TaskResult.Failed<String> failed) {
        outcomes.saw(failed.cause().getMessage());
      }
    }

    private void sawFailure(Throwable failure) {
      Throwable cause = failure instanceof JoinException ? failure.getCause() : failure;
      if (cause != null) { // else it was cancelled
        outcomes.saw(cause.getMessage());
      }
      for (Throwable later : failure.getSuppressed()) {
        sawFailure(later);
      }
    }
  }
}
