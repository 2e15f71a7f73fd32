package dev.pollux.core;

import static java.util.Objects.requireNonNull;

import dev.pollux.operator.UpstreamOwner;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Reads up to the first element that a predicate holds for, with which the upstream is cancelled,
 * and answers what that means: {@code find}, {@code anyMatch} and their like. The elements before
 * it are dropped by the user's decision, not discarded.
 *
 * @cancellation cancels the upstream; nothing is held
 * @threading confined to the polling task
 */
final class SearchFuture<A, R> extends UpstreamOwner<A> implements Future<R>, Sink<A> {

  private final String kind;
  private @Nullable Predicate<? super A> predicate;

  /** The answer for the element found, or for null if there is none. */
  private final Function<? super @Nullable A, R> answer;

  /** Not null only between {@code accept} and the answer. */
  private @Nullable A found;

  SearchFuture(
      String kind,
      AsyncIterator<A> upstream,
      Predicate<? super A> predicate,
      Function<? super @Nullable A, R> answer) {
    super(upstream);
    this.kind = kind;
    this.predicate = predicate;
    this.answer = answer;
  }

  @Override
  protected String kind() {
    return kind;
  }

  @Override
  protected void release(Discard discard) {
    predicate = null;
    found = null;
  }

  @Override
  public Poll<R> poll(Context cx) throws Exception {
    AsyncIterator<A> upstream = open(cx);
    try {
      // Stopped means found: accept wants more otherwise, or has failed.
      if (feed(upstream, cx, this) == Turn.PENDING) {
        return Poll.pending();
      }
      R result = answer.apply(found);
      cancel();
      return Poll.ready(result);
    } catch (Throwable failure) {
      throw failed(failure);
    }
  }

  @Override
  public boolean accept(A item) {
    try {
      if (requireNonNull(predicate, "predicate").test(item)) {
        found = item;
        return false;
      }
      return true;
    } catch (Throwable failure) {
      return fail(failure);
    }
  }

  @Override
  public void describe(Description description) {
    description.name(kind()).stream("upstream", upstream());
  }
}
