package dev.pollux.streams;

import static java.util.Objects.requireNonNull;

import dev.pollux.core.AsyncIterator;
import dev.pollux.spi.Spawner;
import dev.pollux.spi.Unpolled;
import dev.pollux.streams.bridge.IteratorSubscription;
import dev.pollux.streams.bridge.OneShotPublisher;
import java.util.function.Supplier;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscriber;

/**
 * A publisher of what happens anyway: a subscriber takes part from the moment of {@code
 * subscribe()} on, not only when its task has its first turn.
 */
final class HotPublisher<T> implements Publisher<T> {

  private final String name;
  private final Supplier<? extends AsyncIterator<T>> join;
  private final Spawner spawner;
  private final DemandMode mode;

  HotPublisher(
      String name, Supplier<? extends AsyncIterator<T>> join, Spawner spawner, DemandMode mode) {
    this.name = name;
    this.join = join;
    this.spawner = requireNonNull(spawner, "spawner");
    this.mode = mode;
  }

  @Override
  public void subscribe(Subscriber<? super T> subscriber) {
    requireNonNull(subscriber, "subscriber"); // 1.9, 1.11
    AsyncIterator<T> joined;
    try {
      joined = join.get();
    } catch (Exception closed) {
      OneShotPublisher.refuse(subscriber, closed);
      return;
    }
    Unpolled.used(joined);
    IteratorSubscription.of(subscriber, joined, mode).start(spawner);
  }

  @Override
  public String toString() {
    return "Publisher[of " + name + ", " + mode + "]";
  }
}
