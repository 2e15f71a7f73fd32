package dev.pollux.stream;

import dev.pollux.core.AsyncIterator;

/**
 * The elements of a stream that have one key: given by {@link AsyncIterator#groupBy}.
 *
 * @param <K> the type of the key
 * @param <T> the type of the elements
 * @cancellation what it holds is discarded, and the next element with its key opens a new group
 * @threading owned by one task, the groups of one stream together by any
 */
public interface Group<K, T> extends AsyncIterator<T> {

  /** What all elements of this group have in common. */
  K key();
}
