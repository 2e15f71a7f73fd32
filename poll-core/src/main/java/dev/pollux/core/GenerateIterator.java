package dev.pollux.core;

import static java.util.Objects.requireNonNull;

import dev.pollux.operator.SinkContract;
import dev.pollux.operator.Source;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Gives what a supplier makes, without end.
 *
 * @cancellation nothing is lost
 * @threading confined to the polling task
 */
final class GenerateIterator<T> extends Source<T> {

  private @Nullable Supplier<? extends T> supplier;

  GenerateIterator(Supplier<? extends T> supplier) {
    this.supplier = supplier;
  }

  @Override
  protected String kind() {
    return "generate";
  }

  @Override
  protected void release() {
    supplier = null;
  }

  @Override
  public Next<T> pollNext(Context cx) {
    open();
    return cx.tryProceed() ? Next.item(make()) : Next.pending();
  }

  @Override
  public Turn pollEach(Context cx, Sink<? super T> sink) {
    open();
    while (cx.tryProceed()) {
      T item = make();
      try {
        if (!sink.accept(item)) {
          return Turn.STOPPED;
        }
      } catch (Throwable violation) {
        throw SinkContract.violated(this, cx, violation);
      }
    }
    return Turn.PENDING;
  }

  private T make() {
    try {
      return requireNonNull(
          requireNonNull(supplier, "supplier").get(),
          "generate: the supplier gave null, and an element may not be null");
    } catch (Throwable failure) {
      cancel();
      throw failure;
    }
  }
}
