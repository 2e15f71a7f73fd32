package dev.pollux.samples.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pollux.core.AsyncIterator;
import dev.pollux.core.Future;
import dev.pollux.core.Next;
import dev.pollux.core.Poll;
import dev.pollux.core.TaskFailedException;
import dev.pollux.core.Turn;
import dev.pollux.testing.PollHarness;
import dev.pollux.time.Time;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.function.IntPredicate;
import java.util.function.IntUnaryOperator;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * One run of a pipeline: makes the functions that it is built of, polls it by hand, and knows what
 * has become of each value that was made.
 */
final class Run {

  /** How a pipeline is read. */
  enum Mode {
    NEXT,
    EACH,
    /** One or the other for each turn, with sinks that stop at random. */
    MIXED
  }

  /** More turns than any pipeline needs that goes on. */
  private static final int TURNS = 1_000_000;

  final PollHarness harness = PollHarness.create();
  final List<Integer> seen = new ArrayList<>();

  private final List<Value> made = new ArrayList<>();
  private final List<ScriptedSource> sources = new ArrayList<>();
  private @Nullable Throwable thrown;
  private boolean ended;

  // ---- what pipelines are built of

  Value value(int number) {
    Value value = new Value(number);
    made.add(value);
    return value;
  }

  ScriptedSource opened(ScriptedSource source) {
    sources.add(source);
    return source;
  }

  /** A function that makes a value of a value. */
  Function<Value, Value> mapping(Failing failing, IntUnaryOperator function) {
    return taking(failing, number -> value(function.applyAsInt(number)));
  }

  /** A function that makes something of a value, which is gone with it. */
  <R> Function<Value, R> taking(Failing failing, IntFunction<? extends R> function) {
    Function<Value, R> counted = failing.of(value -> function.apply(value.number));
    return value -> {
      value.meets(Value.Fate.TAKEN);
      return counted.apply(value);
    };
  }

  /** A predicate; what it says no to is gone, as is what it fails at. */
  Predicate<Value> keeping(Failing failing, IntPredicate predicate) {
    Function<Value, Boolean> counted = failing.of(value -> predicate.test(value.number));
    return value -> {
      boolean keep = false;
      try {
        keep = counted.apply(value);
      } finally {
        if (!keep) {
          value.meets(Value.Fate.TAKEN);
        }
      }
      return keep;
    };
  }

  /** Takes all values of a list, and makes one of them that tells their number and order. */
  Value folded(List<Value> values) {
    values.forEach(value -> value.meets(Value.Fate.TAKEN));
    return value(Numbers.folded(values.stream().map(value -> value.number).toList()));
  }

  /** A future that is pending some times, or for a while, before it makes its output. */
  <T> Future<T> delayed(Random random, Future<T> output) {
    return switch (random.nextInt(4)) {
      case 0 -> output;
      case 1 -> Time.sleep(Duration.ofMillis(1 + random.nextInt(5))).flatMap(done -> output);
      default -> {
        int[] left = {random.nextInt(3)};
        yield cx -> {
          if (left[0]-- > 0) {
            cx.waker().wake();
            return Poll.pending();
          }
          return output.poll(cx);
        };
      }
    };
  }

  // ---- reading

  /** Reads to the end or the failure, or gives up and cancels after {@code turns}. */
  void read(AsyncIterator<Value> iterator, Mode mode, Random random, int turns) {
    try {
      for (int turn = 0; turn < TURNS; turn++) {
        if (turn == turns) {
          iterator.cancel();
          return;
        }
        if (turn(iterator, mode, random)) {
          ended = true;
          return;
        }
      }
    } catch (Throwable failure) {
      // what fails in a task comes by its join
      thrown = failure instanceof TaskFailedException ? failure.getCause() : failure;
      return;
    }
    throw new AssertionError("not over after " + TURNS + " turns, gave " + Numbers.text(seen));
  }

  /** One poll; true at the end. */
  private boolean turn(AsyncIterator<Value> iterator, Mode mode, Random random) throws Exception {
    if (mode == Mode.EACH || (mode == Mode.MIXED && random.nextBoolean())) {
      int limit = mode == Mode.EACH ? Integer.MAX_VALUE : 1 + random.nextInt(5);
      int[] taken = {0};
      Turn turn =
          harness.pollEach(
              iterator,
              value -> {
                if (taken[0] == limit) {
                  throw new AssertionError("offered after the sink had stopped");
                }
                given(value);
                return ++taken[0] < limit;
              });
      if ((turn == Turn.STOPPED) != (taken[0] == limit)) {
        throw new AssertionError(turn + " after " + taken[0] + " elements of " + limit);
      }
      if (turn == Turn.PENDING) {
        awaitWake();
      }
      return turn == Turn.ENDED;
    }
    Next<Value> next = harness.pollNext(iterator);
    if (next.isItem()) {
      given(next.value());
    } else if (next.isPending()) {
      awaitWake();
    }
    return next.isEnd();
  }

  private void given(Value value) {
    value.meets(Value.Fate.GIVEN);
    seen.add(value.number);
  }

  private void awaitWake() {
    while (!harness.woken()) {
      harness.runTasks();
      if (!harness.woken() && !harness.clock().advanceToNext()) {
        throw new AssertionError("pending, and nobody will wake it");
      }
    }
  }

  // ---- what is checked

  /** The message of the failure that the run ended with, or nothing. */
  String failure() {
    return thrown == null ? "" : String.valueOf(thrown.getMessage());
  }

  /** That the run gave what the model says, or the beginning of it if it was cancelled. */
  void matches(Model model, boolean conserving) {
    if (thrown != null && !(thrown instanceof PlannedFailure)) {
      throw new AssertionError("failed with what nobody planned", thrown);
    }
    if (ended || thrown != null) {
      assertThat(thrown == null ? null : thrown.getMessage())
          .as("failure, after %s", Numbers.text(seen))
          .isEqualTo(model.failure());
      if (model.ordered()) {
        assertThat(Numbers.difference(seen, model.items())).isEmpty();
      } else {
        assertThat(seen).containsExactlyInAnyOrderElementsOf(model.items());
      }
    } else if (model.ordered()) {
      assertThat(Numbers.difference(seen, model.first(seen.size()).items())).isEmpty();
    } else {
      List<Integer> rest = new ArrayList<>(model.items());
      assertThat(seen).allMatch(rest::remove);
    }
    letGo(conserving);
  }

  /** That nothing is left behind, and every value ended once. */
  private void letGo(boolean conserving) {
    harness.runTasks(); // one that was cancelled ends in its next turn, one that closes goes on
    while (harness.liveTasks() > 0 && harness.clock().advanceToNext()) {
      harness.runTasks();
    }
    assertThat(harness.liveTasks()).as("tasks").isZero();
    // A failure that has come and was never asked for is reported; no other one, and none twice.
    assertThat(harness.uncaught())
        .as("failures without an owner")
        .doesNotHaveDuplicates()
        .allMatch(failure -> failure instanceof PlannedFailure && failure != thrown);
    assertThat(harness.clock().armed()).as("timers").isZero();
    assertThat(sources).as("sources").allMatch(ScriptedSource::isReleased);
    harness.discarded().forEach(Run::discarded);
    if (conserving) {
      assertThat(made)
          .as("values neither given nor discarded, in the order in which they were made")
          .noneMatch(value -> value.fate() == Value.Fate.MADE);
    }
  }

  private static void discarded(Object dropped) {
    if (dropped instanceof Value value) {
      value.meets(Value.Fate.DISCARDED);
    } else if (dropped instanceof Iterable<?> several) {
      several.forEach(Run::discarded);
    }
  }
}
