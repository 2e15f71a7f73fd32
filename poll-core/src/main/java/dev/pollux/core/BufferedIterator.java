package dev.pollux.core;

import static java.util.Objects.requireNonNull;

import dev.pollux.operator.Children;
import dev.pollux.operator.SinkContract;
import dev.pollux.operator.UpstreamOwner;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Runs the futures that a function makes of the elements, several at a time, and gives their
 * outputs in the order of the elements.
 *
 * <p>What it gives does not depend on the limit: a failure, of a future, of the function or of the
 * upstream, is thrown when its turn comes, after the outputs of all elements before it. What would
 * come after it is cancelled at once.
 *
 * <p>Source: {@code Buffered} of Rust's futures library.
 *
 * @cancellation cancels the futures in flight, newest first, and discards the outputs that wait for
 *     their turn; then cancels the upstream
 * @threading confined to the polling task; the wakers of the futures may be called from any thread
 */
final class BufferedIterator<A, B> extends UpstreamOwner<A> implements AsyncIterator<B> {

  private final int limit;
  private @Nullable Function<? super A, ? extends Future<? extends B>> function;

  /**
   * In order, at most {@code limit}: futures in flight, and outputs that wait for their turn. Only
   * the last can be a failure.
   */
  private final Deque<BufferedSlot<B>> slots = new ArrayDeque<>();

  /** Polls those of {@link #slots} that are in flight. It borrows them: the slots cancel. */
  private final Children<BufferedSlot<B>> inFlight = new Children<>();

  private int nextIndex;

  /** Whether the upstream has ended or something has failed: no slot is added from then on. */
  private boolean complete;

  BufferedIterator(
      AsyncIterator<? extends A> upstream,
      int limit,
      Function<? super A, ? extends Future<? extends B>> function) {
    super(upstream);
    this.limit = limit;
    this.function = function;
  }

  @Override
  protected String kind() {
    return "buffered";
  }

  @Override
  protected void release(Discard discard) {
    function = null;
    while (!slots.isEmpty()) {
      slots.removeLast().cancel(discard);
    }
    inFlight.cancel();
  }

  @Override
  public Next<B> pollNext(Context cx) throws Exception {
    AsyncIterator<A> upstream = open(cx);
    B item = advance(upstream, cx);
    if (item != null) {
      return Next.item(item);
    }
    return endIfDrained() ? Next.end() : Next.pending();
  }

  @Override
  public Turn pollEach(Context cx, Sink<? super B> sink) throws Exception {
    AsyncIterator<A> upstream = open(cx);
    B item;
    while ((item = advance(upstream, cx)) != null) {
      try {
        if (!sink.accept(item)) {
          return Turn.STOPPED;
        }
      } catch (Throwable violation) {
        throw SinkContract.violated(this, cx, violation);
      }
    }
    return endIfDrained() ? Turn.ENDED : Turn.PENDING;
  }

  /** The next output, or null if it is not there yet or there is none. */
  private @Nullable B advance(AsyncIterator<A> upstream, Context cx) throws Exception {
    try {
      // First the old ones: an upstream that always has an element could use up every budget.
      pollInFlight(cx);
      if (fill(upstream, cx)) {
        pollInFlight(cx);
      }
      BufferedSlot<B> head = slots.peekFirst();
      if (head == null || !head.isDone()) {
        return null;
      }
      slots.removeFirst();
      return head.take();
    } catch (Throwable failure) {
      throw failed(failure);
    }
  }

  private void pollInFlight(Context cx) throws Exception {
    Children.Child<BufferedSlot<B>> done;
    while ((done = inFlight.pollReady(cx)) != null) {
      BufferedSlot<B> slot = done.takeOutput();
      if (slot.hasFailed()) {
        endAt(slot);
      }
    }
  }

  /**
   * Fills the free slots. Returns whether there are new futures, which are owed their first poll.
   */
  private boolean fill(AsyncIterator<A> upstream, Context cx) {
    boolean added = false;
    while (!complete && slots.size() < limit) {
      int index = nextIndex++;
      try {
        Next<A> next = upstream.pollNext(cx);
        if (!(next instanceof Item<A> item)) {
          complete = next.isEnd();
          return added;
        }
        Future<? extends B> future =
            requireNonNull(
                requireNonNull(function, "function").apply(item.value()),
                "buffered: the function answered null instead of a future");
        BufferedSlot<B> slot = new BufferedSlot<>(index, future);
        slots.addLast(slot);
        inFlight.addAndPollNext(index, slot::poll);
        added = true;
      } catch (StackOverflowError failure) {
        throw failure; // not for keeping: what it left undone is done further up
      } catch (Throwable failure) {
        BufferedSlot<B> slot = new BufferedSlot<>(index, failure);
        slots.addLast(slot);
        endAt(slot);
      }
    }
    return added;
  }

  /** Nothing that comes after a failure will be given: cancels it, newest first. */
  private void endAt(BufferedSlot<B> failed) {
    complete = true;
    inFlight.cancelNewerThan(failed.index());
    while (slots.peekLast() != failed) {
      slots.removeLast().cancel(discard());
    }
    cancelUpstream();
  }

  private boolean endIfDrained() {
    if (!complete || !slots.isEmpty()) {
      return false;
    }
    cancel();
    return true;
  }

  @Override
  public boolean knownEnded() {
    AsyncIterator<A> upstream = upstream();
    return upstream != null && slots.isEmpty() && (complete || upstream.knownEnded());
  }

  @Override
  public void describe(Description description) {
    description.name(kind()).with("limit", limit).with("held", slots.size());
    slots.forEach(slot -> slot.describe(description));
    description.stream("upstream", upstream());
  }
}
