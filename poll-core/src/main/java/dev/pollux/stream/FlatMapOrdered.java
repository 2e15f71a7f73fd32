package dev.pollux.stream;

import static java.util.Objects.requireNonNull;

import dev.pollux.core.AsyncIterator;
import dev.pollux.core.ChildContext;
import dev.pollux.core.Context;
import dev.pollux.core.Description;
import dev.pollux.core.Discard;
import dev.pollux.core.Item;
import dev.pollux.core.Next;
import dev.pollux.operator.Cancel;
import dev.pollux.operator.ItemFailures;
import dev.pollux.operator.Raise;
import dev.pollux.operator.ReadyQueue;
import dev.pollux.operator.UpstreamOwner;
import dev.pollux.spi.Unpolled;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Reads up to so many inner iterators ahead and gives their elements in the order of the elements
 * that they were made of. Each holds up to so many elements that wait for their turn; of the first,
 * elements pass straight through.
 *
 * <p>What it gives does not depend on the limits: a failure waits for its turn, and what would come
 * after it is cancelled at once.
 *
 * <p>The upstream and each inner iterator have a waker of their own, and only those that were woken
 * are polled.
 *
 * @cancellation cancels the inner iterators and discards what they hold, newest first; then cancels
 *     the upstream
 * @threading confined to the polling task; the wakers of the children may be called from any thread
 */
final class FlatMapOrdered<A, B> extends UpstreamOwner<A> implements AsyncIterator<B> {

  /** The waker of a child, its place in the queue, the child, and what it holds. */
  private static final class Lane<B> extends ReadyQueue.Node {

    /** Null of the upstream, and once over. */
    private @Nullable AsyncIterator<? extends B> iterator;

    private final int index;
    private final Deque<B> held = new ArrayDeque<>(2);

    /** What is thrown after what is held. */
    private @Nullable Throwable failure;

    /** The turn in which it answered Pending last. */
    private int turn;

    /** Whether it is out of the queue, though owed a poll, until it may go on. */
    private boolean owed;

    Lane(ReadyQueue queue, int index, @Nullable AsyncIterator<? extends B> iterator) {
      super(queue);
      this.index = index;
      this.iterator = iterator;
    }

    /** Lets go of the iterator, which is over. */
    private void end() {
      iterator = null;
      finish();
    }

    @Override
    public String toString() {
      return index < 0 ? "waker of the upstream" : "waker of inner " + index;
    }
  }

  private final int limit;
  private final int capacity;
  private final ItemFailures failures;
  private @Nullable Function<? super A, ? extends AsyncIterator<? extends B>> function;

  private final ReadyQueue ready = new ReadyQueue();
  private final ChildContext childContext = new ChildContext();

  /** The place of the upstream in the queue. */
  private final Lane<B> source = new Lane<>(ready, -1, null);

  /** In order, at most {@link #limit}. Only the last can have failed. */
  private final Deque<Lane<B>> lanes = new ArrayDeque<>();

  private int started;

  /** From one answer to the next: in it, a child that has answered Pending is not polled again. */
  private int turn = 1;

  /** Whether the upstream has ended or something has failed: no lane is added from then on. */
  private boolean complete;

  FlatMapOrdered(
      AsyncIterator<A> upstream,
      int limit,
      int capacity,
      ItemFailures failures,
      Function<? super A, ? extends AsyncIterator<? extends B>> function) {
    super(upstream);
    this.limit = limit;
    this.capacity = capacity;
    this.failures = failures;
    this.function = function;
    ready.append(source);
  }

  @Override
  protected String kind() {
    return "concurrent.flatMapOrdered";
  }

  @Override
  protected void release(Discard discard) {
    function = null;
    while (!lanes.isEmpty()) {
      drop(lanes.removeLast(), discard);
    }
    source.finish();
    ready.clear();
    childContext.clear();
    failures.release(discard);
  }

  private static <B> void drop(Lane<B> lane, Discard discard) {
    AsyncIterator<? extends B> inner = lane.iterator;
    lane.end();
    lane.failure = null;
    Cancel.iterator(inner, discard);
    while (!lane.held.isEmpty()) {
      discard.discard(lane.held.removeLast());
    }
  }

  @Override
  public Next<B> pollNext(Context cx) throws Exception {
    AsyncIterator<A> upstream = open(cx);
    try {
      while (true) {
        Lane<B> head = lanes.peekFirst();
        if (head != null && !head.held.isEmpty()) {
          // Held, so this is its source now.
          return cx.tryProceed() ? Next.item(takeHeld(head)) : Next.pending();
        }
        if (head != null && head.iterator == null) {
          endOf(head);
          continue;
        }
        Lane<B> lane = nextReady(cx);
        if (lane == null) {
          if (!isDrained()) {
            return Next.pending();
          }
          failures.throwOwed();
          break;
        }
        if (lane == source) {
          pollUpstream(upstream, cx);
          continue;
        }
        Next<B> next = pollLane(lane, cx);
        if (next instanceof Item<B> item) {
          if (lane == lanes.peekFirst()) {
            turn++;
            requeue(lane);
            return next;
          }
          hold(lane, item.value());
        }
      }
    } catch (Throwable failure) {
      failures.join(failure);
      throw failed(failure);
    }
    cancel();
    return Next.end();
  }

  private B takeHeld(Lane<B> head) {
    B taken = head.held.removeFirst();
    resume(head);
    return taken;
  }

  private void hold(Lane<B> lane, B item) {
    lane.held.addLast(item);
    if (lane.held.size() < capacity) {
      requeue(lane);
    } else if (lane.transitionToQueued() != null) {
      lane.owed = true; // until one of those held is taken
    }
  }

  /** Goes on with a child that had to wait for a free place. */
  private void resume(Lane<B> lane) {
    if (lane.owed) {
      lane.owed = false;
      ready.append(lane);
    }
  }

  /** The first child has given all that it has: its failure is thrown, or it makes place. */
  private void endOf(Lane<B> head) {
    Throwable failure = head.failure;
    lanes.removeFirst();
    if (failure != null) {
      throw Raise.unchecked(failure);
    }
    resume(source);
  }

  /** Polls an inner iterator; keeps its failure. */
  private Next<B> pollLane(Lane<B> lane, Context cx) {
    Next<B> next;
    try {
      next = childContext.pollNext(cx, lane, requireNonNull(lane.iterator, "iterator"));
    } catch (StackOverflowError failure) {
      throw failure; // not for keeping: what it left undone is done further up
    } catch (Throwable failure) {
      lane.end();
      if (!failures.absorb(failure, discard())) {
        endAt(lane, failure);
      }
      return Next.end();
    }
    if (next.isEnd()) {
      lane.end();
    } else if (next.isPending()) {
      lane.turn = turn;
    }
    return next;
  }

  /** Nothing that comes after a failure will be given: cancels it, newest first. */
  private void endAt(Lane<B> lane, Throwable failure) {
    lane.failure = failure;
    complete = true;
    while (lanes.peekLast() != lane) {
      drop(lanes.removeLast(), discard());
    }
    cancelUpstream();
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
      if (lane == source ? lanes.size() >= limit : lane.held.size() >= capacity) {
        ready.remove(); // and stays QUEUED: no wake puts it back
        lane.owed = true;
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
    return complete && lanes.isEmpty();
  }

  /** A child has more to give, and is polled again after the others. */
  private void requeue(Lane<B> lane) {
    if (lane.transitionToQueued() != null) { // else its wake has put it back
      ready.append(lane);
    }
  }

  private void pollUpstream(AsyncIterator<A> upstream, Context cx) {
    Next<A> next;
    try {
      next = childContext.pollNext(cx, source, upstream);
    } catch (StackOverflowError failure) {
      throw failure;
    } catch (Throwable failure) {
      if (failures.absorbOfUpstream(failure, discard())) {
        complete = true;
        cancelUpstream();
      } else {
        addFailed(failure);
      }
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
              "concurrent.flatMapOrdered: the function answered null instead of an iterator");
    } catch (StackOverflowError failure) {
      throw failure;
    } catch (Throwable failure) {
      if (!failures.absorb(failure, discard())) {
        addFailed(failure);
      }
      return;
    }
    Unpolled.used(inner);
    Lane<B> lane = new Lane<>(ready, started++, inner);
    lanes.addLast(lane);
    ready.appendNext(lane); // the upstream goes behind all that were woken
  }

  /** A failure that came about without an inner iterator waits for its turn all the same. */
  private void addFailed(Throwable failure) {
    Lane<B> lane = new Lane<>(ready, started++, null);
    lanes.addLast(lane);
    endAt(lane, failure);
  }

  @Override
  public boolean knownEnded() {
    return upstream() != null && isDrained() && !failures.isOwed();
  }

  @Override
  public void describe(Description description) {
    int held = 0;
    for (Lane<B> lane : lanes) {
      held += lane.held.size();
    }
    description.name(kind()).with("limit", limit).with("open", lanes.size()).with("held", held);
    for (Lane<B> lane : lanes) {
      description.stream("inner " + lane.index, lane.iterator);
    }
    description.stream("upstream", upstream());
  }
}
