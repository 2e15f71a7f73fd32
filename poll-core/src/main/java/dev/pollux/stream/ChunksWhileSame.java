package dev.pollux.stream;

import static java.util.Objects.requireNonNull;

import dev.pollux.core.AsyncIterator;
import dev.pollux.core.Discard;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Gives elements together that follow one another and have the same key.
 *
 * @cancellation discards what is held, and cancels the upstream
 * @threading confined to the polling task
 */
final class ChunksWhileSame<T> extends Chunks<T> {

  private @Nullable Function<? super T, ?> key;
  private final int limit;

  /** Of what is held. */
  private @Nullable Object current;

  ChunksWhileSame(AsyncIterator<T> upstream, Function<? super T, ?> key, int limit) {
    super(upstream);
    this.key = key;
    this.limit = limit;
  }

  @Override
  protected String kind() {
    return "chunked.whileSame";
  }

  @Override
  protected void release(Discard discard) {
    key = null;
    current = null;
    super.release(discard);
  }

  @Override
  @Nullable List<T> add(T item) {
    Object ofItem;
    boolean differs;
    try {
      ofItem =
          requireNonNull(
              requireNonNull(key, "key").apply(item),
              "chunked.whileSame: the function answered null instead of a key");
      differs = held() > 0 && !ofItem.equals(current);
    } catch (Throwable failure) {
      hold(item); // to be discarded with the others
      throw failure;
    }
    List<T> before = differs ? takeHeld() : null;
    current = ofItem;
    hold(item);
    return before == null && held() == limit ? takeHeld() : before;
  }
}
