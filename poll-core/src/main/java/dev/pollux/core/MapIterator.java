package dev.pollux.core;

import static java.util.Objects.requireNonNull;

import dev.pollux.operator.Stage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Hands on what a function makes of each element.
 *
 * @cancellation cancels the upstream; nothing is held
 * @threading confined to the polling task
 */
final class MapIterator<A, B> extends Stage<A, B> {

  private @Nullable Function<? super A, ? extends B> function;

  MapIterator(AsyncIterator<? extends A> upstream, Function<? super A, ? extends B> function) {
    super(upstream);
    this.function = function;
  }

  static <A, B> AsyncIterator<B> of(
      AsyncIterator<? extends A> upstream, Function<? super A, ? extends B> function) {
    AsyncIterator<B> copy = StageCopies.MAP.make(upstream, function);
    return copy == null ? new MapIterator<>(upstream, function) : copy;
  }

  @Override
  protected String kind() {
    return "map";
  }

  @Override
  protected void release(Discard discard) {
    function = null;
  }

  @Override
  public Next<B> pollNext(Context cx) throws Exception {
    AsyncIterator<A> upstream = open(cx);
    try {
      Next<A> next = upstream.pollNext(cx);
      return next instanceof Item<A> item ? Next.item(apply(item.value())) : without(next);
    } catch (Throwable failure) {
      throw failed(failure);
    }
  }

  @Override
  public boolean accept(A item) {
    B mapped;
    try {
      mapped = apply(item);
    } catch (Throwable failure) {
      return fail(failure);
    }
    return sink().accept(mapped);
  }

  private B apply(A item) {
    Function<? super A, ? extends B> function = this.function;
    if (function == null) {
      throw released();
    }
    return requireNonNull(
        function.apply(item), "map: the function answered null, and an element may not be null");
  }
}
