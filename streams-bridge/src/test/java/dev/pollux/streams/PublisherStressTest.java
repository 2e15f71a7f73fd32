package dev.pollux.streams;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pollux.core.AsyncIterator;
import dev.pollux.core.AsyncIterators;
import dev.pollux.core.Context;
import dev.pollux.core.Next;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;

/** Requests and cancels from many threads against a task that emits on its own. */
@Tag("stress")
@Timeout(120)
class PublisherStressTest {

  private static final long SEED = Long.getLong("pollux.seed", 42);

  private static final int ROUNDS = Integer.getInteger("pollux.stress.rounds", 300);

  @ParameterizedTest
  @EnumSource
  void requestsFromManyThreadsAreSummedAndNeverExceeded(DemandMode mode) throws Exception {
    int threads = 3;
    int perThread = 20_000;
    AtomicLong requested = new AtomicLong();
    List<String> broken = new ArrayList<>();
    CountDownLatch completed = new CountDownLatch(1);
    AtomicLong emitted = new AtomicLong();
    AtomicBoolean inside = new AtomicBoolean();
    Subscription[] subscription = {null};
    long total = 0;
    List<Thread> requesters = new ArrayList<>();
    CyclicBarrier start = new CyclicBarrier(threads);
    for (int t = 0; t < threads; t++) {
      SplittableRandom random = new SplittableRandom(SEED + t);
      long[] sizes = new long[perThread];
      for (int i = 0; i < perThread; i++) {
        sizes[i] = 1L + random.nextInt(random.nextInt(10) == 0 ? 50 : 3);
        total += sizes[i];
      }
      requesters.add(
          new Thread(
              () -> {
                try {
                  start.await();
                } catch (Exception stop) {
                  return;
                }
                for (long size : sizes) {
                  requested.addAndGet(size); // first, so that it bounds what may come
                  subscription[0].request(size);
                }
              }));
    }
    long elements = total;
    Subscriber<Long> subscriber =
        new Subscriber<>() {
          @Override
          public void onSubscribe(Subscription given) {
            subscription[0] = given;
          }

          @Override
          public void onNext(Long item) {
            if (!inside.compareAndSet(false, true)) {
              broken.add("overlapping signals at " + item);
            }
            long count = emitted.incrementAndGet();
            if (count > requested.get() || item != count - 1) {
              broken.add(item + " was number " + count + " of " + requested + " requested");
            }
            inside.set(false);
          }

          @Override
          public void onError(Throwable failure) {
            broken.add(failure.toString());
            completed.countDown();
          }

          @Override
          public void onComplete() {
            completed.countDown();
          }
        };
    try (TestSpawner spawner = new TestSpawner().start()) {
      Streams.toPublisher(() -> AsyncIterators.rangeLong(0, elements), spawner, mode)
          .subscribe(subscriber);
      requesters.forEach(Thread::start);
      assertThat(completed.await(60, TimeUnit.SECONDS))
          .as("seed %s: completed after %s of %s", SEED, emitted, elements)
          .isTrue();
      for (Thread requester : requesters) {
        requester.join(30_000);
      }
    }
    assertThat(broken).as("seed %s", SEED).isEmpty();
    assertThat(emitted.get()).isEqualTo(elements);
  }

  /** Counts itself pulled, delivered, closed. */
  private static final class Element implements AutoCloseable {

    final AtomicInteger ends = new AtomicInteger();

    @Override
    public void close() {
      ends.incrementAndGet();
    }
  }

  private static final class CountingSource implements AsyncIterator<Element> {

    final List<Element> pulled = new ArrayList<>();
    final AtomicInteger cancels = new AtomicInteger();
    final CountDownLatch left = new CountDownLatch(1);
    private final int pendingEvery;

    CountingSource(int pendingEvery) {
      this.pendingEvery = pendingEvery;
    }

    @Override
    public Next<Element> pollNext(Context cx) {
      if (!cx.tryProceed()) {
        return Next.pending();
      }
      if (pulled.size() % pendingEvery == pendingEvery - 1) {
        pulled.add(new Element());
        pulled.get(pulled.size() - 1).close(); // stands for an element that was never there
        cx.wakeSelf();
        return Next.pending();
      }
      Element element = new Element();
      pulled.add(element);
      return Next.item(element);
    }

    @Override
    public void cancel() {
      cancels.incrementAndGet();
      left.countDown();
    }
  }

  @ParameterizedTest
  @EnumSource
  void cancelRacesWithRequestsAndEmissionAndLosesNothing(DemandMode mode) throws Exception {
    SplittableRandom random = new SplittableRandom(SEED);
    try (TestSpawner spawner = new TestSpawner().start()) {
      for (int round = 0; round < ROUNDS; round++) {
        CountingSource source = new CountingSource(1 + random.nextInt(20) + 1);
        int spins = random.nextInt(300);
        CountDownLatch finished = new CountDownLatch(1);
        AtomicInteger signalsAfterEnd = new AtomicInteger();
        Subscription[] subscription = {null};
        Subscriber<Element> subscriber =
            new Subscriber<>() {
              @Override
              public void onSubscribe(Subscription given) {
                subscription[0] = given;
              }

              @Override
              public void onNext(Element element) {
                element.close();
                if (source.cancels.get() > 0) {
                  signalsAfterEnd.incrementAndGet();
                }
              }

              @Override
              public void onError(Throwable failure) {
                signalsAfterEnd.incrementAndGet();
              }

              @Override
              public void onComplete() {
                signalsAfterEnd.incrementAndGet();
              }
            };
        Streams.toOneShotPublisher(source, spawner, mode).subscribe(subscriber);
        Thread requester =
            new Thread(
                () -> {
                  for (int i = 0; i < 50; i++) {
                    subscription[0].request(1 + i % 7);
                  }
                  finished.countDown();
                });
        requester.start();
        for (int i = 0; i < spins; i++) {
          Thread.onSpinWait();
        }
        subscription[0].cancel();
        subscription[0].cancel();
        assertThat(finished.await(30, TimeUnit.SECONDS)).isTrue();
        assertThat(source.left.await(30, TimeUnit.SECONDS))
            .as("seed %s, round %s: the source was cancelled", SEED, round)
            .isTrue();
        var ended = spawner.tasks.get(0);
        var unused = ended.join();
        spawner.tasks.clear();
        assertThat(source.cancels).as("seed %s, round %s", SEED, round).hasValue(1);
        assertThat(signalsAfterEnd).as("seed %s, round %s", SEED, round).hasValue(0);
        assertThat(source.pulled)
            .as("seed %s, round %s: delivered or discarded, and once", SEED, round)
            .allMatch(element -> element.ends.get() == 1);
      }
      assertThat(spawner.uncaught).isEmpty();
    }
  }
}
