package dev.pollux.stream;

import static java.util.Objects.requireNonNull;

import dev.pollux.core.AsyncIterator;
import dev.pollux.core.Context;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The upstream of the two parts of a {@link Partition}.
 *
 * @threading any thread
 */
final class PartitionedUpstream<T> extends SharedUpstream<T> {

  /** Null once over. */
  private @Nullable Predicate<? super T> predicate;

  private final PartitionReader<T> matching;
  private final PartitionReader<T> rest;

  /** What the predicate said of the element that is being placed. Belongs to the driver. */
  private boolean matches;

  PartitionedUpstream(
      AsyncIterator<? extends T> upstream, Predicate<? super T> predicate, int capacity) {
    super(upstream);
    this.predicate = predicate;
    this.matching = new PartitionReader<>(this, "matching", capacity);
    this.rest = new PartitionReader<>(this, "rest", capacity);
    synchronized (lock()) {
      add(matching);
      add(rest);
    }
  }

  PartitionReader<T> matching() {
    return matching;
  }

  PartitionReader<T> rest() {
    return rest;
  }

  @Override
  boolean mayDrive(UpstreamReader<T, ?> reader) {
    return !matching.isFull() && !rest.isFull();
  }

  @Override
  void examine(Context cx, T item) {
    matches = requireNonNull(predicate, "predicate").test(item);
  }

  @Override
  void place(T item, Afterwards afterwards) {
    PartitionReader<T> reader = matches ? matching : rest;
    if (readers().contains(reader)) {
      reader.put(item);
      tell(reader, afterwards);
    } else {
      afterwards.discard(item);
    }
  }

  @Override
  void release(Afterwards afterwards) {
    predicate = null;
  }
}
