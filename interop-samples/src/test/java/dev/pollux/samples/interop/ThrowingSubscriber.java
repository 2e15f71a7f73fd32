package dev.pollux.samples.interop;

import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;

/** Throws from {@code onNext}, which no subscriber may. */
final class ThrowingSubscriber implements Subscriber<Integer> {

  private final RuntimeException failure;

  ThrowingSubscriber(RuntimeException failure) {
    this.failure = failure;
  }

  @Override
  public void onSubscribe(Subscription subscription) {
    subscription.request(5);
  }

  @Override
  public void onNext(Integer item) {
    throw failure;
  }

  @Override
  public void onError(Throwable failure) {
    throw new AssertionError("a signal after it threw", failure);
  }

  @Override
  public void onComplete() {
    throw new AssertionError("a signal after it threw");
  }
}
