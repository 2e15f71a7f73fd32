package dev.pollux.streams.reactor;

import dev.pollux.streams.bridge.Outlet;
import org.jspecify.annotations.Nullable;
import reactor.core.CoreSubscriber;
import reactor.core.Scannable;
import reactor.core.publisher.Flux;

/** A publisher of ours as a {@code Flux}. */
final class IteratorFlux<T> extends Flux<T> implements Scannable {

  private final Outlet<T> outlet;

  private IteratorFlux(Outlet<T> outlet) {
    this.outlet = outlet;
  }

  static <T> Flux<T> of(Outlet<T> outlet) {
    return onAssembly(new IteratorFlux<>(outlet));
  }

  @Override
  public void subscribe(CoreSubscriber<? super T> actual) {
    outlet.subscribe(actual, new FluxSubscription(actual.currentContext()));
  }

  @Override
  @SuppressWarnings("rawtypes") // so it stands in Scannable
  public @Nullable Object scanUnsafe(Attr key) {
    return key == Attr.RUN_STYLE ? Attr.RunStyle.ASYNC : null;
  }

  @Override
  public String toString() {
    return "Flux[" + outlet + "]";
  }
}
