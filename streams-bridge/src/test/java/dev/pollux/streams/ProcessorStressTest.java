package dev.pollux.streams;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pollux.core.AsyncIterators;
import dev.pollux.executor.MultiThreadRuntime;
import dev.pollux.executor.PolluxRuntime;
import dev.pollux.sync.Broadcast;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.reactivestreams.Processor;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;

/**
 * Processors and hot publishers whose subscribers request, dawdle and cancel as a seed says, while
 * their sources fail or go on.
 */
@Tag("stress")
@Timeout(120)
class ProcessorStressTest {

  private static final long SEED = Long.getLong("pollux.seed", 42);
  private static final int ROUNDS = Integer.getInteger("pollux.stress.rounds", 300);

  /** Requests in steps, cancels after so many elements, and looks at every rule it can see. */
  private static final class Erratic implements Subscriber<Integer> {
    final List<Integer> items = new ArrayList<>();
    final List<String> broken = new ArrayList<>();
    final CountDownLatch over = new CountDownLatch(1);
    private final SplittableRandom random;
    private final int cancelAfter;
    private Subscription subscription;
    private long open;
    private boolean ended;
    volatile Throwable failure;

    Erratic(SplittableRandom random) {
      this.random = random;
      this.cancelAfter = random.nextInt(3) == 0 ? 1 + random.nextInt(60) : Integer.MAX_VALUE;
    }

    @Override
    public void onSubscribe(Subscription given) {
      subscription = given;
      request();
    }

    private void request() {
      long more = 1L + random.nextInt(random.nextInt(4) == 0 ? 40 : 3);
      open += more;
      subscription.request(more);
    }

    @Override
    public void onNext(Integer item) {
      if (--open < 0) {
        broken.add("1.1: " + item + " was not requested");
      }
      if (ended) {
        broken.add("1.7: " + item + " came after the end");
      }
      items.add(item);
      for (int spin = random.nextInt(8) == 0 ? random.nextInt(3_000) : 0; spin > 0; spin--) {
        Thread.onSpinWait();
      }
      if (items.size() == cancelAfter) {
        subscription.cancel();
        over.countDown();
      } else if (open == 0 && items.size() < cancelAfter) {
        request();
      }
    }

    @Override
    public void onError(Throwable thrown) {
      end();
      failure = thrown;
      over.countDown();
    }

    @Override
    public void onComplete() {
      end();
      over.countDown();
    }

    private void end() {
      if (ended) {
        broken.add("1.7: ended twice");
      }
      ended = true;
    }

    boolean hasCancelled() {
      return items.size() >= cancelAfter;
    }
  }

  @Test
  void processorsLoseNothingWhoeverEndsThem() throws Exception {
    try (MultiThreadRuntime runtime = PolluxRuntime.builder().workers(2).multiThread()) {
      for (int round = 0; round < ROUNDS; round++) {
        SplittableRandom random = new SplittableRandom(SEED + round);
        int size = random.nextInt(200);
        int failAt = random.nextInt(3) == 0 ? random.nextInt(size + 1) : -1;
        int capacity = 1 + random.nextInt(16);
        Processor<Integer, Integer> processor =
            Streams.processor(in -> in.map(n -> n + 1), capacity, runtime);
        Publisher<Integer> source =
            Streams.toPublisher(
                () ->
                    AsyncIterators.range(0, size)
                        .map(
                            n -> {
                              if (n == failAt) {
                                throw new IllegalStateException("on purpose");
                              }
                              return n;
                            }),
                runtime);
        Erratic subscriber = new Erratic(random.split());
        if (random.nextBoolean()) {
          source.subscribe(processor);
          processor.subscribe(subscriber);
        } else {
          processor.subscribe(subscriber);
          source.subscribe(processor);
        }
        assertThat(subscriber.over.await(60, TimeUnit.SECONDS)).as("round %s", round).isTrue();
        assertThat(subscriber.broken).as("round %s", round).isEmpty();
        for (int i = 0; i < subscriber.items.size(); i++) {
          assertThat(subscriber.items.get(i)).as("round %s", round).isEqualTo(i + 1);
        }
        if (!subscriber.hasCancelled()) {
          boolean fails = failAt >= 0 && failAt < size;
          assertThat(subscriber.items).as("round %s", round).hasSize(fails ? failAt : size);
          assertThat(subscriber.failure != null).as("round %s", round).isEqualTo(fails);
        }
      }
      assertNothingIsLeft(runtime);
    }
  }

  @Test
  void hotSubscribersKeepTheOrderAndDoNotHoldUpEachOther() throws Exception {
    try (MultiThreadRuntime runtime = PolluxRuntime.builder().workers(2).multiThread()) {
      for (int round = 0; round < ROUNDS; round++) {
        SplittableRandom random = new SplittableRandom(SEED - round);
        int size = 1 + random.nextInt(300);
        Broadcast<Integer> channel = Broadcast.create(1 + random.nextInt(64));
        List<Erratic> subscribers = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
          Erratic subscriber = new Erratic(random.split());
          subscribers.add(subscriber);
          (i % 2 == 0
                  ? Streams.broadcastPublisher(channel, runtime)
                  : Streams.lossyBroadcastPublisher(channel, runtime))
              .subscribe(subscriber);
        }
        for (int n = 0; n < size; n++) {
          channel.sender().send(n);
        }
        channel.sender().close();
        for (Erratic subscriber : subscribers) {
          assertThat(subscriber.over.await(60, TimeUnit.SECONDS)).as("round %s", round).isTrue();
          assertThat(subscriber.broken).as("round %s", round).isEmpty();
          assertThat(subscriber.items).as("round %s", round).isSorted().doesNotHaveDuplicates();
        }
      }
      assertNothingIsLeft(runtime);
    }
  }

  /** A cancel is carried out by the task, soon after. */
  private static void assertNothingIsLeft(MultiThreadRuntime runtime) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (runtime.liveTasks() > 0 && System.nanoTime() < end) {
      Thread.onSpinWait();
    }
    assertThat(runtime.liveTasks()).isZero();
  }
}
