package dev.pollux.stream;

import static java.util.Objects.requireNonNull;

import dev.pollux.core.AsyncIterator;
import dev.pollux.core.Discard;
import dev.pollux.operator.Counts;
import dev.pollux.spi.Unpolled;
import java.util.function.Predicate;

/**
 * A stream in two parts, made by {@link AsyncIterator#partition}: each element is in the one or the
 * other.
 *
 * <p>The parts drive the upstream together: whichever has nothing polls it. They may be read by
 * different tasks, on any threads, and each must be read to its end or cancelled: <em>a part that
 * nobody reads stops the other</em> once it holds as many elements as it may. A description of the
 * part that waits says so.
 *
 * @param matching the elements for which the predicate holds
 * @param rest those for which it does not
 * @param <T> the type of the elements
 * @cancellation what a part holds, and what would still come for it, is {@linkplain Discard
 *     discarded}; the other goes on. With the second the upstream is cancelled
 * @threading a part is owned by one task, both together by any
 */
public record Partition<T>(AsyncIterator<T> matching, AsyncIterator<T> rest) {

  /** Refuses null. */
  public Partition {
    requireNonNull(matching, "matching");
    requireNonNull(rest, "rest");
  }

  /**
   * Divides {@code upstream}, as {@link AsyncIterator#partition} says.
   *
   * @param upstream what is divided, and owned by the parts from now on
   * @param predicate says where an element belongs
   * @param capacity how many elements each part holds at most, at least 1
   * @param <T> the type of the elements
   * @return the two parts
   * @throws IllegalArgumentException if {@code capacity} is less than 1
   */
  public static <T> Partition<T> of(
      AsyncIterator<? extends T> upstream, Predicate<? super T> predicate, int capacity) {
    requireNonNull(upstream, "upstream");
    PartitionedUpstream<T> parts =
        new PartitionedUpstream<>(
            upstream,
            requireNonNull(predicate, "predicate"),
            Counts.positive("capacity", capacity));
    Unpolled.used(upstream);
    return new Partition<>(Unpolled.made(parts.matching()), Unpolled.made(parts.rest()));
  }
}
