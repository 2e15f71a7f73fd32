package dev.pollux.samples.sample;

import io.reactivex.rxjava3.core.FlowableSubscriber;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;

/**
 * Takes what a publisher pushes, and requests an element only when it is wanted. A subscriber of
 * both libraries, so that neither has to put one of its own before it.
 *
 * @threading confined to one thread
 */
final class PushedReader
    implements Reader, CoreSubscriber<Integer>, FlowableSubscriber<Integer> {

  private final Ledger ledger;
  private @Nullable Subscription subscription;

  PushedReader(Ledger ledger) {
    this.ledger = ledger;
  }

  @Override
  public void want(int more) {
    subscribed().request(more);
  }

  @Override
  public void cancel() {
    subscribed().cancel();
  }

  private Subscription subscribed() {
    if (subscription == null) {
      throw new IllegalStateException("no subscription has come");
    }
    return subscription;
  }

  @Override
  public void onSubscribe(Subscription subscription) {
    this.subscription = subscription;
  }

  @Override
  public void onNext(Integer number) {
    ledger.took(number);
  }

  @Override
  public void onError(Throwable failure) {
    ledger.failed(failure);
  }

  @Override
  public void onComplete() {
    ledger.ended();
  }
}
