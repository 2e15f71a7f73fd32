package dev.pollux.core;

import static java.util.Objects.requireNonNull;

import dev.pollux.operator.BufferedSlot;
import dev.pollux.operator.Cancel;
import dev.pollux.operator.Children;
import dev.pollux.spi.Unpolled;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Futures that run side by side in one task; their outputs come in the order of the queue.
 *
 * <p>It is a {@link FutureSet} in which the outputs wait for their turn. What it gives does not
 * depend on which future is the fastest: a failure is thrown when its turn comes, after the outputs
 * of all futures before it; the futures after it are cancelled then, and outputs that wait are
 * discarded.
 *
 * <pre>{@code
 * FutureQueue<Reply> replies = new FutureQueue<>();
 * replies.pushBack(ask(first));
 * replies.pushBack(ask(second));
 * Next<Reply> toFirst = replies.pollNext(cx);
 * }</pre>
 *
 * <p>Futures may be pushed between two polls, or by one of the futures while it is polled, for as
 * long as the queue is not over. A queue that is polled while it is empty answers {@code End} and
 * is over: whoever means to push more later looks at {@link #size()} first. It holds as many
 * outputs at most as there are futures in it, less one: who pushes has the limit in hand. {@link
 * AsyncIterator#buffered} is this with a source of futures and a limit.
 *
 * <p>Source: {@code FuturesOrdered} of futures-rs.
 *
 * @param <T> the output of the futures, never null
 * @cancellation cancels the futures, newest first, and discards the outputs that wait
 * @threading as every iterator; the wakers that the futures are given may be woken from any thread
 */
public final class FutureQueue<T> implements AsyncIterator<T> {

  /** In the order of the queue: futures in flight, and outputs or failures that wait. */
  private final Deque<BufferedSlot<T>> slots = new ArrayDeque<>();

  /** Polls those of {@link #slots} that are in flight. It borrows them: the slots cancel. */
  private final Children<BufferedSlot<T>> inFlight = new Children<>();

  private @Nullable Discard discard;

  /** How many were ever pushed: names the futures in descriptions, and tells which is newest. */
  private int pushed;

  private boolean over;

  /** Makes an empty queue. */
  public FutureQueue() {}

  /**
   * Adds a future behind all others. The queue owns it from now on and polls it in its next poll; a
   * task that waits for the queue is woken.
   *
   * @param future what is awaited; a null output is a failure
   * @throws IllegalStateException if the queue is over; the future stays with the caller
   */
  public void pushBack(Future<? extends T> future) {
    slots.addLast(begin(future));
  }

  /**
   * Adds a future before all others, so that its output is the next to be given. The queue owns it
   * from now on and polls it in its next poll; a task that waits for the queue is woken.
   *
   * @param future what is awaited; a null output is a failure
   * @throws IllegalStateException if the queue is over; the future stays with the caller
   */
  public void pushFront(Future<? extends T> future) {
    slots.addFirst(begin(future));
  }

  private BufferedSlot<T> begin(Future<? extends T> future) {
    requireNonNull(future, "future");
    if (over) {
      throw new IllegalStateException("a FutureQueue that is over takes no more futures");
    }
    if (pushed == 0) {
      Unpolled.made(this);
    }
    BufferedSlot<T> slot = new BufferedSlot<>(pushed, future);
    inFlight.add(pushed++, slot::poll);
    return slot;
  }

  /**
   * How many futures are in it, be they in flight or ended and waiting for their turn; 0 once the
   * queue is over.
   */
  public int size() {
    return slots.size();
  }

  @Override
  public Next<T> pollNext(Context cx) throws Exception {
    if (over) {
      throw new PollAfterEndException("FutureQueue");
    }
    Unpolled.used(this);
    if (discard == null) {
      discard = cx.discard();
    }
    try {
      BufferedSlot<T> first = slots.peekFirst();
      if (first != null && first.isDone()) { // the one that comes in this poll has paid itself
        return cx.tryProceed() ? Next.item(slots.removeFirst().take()) : Next.pending();
      }
      var ended = inFlight.pollReady(cx);
      while (ended != null) {
        BufferedSlot<T> unused = ended.takeOutput(); // it is in the queue
        ended = inFlight.pollReady(cx);
      }
      first = slots.peekFirst();
      if (first != null) {
        return first.isDone() ? Next.item(slots.removeFirst().take()) : Next.pending();
      }
    } catch (Throwable failure) {
      cancel();
      throw failure;
    }
    cancel();
    return Next.end();
  }

  @Override
  public boolean knownEnded() {
    return !over && slots.isEmpty();
  }

  @Override
  public void cancel() {
    Unpolled.used(this);
    over = true;
    Discard discard = Cancel.orClosing(this.discard);
    this.discard = null;
    List<BufferedSlot<T>> left = new ArrayList<>(slots);
    slots.clear();
    left.sort(Comparator.<BufferedSlot<T>>comparingInt(BufferedSlot::index).reversed());
    left.forEach(slot -> slot.cancel(discard));
    inFlight.cancel();
  }

  @Override
  public void describe(Description description) {
    description.name("FutureQueue").with("held", size() - inFlight.size()).with("pushed", pushed);
    slots.forEach(slot -> slot.describe(description));
  }

  @Override
  public String toString() {
    return "FutureQueue[" + inFlight.size() + " of " + size() + " running]";
  }
}
