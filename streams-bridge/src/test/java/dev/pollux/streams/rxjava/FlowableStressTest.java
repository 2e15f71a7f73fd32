package dev.pollux.streams.rxjava;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pollux.core.AsyncIterator;
import dev.pollux.core.AsyncIterators;
import dev.pollux.executor.PolluxRuntime;
import dev.pollux.streams.DemandMode;
import io.reactivex.rxjava3.core.Flowable;
import io.reactivex.rxjava3.exceptions.UndeliverableException;
import io.reactivex.rxjava3.plugins.RxJavaPlugins;
import io.reactivex.rxjava3.subscribers.TestSubscriber;
import java.io.IOException;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Requests, cancels and failures race, through a flowable and an iterator and a flowable again:
 * what was made is received or discarded, once, and a failure is received or undeliverable.
 */
class FlowableStressTest {

  private static final int ROUNDS = Integer.getInteger("pollux.stress.rounds", 500);
  private static final long SEED = Long.getLong("pollux.seed", 42);

  private final List<Throwable> undeliverable = new CopyOnWriteArrayList<>();
  private final AtomicLong made = new AtomicLong();
  private final AtomicLong received = new AtomicLong();
  private final AtomicLong discarded = new AtomicLong();

  @BeforeEach
  void collectUndeliverable() {
    RxJavaPlugins.setErrorHandler(undeliverable::add);
  }

  @AfterEach
  void resetPlugins() {
    RxJavaPlugins.reset();
  }

  @Test
  void requestsCancelsAndFailuresRace() throws Exception {
    try (PolluxRuntime runtime =
        PolluxRuntime.builder()
            .onDiscard(item -> discarded.incrementAndGet())
            .workers(2)
            .multiThread()) {
      for (int round = 0; round < ROUNDS; round++) {
        long seed = SEED + round;
        run(runtime, new Random(seed), "seed " + seed);
      }
    }
    // Every task has ended.
    assertThat(received.get() + discarded.get()).isEqualTo(made.get());
    assertThat(undeliverable)
        .allSatisfy(
            failure ->
                assertThat(failure)
                    .isInstanceOf(UndeliverableException.class)
                    .hasCauseInstanceOf(IOException.class));
  }

  private void run(PolluxRuntime runtime, Random random, String seed) throws Exception {
    int count = random.nextInt(40);
    int capacity = 1 + random.nextInt(8);
    boolean fails = random.nextInt(3) == 0;
    boolean cancels = random.nextBoolean();
    DemandMode mode = random.nextBoolean() ? DemandMode.EXACT : DemandMode.ONE_AHEAD;
    Flowable<Integer> inner = RxStreams.toFlowable(() -> source(count, fails), runtime, mode);
    TestSubscriber<Integer> subscriber = new TestSubscriber<>(0);
    RxStreams.toFlowable(() -> RxStreams.<Integer>fromFlowable(inner, capacity), runtime, mode)
        .doOnNext(item -> received.incrementAndGet())
        .subscribe(subscriber);
    int asks = 1 + random.nextInt(20);
    Thread asking =
        new Thread(
            () -> {
              for (int i = 0; i < asks; i++) {
                subscriber.request(1 + i % 4);
              }
              if (!cancels) {
                subscriber.request(count + 1);
              }
            });
    asking.start();
    if (cancels) {
      int spins = random.nextInt(2000);
      for (int i = 0; i < spins; i++) {
        Thread.onSpinWait();
      }
      subscriber.cancel();
    }
    asking.join();
    if (!cancels) {
      assertThat(subscriber.await(30, TimeUnit.SECONDS)).as(seed).isTrue();
      subscriber.assertValueCount(count);
      if (fails) {
        subscriber.assertError(IOException.class);
      } else {
        subscriber.assertComplete();
      }
    }
  }

  private AsyncIterator<Integer> source(int count, boolean fails) {
    AsyncIterator<Integer> elements =
        AsyncIterators.range(0, count).inspect(item -> made.incrementAndGet());
    return fails ? elements.chain(AsyncIterators.failed(new IOException("broken"))) : elements;
  }
}
