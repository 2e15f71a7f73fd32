package dev.pollux.stream;

import static java.util.Objects.requireNonNull;

import dev.pollux.core.AsyncIterator;
import dev.pollux.core.ChildContext;
import dev.pollux.core.Context;
import dev.pollux.core.Description;
import dev.pollux.core.Discard;
import dev.pollux.core.Item;
import dev.pollux.core.Next;
import dev.pollux.core.Sink;
import dev.pollux.core.Turn;
import dev.pollux.operator.Cancel;
import dev.pollux.operator.ItemFailures;
import dev.pollux.operator.Raise;
import dev.pollux.operator.ReadyQueue;
import dev.pollux.operator.UpstreamOwner;
import dev.pollux.spi.Unpolled;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Gives the elements of up to so many inner iterators as they come, none of which it holds.
 *
 * <p>The upstream and each inner iterator have a waker of their own, and only those that were woken
 * are polled. One that has more to give goes behind all others that were woken: after one element
 * where elements are pulled, after {@value #RUN} where they are fed to a sink.
 *
 * @cancellation cancels the inner iterators, newest first, then the upstream; nothing is held
 * @threading confined to the polling task; the wakers of the children may be called from any thread
 */
final class FlatMapUnordered<A, B> extends UpstreamOwner<A> implements AsyncIterator<B> {

  /** How many elements one inner iterator feeds to a sink before the next has its turn. */
  static final int RUN = 32;

  /** The waker of a child, its place in the queue, and the child, unless it is the upstream. */
  private static final class Lane<B> extends ReadyQueue.Node {

    /** Null of the upstream, and once over: a husk. */
    private @Nullable AsyncIterator<? extends B> iterator;

    private final int index;

    /** The turn in which it answered Pending last. */
    private int turn;

    private @Nullable Lane<B> older;
    private @Nullable Lane<B> newer;

    Lane(ReadyQueue queue, int index, @Nullable AsyncIterator<? extends B> iterator) {
      super(queue);
      this.index = index;
      this.iterator = iterator;
    }

    @Override
    public String toString() {
      return iterator == null ? "waker of the upstream" : "waker of inner " + index;
    }
  }

  /** Stops an inner iterator when its run is over, or the sink has enough. */
  private static final class Run<B> implements Sink<B> {
    private @Nullable Sink<? super B> sink;
    private int left;
    private boolean wantsMore;

    /** What the sink threw, which is no failure of the inner iterator. */
    private @Nullable Throwable violation;

    @Override
    public boolean accept(B item) {
      try {
        wantsMore = requireNonNull(sink, "sink").accept(item);
      } catch (Throwable thrown) {
        violation = thrown;
        throw thrown;
      }
      return --left > 0 && wantsMore;
    }
  }

  private final int limit;
  private final ItemFailures failures;
  private @Nullable Function<? super A, ? extends AsyncIterator<? extends B>> function;

  private final ReadyQueue ready = new ReadyQueue();
  private final ChildContext childContext = new ChildContext();
  private final Run<B> run = new Run<>();

  /** The place of the upstream in the queue. */
  private final Lane<B> source = new Lane<>(ready, -1, null);

  /** Whether {@link #source} is out of the queue, though owed a poll, until a place is free. */
  private boolean owed;

  private @Nullable Lane<B> oldest;
  private @Nullable Lane<B> newest;
  private int size;
  private int started;

  /** From one answer to the next: in it, a child that has answered Pending is not polled again. */
  private int turn = 1;

  /** Whether the upstream has ended. */
  private boolean complete;

  FlatMapUnordered(
      AsyncIterator<A> upstream,
      int limit,
      ItemFailures failures,
      Function<? super A, ? extends AsyncIterator<? extends B>> function) {
    super(upstream);
    this.limit = limit;
    this.failures = failures;
    this.function = function;
    ready.append(source);
  }

  @Override
  protected String kind() {
    return "concurrent.flatMap";
  }

  @Override
  protected void release(Discard discard) {
    function = null;
    for (Lane<B> lane = newest; lane != null; lane = newest) {
      AsyncIterator<? extends B> inner = lane.iterator;
      finish(lane);
      Cancel.iterator(inner, discard);
    }
    source.finish();
    ready.clear();
    childContext.clear();
    failures.release(discard);
  }

  @Override
  public Next<B> pollNext(Context cx) throws Exception {
    AsyncIterator<A> upstream = open(cx);
    try {
      Lane<B> lane;
      while ((lane = nextReady(cx)) != null) {
        if (lane == source) {
          pollUpstream(upstream, cx);
          continue;
        }
        Next<B> next;
        try {
          next = childContext.pollNext(cx, lane, requireNonNull(lane.iterator, "iterator"));
        } catch (StackOverflowError failure) {
          throw failure; // the inner iterator may not have begun: it is cancelled with the others
        } catch (Throwable failure) {
          innerFailed(lane, failure);
          continue;
        }
        if (next.isItem()) {
          turn++;
          requeue(lane);
          return next;
        }
        settle(lane, next.isEnd());
      }
      if (!isDrained()) {
        return Next.pending();
      }
      failures.throwOwed();
    } catch (Throwable failure) {
      failures.join(failure);
      throw failed(failure);
    }
    cancel();
    return Next.end();
  }

  @Override
  public Turn pollEach(Context cx, Sink<? super B> sink) throws Exception {
    AsyncIterator<A> upstream = open(cx);
    try {
      run.sink = sink;
      Lane<B> lane;
      while ((lane = nextReady(cx)) != null) {
        if (lane == source) {
          pollUpstream(upstream, cx);
          continue;
        }
        run.left = RUN;
        run.wantsMore = true;
        Turn answer;
        try {
          answer = childContext.pollEach(cx, lane, requireNonNull(lane.iterator, "iterator"), run);
        } catch (Throwable failure) {
          if (run.violation != null || failure instanceof StackOverflowError) {
            throw failure;
          }
          innerFailed(lane, failure);
          if (!run.wantsMore) {
            return Turn.STOPPED;
          }
          continue;
        }
        if (answer == Turn.STOPPED) {
          requeue(lane);
        } else {
          settle(lane, answer == Turn.ENDED);
        }
        if (!run.wantsMore) {
          turn++;
          return Turn.STOPPED;
        }
      }
      if (!isDrained()) {
        return Turn.PENDING;
      }
      failures.throwOwed();
    } catch (Throwable failure) {
      failures.join(failure);
      throw failed(failure);
    } finally {
      run.sink = null;
      run.violation = null;
    }
    cancel();
    return Turn.ENDED;
  }

  /**
   * Takes out the child that was woken first. Null if there is none: then either all is drained, or
   * the waker is registered or woken.
   */
  private @Nullable Lane<B> nextReady(Context cx) {
    while (!isDrained()) {
      Lane<B> lane = peekOrRegister(cx);
      if (lane == null) {
        turn++;
        return null;
      }
      if (lane == source ? complete : lane.iterator == null) {
        ready.remove();
        continue;
      }
      if (lane == source && size >= limit) {
        ready.remove(); // and stays QUEUED: no wake puts it back
        owed = true;
        continue;
      }
      if (lane.turn == turn || (cx.budget().isExhausted() && !cx.tryProceed())) {
        if (lane.turn == turn) {
          cx.wakeSelf();
        }
        turn++;
        return null;
      }
      ready.remove();
      lane.transitionToIdle(); // before the poll (R2 of the queue)
      return lane;
    }
    return null;
  }

  @SuppressWarnings("unchecked") // only lanes are put in
  private @Nullable Lane<B> peekOrRegister(Context cx) {
    return (Lane<B>) ready.peekOrRegister(cx.waker());
  }

  private boolean isDrained() {
    return complete && size == 0;
  }

  /** A child has more to give, and is polled again after the others. */
  private void requeue(Lane<B> lane) {
    if (lane.transitionToQueued() != null) { // else its wake has put it back
      ready.append(lane);
    }
  }

  /** A child has no element now, or none any more. */
  private void settle(Lane<B> lane, boolean ended) {
    if (ended) {
      finish(lane);
    } else {
      lane.turn = turn;
    }
  }

  private void pollUpstream(AsyncIterator<A> upstream, Context cx) throws Exception {
    Next<A> next;
    try {
      next = childContext.pollNext(cx, source, upstream);
    } catch (Throwable failure) {
      if (!failures.absorbOfUpstream(failure, discard())) {
        throw failure;
      }
      complete = true;
      cancelUpstream();
      return;
    }
    if (next instanceof Item<A> item) {
      start(item.value());
      requeue(source);
    } else if (next.isEnd()) {
      complete = true;
    } else {
      source.turn = turn;
    }
  }

  private void start(A item) {
    AsyncIterator<? extends B> inner;
    try {
      inner =
          requireNonNull(
              requireNonNull(function, "function").apply(item),
              "concurrent.flatMap: the function answered null instead of an iterator");
    } catch (Throwable failure) {
      if (!failures.absorb(failure, discard())) {
        throw failure;
      }
      return;
    }
    Unpolled.used(inner);
    Lane<B> lane = new Lane<>(ready, started++, inner);
    lane.older = newest;
    if (newest == null) {
      oldest = lane;
    } else {
      newest.newer = lane;
    }
    newest = lane;
    size++;
    ready.appendNext(lane); // the upstream goes behind all that were woken
  }

  private void innerFailed(Lane<B> lane, Throwable failure) {
    finish(lane);
    if (!failures.absorb(failure, discard())) {
      throw Raise.unchecked(failure);
    }
  }

  /** Takes out a child that is over; its place is free. */
  private void finish(Lane<B> lane) {
    lane.finish();
    lane.iterator = null;
    if (lane.older == null) {
      oldest = lane.newer;
    } else {
      lane.older.newer = lane.newer;
    }
    if (lane.newer == null) {
      newest = lane.older;
    } else {
      lane.newer.older = lane.older;
    }
    lane.older = null;
    lane.newer = null;
    size--;
    if (owed) {
      owed = false;
      ready.append(source);
    }
  }

  @Override
  public boolean knownEnded() {
    return upstream() != null && isDrained() && !failures.isOwed();
  }

  @Override
  public void describe(Description description) {
    description.name(kind()).with("limit", limit).with("open", size);
    for (Lane<B> lane = oldest; lane != null; lane = lane.newer) {
      description.stream("inner " + lane.index, lane.iterator);
    }
    description.stream("upstream", upstream());
  }
}
