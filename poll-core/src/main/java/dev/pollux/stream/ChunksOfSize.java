package dev.pollux.stream;

import dev.pollux.core.AsyncIterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Gives so many elements together, or with {@code eager} those that are there at once, up to so
 * many.
 *
 * @cancellation discards what is held, and cancels the upstream
 * @threading confined to the polling task
 */
final class ChunksOfSize<T> extends Chunks<T> {

  private final int size;
  private final boolean eager;

  ChunksOfSize(AsyncIterator<T> upstream, int size, boolean eager) {
    super(upstream);
    this.size = size;
    this.eager = eager;
  }

  @Override
  protected String kind() {
    return eager ? "chunked.ready" : "chunked.ofSize";
  }

  @Override
  @Nullable List<T> add(T item) {
    hold(item);
    return held() == size ? takeHeld() : null;
  }

  @Override
  @Nullable List<T> takeAtPending() {
    return eager ? takeHeld() : null;
  }
}
