package dev.pollux.stream;

import static java.util.Objects.requireNonNull;

import dev.pollux.core.AsyncIterator;
import dev.pollux.core.Discard;
import dev.pollux.operator.Counts;
import dev.pollux.spi.Unpolled;
import java.util.function.Function;

/**
 * How many groups {@link AsyncIterator#groupBy} has open at a time, how many elements each of them
 * holds, and what becomes of one too many.
 *
 * <pre>{@code
 * Grouping grouping =
 *     Grouping.groups(100).holding(16).onTooMany(Grouping.TooMany.END_IDLE).onFull(Grouping.Full.DROP_NEWEST);
 * }</pre>
 *
 * <p>The groups, and the iterator that gives them, drive the upstream together: whichever has
 * nothing polls it, on whatever thread. A group is open from its first element until it is
 * cancelled or ended; one that was given must be read or cancelled. <em>With {@link Full#WAIT} a
 * group that is full and that nobody reads stops all others</em> when an element comes for it, and
 * with {@link TooMany#WAIT} so does a key too many while no group ends. A description of what waits
 * names the group.
 *
 * <p>At most {@code groups * holding + 1} elements are held: the one is that which waits for room.
 *
 * <p>Immutable. Source: {@code groupBy} of Reactor, whose readers hang when there are more groups
 * than its consumer reads at a time.
 *
 * @threading any thread
 */
public final class Grouping {

  /** What becomes of an element that would open one group too many. */
  public enum TooMany {
    /** The stream fails with an {@link IllegalStateException} that names the key. The default. */
    FAIL,
    /** It waits, and with it all that comes after, until a group is cancelled. */
    WAIT,
    /**
     * The group to which for the longest time no element came is ended, of those that hold none;
     * its next element opens a new group. Waits if all groups hold elements.
     */
    END_IDLE
  }

  /** What becomes of an element of a group that holds as many elements as it may. */
  public enum Full {
    /** It waits, and with it all that comes after, until the group is read. The default. */
    WAIT,
    /** It is {@linkplain Discard discarded}. */
    DROP_NEWEST,
    /** The stream fails with an {@link IllegalStateException} that names the key. */
    FAIL
  }

  private final int groups;
  private final int perGroup;
  private final TooMany tooMany;
  private final Full full;

  private Grouping(int groups, int perGroup, TooMany tooMany, Full full) {
    this.groups = groups;
    this.perGroup = perGroup;
    this.tooMany = tooMany;
    this.full = full;
  }

  /**
   * Groups that hold one element each.
   *
   * @param groups how many groups are open at a time at most, at least 1
   * @throws IllegalArgumentException if {@code groups} is less than 1
   */
  public static Grouping groups(int groups) {
    return new Grouping(Counts.positive("groups", groups), 1, TooMany.FAIL, Full.WAIT);
  }

  /**
   * The same with another number of elements.
   *
   * @param perGroup how many elements a group holds at most, at least 1
   * @throws IllegalArgumentException if {@code perGroup} is less than 1
   */
  public Grouping holding(int perGroup) {
    return new Grouping(groups, Counts.positive("perGroup", perGroup), tooMany, full);
  }

  /**
   * The same with another answer to one group too many.
   *
   * @param tooMany what becomes of an element that would open it
   */
  public Grouping onTooMany(TooMany tooMany) {
    return new Grouping(groups, perGroup, requireNonNull(tooMany, "tooMany"), full);
  }

  /**
   * The same with another answer to a group that is full.
   *
   * @param full what becomes of an element that comes for it
   */
  public Grouping onFull(Full full) {
    return new Grouping(groups, perGroup, tooMany, requireNonNull(full, "full"));
  }

  int groups() {
    return groups;
  }

  int perGroup() {
    return perGroup;
  }

  TooMany tooMany() {
    return tooMany;
  }

  Full full() {
    return full;
  }

  /**
   * Divides {@code upstream} into groups, as {@link AsyncIterator#groupBy} says.
   *
   * @param upstream what is divided, and owned by the groups from now on
   * @param key makes the key of an element, never null
   * @param <K> the type of the keys
   * @param <T> the type of the elements
   * @return the groups
   */
  public <K, T> AsyncIterator<Group<K, T>> group(
      AsyncIterator<? extends T> upstream, Function<? super T, ? extends K> key) {
    requireNonNull(upstream, "upstream");
    GroupedUpstream<K, T> grouped =
        new GroupedUpstream<>(upstream, requireNonNull(key, "key"), this);
    return Unpolled.made(grouped.outer(), upstream);
  }

  @Override
  public String toString() {
    return "Grouping["
        + groups
        + " groups of "
        + perGroup
        + ", too many: "
        + tooMany
        + ", full: "
        + full
        + "]";
  }
}
