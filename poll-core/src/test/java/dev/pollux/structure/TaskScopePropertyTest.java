package dev.pollux.structure;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pollux.core.Future;
import dev.pollux.core.JoinHandle;
import dev.pollux.core.Poll;
import dev.pollux.core.TaskFailedException;
import dev.pollux.structure.TaskScopeTest.Child;
import dev.pollux.testing.PollHarness;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/**
 * Random programs on a scope: wherever a spawn is cancelled, a child ends or the scope is closed,
 * no permit and no child is lost or doubled.
 */
class TaskScopePropertyTest {

  private static final int SPAWN = 0;
  private static final int TRY_SPAWN = 1;
  private static final int POLL_SPAWN = 2;
  private static final int CANCEL_SPAWN = 3;
  private static final int COMPLETE = 4;
  private static final int FAIL = 5;
  private static final int REQUEST_CANCEL = 6;
  private static final int RUN_TASKS = 7;
  private static final int CLOSE = 8;
  private static final int KINDS = 9;

  /** A spawn that has not been answered. */
  private record Asked(Future<JoinHandle<String>> spawn) {}

  @Property(tries = 2000)
  void noPermitIsLostOrDoubled(
      @ForAll @IntRange(min = 1, max = 3) int limit,
      @ForAll @Size(max = 60) List<@IntRange(max = 100 * KINDS - 1) Integer> program)
      throws Exception {
    new World().noPermitIsLostOrDoubled(limit, program);
  }

  @Property(tries = 2000)
  void everyChildEndsAndEveryFailureIsToldOnce(
      @ForAll @IntRange(min = 1, max = 3) int limit,
      @ForAll boolean joins,
      @ForAll @Size(max = 60) List<@IntRange(max = 100 * KINDS - 1) Integer> program)
      throws Exception {
    new World().everyChildEndsAndEveryFailureIsToldOnce(limit, joins, program);
  }

  /** A scope, what runs its children, and what became of them. */
  private static final class World {
    private final PollHarness harness = PollHarness.create();
    private final List<String> cancelled = new ArrayList<>();
    private final List<Throwable> reported = new ArrayList<>();
    private final List<Child> children = new ArrayList<>();
    private final List<Asked> asked = new ArrayList<>();
    private final List<JoinHandle<String>> handles = new ArrayList<>();

    void noPermitIsLostOrDoubled(int limit, List<Integer> program) throws Exception {
      TaskScope scope = scope(limit, FailurePolicy.KEEP_GOING);
      for (int step : program) {
        if (step % KINDS != CLOSE) {
          step(scope, step % KINDS, step / KINDS);
          assertThat(scope.liveChildren()).isBetween(0, limit);
          assertThat(harness.liveTasks()).isLessThanOrEqualTo(limit);
        }
      }
      asked.forEach(open -> open.spawn().cancel());
      handles.forEach(JoinHandle::requestCancel);
      harness.runTasks();
      assertThat(scope.liveChildren()).isZero();
      for (int i = 0; i < limit; i++) {
        assertThat(scope.trySpawn(new Child("filler", cancelled))).as("permit %s", i).isPresent();
      }
      assertThat(scope.trySpawn(new Child("one more", cancelled))).isEmpty();
      harness.runToCompletion(scope.closeAsync(), 100);
      assertThat(harness.liveTasks()).isZero();
    }

    void everyChildEndsAndEveryFailureIsToldOnce(int limit, boolean joins, List<Integer> program)
        throws Exception {
      TaskScope scope = scope(limit, FailurePolicy.CANCEL_SIBLINGS);
      for (int step : program) {
        step(scope, step % KINDS, step / KINDS);
        assertThat(scope.liveChildren()).isBetween(0, limit);
      }
      for (Asked open : List.copyOf(asked)) {
        open.spawn().cancel();
      }
      scope.requestCancelAll();
      int thrown = 0;
      if (joins) {
        try {
          harness.runToCompletion(scope.join(), 100);
        } catch (TaskFailedException failure) {
          thrown = 1 + failure.getSuppressed().length;
        }
      }
      harness.runToCompletion(scope.closeAsync(), 100);
      assertThat(scope.liveChildren()).isZero();
      assertThat(harness.liveTasks()).isZero();
      assertThat(harness.uncaught()).as("what the runtime reported").isEmpty();
      int failed = 0;
      for (Child child : children) {
        failed += child.thrown;
        assertThat(child.ends()).as(child.name).isLessThanOrEqualTo(1);
      }
      assertThat(thrown + reported.size()).isEqualTo(failed);
    }

    private TaskScope scope(int limit, FailurePolicy policy) {
      return TaskScope.on(
          harness.services().spawner(),
          ScopeOptions.defaults()
              .withMaxConcurrent(limit)
              .withFailurePolicy(policy)
              .withUncaughtFailureHandler((failure, origin) -> reported.add(failure)));
    }

    private void step(TaskScope scope, int kind, int argument) throws Exception {
      switch (kind) {
        case SPAWN -> {
          Asked open = new Asked(scope.spawn(newChild()));
          asked.add(open);
          poll(open);
        }
        case TRY_SPAWN -> {
          try {
            scope.trySpawn(newChild()).ifPresent(handles::add);
          } catch (ScopeClosedException expected) {
            // it was cancelled
          }
        }
        case POLL_SPAWN -> {
          if (!asked.isEmpty()) {
            poll(asked.get(argument % asked.size()));
          }
        }
        case CANCEL_SPAWN -> {
          if (!asked.isEmpty()) {
            asked.remove(argument % asked.size()).spawn().cancel();
          }
        }
        case COMPLETE -> with(argument, Child::complete);
        case FAIL -> with(argument, Child::fail);
        case REQUEST_CANCEL -> {
          if (!handles.isEmpty()) {
            handles.get(argument % handles.size()).requestCancel();
          }
        }
        case RUN_TASKS -> harness.runTasks();
        case CLOSE -> {
          if (argument % 4 == 0) {
            Future<Void> close = scope.closeAsync();
            harness.poll(close);
            close.cancel();
          }
        }
        default -> throw new AssertionError(kind);
      }
    }

    private Child newChild() {
      Child child = new Child("child " + children.size(), cancelled);
      children.add(child);
      return child;
    }

    private void with(int argument, Consumer<Child> action) {
      if (!children.isEmpty()) {
        action.accept(children.get(argument % children.size()));
      }
    }

    private void poll(Asked open) throws Exception {
      try {
        Poll<JoinHandle<String>> answer = harness.poll(open.spawn());
        if (answer.isPending()) {
          return;
        }
        handles.add(answer.value());
      } catch (ScopeClosedException expected) {
        // and its child cancelled
      }
      asked.remove(open);
    }
  }
}
