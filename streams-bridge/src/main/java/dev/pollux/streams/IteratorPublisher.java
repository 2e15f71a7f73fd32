package dev.pollux.streams;

import static java.util.Objects.requireNonNull;

import dev.pollux.core.AsyncIterator;
import dev.pollux.spi.Spawner;
import dev.pollux.streams.bridge.IteratorSubscription;
import java.util.function.Supplier;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscriber;

/** A cold publisher: each subscription is one task, with a source of its own. */
final class IteratorPublisher<T> implements Publisher<T> {

  private final Supplier<? extends AsyncIterator<T>> source;
  private final Spawner spawner;
  private final DemandMode mode;

  IteratorPublisher(Supplier<? extends AsyncIterator<T>> source, Spawner spawner, DemandMode mode) {
    this.source = requireNonNull(source, "source");
    this.spawner = requireNonNull(spawner, "spawner");
    this.mode = requireNonNull(mode, "mode");
  }

  @Override
  public void subscribe(Subscriber<? super T> subscriber) {
    requireNonNull(subscriber, "subscriber"); // 1.9, 1.11
    IteratorSubscription.cold(subscriber, source, mode).start(spawner);
  }

  @Override
  public String toString() {
    return "Publisher[of " + source + ", " + mode + "]";
  }
}
