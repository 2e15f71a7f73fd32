package dev.pollux.core;

import static java.util.Objects.requireNonNull;

import dev.pollux.operator.Stage;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Hands on the elements whose key has not come before. It remembers a limited number of keys: one
 * more different key is a failure of the stream, for a set that grows with the stream is a leak,
 * and one that forgets would answer wrongly.
 *
 * @cancellation cancels the upstream; the keys are dropped
 * @threading confined to the polling task
 */
final class DistinctIterator<T, K> extends Stage<T, T> {

  private final int limit;
  private @Nullable Function<? super T, ? extends K> key;

  /** Null once this is over. */
  private @Nullable Set<K> seen = new HashSet<>();

  DistinctIterator(AsyncIterator<T> upstream, int limit, Function<? super T, ? extends K> key) {
    super(upstream);
    this.limit = limit;
    this.key = key;
  }

  @Override
  protected String kind() {
    return "distinct";
  }

  @Override
  protected void release(Discard discard) {
    key = null;
    seen = null;
  }

  @Override
  public Next<T> pollNext(Context cx) throws Exception {
    AsyncIterator<T> upstream = open(cx);
    try {
      while (true) { // ends: the source takes budget for each element
        Next<T> next = upstream.pollNext(cx);
        if (!(next instanceof Item<T> item)) {
          return without(next);
        }
        if (isNew(item.value())) {
          return next;
        }
      }
    } catch (Throwable failure) {
      throw failed(failure);
    }
  }

  @Override
  public boolean accept(T item) {
    boolean isNew;
    try {
      isNew = isNew(item);
    } catch (Throwable failure) {
      return fail(failure);
    }
    return !isNew || sink().accept(item);
  }

  private boolean isNew(T item) {
    K key =
        requireNonNull(
            requireNonNull(this.key, "key").apply(item),
            "distinct: the key function answered null");
    Set<K> seen = requireNonNull(this.seen, "seen");
    if (seen.size() < limit) {
      return seen.add(key);
    }
    if (seen.contains(key)) {
      return false;
    }
    discard().discard(item);
    throw new IllegalStateException(
        "distinct remembers at most " + limit + " keys, and one more has come: " + key);
  }

  @Override
  public void describe(Description description) {
    super.describe(description);
    Set<K> seen = this.seen;
    description.with("limit", limit).with("keys", seen == null ? 0 : seen.size());
  }
}
