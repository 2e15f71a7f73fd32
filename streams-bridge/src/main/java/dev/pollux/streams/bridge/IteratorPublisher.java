package dev.pollux.streams.bridge;

import static java.util.Objects.requireNonNull;

import dev.pollux.core.AsyncIterator;
import dev.pollux.spi.Spawner;
import dev.pollux.streams.DemandMode;
import java.util.function.Supplier;
import org.reactivestreams.Subscriber;

/** A cold publisher: each subscription is one task, with a source of its own. */
public final class IteratorPublisher<T> implements Outlet<T> {

  private final Supplier<? extends AsyncIterator<T>> source;
  private final Spawner spawner;
  private final DemandMode mode;

  public IteratorPublisher(
      Supplier<? extends AsyncIterator<T>> source, Spawner spawner, DemandMode mode) {
    this.source = requireNonNull(source, "source");
    this.spawner = requireNonNull(spawner, "spawner");
    this.mode = requireNonNull(mode, "mode");
  }

  @Override
  public void subscribe(Subscriber<? super T> subscriber, Dialect dialect) {
    requireNonNull(subscriber, "subscriber"); // 1.9, 1.11
    IteratorSubscription.cold(subscriber, source, mode, dialect).start(spawner);
  }

  @Override
  public String toString() {
    return "Publisher[of " + source + ", " + mode + "]";
  }
}
