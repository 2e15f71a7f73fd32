package dev.pollux.stream;

import static java.util.Objects.requireNonNull;

import dev.pollux.core.AsyncIterator;
import dev.pollux.core.Context;
import dev.pollux.core.Description;
import dev.pollux.operator.Cancel;
import dev.pollux.stream.Grouping.Full;
import dev.pollux.stream.Grouping.TooMany;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The upstream of the groups of {@code groupBy}, and of the iterator that gives them.
 *
 * @threading any thread
 */
final class GroupedUpstream<K, T> extends SharedUpstream<T> {
  /*
   * Keys are foreign code, by their hash and their equals, so `byKey` belongs to the driver, which looks in it outside the
   * lock; groups that were opened or have left since the last look are told it by lists under the lock. So it may hold a
   * group that has left, and is not asked whether one is open: `open` is.
   *
   * An element that there is no room for waits in `stalled`, and nothing is polled meanwhile. Whoever makes room, be it the
   * reader of a group, places it: all that is known of it by then is in fields that the lock guards.
   */

  private final Grouping grouping;
  private final GroupsReader<K, T> outer;

  // Belong to the driver.
  private @Nullable Function<? super T, ? extends K> key;
  private final Map<K, GroupReader<K, T>> byKey = new HashMap<>();

  // Guarded by the lock.

  /** The groups that are open, those first to which for the longest time no element came. */
  private final Set<GroupReader<K, T>> open = new LinkedHashSet<>();

  /** The groups that have left or were opened since the driver looked last. */
  private final List<GroupReader<K, T>> changed = new ArrayList<>();

  /** The key of the last element, and the group that the driver has found for it, if any. */
  private @Nullable K lastKey;

  private @Nullable GroupReader<K, T> lastGroup;

  /** The last element, if it waits for room. */
  private @Nullable T stalled;

  GroupedUpstream(
      AsyncIterator<? extends T> upstream,
      Function<? super T, ? extends K> key,
      Grouping grouping) {
    super(upstream);
    this.key = key;
    this.grouping = grouping;
    this.outer = new GroupsReader<>(this);
    synchronized (lock()) {
      add(outer);
    }
  }

  GroupsReader<K, T> outer() {
    return outer;
  }

  @Override
  boolean mayDrive(UpstreamReader<T, ?> reader) {
    return stalled == null;
  }

  // ---- an element, by the driver

  @Override
  void examine(Context cx, T item) {
    K key =
        requireNonNull(
            requireNonNull(this.key, "key").apply(item), "groupBy: the key function answered null");
    learnChanges();
    GroupReader<K, T> group = byKey.get(key);
    boolean tooMany;
    boolean full;
    synchronized (lock()) {
      lastKey = key;
      lastGroup = group;
      boolean isOpen = group != null && open.contains(group);
      full = isOpen && isFull(group);
      tooMany = !isOpen && readers().contains(outer) && open.size() == grouping.groups();
    }
    if (tooMany && grouping.tooMany() == TooMany.FAIL) {
      Cancel.orClosing(discard()).discard(item);
      throw new IllegalStateException(
          "groupBy has " + grouping.groups() + " groups open, and one more came: " + key);
    }
    if (full && grouping.full() == Full.FAIL) {
      Cancel.orClosing(discard()).discard(item);
      throw new IllegalStateException(
          "groupBy holds "
              + grouping.perGroup()
              + " elements of a group, and one more came: "
              + key);
    }
  }

  private void learnChanges() {
    List<GroupReader<K, T>> changes;
    synchronized (lock()) {
      if (changed.isEmpty()) {
        return;
      }
      changes = List.copyOf(changed);
      changed.clear();
    }
    for (GroupReader<K, T> group : changes) {
      boolean isOpen;
      synchronized (lock()) {
        isOpen = open.contains(group);
      }
      if (isOpen) {
        byKey.put(group.key(), group);
      } else {
        byKey.remove(group.key(), group);
      }
    }
  }

  private boolean isFull(@Nullable GroupReader<K, T> group) {
    return group != null && group.held() >= grouping.perGroup();
  }

  // ---- with the lock held

  @Override
  void place(T item, Afterwards afterwards) {
    GroupReader<K, T> group = lastGroup;
    if (group == null || !open.contains(group)) {
      group = openGroup(item, afterwards);
      if (group == null) {
        return;
      }
    } else if (isFull(group)) {
      if (grouping.full() == Full.DROP_NEWEST) {
        afterwards.discard(item);
        forgetLast();
      } else {
        stalled = item; // where a full group fails, it has become full since the driver looked
      }
      return;
    }
    if (grouping.tooMany() == TooMany.END_IDLE) {
      open.remove(group); // to the end
      open.add(group);
    }
    group.put(item);
    tell(group, afterwards);
    forgetLast();
  }

  /** A new group for an element, or null if it has none: then it is discarded, or waits. */
  private @Nullable GroupReader<K, T> openGroup(T item, Afterwards afterwards) {
    if (!readers().contains(outer)) {
      afterwards.discard(item);
      forgetLast();
      return null;
    }
    if (open.size() == grouping.groups()) {
      GroupReader<K, T> idle = grouping.tooMany() == TooMany.END_IDLE ? idle() : null;
      if (idle == null) {
        stalled = item;
        return null;
      }
      idle.endIdle();
      open.remove(idle);
      changed.add(idle);
      tell(idle, afterwards);
    }
    GroupReader<K, T> group = new GroupReader<>(this, requireNonNull(lastKey, "lastKey"));
    add(group);
    open.add(group);
    changed.add(group);
    outer.put(group);
    tell(outer, afterwards);
    return group;
  }

  private @Nullable GroupReader<K, T> idle() {
    for (GroupReader<K, T> group : open) {
      if (group.held() == 0) {
        return group;
      }
    }
    return null;
  }

  private void forgetLast() {
    lastKey = null;
    lastGroup = null;
  }

  @Override
  void roomMade(Afterwards afterwards) {
    T item = stalled;
    if (item != null && !isOver()) {
      stalled = null;
      place(item, afterwards); // which may find that it has to wait still
    }
  }

  @Override
  @SuppressWarnings("unchecked") // all in `open` are of this
  void left(UpstreamReader<T, ?> reader, Afterwards afterwards) {
    if (open.remove(reader)) {
      changed.add((GroupReader<K, T>) reader);
    } else if (reader == outer) {
      for (GroupReader<K, T> group : List.copyOf(open)) {
        if (!group.isGiven()) {
          remove(group, afterwards);
        }
      }
    }
  }

  @Override
  void release(Afterwards afterwards) {
    key = null;
    byKey.clear();
    changed.clear();
    forgetLast();
    T item = stalled;
    stalled = null;
    if (item != null) {
      afterwards.discard(item);
    }
  }

  // ---- describing

  void describeGroups(Description description) {
    description.with("open", open.size() + " of " + grouping.groups());
    describeStall(description);
  }

  /** Names what an element waits for, if one does. */
  void describeStall(Description description) {
    if (stalled == null) {
      return;
    }
    GroupReader<K, T> group = lastGroup;
    if (group != null && isFull(group)) {
      description.waitsFor(
          "group " + group.key() + ", which holds all that it may, to be read or cancelled");
    } else {
      description.waitsFor(
          "one of " + grouping.groups() + " groups to be cancelled, for another: " + lastKey);
    }
  }
}
