package dev.pollux.tck;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pollux.streams.CountedSubscription;
import java.util.concurrent.atomic.AtomicLong;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;

/**
 * Looks at the counts of every subscription of a suite, at each signal and at each request: how far
 * was the source pulled ahead of what was emitted, at most?
 */
final class Ahead {

  private final AtomicLong most = new AtomicLong();
  private final AtomicLong looks = new AtomicLong();

  /** The publisher, watched. */
  Publisher<Long> watch(Publisher<Long> publisher) {
    return subscriber -> publisher.subscribe(subscriber == null ? null : new Watched(subscriber));
  }

  void assertAtMost(long limit) {
    assertThat(looks.get()).as("looks at the counts").isPositive();
    assertThat(most.get()).as("elements pulled and not emitted").isLessThanOrEqualTo(limit);
  }

  private void look(Subscription subscription) {
    if (subscription instanceof CountedSubscription counted) {
      looks.incrementAndGet();
      most.accumulateAndGet(counted.ahead(), Math::max);
    }
  }

  private final class Watched implements Subscriber<Long> {
    private final Subscriber<? super Long> subscriber;
    private volatile Subscription subscription;

    Watched(Subscriber<? super Long> subscriber) {
      this.subscriber = subscriber;
    }

    @Override
    public void onSubscribe(Subscription given) {
      subscription = given;
      subscriber.onSubscribe(
          new Subscription() {
            @Override
            public void request(long n) {
              look(given);
              given.request(n);
              look(given);
            }

            @Override
            public void cancel() {
              given.cancel();
            }
          });
    }

    @Override
    public void onNext(Long element) {
      look(subscription);
      subscriber.onNext(element);
      look(subscription);
    }

    @Override
    public void onError(Throwable failure) {
      subscriber.onError(failure);
    }

    @Override
    public void onComplete() {
      subscriber.onComplete();
    }
  }
}
