package dev.pollux.stream;

import dev.pollux.core.AsyncIterator;
import dev.pollux.core.Discard;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Gives so many elements together, of which the next chunk begins so many elements later than the
 * one before. What was given once is not discarded.
 *
 * @cancellation discards what is held and was never given, and cancels the upstream
 * @threading confined to the polling task
 */
final class SlidingChunks<T> extends Chunks<T> {

  private final int size;
  private final int step;

  /** The beginning of the next chunk, in place of what chunks hold that do not overlap. */
  private final Deque<T> window = new ArrayDeque<>();

  /** How many of the window, at its end, no chunk has had. */
  private int fresh;

  /** How many elements are left out before the next chunk begins. */
  private int toSkip;

  SlidingChunks(AsyncIterator<T> upstream, int size, int step) {
    super(upstream);
    this.size = size;
    this.step = step;
  }

  @Override
  protected String kind() {
    return "chunked.sliding";
  }

  @Override
  @Nullable List<T> add(T item) {
    if (toSkip > 0) {
      toSkip--;
      discard().discard(item); // nobody has seen it
      return null;
    }
    window.addLast(item);
    fresh++;
    if (window.size() < size) {
      return null;
    }
    List<T> chunk = copy();
    for (int i = Math.min(step, size); i > 0; i--) {
      window.removeFirst();
    }
    toSkip = Math.max(0, step - size);
    return chunk;
  }

  private List<T> copy() {
    fresh = 0;
    return Collections.unmodifiableList(new ArrayList<>(window));
  }

  @Override
  boolean hasRest() {
    return fresh > 0;
  }

  @Override
  @Nullable List<T> takeRest() {
    List<T> rest = hasRest() ? copy() : null;
    window.clear();
    return rest;
  }

  @Override
  void drop(Discard discard) {
    for (; fresh > 0; fresh--) {
      discard.discard(window.removeLast());
    }
    window.clear();
  }

  @Override
  int held() {
    return window.size();
  }
}
