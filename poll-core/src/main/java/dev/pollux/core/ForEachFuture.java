package dev.pollux.core;

import dev.pollux.operator.TerminalFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Gives each element to an action.
 *
 * @cancellation cancels the upstream; nothing is held
 * @threading confined to the polling task
 */
final class ForEachFuture<A> extends TerminalFuture<A, Void> {

  private @Nullable Consumer<? super A> action;

  ForEachFuture(AsyncIterator<A> upstream, Consumer<? super A> action) {
    super(upstream);
    this.action = action;
  }

  static <A> Future<Void> of(AsyncIterator<A> upstream, Consumer<? super A> action) {
    Future<Void> copy = StageCopies.FOR_EACH.make(upstream, action);
    return copy == null ? new ForEachFuture<>(upstream, action) : copy;
  }

  @Override
  protected String kind() {
    return "forEach";
  }

  @Override
  protected void release(Discard discard) {
    action = null;
  }

  @Override
  public boolean accept(A item) {
    try {
      Consumer<? super A> action = this.action;
      if (action == null) {
        throw released();
      }
      action.accept(item);
      return true;
    } catch (Throwable failure) {
      return fail(failure);
    }
  }

  @Override
  protected Poll<Void> finish() {
    return Poll.done();
  }
}
