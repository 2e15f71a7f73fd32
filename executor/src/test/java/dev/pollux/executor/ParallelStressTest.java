package dev.pollux.executor;

import static dev.pollux.executor.Waiting.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pollux.core.AsyncIterator;
import dev.pollux.core.AsyncIterators;
import dev.pollux.core.Context;
import dev.pollux.core.Future;
import dev.pollux.core.Poll;
import dev.pollux.core.TaskFailedException;
import dev.pollux.executor.MultiThreading.Uncaught;
import dev.pollux.stream.Parallel;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/** Streams that work on their elements in tasks, on all workers at once. */
@Tag("stress")
@ParameterizedClass(name = "{0} workers")
@ValueSource(ints = {1, 2, 8})
@Timeout(120)
class ParallelStressTest {

  private static final long RUN_NANOS = TimeUnit.MILLISECONDS.toNanos(700);

  private final int workers;
  private final Uncaught uncaught = new Uncaught();
  private final MultiThreadRuntime runtime;
  private final long seed = System.nanoTime();

  ParallelStressTest(int workers) {
    this.workers = workers;
    this.runtime =
        PolluxRuntime.builder()
            .workers(workers)
            .uncaughtFailureHandler(uncaught::add)
            .multiThread();
  }

  @AfterEach
  void close() throws Exception {
    await(() -> runtime.liveTasks() == 0);
    runtime.close();
  }

  /** An element, which is worked on or closed, once. */
  private static final class Item implements AutoCloseable {
    final int number;
    final AtomicInteger ends = new AtomicInteger();

    Item(int number) {
      this.number = number;
    }

    @Override
    public void close() {
      ends.incrementAndGet();
    }
  }

  /** Yields some times, and then completes or fails; counts those that are in flight. */
  private static final class Work implements Future<Item> {
    private final Item item;
    private final AtomicInteger inFlight;
    private final boolean fails;
    private int yields;
    private boolean begun;

    Work(Item item, AtomicInteger inFlight, int limit, int yields, boolean fails) {
      this.item = item;
      this.inFlight = inFlight;
      this.yields = yields;
      this.fails = fails;
      this.begun = true;
      assertThat(inFlight.incrementAndGet()).as("in flight").isLessThanOrEqualTo(limit);
    }

    @Override
    public Poll<Item> poll(Context cx) throws Exception {
      if (yields-- > 0) {
        cx.wakeSelf();
        return Poll.pending();
      }
      end();
      if (fails) {
        item.close();
        throw new IOException("expected");
      }
      return Poll.ready(item);
    }

    @Override
    public void cancel() {
      if (begun) {
        end();
        item.close();
      }
    }

    private void end() {
      begun = false;
      inFlight.decrementAndGet();
    }
  }

  /** One stream of a round. */
  private static final class Round {
    final List<Item> pulled = new ArrayList<>(); // by the task of the stream
    final AtomicInteger inFlight = new AtomicInteger();
    final int limit;
    final boolean ordered;
    final AsyncIterator<Item> outputs;

    Round(Random random, int count, int failing) {
      limit = 1 + random.nextInt(6);
      ordered = random.nextBoolean();
      int[] yields = random.ints(count, 0, 4).toArray();
      Parallel<Item> parallel =
          AsyncIterators.range(0, count)
              .map(
                  number -> {
                    Item item = new Item(number);
                    pulled.add(item);
                    return item;
                  })
              .parallel(limit);
      outputs =
          ordered
              ? parallel.mapAsync(item -> work(item, yields, failing))
              : parallel.mapAsyncUnordered(item -> work(item, yields, failing));
    }

    private Future<Item> work(Item item, int[] yields, int failing) {
      return new Work(item, inFlight, limit, yields[item.number], item.number == failing);
    }
  }

  @Test
  void everyElementComesOutOnceAndInOrder() throws Exception {
    Random random = new Random(seed);
    long end = System.nanoTime() + RUN_NANOS;
    while (System.nanoTime() < end) {
      int count = random.nextInt(300);
      Round round = new Round(random, count, -1);
      List<Item> given = runtime.blockOn(round.outputs.collect(Collectors.toList()));
      List<Integer> numbers = given.stream().map(item -> item.number).toList();
      List<Integer> expected = IntStream.range(0, count).boxed().toList();
      if (round.ordered) {
        assertThat(numbers).as("seed %d", seed).isEqualTo(expected);
      } else {
        assertThat(numbers).as("seed %d", seed).containsExactlyInAnyOrderElementsOf(expected);
      }
      assertThat(round.inFlight).hasValue(0);
      assertThat(given).allMatch(item -> item.ends.get() == 0);
    }
    uncaught.assertNone();
  }

  @Test
  void aStreamThatFailsHasNoTaskLeftAndLosesNothing() throws Exception {
    Random random = new Random(seed);
    long end = System.nanoTime() + RUN_NANOS;
    while (System.nanoTime() < end) {
      int failing = random.nextInt(100);
      Round round = new Round(random, 100, failing);
      List<Item> given = new ArrayList<>();
      Throwable thrown = null;
      try {
        Void unused = runtime.blockOn(round.outputs.forEach(given::add));
      } catch (TaskFailedException failure) {
        thrown = failure;
      }
      assertThat(thrown).as("seed %d", seed).hasRootCauseInstanceOf(IOException.class);
      assertThat(round.inFlight).as("in flight at the end, seed %d", seed).hasValue(0);
      if (round.ordered) {
        assertThat(given).hasSize(failing);
      }
      // A task has ended before its output is discarded.
      for (Item item : round.pulled) {
        int ends = given.contains(item) ? 0 : 1;
        await(() -> item.ends.get() >= ends);
        assertThat(item.ends).as("item %d, seed %d", item.number, seed).hasValue(ends);
      }
    }
    uncaught.assertNone();
  }

  @Test
  void aStreamThatIsCancelledStopsItsTasksAndLosesNothing() throws Exception {
    Random random = new Random(seed);
    long end = System.nanoTime() + RUN_NANOS;
    while (System.nanoTime() < end) {
      Round round = new Round(random, 200, -1);
      int enough = random.nextInt(30);
      List<Item> given = runtime.blockOn(round.outputs.take(enough).collect(Collectors.toList()));
      assertThat(given).hasSize(enough);
      await(() -> runtime.liveTasks() == 0);
      assertThat(round.inFlight).as("seed %d", seed).hasValue(0);
      for (Item item : round.pulled) {
        int ends = given.contains(item) ? 0 : 1;
        await(() -> item.ends.get() >= ends);
        assertThat(item.ends).as("item %d, seed %d", item.number, seed).hasValue(ends);
      }
    }
    uncaught.assertNone();
  }

  @Test
  void allWorkersTakePart() throws Exception {
    CountDownLatch met = new CountDownLatch(workers);
    Set<String> threads = ConcurrentHashMap.newKeySet();
    Void unused =
        runtime.blockOn(
            AsyncIterators.range(0, workers)
                .parallel(workers)
                .forEach(
                    n -> {
                      threads.add(Thread.currentThread().getName());
                      met.countDown();
                      try {
                        MultiThreading.awaitOpen(met);
                      } catch (InterruptedException failure) {
                        throw new AssertionError(failure);
                      }
                    }));
    assertThat(new TreeSet<>(threads)).hasSize(workers);
  }
}
