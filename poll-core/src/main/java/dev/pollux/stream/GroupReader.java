package dev.pollux.stream;

import dev.pollux.core.Description;

/**
 * The elements of one key.
 *
 * @cancellation discards what it holds
 * @threading confined to the polling task
 */
final class GroupReader<K, T> extends QueueReader<T, T> implements Group<K, T>, AutoCloseable {

  private final K key;

  // Guarded by the lock of the upstream.

  /** Whether it was ended to make room for another group. */
  private boolean ended;

  /** Whether somebody has it. */
  private boolean given;

  GroupReader(GroupedUpstream<K, T> upstream, K key) {
    super(upstream);
    this.key = key;
  }

  @Override
  public K key() {
    return key;
  }

  @Override
  String kind() {
    return "group";
  }

  void give() {
    given = true;
  }

  boolean isGiven() {
    return given;
  }

  void endIdle() {
    ended = true;
  }

  @Override
  boolean hasEnded() {
    return ended;
  }

  /** What is discarded is closed: so a group that an operator drops is cancelled. */
  @Override
  public void close() {
    cancel();
  }

  @Override
  void describeHeld(Description description) {
    description.with("key", key).with("held", held());
    if (held() == 0 && upstream() instanceof GroupedUpstream<?, T> groups) {
      groups.describeStall(description);
    }
  }
}
