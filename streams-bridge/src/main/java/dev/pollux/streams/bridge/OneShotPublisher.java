package dev.pollux.streams.bridge;

import static java.util.Objects.requireNonNull;

import dev.pollux.core.AsyncIterator;
import dev.pollux.core.Discard;
import dev.pollux.spi.Spawner;
import dev.pollux.spi.Unpolled;
import dev.pollux.streams.DemandMode;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscriber;

/** A publisher of one iterator, which the first subscriber gets; every other one is refused. */
public final class OneShotPublisher<T> implements Outlet<T> {

  private final AtomicReference<@Nullable AsyncIterator<T>> source;
  private final Spawner spawner;
  private final DemandMode mode;

  public OneShotPublisher(AsyncIterator<T> source, Spawner spawner, DemandMode mode) {
    this.source = new AtomicReference<>(requireNonNull(source, "source"));
    Unpolled.used(source);
    this.spawner = requireNonNull(spawner, "spawner");
    this.mode = requireNonNull(mode, "mode");
  }

  @Override
  public void subscribe(Subscriber<? super T> subscriber, Dialect dialect) {
    requireNonNull(subscriber, "subscriber"); // 1.9, 1.11
    AsyncIterator<T> first = source.getAndSet(null);
    if (first != null) {
      IteratorSubscription.of(subscriber, first, mode, dialect).start(spawner);
    } else {
      refuse(
          subscriber,
          new IllegalStateException(
              "this publisher has one source, and another subscriber has taken it: use a publisher"
                  + " of a supplier for more than one"),
          dialect.discard(Discard.closing()));
    }
  }

  /** Gives the subscriber a subscription to nothing, and then {@code reason}. Never throws. */
  public static void refuse(Subscriber<?> subscriber, Throwable reason) {
    refuse(subscriber, reason, Discard.closing());
  }

  private static void refuse(Subscriber<?> subscriber, Throwable reason, Discard discard) {
    try {
      subscriber.onSubscribe(new NoSubscription()); // 1.9: before the error that says no
      subscriber.onError(reason);
    } catch (Throwable failure) {
      discard.uncaught(failure, "a subscriber threw (rule 2.13)");
    }
  }

  @Override
  public String toString() {
    return "Publisher[" + (source.get() == null ? "taken" : "one shot") + ", " + mode + "]";
  }
}
