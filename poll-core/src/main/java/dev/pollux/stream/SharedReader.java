package dev.pollux.stream;

import dev.pollux.core.Description;
import dev.pollux.stream.SharedElements.Policy;
import dev.pollux.stream.SharedElements.Room;
import dev.pollux.stream.SharedElements.Slot;
import dev.pollux.sync.LaggedException;
import java.util.ArrayDeque;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A reader of a {@link Shared}, with what it has not read.
 *
 * @cancellation discards what it holds and nobody has got; the last one cancels the upstream
 * @threading confined to the polling task
 */
final class SharedReader<T> extends UpstreamReader<T, T> {

  private final Policy policy;
  private final int capacity;

  // Guarded by the lock of the upstream.
  private final Room room;
  private final ArrayDeque<Slot<T>> unread = new ArrayDeque<>();
  private long missed;

  SharedReader(SharedElements<T> elements, Policy policy, int capacity, Room room) {
    super(elements);
    this.policy = policy;
    this.capacity = capacity;
    this.room = room;
  }

  /** One more to read, if there is room; else as the policy says. */
  void offer(Slot<T> slot, Afterwards afterwards) {
    if (policy == Policy.DROPPING && isFull()) {
      missed++;
      return;
    }
    if ((policy == Policy.LAGGING || policy == Policy.REPLAYING) && isFull()) {
      if (policy == Policy.LAGGING) {
        missed++;
      } // else it came while the upstream was polled, and is as if it came right after
      room.countFull(-1);
      unread.removeFirst().drop(afterwards);
    }
    unread.addLast(slot.held());
    if (isFull()) {
      room.countFull(1);
    }
  }

  private boolean isFull() {
    return unread.size() == capacity;
  }

  @Override
  String kind() {
    return policy.name().toLowerCase(Locale.ROOT);
  }

  @Override
  boolean hasNext() {
    return !unread.isEmpty();
  }

  @Override
  T take(Afterwards afterwards) {
    if (isFull()) {
      room.countFull(-1);
    }
    return unread.removeFirst().give();
  }

  @Override
  void drop(Afterwards afterwards) {
    if (isFull()) {
      room.countFull(-1);
    }
    Slot<T> slot;
    while ((slot = unread.pollFirst()) != null) {
      slot.drop(afterwards);
    }
  }

  @Override
  @Nullable Throwable cut() {
    return missed > 0 && policy == Policy.LAGGING
        ? new LaggedException(missed, "a shared stream")
        : null;
  }

  @Override
  void describeHeld(Description description) {
    description.with("held", unread.size() + " of " + capacity);
    if (missed > 0) {
      description.with("missed", missed);
    }
    if (unread.isEmpty() && policy.waits() && !room.isLeft()) {
      description.waitsFor("another reader, which has no room for more, to read");
    }
  }
}
