package dev.pollux.stream;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import dev.pollux.core.AsyncIterator;
import dev.pollux.core.AsyncIterators;
import dev.pollux.core.Future;
import dev.pollux.core.Next;
import dev.pollux.core.Poll;
import dev.pollux.core.Poller;
import dev.pollux.core.Turn;
import dev.pollux.core.Waker;
import dev.pollux.spi.Services;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.FutureTask;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Readers on threads of their own, a source that wakes from another, and readers that give up at
 * random, after a poll or after a wake. Nobody waits for ever, the source is polled by one at a
 * time and never out of order, and each reader gets what it must in order.
 */
@Tag("stress")
class SharingStressTest {

  private static final long RUN_NANOS = Duration.ofMillis(700).toNanos();
  private static final int ELEMENTS = 200;

  /** A source of the numbers from 0, each of which comes when a thread says so. */
  private static final class Source {

    private final AtomicInteger came = new AtomicInteger();
    private final AtomicReference<Waker> waker = new AtomicReference<>();
    private final AtomicInteger polling = new AtomicInteger();

    /** Not volatile: whoever polls next must see what the poll before wrote. */
    private int given;

    private volatile boolean cancelled;

    AsyncIterator<Integer> iterator() {
      return AsyncIterators.pollFn(
          cx -> {
            if (polling.getAndIncrement() != 0) {
              throw new AssertionError("two polls at once");
            }
            try {
              waker.set(cx.waker());
              int now = came.get();
              if (given == ELEMENTS) {
                return now > ELEMENTS ? Next.end() : Next.pending();
              }
              if (given == now) {
                return Next.pending();
              }
              return Next.item(given++);
            } finally {
              polling.getAndDecrement();
            }
          },
          () -> cancelled = true);
    }

    void comes() {
      came.incrementAndGet();
      Waker waker = this.waker.getAndSet(null);
      if (waker != null) {
        waker.wake();
      }
    }

    Void run(Random random) {
      for (int i = 0; i < ELEMENTS; i++) {
        comes();
        for (int spin = random.nextInt(200); spin > 0; spin--) {
          Thread.onSpinWait();
        }
      }
      comes(); // the end
      return null;
    }
  }

  /** A thread that polls one iterator after another as a task does: when it is woken. */
  private static final class Reading {

    private final Semaphore wakes = new Semaphore(0);
    private final Poller poller = new Poller(new Services() {}, 1, false);
    private final Random random;

    Reading(long seed) {
      this.random = new Random(seed);
    }

    void awaitWake(Object waiting) throws InterruptedException {
      if (poller.wokeItself()) {
        return;
      }
      if (!wakes.tryAcquire(30, TimeUnit.SECONDS)) {
        throw new AssertionError("not woken: " + waiting);
      }
      wakes.drainPermits();
    }

    /** Reads up to {@code most} elements; false if it has ended. */
    @CanIgnoreReturnValue
    boolean read(AsyncIterator<Integer> iterator, int most, List<Integer> into) throws Exception {
      int[] left = {most};
      while (left[0] > 0) {
        if (random.nextBoolean()) {
          Next<Integer> next = poller.pollNext(iterator, wakes::release);
          if (next.isEnd()) {
            return false;
          }
          if (next.isItem()) {
            into.add(next.value());
            left[0]--;
            continue;
          }
        } else {
          Turn turn =
              poller.pollEach(
                  iterator,
                  wakes::release,
                  item -> {
                    into.add(item);
                    return --left[0] > 0;
                  });
          if (turn == Turn.ENDED) {
            return false;
          }
          if (turn == Turn.STOPPED) {
            continue;
          }
        }
        awaitWake(iterator);
      }
      return true;
    }

    /** Polls, and perhaps waits to be woken, before somebody cancels. */
    void touch(AsyncIterator<?> iterator) throws Exception {
      if (poller.pollNext(iterator, wakes::release).isPending() && random.nextInt(4) == 0) {
        wakes.tryAcquire(1, TimeUnit.MILLISECONDS);
        wakes.drainPermits();
      }
    }
  }

  private interface Round {
    void run(Random random) throws Exception;
  }

  private static void rounds(Round round) {
    long seed = System.nanoTime();
    long end = System.nanoTime() + RUN_NANOS;
    int rounds = 0;
    while (System.nanoTime() < end) {
      rounds++;
      try {
        round.run(new Random(seed + rounds));
      } catch (Throwable failure) {
        throw new AssertionError("seed " + (seed + rounds), failure);
      }
    }
    assertThat(rounds).isPositive();
  }

  private static FutureTask<Void> start(Callable<Void> work) {
    FutureTask<Void> task = new FutureTask<>(work);
    Thread thread = new Thread(task, "sharing");
    thread.setDaemon(true);
    thread.start();
    return task;
  }

  private static void join(List<FutureTask<Void>> tasks) throws Exception {
    for (FutureTask<Void> task : tasks) {
      task.get(60, TimeUnit.SECONDS);
    }
  }

  @Test
  void everyReaderGetsAllThoughOthersComeAndGo() {
    rounds(
        random -> {
          Source source = new Source();
          Sharing<Integer> sharing = source.iterator().shared();
          Shared<Integer> shared =
              switch (random.nextInt(3)) {
                case 0 -> sharing.slowest(1 + random.nextInt(3));
                case 1 -> sharing.replaying(1 + random.nextInt(3));
                default -> sharing.cached(ELEMENTS);
              };
          List<FutureTask<Void>> tasks = new ArrayList<>();
          for (int i = 0; i < 2; i++) {
            AsyncIterator<Integer> reader = shared.subscribe();
            long seed = random.nextLong();
            tasks.add(
                start(
                    () -> {
                      List<Integer> got = new ArrayList<>();
                      assertThat(new Reading(seed).read(reader, Integer.MAX_VALUE, got)).isFalse();
                      assertThat(got).hasSize(ELEMENTS);
                      for (int n = 0; n < ELEMENTS; n++) {
                        assertThat(got.get(n)).isEqualTo(n);
                      }
                      return null;
                    }));
          }
          long seed = random.nextLong();
          tasks.add(
              start(
                  () -> {
                    Random mine = new Random(seed);
                    for (int i = 0; i < 20; i++) {
                      Reading reading = new Reading(mine.nextLong());
                      AsyncIterator<Integer> reader = shared.subscribe();
                      List<Integer> got = new ArrayList<>();
                      if (mine.nextBoolean() || reading.read(reader, mine.nextInt(5), got)) {
                        if (got.isEmpty() && mine.nextBoolean()) {
                          reading.touch(reader);
                        }
                        reader.cancel();
                      }
                    }
                    return null;
                  }));
          long seeds = random.nextLong();
          tasks.add(start(() -> source.run(new Random(seeds))));
          join(tasks);
          shared.close();
          assertThat(source.cancelled).isFalse();
        });
  }

  @Test
  void aReaderThatGoesWhileItDrivesLeavesTheOtherAllThatComes() {
    rounds(
        random -> {
          Source source = new Source();
          Shared<Integer> shared = source.iterator().shared().slowest(1);
          AsyncIterator<Integer> stays = shared.subscribe();
          List<FutureTask<Void>> tasks = new ArrayList<>();
          for (int i = 0; i < 2; i++) {
            long seed = random.nextLong();
            tasks.add(
                start(
                    () -> {
                      Reading reading = new Reading(seed);
                      for (int n = 0; n < 50; n++) {
                        AsyncIterator<Integer> goes = shared.subscribe();
                        reading.touch(goes);
                        goes.cancel();
                      }
                      return null;
                    }));
          }
          long seed = random.nextLong();
          tasks.add(start(() -> source.run(new Random(seed))));
          List<Integer> got = new ArrayList<>();
          assertThat(new Reading(random.nextLong()).read(stays, Integer.MAX_VALUE, got)).isFalse();
          assertThat(got).hasSize(ELEMENTS);
          join(tasks);
          shared.close();
        });
  }

  @Test
  void thePartsTogetherGetAll() {
    rounds(
        random -> {
          Source source = new Source();
          Partition<Integer> parts =
              source.iterator().partition(x -> x % 3 == 0, 1 + random.nextInt(3));
          List<FutureTask<Void>> tasks = new ArrayList<>();
          for (boolean matching : new boolean[] {true, false}) {
            long seed = random.nextLong();
            tasks.add(
                start(
                    () -> {
                      List<Integer> got = new ArrayList<>();
                      new Reading(seed)
                          .read(matching ? parts.matching() : parts.rest(), Integer.MAX_VALUE, got);
                      List<Integer> expected = new ArrayList<>();
                      for (int n = 0; n < ELEMENTS; n++) {
                        if (n % 3 == 0 == matching) {
                          expected.add(n);
                        }
                      }
                      assertThat(got).isEqualTo(expected);
                      return null;
                    }));
          }
          long seed = random.nextLong();
          tasks.add(start(() -> source.run(new Random(seed))));
          join(tasks);
        });
  }

  @Test
  void theGroupsTogetherGetAll() {
    rounds(
        random -> {
          Source source = new Source();
          int keys = 1 + random.nextInt(4);
          AsyncIterator<Group<Integer, Integer>> groups =
              source
                  .iterator()
                  .groupBy(x -> x % keys, Grouping.groups(keys).holding(1 + random.nextInt(2)));
          AtomicInteger got = new AtomicInteger();
          ConcurrentLinkedQueue<FutureTask<Void>> readers = new ConcurrentLinkedQueue<>();
          List<FutureTask<Void>> tasks = new ArrayList<>();
          long seed = random.nextLong();
          tasks.add(
              start(
                  () -> {
                    Random mine = new Random(seed);
                    Reading reading = new Reading(mine.nextLong());
                    while (true) {
                      Next<Group<Integer, Integer>> next =
                          reading.poller.pollNext(groups, reading.wakes::release);
                      if (next.isEnd()) {
                        return null;
                      }
                      if (next.isPending()) {
                        reading.awaitWake(groups);
                        continue;
                      }
                      Group<Integer, Integer> group = next.value();
                      long its = mine.nextLong();
                      readers.add(
                          start(
                              () -> {
                                List<Integer> elements = new ArrayList<>();
                                new Reading(its).read(group, Integer.MAX_VALUE, elements);
                                assertThat(elements).isSorted();
                                got.addAndGet(elements.size());
                                return null;
                              }));
                    }
                  }));
          long seeds = random.nextLong();
          tasks.add(start(() -> source.run(new Random(seeds))));
          join(tasks);
          join(new ArrayList<>(readers));
          assertThat(got).hasValue(ELEMENTS);
        });
  }

  @Test
  void whatIsSentIsReadOnceAndInOrder() {
    rounds(
        random -> {
          Emitter.Pipe<Integer> pipe = Emitter.pipe(1 + random.nextInt(3), Overflow.WAIT);
          List<FutureTask<Void>> tasks = new ArrayList<>();
          AtomicInteger sent = new AtomicInteger();
          AtomicInteger senders = new AtomicInteger(2);
          for (int i = 0; i < 2; i++) {
            int sender = i;
            long seed = random.nextLong();
            tasks.add(
                start(
                    () -> {
                      Reading sending = new Reading(seed);
                      for (int n = 0; n < ELEMENTS; n++) {
                        Future<Void> send = pipe.emitter().send(2 * n + sender);
                        boolean givesUp = sending.random.nextInt(4) == 0;
                        while (true) {
                          Poll<Void> answer = sending.poller.poll(send, sending.wakes::release);
                          if (answer.isReady()) {
                            sent.incrementAndGet();
                            break;
                          }
                          if (givesUp) {
                            send.cancel(); // it may have been moved up, and counts then
                            break;
                          }
                          sending.awaitWake(send);
                        }
                      }
                      if (senders.decrementAndGet() == 0) {
                        pipe.emitter().end();
                      }
                      return null;
                    }));
          }
          List<Integer> got = new ArrayList<>();
          new Reading(random.nextLong()).read(pipe.elements(), Integer.MAX_VALUE, got);
          join(tasks);
          assertThat(got).doesNotHaveDuplicates().hasSizeGreaterThanOrEqualTo(sent.get());
          int[] last = {-1, -1};
          for (int number : got) {
            assertThat(number).isGreaterThan(last[number % 2]);
            last[number % 2] = number;
          }
        });
  }
}
