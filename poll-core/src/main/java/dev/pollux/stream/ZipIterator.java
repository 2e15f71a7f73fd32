package dev.pollux.stream;

import static java.util.Objects.requireNonNull;

import dev.pollux.core.AsyncIterator;
import dev.pollux.core.Context;
import dev.pollux.core.Description;
import dev.pollux.core.Discard;
import dev.pollux.core.Next;
import dev.pollux.operator.SourcesOwner;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Gives what a function makes of the first elements of all sources, then of the second ones, and so
 * on, until a source ends.
 *
 * @cancellation discards the elements that wait for those of other sources, and cancels the
 *     sources, newest first
 * @threading confined to the polling task; the wakers of the sources belong to any thread
 */
final class ZipIterator<T, R> extends SourcesOwner<R> {

  private final Heads<T> heads;
  private final int width;
  private @Nullable Function<? super List<T>, ? extends R> function;

  ZipIterator(List<AsyncIterator<T>> sources, Function<? super List<T>, ? extends R> function) {
    this.heads = new Heads<>(sources);
    this.width = sources.size();
    this.function = function;
  }

  @Override
  protected String kind() {
    return "zip";
  }

  @Override
  protected void release(Discard discard) {
    function = null;
    heads.discardHeads(discard);
  }

  @Override
  protected void giveSources(Consumer<? super AsyncIterator<?>> taker) {
    heads.giveSources(taker);
  }

  @Override
  public Next<R> pollNext(Context cx) throws Exception {
    open(cx);
    try {
      while (true) {
        switch (heads.look(cx)) {
          case PENDING -> {
            return Next.pending();
          }
          case ENDED -> {
            return end();
          }
          case COMPLETE -> {
            return Next.item(combine());
          }
          case HEAD -> {}
        }
      }
    } catch (Throwable failure) {
      throw failed(failure);
    }
  }

  private R combine() {
    List<T> row = new ArrayList<>(width);
    for (int i = 0; i < width; i++) {
      row.add(heads.take(i));
    }
    return requireNonNull(
        requireNonNull(function, "function").apply(Collections.unmodifiableList(row)),
        "zip: the function answered null, and an element may not be null");
  }

  @Override
  public void describe(Description description) {
    description.name(kind());
    heads.describe(description);
  }
}
