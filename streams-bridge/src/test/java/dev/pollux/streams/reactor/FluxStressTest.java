package dev.pollux.streams.reactor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pollux.core.AsyncIterator;
import dev.pollux.core.AsyncIterators;
import dev.pollux.executor.PolluxRuntime;
import dev.pollux.streams.DemandMode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Hooks;
import reactor.core.publisher.Operators;
import reactor.core.publisher.SignalType;
import reactor.util.context.Context;

/**
 * Requests, cancels and failures race, through a flux and an iterator and a flux again: what was
 * made is received or dropped by the hook, once; nothing is received beyond demand; and every
 * stream has its one end.
 */
class FluxStressTest {

  private static final int ROUNDS = Integer.getInteger("pollux.stress.rounds", 500);
  private static final long SEED = Long.getLong("pollux.seed", 20_261_127L);

  private final AtomicInteger errorsDropped = new AtomicInteger();

  @BeforeEach
  void countDroppedErrors() {
    Hooks.onErrorDropped(failure -> errorsDropped.incrementAndGet());
  }

  @AfterEach
  void resetHooks() {
    Hooks.resetOnErrorDropped();
  }

  /** One stream, with its end awaited by whoever cancels or requests. */
  private static final class Round extends BaseSubscriber<Integer> {

    final AtomicLong requested = new AtomicLong();
    final AtomicInteger received = new AtomicInteger();
    final AtomicInteger dropped = new AtomicInteger();
    final AtomicInteger made = new AtomicInteger();
    final AtomicInteger ends = new AtomicInteger();
    final CountDownLatch over = new CountDownLatch(1);
    final String seed;
    volatile String breach;
    private final Context context =
        Operators.enableOnDiscard(Context.empty(), item -> dropped.incrementAndGet());

    Round(String seed) {
      this.seed = seed;
    }

    @Override
    public Context currentContext() {
      return context;
    }

    @Override
    protected void hookOnSubscribe(Subscription subscription) {}

    @Override
    protected void hookOnNext(Integer item) {
      if (received.incrementAndGet() > requested.get()) {
        breach = "an element beyond demand";
      }
    }

    @Override
    protected void hookFinally(SignalType type) {
      if (ends.incrementAndGet() > 1) {
        breach = "two ends";
      }
      over.countDown();
    }

    void ask(int n) {
      requested.addAndGet(n);
      request(n);
    }
  }

  @Test
  void requestsCancelsAndFailuresRace() throws Exception {
    List<Round> rounds = new ArrayList<>();
    try (PolluxRuntime runtime = PolluxRuntime.builder().workers(2).multiThread()) {
      for (int round = 0; round < ROUNDS; round++) {
        long seed = SEED + round;
        Random random = new Random(seed);
        rounds.add(run(runtime, random, "seed " + seed));
      }
    }
    for (Round round : rounds) { // every task has ended
      assertThat(round.received.get() + round.dropped.get())
          .as("received or dropped, of what was made; " + round.seed)
          .isEqualTo(round.made.get());
    }
  }

  private static Round run(PolluxRuntime runtime, Random random, String seed) throws Exception {
    int count = random.nextInt(40);
    int capacity = 1 + random.nextInt(8);
    boolean fails = random.nextInt(3) == 0;
    boolean cancels = random.nextBoolean();
    DemandMode mode = random.nextBoolean() ? DemandMode.EXACT : DemandMode.ONE_AHEAD;
    Round subscriber = new Round(seed);
    CountDownLatch sourceOver = new CountDownLatch(1);
    Flux<Integer> inner =
        ReactorStreams.toFlux(() -> source(count, fails, subscriber.made), runtime, mode)
            .doFinally(type -> sourceOver.countDown());
    Flux<Integer> flux =
        ReactorStreams.toFlux(
            () -> ReactorStreams.<Integer>fromFlux(inner, capacity), runtime, mode);
    flux.subscribe(subscriber);
    int asks = 1 + random.nextInt(20);
    Thread asking =
        new Thread(
            () -> {
              for (int i = 0; i < asks; i++) {
                subscriber.ask(1 + i % 4);
              }
              if (!cancels) {
                subscriber.ask(count + 1);
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
    assertThat(subscriber.over.await(30, TimeUnit.SECONDS)).as(seed).isTrue();
    assertThat(subscriber.breach).as(seed).isNull();
    if (!cancels) {
      assertThat(subscriber.received).as(seed).hasValue(count);
      assertThat(subscriber.made).as(seed).hasValue(count);
      assertThat(sourceOver.await(30, TimeUnit.SECONDS)).as(seed).isTrue();
    }
    return subscriber;
  }

  private static AsyncIterator<Integer> source(int count, boolean fails, AtomicInteger made) {
    AsyncIterator<Integer> elements =
        AsyncIterators.range(0, count).inspect(item -> made.incrementAndGet());
    return fails ? elements.chain(AsyncIterators.failed(new IOException("broken"))) : elements;
  }
}
