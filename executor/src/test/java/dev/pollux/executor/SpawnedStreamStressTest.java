package dev.pollux.executor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pollux.core.AsyncIterator;
import dev.pollux.core.AsyncIterators;
import dev.pollux.core.Futures;
import dev.pollux.core.Item;
import dev.pollux.core.Next;
import dev.pollux.core.Poll;
import dev.pollux.core.TaskCancelledException;
import java.io.IOException;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Streams that a task of their own reads, on workers that run beside the reader. */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class SpawnedStreamStressTest {

  private static final int ROUNDS = 400;

  /** An element that counts how often it was dropped. */
  private record Counted(int number, AtomicInteger closed) implements AutoCloseable {
    @Override
    public void close() {
      closed.incrementAndGet();
    }
  }

  @Test
  void everyElementComesOnceAndInOrder() throws Exception {
    Random random = new Random(42);
    try (PolluxRuntime runtime = PolluxRuntime.multiThread()) {
      for (int round = 0; round < ROUNDS; round++) {
        int size = random.nextInt(2_000);
        int capacity = 1 + random.nextInt(random.nextBoolean() ? 4 : 300);
        boolean fails = random.nextInt(4) == 0;
        int pause = 1 + random.nextInt(50);
        AsyncIterator<Integer> stream =
            AsyncIterators.range(0, size)
                .buffered(
                    1,
                    x -> x % pause == 0 ? Futures.yieldNow().map(nothing -> x) : Futures.ready(x));
        if (fails) {
          stream = stream.chain(AsyncIterators.failed(new IOException("torn")));
        }
        AsyncIterator<Integer> twice =
            stream.spawned(capacity).map(x -> x).spawned(1 + capacity / 2);
        if (fails) {
          assertThatThrownBy(() -> runtime.blockOn(runtime.spawn(twice.count())))
              .as("round %s", round)
              .hasRootCauseInstanceOf(IOException.class);
        } else {
          List<Integer> got = runtime.blockOn(twice.collect(Collectors.toList()));
          assertThat(got).as("round %s", round).hasSize(size).isSorted();
        }
      }
    }
  }

  @Test
  void nothingIsLostWhenTheReaderLeaves() throws Exception {
    Random random = new Random(43);
    for (int round = 0; round < ROUNDS / 4; round++) {
      AtomicInteger made = new AtomicInteger();
      AtomicInteger closed = new AtomicInteger();
      AtomicInteger read = new AtomicInteger();
      int leaveAfter = random.nextInt(200);
      int capacity = 1 + random.nextInt(100);
      try (PolluxRuntime runtime = PolluxRuntime.multiThread()) {
        AsyncIterator<Counted> spawned =
            AsyncIterators.range(0, Integer.MAX_VALUE)
                .map(i -> new Counted(made.getAndIncrement(), closed))
                .spawned(capacity);
        runtime.blockOn(
            Futures.pollFn(
                cx -> {
                  while (read.get() < leaveAfter) {
                    Next<Counted> next = spawned.pollNext(cx);
                    if (!(next instanceof Item<Counted>)) {
                      return Poll.pending();
                    }
                    read.incrementAndGet();
                  }
                  spawned.cancel();
                  return Poll.done();
                }));
      }
      assertThat(read.get() + closed.get()).as("round %s", round).isEqualTo(made.get());
    }
  }

  @Test
  void shutdownOfTheOtherRuntimeIsNoEnd() throws Exception {
    try (PolluxRuntime reader = PolluxRuntime.multiThread()) {
      PolluxRuntime other = PolluxRuntime.multiThread();
      AsyncIterator<Integer> spawned =
          AsyncIterators.range(0, 2)
              .chain(AsyncIterators.pollFn(cx -> Next.pending()))
              .spawned(8, other);
      assertThat(reader.blockOn(spawned.next())).hasValue(0);
      other.close();
      assertThat(reader.blockOn(spawned.next())).hasValue(1);
      assertThatThrownBy(() -> reader.blockOn(spawned.next()))
          .isInstanceOf(TaskCancelledException.class);
    }
  }
}
