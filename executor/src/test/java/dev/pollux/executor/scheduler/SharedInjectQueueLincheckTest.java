package dev.pollux.executor.scheduler;

import dev.pollux.executor.task.Task;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Options;
import org.jetbrains.lincheck.datastructures.StressOptions;
import org.jetbrains.lincheck.datastructures.Validate;
import org.jetbrains.lincheck.datastructures.verifier.EpsilonVerifier;
import org.junit.jupiter.api.Test;

/**
 * Pushes, takes and the close of the shared queue under every interleaving: each task that was
 * accepted is taken once, or still there; those of one thread stay in order.
 *
 * <p>It is no linearizable queue: a take may find nothing while another holds the chain.
 */
public final class SharedInjectQueueLincheckTest {

  private static final int MOST_TASKS = 64;

  private final SharedInjectQueue inject = new SharedInjectQueue();
  private final Ring one = new Ring(4);
  private final Ring two = new Ring(4);
  private final Task<?>[] tasks = Tasks.tasks(MOST_TASKS).toArray(Task<?>[]::new);
  private final AtomicInteger numbers = new AtomicInteger();
  private final AtomicIntegerArray taken = new AtomicIntegerArray(MOST_TASKS);
  private final AtomicIntegerArray accepted = new AtomicIntegerArray(MOST_TASKS);
  private volatile boolean closed;
  private volatile boolean acceptedAfterClose;

  @Operation
  public void push() {
    boolean late = closed;
    int number = numbers.getAndIncrement();
    if (inject.push(tasks[number])) {
      accepted.set(number, 1);
      acceptedAfterClose |= late;
    }
  }

  @Operation
  public void pushBatch() {
    int first = numbers.getAndAdd(3);
    for (int i = first; i < first + 3; i++) {
      accepted.set(i, 1);
    }
    inject.pushBatch(Arrays.copyOfRange(tasks, first, first + 3));
  }

  @Operation(nonParallelGroup = "one")
  public void takeMany() {
    note(Tasks.with(inject.take(4, one), one));
  }

  @Operation(nonParallelGroup = "two")
  public void takeSingle() {
    note(Tasks.with(inject.take(1, two), two));
  }

  @Operation(runOnce = true)
  public void close() {
    inject.close(2);
    closed = true;
  }

  private void note(List<Task<?>> found) {
    for (Task<?> task : found) {
      taken.incrementAndGet(Arrays.asList(tasks).indexOf(task));
    }
  }

  @Validate
  public void everythingIsTakenOnceOrStillThere() {
    List<Task<?>> left = new ArrayList<>();
    while (!inject.isEmpty()) {
      left.addAll(Tasks.with(inject.take(4, one), one));
    }
    note(left);
    for (int i = 0; i < numbers.get(); i++) {
      if (taken.get(i) != accepted.get(i)) {
        throw new AssertionError(i + " accepted " + accepted.get(i) + ", taken " + taken.get(i));
      }
    }
    if (acceptedAfterClose) {
      throw new AssertionError("accepted after the close");
    }
  }

  @Test
  void everyTaskIsTakenOnceUnderEveryInterleaving() {
    check(new ModelCheckingOptions().iterations(30).invocationsPerIteration(500));
  }

  @Test
  void everyTaskIsTakenOnceUnderStress() {
    check(new StressOptions().iterations(15).invocationsPerIteration(1_000));
  }

  private static void check(Options<?, ?> options) {
    options
        .threads(3)
        .actorsBefore(2)
        .actorsPerThread(2)
        .actorsAfter(0)
        .verifier(EpsilonVerifier.class)
        .check(SharedInjectQueueLincheckTest.class);
  }
}
