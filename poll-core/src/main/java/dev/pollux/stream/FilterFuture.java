package dev.pollux.stream;

import static java.util.Objects.requireNonNull;

import dev.pollux.core.Context;
import dev.pollux.core.Description;
import dev.pollux.core.Discard;
import dev.pollux.core.Future;
import dev.pollux.core.Poll;
import dev.pollux.core.PollAfterEndException;
import dev.pollux.operator.Cancel;
import dev.pollux.spi.Unpolled;
import org.jspecify.annotations.Nullable;

/**
 * Holds an element until a future has said whether it is wanted; completes with it, or with null.
 *
 * @cancellation cancels the future and discards the element
 * @threading confined to the polling task
 */
final class FilterFuture<T> implements Future<@Nullable T> {

  /** Null once over. */
  private @Nullable T element;

  private @Nullable Future<Boolean> wanted;
  private @Nullable Discard discard;

  FilterFuture(T element, Future<Boolean> wanted) {
    this.element = element;
    this.wanted = wanted;
  }

  @Override
  @SuppressWarnings("NullAway") // null is an output here
  public Poll<@Nullable T> poll(Context cx) throws Exception {
    Future<Boolean> wanted = this.wanted;
    if (wanted == null) {
      throw new PollAfterEndException("concurrent.filter");
    }
    if (discard == null) {
      Unpolled.used(wanted);
      discard = cx.discard();
    }
    boolean keep;
    try {
      Poll<Boolean> answer = wanted.poll(cx);
      if (answer.isPending()) {
        return Poll.pending();
      }
      keep = requireNonNull(answer.value(), "concurrent.filter: a future completed with null");
    } catch (StackOverflowError overflow) {
      throw overflow; // the future may not have begun: this still has it, to be cancelled
    } catch (Throwable failure) {
      this.wanted = null;
      cancel();
      throw failure;
    }
    T kept = keep ? element : null;
    this.wanted = null;
    element = null;
    discard = null;
    return Poll.ready(kept);
  }

  @Override
  public void cancel() {
    Discard discard = Cancel.orClosing(this.discard);
    Future<Boolean> wanted = this.wanted;
    T element = this.element;
    this.wanted = null;
    this.element = null;
    this.discard = null;
    Cancel.child(wanted, discard);
    discard.discard(element);
  }

  @Override
  public void describe(Description description) {
    description.name("concurrent.filter").child("wanted", wanted);
  }
}
