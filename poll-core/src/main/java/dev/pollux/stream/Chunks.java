package dev.pollux.stream;

import dev.pollux.core.AsyncIterator;
import dev.pollux.core.Context;
import dev.pollux.core.Description;
import dev.pollux.core.Discard;
import dev.pollux.core.Item;
import dev.pollux.core.Next;
import dev.pollux.core.Turn;
import dev.pollux.operator.Stage;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What operators share that give elements together: what is held until a chunk is complete, and
 * given as it is at the end.
 *
 * @cancellation discards what is held, and cancels the upstream
 * @threading confined to the polling task
 */
abstract class Chunks<T> extends Stage<T, List<T>> {

  private ArrayList<T> held = new ArrayList<>();

  /** What the sink answered last in this turn. */
  private boolean sinkWantsMore;

  Chunks(AsyncIterator<T> upstream) {
    super(upstream);
  }

  /** Takes an element in. Answers the chunk that it completes, or null. */
  abstract @Nullable List<T> add(T item);

  /** What is given at the end though it is not complete, or null; the upstream is over then. */
  @Nullable List<T> takeRest() {
    return takeHeld();
  }

  /** What is given when the upstream has no element now, or null. */
  @Nullable List<T> takeAtPending() {
    return null;
  }

  /** Whether {@link #takeRest} would answer something. */
  boolean hasRest() {
    return !held.isEmpty();
  }

  /** Discards what was not given. */
  void drop(Discard discard) {
    for (int i = held.size() - 1; i >= 0; i--) {
      discard.discard(held.get(i));
    }
    held = new ArrayList<>(0);
  }

  /** How many elements are held. */
  int held() {
    return held.size();
  }

  final void hold(T item) {
    held.add(item);
  }

  /** A chunk of all that is held, or null if nothing is. */
  final @Nullable List<T> takeHeld() {
    if (held.isEmpty()) {
      return null;
    }
    List<T> chunk = Collections.unmodifiableList(held);
    held = new ArrayList<>();
    return chunk;
  }

  @Override
  protected void release(Discard discard) {
    drop(discard);
  }

  @Override
  public Next<List<T>> pollNext(Context cx) throws Exception {
    AsyncIterator<T> upstream = open(cx);
    try {
      while (true) {
        Next<T> next = upstream.pollNext(cx);
        List<T> chunk;
        if (next instanceof Item<T> item) {
          chunk = add(item.value());
        } else if (next.isPending()) {
          chunk = takeAtPending();
          if (chunk == null) {
            return Next.pending();
          }
        } else {
          chunk = takeRest();
          if (chunk == null) {
            break;
          }
          cancelUpstream();
        }
        if (chunk != null) {
          return Next.item(chunk);
        }
      }
    } catch (Throwable failure) {
      throw failed(failure);
    }
    cancel();
    return Next.end();
  }

  @Override
  protected void begin(Context cx) {
    sinkWantsMore = true;
  }

  @Override
  public final boolean accept(T item) {
    List<T> chunk;
    try {
      chunk = add(item);
    } catch (Throwable failure) {
      return fail(failure);
    }
    if (chunk != null) {
      sinkWantsMore = sink().accept(chunk);
    }
    return sinkWantsMore;
  }

  @Override
  protected Turn settle(Turn turn) {
    if (turn == Turn.PENDING && sinkWantsMore) {
      List<T> chunk = takeAtPending();
      return chunk == null || offer(chunk) ? Turn.PENDING : Turn.STOPPED;
    }
    if (turn != Turn.ENDED || !hasRest()) {
      return turn;
    }
    if (sinkWantsMore) {
      List<T> chunk = takeRest();
      if (chunk == null || offer(chunk)) {
        return Turn.ENDED;
      }
    }
    cancelUpstream(); // it has ended, and this has not
    return Turn.STOPPED;
  }

  /** Offers a chunk outside the turn of the upstream, which would report a sink that throws. */
  private boolean offer(List<T> chunk) {
    try {
      return sink().accept(chunk);
    } catch (Throwable violation) {
      discard().uncaught(violation, "a sink threw, which its contract forbids");
      throw violation;
    }
  }

  @Override
  public boolean knownEnded() {
    return super.knownEnded() && !hasRest();
  }

  @Override
  public void describe(Description description) {
    super.describe(description);
    description.with("held", held());
  }
}
