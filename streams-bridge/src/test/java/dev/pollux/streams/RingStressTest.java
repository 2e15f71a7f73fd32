package dev.pollux.streams;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pollux.core.AsyncIterator;
import dev.pollux.core.AsyncIterators;
import dev.pollux.core.Next;
import dev.pollux.testing.PollHarness;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;

/** The way in, with an upstream on a thread of its own. */
@Tag("stress")
@Timeout(120)
class RingStressTest {

  private static final long SEED = Long.getLong("pollux.seed", 42);

  private static final int ROUNDS = Integer.getInteger("pollux.stress.rounds", 300);

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 16, 256})
  void everyElementCrossesTwoTasksOnTwoThreadsOnceAndInOrder(int capacity) throws Exception {
    int elements = capacity == 1 ? 20_000 : 200_000;
    AtomicLong next = new AtomicLong();
    AtomicInteger wrong = new AtomicInteger();
    try (TestSpawner there = new TestSpawner().start();
        TestSpawner here = new TestSpawner().start()) {
      Publisher<Long> publisher =
          Streams.toPublisher(() -> AsyncIterators.rangeLong(0, elements), there);
      AsyncIterator<Long> iterator = Streams.fromPublisher(publisher, capacity);
      here.blockOn(
          TestSpawner.each(
              iterator,
              item -> {
                if (item != next.getAndIncrement()) {
                  wrong.incrementAndGet();
                }
              }));
    }
    assertThat(wrong).hasValue(0);
    assertThat(next).hasValue(elements);
  }

  /** Counts how often it was closed: by the consumer, or when it was discarded. */
  private static final class Element implements AutoCloseable {

    final AtomicInteger ends = new AtomicInteger();

    @Override
    public void close() {
      ends.incrementAndGet();
    }
  }

  /** Emits what is requested, on a thread; sees whether two threads call it at once. */
  private static final class ThreadedUpstream implements Publisher<Element>, Subscription {

    /** Ends the upstream's own loop in a round without a breach. */
    static final int NEVER = -1;

    final AtomicBoolean subscribed = new AtomicBoolean();
    final AtomicLong demand = new AtomicLong();
    final AtomicInteger cancels = new AtomicInteger();
    final AtomicInteger overlaps = new AtomicInteger();
    final AtomicBoolean inside = new AtomicBoolean();
    final List<Element> emitted = new ArrayList<>();
    final CountDownLatch done = new CountDownLatch(1);
    private final int lateness;
    private final int breachAt;

    ThreadedUpstream(int lateness, int breachAt) {
      this.lateness = lateness;
      this.breachAt = breachAt;
    }

    @Override
    public void subscribe(Subscriber<? super Element> subscriber) {
      subscribed.set(true);
      new Thread(() -> signal(subscriber), "upstream").start();
    }

    private void signal(Subscriber<? super Element> subscriber) {
      spin(lateness);
      subscriber.onSubscribe(this);
      while (cancels.get() == 0) {
        if (demand.get() > 0) {
          demand.decrementAndGet();
          emit(subscriber);
        } else if (emitted.size() >= breachAt && breachAt != NEVER) {
          emit(subscriber);
        }
      }
      for (int i = 0; i < 3; i++) { // 2.8: there may be some on their way
        emit(subscriber);
      }
      done.countDown();
    }

    private void emit(Subscriber<? super Element> subscriber) {
      Element element = new Element();
      emitted.add(element);
      subscriber.onNext(element);
    }

    @Override
    public void request(long n) {
      enter();
      demand.addAndGet(n);
      spin((int) (n % 7) * 10);
      inside.set(false);
    }

    @Override
    public void cancel() {
      enter();
      cancels.incrementAndGet();
      inside.set(false);
    }

    private void enter() {
      if (!inside.compareAndSet(false, true)) {
        overlaps.incrementAndGet();
      }
    }
  }

  private static void spin(int times) {
    for (int i = 0; i < times; i++) {
      Thread.onSpinWait();
    }
  }

  @ParameterizedTest(name = "breach: {0}")
  @ValueSource(booleans = {false, true})
  void cancelRacesWithSignalsAndEveryElementIsTakenOrDiscardedOnce(boolean breach)
      throws Exception {
    SplittableRandom random = new SplittableRandom(SEED);
    int subscribed = 0;
    try (TestSpawner spawner = new TestSpawner().start()) {
      for (int round = 0; round < ROUNDS; round++) {
        ThreadedUpstream upstream =
            new ThreadedUpstream(
                random.nextInt(100), breach ? random.nextInt(30) : ThreadedUpstream.NEVER);
        AsyncIterator<Element> iterator = Streams.fromPublisher(upstream, 1 + random.nextInt(9));
        var task = spawner.spawn(TestSpawner.each(iterator, Element::close));
        while (round % 2 == 0 && !upstream.subscribed.get()) {
          Thread.onSpinWait(); // else a busy machine might never come to race
        }
        spin(random.nextInt(3_000));
        task.requestCancel();
        while (!task.isFinished()) {
          Thread.onSpinWait();
        }
        spawner.tasks.clear();
        if (upstream.subscribed.get()) {
          subscribed++;
          assertThat(upstream.done.await(30, TimeUnit.SECONDS))
              .as("seed %s, round %s: the upstream was cancelled", SEED, round)
              .isTrue();
          assertThat(upstream.cancels).as("seed %s, round %s", SEED, round).hasValue(1);
          assertThat(upstream.overlaps)
              .as("seed %s, round %s: calls at the same time (rule 2.7)", SEED, round)
              .hasValue(0);
          assertThat(upstream.emitted)
              .as("seed %s, round %s: taken or discarded, and once", SEED, round)
              .allMatch(element -> element.ends.get() == 1);
        }
      }
    }
    assertThat(subscribed).as("rounds that raced at all").isGreaterThan(ROUNDS / 10);
  }

  @Test
  void theEndNeverOvertakesTheLastElement() throws Exception {
    PollHarness harness = PollHarness.create();
    AtomicReference<Subscriber<? super Integer>> subscriber = new AtomicReference<>();
    AtomicBoolean stop = new AtomicBoolean();
    Thread upstream =
        new Thread(
            () -> {
              while (!stop.get()) {
                Subscriber<? super Integer> next = subscriber.getAndSet(null);
                if (next != null) {
                  next.onNext(1);
                  next.onComplete();
                }
              }
            });
    upstream.start();
    for (int round = 0; round < 50 * ROUNDS; round++) {
      AsyncIterator<Integer> iterator =
          Streams.fromPublisher(
              given ->
                  given.onSubscribe(
                      new Subscription() {
                        @Override
                        public void request(long n) {
                          subscriber.set(given);
                        }

                        @Override
                        public void cancel() {}
                      }),
              1);
      Next<Integer> first;
      do {
        first = harness.pollNext(iterator);
      } while (first.isPending());
      assertThat(first.isItem()).as("round %s", round).isTrue();
      Next<Integer> second;
      do {
        second = harness.pollNext(iterator);
      } while (second.isPending());
      assertThat(second.isEnd()).as("round %s", round).isTrue();
    }
    stop.set(true);
    upstream.join();
  }
}
