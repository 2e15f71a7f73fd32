package dev.pollux.streams;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pollux.core.AsyncIterators;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(60)
class CountedSubscriptionTest {

  private final TestSpawner spawner = new TestSpawner();
  private final RecordingSubscriber<Integer> subscriber = new RecordingSubscriber<>();
  private final ManualSource<Integer> source = new ManualSource<>();

  private CountedSubscription subscribe(DemandMode mode) {
    Streams.toOneShotPublisher(source, spawner, mode).subscribe(subscriber);
    return (CountedSubscription) subscriber.subscription;
  }

  @ParameterizedTest
  @EnumSource
  void countsWhatIsPulledAndEmitted(DemandMode mode) {
    int held = mode == DemandMode.EXACT ? 0 : 1;
    CountedSubscription counted = subscribe(mode);
    source.with(1, 2, 3, 4);
    spawner.run();
    assertThat(counted.pulled()).isEqualTo(held);
    assertThat(counted.emitted()).isZero();
    counted.request(2);
    spawner.run();
    assertThat(counted.emitted()).isEqualTo(2);
    assertThat(counted.pulled()).isEqualTo(2 + held).isEqualTo(source.pulled);
    assertThat(counted.ahead()).isEqualTo(held);
  }

  @Test
  void nothingIsHeldOnceCancelled() {
    CountedSubscription counted = subscribe(DemandMode.ONE_AHEAD);
    source.with(1);
    spawner.run();
    assertThat(counted.ahead()).isEqualTo(1);
    counted.cancel();
    assertThat(counted.ahead()).isZero();
    spawner.run();
    assertThat(counted.pulled()).isEqualTo(1);
    assertThat(spawner.discarded).containsExactly(1);
  }

  /** Somebody looks all the time: what is seen is never more than is allowed. */
  @ParameterizedTest
  @EnumSource
  @Tag("stress")
  void whoeverLooksNeverSeesMoreAhead(DemandMode mode) throws Exception {
    int elements = 200_000;
    long allowed = mode == DemandMode.EXACT ? 0 : 1;
    AtomicLong most = new AtomicLong();
    CountDownLatch over = new CountDownLatch(1);
    RecordingSubscriber<Integer> there = new RecordingSubscriber<>();
    there.onEndDo(over::countDown);
    try (TestSpawner running = new TestSpawner().start()) {
      Streams.toPublisher(() -> AsyncIterators.range(0, elements), running, mode).subscribe(there);
      CountedSubscription counted = (CountedSubscription) there.subscription;
      Thread watcher =
          new Thread(
              () -> {
                while (over.getCount() > 0) {
                  most.accumulateAndGet(counted.ahead(), Math::max);
                }
              });
      watcher.start();
      for (int asked = 0; asked < elements; asked += 8) {
        counted.request(8);
      }
      assertThat(over.await(50, TimeUnit.SECONDS)).isTrue();
      watcher.join();
      assertThat(counted.emitted()).isEqualTo(elements);
      assertThat(counted.pulled()).isEqualTo(elements);
    }
    assertThat(most.get()).isLessThanOrEqualTo(allowed);
  }
}
