package dev.pollux.stream;

import java.util.ArrayDeque;

/**
 * A reader that keeps the elements which are for it alone.
 *
 * @param <A> the type of the elements of the upstream
 * @param <B> the type of what it gives
 * @threading as {@link UpstreamReader}; everything here needs the lock of the upstream
 */
abstract class QueueReader<A, B> extends UpstreamReader<A, B> {

  private final ArrayDeque<B> unread = new ArrayDeque<>();

  QueueReader(SharedUpstream<A> upstream) {
    super(upstream);
  }

  /** How many elements are held; by the owner, between polls, without the lock too. */
  final int held() {
    return unread.size();
  }

  final void put(B item) {
    unread.addLast(item);
  }

  final void clear() {
    unread.clear();
  }

  @Override
  final boolean hasNext() {
    return !unread.isEmpty();
  }

  @Override
  B take(Afterwards afterwards) {
    return unread.removeFirst();
  }

  @Override
  void drop(Afterwards afterwards) {
    B item;
    while ((item = unread.pollFirst()) != null) {
      afterwards.discard(item);
    }
  }
}
