package dev.pollux.streams.rxjava;

import dev.pollux.core.Discard;
import dev.pollux.streams.bridge.Outlet;
import io.reactivex.rxjava3.core.Flowable;
import io.reactivex.rxjava3.plugins.RxJavaPlugins;
import org.reactivestreams.Subscriber;

/** A publisher of ours as a {@code Flowable}. */
final class IteratorFlowable<T> extends Flowable<T> {

  private final Outlet<T> outlet;

  private IteratorFlowable(Outlet<T> outlet) {
    this.outlet = outlet;
  }

  static <T> Flowable<T> of(Outlet<T> outlet) {
    return RxJavaPlugins.onAssembly(new IteratorFlowable<>(outlet));
  }

  @Override
  protected void subscribeActual(Subscriber<? super T> subscriber) {
    outlet.subscribe(subscriber, new Undeliverable(Discard.closing()));
  }

  @Override
  public String toString() {
    return "Flowable[" + outlet + "]";
  }
}
