package dev.pollux.stream;

import static java.util.Objects.requireNonNull;

import dev.pollux.core.AsyncIterator;
import dev.pollux.core.Context;
import dev.pollux.core.Description;
import dev.pollux.core.Discard;
import dev.pollux.core.Item;
import dev.pollux.core.Next;
import dev.pollux.operator.SourcesOwner;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Gives, for each element of the main iterator, what a function makes of it and of the latest
 * element of another iterator.
 *
 * @cancellation discards the latest element of the other iterator if the function has not seen it,
 *     and cancels the other iterator, then the main one
 * @threading confined to the polling task
 */
final class WithLatestFromIterator<A, B, R> extends SourcesOwner<R> {

  /** How many elements of the other iterator are read before the main one has its turn. */
  static final int IN_ONE_GO = 64;

  /** Null once over. */
  private @Nullable AsyncIterator<? extends A> main;

  /** Null once it is over. */
  private @Nullable AsyncIterator<? extends B> other;

  private @Nullable BiFunction<? super A, ? super B, ? extends R> function;
  private @Nullable B latest;

  /** Whether the function has seen {@link #latest}. */
  private boolean seen;

  /** Whether the other iterator has nothing more at the moment, and will wake, or has ended. */
  private boolean otherWaits;

  /** Whether the budget was used up before the main iterator had its turn. */
  private boolean mainIsDue;

  WithLatestFromIterator(
      AsyncIterator<? extends A> main,
      AsyncIterator<? extends B> other,
      BiFunction<? super A, ? super B, ? extends R> function) {
    this.main = main;
    this.other = other;
    this.function = function;
  }

  @Override
  protected String kind() {
    return "withLatestFrom";
  }

  @Override
  protected void release(Discard discard) {
    B unseen = seen ? null : latest;
    function = null;
    latest = null;
    discard.discard(unseen);
  }

  @Override
  protected void giveSources(Consumer<? super AsyncIterator<?>> taker) {
    AsyncIterator<? extends A> main = this.main;
    AsyncIterator<? extends B> other = this.other;
    this.main = null;
    this.other = null;
    if (main != null) {
      taker.accept(main);
    }
    if (other != null) {
      taker.accept(other);
    }
  }

  @Override
  public Next<R> pollNext(Context cx) throws Exception {
    open(cx);
    AsyncIterator<? extends A> main = requireNonNull(this.main, "main");
    boolean mainFirst = mainIsDue;
    mainIsDue = false;
    otherWaits = false;
    try {
      while (true) {
        if (!mainFirst && !readOther(cx)) {
          return end();
        }
        mainFirst = false;
        Next<? extends A> next = main.pollNext(cx);
        if (next instanceof Item<? extends A> item) {
          B latest = this.latest;
          if (latest != null) {
            seen = true;
            return Next.item(combine(item.value(), latest));
          }
          discard().discard(item.value()); // there is nothing to combine it with
        } else if (next.isEnd()) {
          return end();
        } else if (otherWaits) {
          mainIsDue = cx.budget().isExhausted();
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
    return main != null && other == null && main.knownEnded();
  }

  @Override
  public void describe(Description description) {
    description.name(kind()).with("held", latest == null ? 0 : 1).stream("other", other).stream(
        "main", main);
  }
}
