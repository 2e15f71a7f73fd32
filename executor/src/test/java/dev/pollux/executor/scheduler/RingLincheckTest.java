package dev.pollux.executor.scheduler;

import dev.pollux.executor.task.Task;
import java.util.ArrayList;
import java.util.List;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Options;
import org.jetbrains.lincheck.datastructures.StressOptions;
import org.junit.jupiter.api.Test;

/**
 * A ring with its owner and thieves, under every interleaving, held against a list. The indices
 * wrap around within a scenario, and slots are used again.
 */
public final class RingLincheckTest {

  private static final int CAPACITY = 2;

  private final Ring ring = new Ring(CAPACITY, -2);
  private final Ring one = new Ring(CAPACITY, -1);
  private final Ring two = new Ring(CAPACITY, Integer.MAX_VALUE);
  private final List<Task<?>> tasks = Tasks.tasks(16);
  private int pushed;

  @Operation(nonParallelGroup = "owner")
  public boolean push() {
    boolean done = ring.tryPush(tasks.get(pushed));
    if (done) {
      pushed++;
    }
    return done;
  }

  @Operation(nonParallelGroup = "owner")
  public int pop() {
    Task<?> task = ring.pop();
    return task == null ? -1 : tasks.indexOf(task);
  }

  @Operation(nonParallelGroup = "owner")
  public List<Integer> takeAll() {
    Task<?>[] room = new Task<?>[CAPACITY];
    int count = ring.takeAll(room);
    List<Integer> numbers = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      numbers.add(tasks.indexOf(room[i]));
    }
    return numbers;
  }

  @Operation(nonParallelGroup = "owner")
  public void forget() {
    ring.forget();
  }

  @Operation(nonParallelGroup = "one")
  public List<Integer> stealOne() {
    return steal(one);
  }

  @Operation(nonParallelGroup = "two")
  public List<Integer> stealTwo() {
    return steal(two);
  }

  private List<Integer> steal(Ring thief) {
    Task<?> oldest = ring.stealInto(thief);
    return Tasks.with(oldest, thief).stream().map(tasks::indexOf).toList();
  }

  /** What a ring is. */
  public static final class Model {

    private final List<Integer> tasks = new ArrayList<>();
    private int pushed;

    public boolean push() {
      return tasks.size() < CAPACITY && tasks.add(pushed++);
    }

    public int pop() {
      return tasks.isEmpty() ? -1 : tasks.remove(0);
    }

    public List<Integer> takeAll() {
      return take(tasks.size());
    }

    public void forget() {}

    public List<Integer> stealOne() {
      return take((tasks.size() + 1) / 2);
    }

    public List<Integer> stealTwo() {
      return take((tasks.size() + 1) / 2);
    }

    private List<Integer> take(int count) {
      List<Integer> taken = List.copyOf(tasks.subList(0, count));
      tasks.subList(0, count).clear();
      return taken;
    }
  }

  @Test
  void everyAnswerIsLegalUnderEveryInterleaving() {
    check(new ModelCheckingOptions().iterations(30).invocationsPerIteration(500));
  }

  @Test
  void everyAnswerIsLegalUnderStress() {
    check(new StressOptions().iterations(15).invocationsPerIteration(1_000));
  }

  private static void check(Options<?, ?> options) {
    options
        .threads(3)
        .actorsBefore(2)
        .actorsPerThread(2)
        .actorsAfter(2)
        .sequentialSpecification(Model.class)
        .check(RingLincheckTest.class);
  }
}
