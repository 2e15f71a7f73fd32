package dev.pollux.samples.sample;

import io.reactivex.rxjava3.core.FlowableSubscriber;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.util.context.Context;

/**
 * Takes what a publisher pushes, and requests an element only when it is wanted. A subscriber of
 * both libraries, so that neither has to put one of its own before it.
 *
 * @threading confined to one thread
 */
final class PushedReader implements Reader, CoreSubscriber<Integer>, FlowableSubscriber<Integer> {

  /** Where Reactor looks for the hooks of one subscriber. */
  private static final String ON_DISCARD = "reactor.onDiscard.local";

  private static final String ON_NEXT_DROPPED = "reactor.onNextDropped.local";
  private static final String ON_ERROR_DROPPED = "reactor.onErrorDropped.local";

  private final Ledger ledger;
  private final Context context;
  private @Nullable Subscription subscription;

  PushedReader(Ledger ledger) {
    this.ledger = ledger;
    Consumer<Object> dropped = ledger::told;
    Consumer<Throwable> failure = ledger::toldFailure;
    this.context =
        Context.of(ON_DISCARD, dropped, ON_NEXT_DROPPED, dropped, ON_ERROR_DROPPED, failure);
  }

  /** For Reactor only. */
  @Override
  public Context currentContext() {
    return context;
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
