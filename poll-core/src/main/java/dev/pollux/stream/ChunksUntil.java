package dev.pollux.stream;

import static java.util.Objects.requireNonNull;

import dev.pollux.core.AsyncIterator;
import dev.pollux.core.Discard;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Gives elements together, up to and with one that a predicate holds for.
 *
 * @cancellation discards what is held, and cancels the upstream
 * @threading confined to the polling task
 */
final class ChunksUntil<T> extends Chunks<T> {

  private @Nullable Predicate<? super T> last;
  private final int limit;

  ChunksUntil(AsyncIterator<T> upstream, Predicate<? super T> last, int limit) {
    super(upstream);
    this.last = last;
    this.limit = limit;
  }

  @Override
  protected String kind() {
    return "chunked.until";
  }

  @Override
  protected void release(Discard discard) {
    last = null;
    super.release(discard);
  }

  @Override
  @Nullable List<T> add(T item) {
    hold(item);
    return requireNonNull(last, "last").test(item) || held() == limit ? takeHeld() : null;
  }
}
