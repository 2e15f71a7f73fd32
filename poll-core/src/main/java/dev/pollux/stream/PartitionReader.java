package dev.pollux.stream;

import dev.pollux.core.Description;

/**
 * One part of a {@link Partition}.
 *
 * @cancellation discards what it holds; the second cancels the upstream
 * @threading confined to the polling task
 */
final class PartitionReader<T> extends QueueReader<T, T> {

  private final String part;
  private final int capacity;

  PartitionReader(PartitionedUpstream<T> upstream, String part, int capacity) {
    super(upstream);
    this.part = part;
    this.capacity = capacity;
  }

  boolean isFull() {
    return held() == capacity;
  }

  @Override
  String kind() {
    return "partition";
  }

  @Override
  void describeHeld(Description description) {
    description.with("part", part).with("held", held() + " of " + capacity);
    if (held() == 0
        && upstream() instanceof PartitionedUpstream<T> parts
        && !parts.mayDrive(this)) {
      description.waitsFor("the other part, which has no room for more, to be read or cancelled");
    }
  }
}
