package dev.pollux.stream;

import dev.pollux.core.Description;

/**
 * Gives the groups of {@code groupBy}.
 *
 * @cancellation cancels the groups that it has not given; those that it has go on
 * @threading confined to the polling task
 */
final class GroupsReader<K, T> extends QueueReader<T, Group<K, T>> {

  GroupsReader(GroupedUpstream<K, T> upstream) {
    super(upstream);
  }

  @Override
  String kind() {
    return "groupBy";
  }

  @Override
  Group<K, T> take(Afterwards afterwards) {
    Group<K, T> group = super.take(afterwards);
    ((GroupReader<K, T>) group).give();
    return group;
  }

  /** The groups that were not given are readers, which the upstream has leave too. */
  @Override
  void drop(Afterwards afterwards) {
    clear();
  }

  @Override
  void describeHeld(Description description) {
    if (upstream() instanceof GroupedUpstream<?, T> groups) {
      groups.describeGroups(description.with("not given", held()));
    }
  }
}
