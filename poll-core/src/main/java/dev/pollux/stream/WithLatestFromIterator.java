package dev.pollux.stream;

import static java.util.Objects.requireNonNull;

import dev.pollux.core.AsyncIterator;
import dev.pollux.core.Context;
import dev.pollux.core.Description;
import dev.pollux.core.Discard;
import dev.pollux.core.Item;
import dev.pollux.core.Next;
import dev.pollux.operator.Cancel;
import dev.pollux.operator.UpstreamOwner;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * Gives, for each element of the upstream, what a function makes of it and of the latest element of
 * another iterator.
 *
 * @cancellation discards the latest element of the other iterator if the function has not seen it,
 *     and cancels the other iterator, then the upstream
 * @threading confined to the polling task
 */
final class WithLatestFromIterator<A, B, R> extends UpstreamOwner<A> implements AsyncIterator<R> {

  /** How many elements of the other iterator are read before the upstream has its turn. */
  static final int IN_ONE_GO = 64;

  /** Null once over. */
  private @Nullable AsyncIterator<? extends B> other;

  private @Nullable BiFunction<? super A, ? super B, ? extends R> function;
  private @Nullable B latest;

  /** Whether the function has seen {@link #latest}. */
  private boolean seen;

  /** Whether the other iterator has nothing more at the moment, and will wake, or has ended. */
  private boolean otherWaits;

  /** Whether the budget was used up before the upstream had its turn. */
  private boolean upstreamIsDue;

  WithLatestFromIterator(
      AsyncIterator<? extends A> upstream,
      AsyncIterator<? extends B> other,
      BiFunction<? super A, ? super B, ? extends R> function) {
    super(upstream);
    this.other = other;
    this.function = function;
  }

  @Override
  protected String kind() {
    return "withLatestFrom";
  }

  @Override
  protected void release(Discard discard) {
    AsyncIterator<? extends B> other = this.other;
    B unseen = seen ? null : latest;
    this.other = null;
    function = null;
    latest = null;
    discard.discard(unseen);
    Cancel.iterator(other, discard);
  }

  @Override
  public Next<R> pollNext(Context cx) throws Exception {
    AsyncIterator<A> upstream = open(cx);
    boolean upstreamFirst = upstreamIsDue;
    upstreamIsDue = false;
    otherWaits = false;
    try {
      while (true) {
        if (!upstreamFirst && !readOther(cx)) {
          cancel();
          return Next.end();
        }
        upstreamFirst = false;
        Next<A> next = upstream.pollNext(cx);
        if (next instanceof Item<A> item) {
          B latest = this.latest;
          if (latest != null) {
            seen = true;
            return Next.item(combine(item.value(), latest));
          }
          discard().discard(item.value()); // there is nothing to combine it with
        } else if (next.isEnd()) {
          cancel();
          return Next.end();
        } else if (otherWaits) {
          upstreamIsDue = cx.budget().isExhausted();
          return Next.pending();
        }
      }
    } catch (Throwable failure) {
      throw failed(failure);
    }
  }

  /** Reads the other iterator; answers whether there is, or can be, something to combine with. */
  private boolean readOther(Context cx) throws Exception {
    for (int left = IN_ONE_GO; other != null && left > 0; left--) {
      Next<? extends B> next = other.pollNext(cx);
      if (next instanceof Item<? extends B> item) {
        B before = seen ? null : latest;
        latest = item.value();
        seen = false;
        discard().discard(before);
      } else if (next.isEnd()) {
        other = null;
      } else {
        otherWaits = true;
        return true;
      }
    }
    otherWaits = other == null;
    return other != null || latest != null;
  }

  private R combine(A element, B latest) {
    return requireNonNull(
        requireNonNull(function, "function").apply(element, latest),
        "withLatestFrom: the function answered null, and an element may not be null");
  }

  @Override
  public boolean knownEnded() {
    AsyncIterator<A> upstream = upstream();
    return upstream != null && other == null && upstream.knownEnded();
  }

  @Override
  public void describe(Description description) {
    description.name(kind()).with("held", latest == null ? 0 : 1).stream("other", other).stream(
        "upstream", upstream());
  }
}
