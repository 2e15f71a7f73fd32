package dev.pollux.operator;

import static java.util.Objects.requireNonNull;

import dev.pollux.core.AsyncIterator;
import dev.pollux.core.Context;
import dev.pollux.core.Description;
import dev.pollux.core.Discard;
import dev.pollux.core.Future;
import dev.pollux.core.Item;
import dev.pollux.core.Next;
import dev.pollux.core.Sink;
import dev.pollux.core.TaskCancelledException;
import dev.pollux.core.Turn;
import org.jspecify.annotations.Nullable;

/**
 * Runs the futures that a function makes of the elements, up to a limit at a time, and gives their
 * outputs in the order of the elements or in that of their completion.
 *
 * <p>In the order of the elements, what it gives does not depend on the limit: a failure of an
 * element, or of the upstream, waits for its turn, and what is given before it is what a limit of 1
 * would have given. What comes after it is cancelled at once. In the order of completion no output
 * is held, and a failure comes at once.
 *
 * <p>If the futures are tasks, those that are not wanted any more are asked to stop, and their end
 * is awaited before the failure is thrown.
 *
 * <p>Only futures that were woken are polled. Source: {@code Buffered} and {@code BufferUnordered}
 * of Rust's futures library.
 *
 * @cancellation cancels the futures in flight, newest first, and discards the outputs that wait for
 *     their turn; then cancels the upstream
 * @threading confined to the polling task; the wakers of the futures may be called from any thread
 */
public final class BufferedIterator<A, B> extends UpstreamOwner<A> implements AsyncIterator<B> {

  /** Makes a future of an element; the iterator owns it. */
  @FunctionalInterface
  public interface Start<A, B> {
    /**
     * Starts the work on one element.
     *
     * @param item the element
     * @param cx the context of the poll
     * @return its future; an output of null is no element where that was said
     */
    Future<? extends @Nullable B> start(A item, Context cx) throws Exception;
  }

  /** In which order outputs are given, and what the futures are. */
  public enum Order {
    /** In the order of the elements. */
    OF_ELEMENTS,
    /** In the order in which they complete. */
    OF_COMPLETION
  }

  private final String kind;
  private final int limit;
  private final Order order;

  /** Whether the futures are handles of tasks, whose end is awaited. */
  private final boolean tasks;

  /** Whether an output of null is no element. */
  private final boolean nullIsNone;

  private final ItemFailures failures;
  private @Nullable Start<? super A, B> start;

  // The slots, at most `limit`: futures in flight, and outputs that wait for their turn. By the
  // order of elements, only the last of them can be a failure, but for tasks that were stopped.
  private @Nullable BufferedSlot<B> oldest;
  private @Nullable BufferedSlot<B> newest;
  private int size;

  /** Polls the slots that are in flight. It borrows them: the slots cancel. */
  private final Children<BufferedSlot<B>> inFlight = new Children<>();

  private int nextIndex;

  /** Whether the upstream has ended or something has failed: no slot is added from then on. */
  private boolean complete;

  /**
   * What is thrown as soon as the {@link #stopping} tasks have ended; kept by a slot until then.
   */
  private @Nullable BufferedSlot<B> failed;

  /** How many tasks were asked to stop and have not ended. */
  private int stopping;

  /**
   * Makes one of futures.
   *
   * @param kind what it is, for messages and dumps
   * @param nullIsNone whether an output of null is no element, and not a failure
   */
  public BufferedIterator(
      String kind,
      AsyncIterator<? extends A> upstream,
      int limit,
      Order order,
      ItemFailures failures,
      boolean nullIsNone,
      Start<? super A, B> start) {
    this(kind, upstream, limit, order, failures, nullIsNone, false, start);
  }

  private BufferedIterator(
      String kind,
      AsyncIterator<? extends A> upstream,
      int limit,
      Order order,
      ItemFailures failures,
      boolean nullIsNone,
      boolean tasks,
      Start<? super A, B> start) {
    super(upstream);
    this.kind = kind;
    this.limit = limit;
    this.order = order;
    this.failures = failures;
    this.nullIsNone = nullIsNone;
    this.tasks = tasks;
    this.start = start;
  }

  /**
   * Makes one of tasks, the first failure of which stops the others.
   *
   * @param start spawns a task and answers its {@link dev.pollux.core.JoinHandle}
   */
  public static <A, B> BufferedIterator<A, B> ofTasks(
      String kind,
      AsyncIterator<? extends A> upstream,
      int limit,
      Order order,
      boolean nullIsNone,
      Start<? super A, B> start) {
    return new BufferedIterator<>(
        kind, upstream, limit, order, ItemFailures.fail(), nullIsNone, true, start);
  }

  @Override
  protected String kind() {
    return kind;
  }

  @Override
  protected void release(Discard discard) {
    start = null;
    Throwable unthrown = failed == null ? null : failed.failure();
    failed = null;
    stopping = 0;
    for (BufferedSlot<B> slot = newest; slot != null; slot = newest) {
      unlink(slot);
      slot.cancel(discard);
    }
    inFlight.cancel();
    failures.release(discard);
    if (tasks && unthrown != null && tellsOfFailure(unthrown)) {
      discard.uncaught(unthrown, kind + ", cancelled while it waited for its tasks");
    }
  }

  /** Whether more has happened than that a task was cancelled. */
  private static boolean tellsOfFailure(Throwable unthrown) {
    return !(unthrown instanceof TaskCancelledException) || unthrown.getSuppressed().length > 0;
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
      return order == Order.OF_ELEMENTS ? advanceHead(upstream, cx) : advanceAny(upstream, cx);
    } catch (Throwable failure) {
      failures.join(failure);
      throw failed(failure);
    }
  }

  private @Nullable B advanceHead(AsyncIterator<A> upstream, Context cx) throws Exception {
    while (true) {
      // First the old ones: an upstream that always has an element could use up every budget.
      pollInFlight(cx);
      if (fill(upstream, cx, limit)) {
        pollInFlight(cx);
      }
      BufferedSlot<B> head = oldest;
      if (head == null || !head.isDone()) {
        return null;
      }
      if (head == failed) {
        if (stopping > 0) {
          return null; // woken by the end of each
        }
        throwFailed();
      }
      unlink(head);
      B output = head.output();
      if (output != null) {
        return output;
      } // else it was left out, and its place is free
    }
  }

  private void pollInFlight(Context cx) throws Exception {
    Children.Child<BufferedSlot<B>> done;
    while ((done = inFlight.pollReady(cx)) != null) {
      settle(done.takeOutput());
    }
  }

  private @Nullable B advanceAny(AsyncIterator<A> upstream, Context cx) throws Exception {
    while (true) {
      if (failed != null && stopping == 0) {
        throwFailed();
      }
      Children.Child<BufferedSlot<B>> done = inFlight.pollReady(cx);
      if (done != null) {
        BufferedSlot<B> slot = done.takeOutput();
        settle(slot);
        B output = slot.output();
        if (output != null) {
          unlink(slot);
          refill(upstream, cx, output);
          return output;
        }
        if (slot != failed && !slot.isStopped()) {
          unlink(slot);
        }
      } else if (!fill(upstream, cx, limit) && (failed == null || stopping > 0)) {
        return null;
      }
    }
  }

  /** Puts another in the place of one that is about to be given: work goes on meanwhile. */
  private void refill(AsyncIterator<A> upstream, Context cx, B inHand) throws Exception {
    try {
      boolean unused = fill(upstream, cx, 1);
    } catch (Throwable failure) {
      discard().discard(inHand);
      throw failure;
    }
  }

  /** Looks at what came of a future that has completed. */
  private void settle(BufferedSlot<B> slot) {
    Throwable failure = slot.failure();
    if (slot.isStopped()) {
      stopping--;
      suppress(requireNonNull(failed, "failed"), failure);
      unlink(slot);
      slot.cancel(discard());
    } else if (failure != null) {
      if (failures.absorb(failure, discard())) {
        slot.forgetFailure();
      } else {
        endAt(slot);
      }
    }
  }

  /**
   * Fills free places, at most so many. Returns whether there are new futures, which are owed their
   * first poll.
   */
  private boolean fill(AsyncIterator<A> upstream, Context cx, int most) {
    boolean added = false;
    for (int left = most; left > 0 && !complete && size < limit; left--) {
      int index = nextIndex++;
      Next<A> next;
      try {
        next = upstream.pollNext(cx);
      } catch (StackOverflowError failure) {
        throw failure; // not for keeping: what it left undone is done further up
      } catch (Throwable failure) {
        if (failures.absorbOfUpstream(failure, discard())) {
          complete = true;
          cancelUpstream();
        } else {
          failWithoutFuture(index, failure);
        }
        return added;
      }
      if (!(next instanceof Item<A> item)) {
        complete = next.isEnd();
        return added;
      }
      BufferedSlot<B> slot;
      try {
        Future<? extends @Nullable B> future =
            requireNonNull(
                requireNonNull(start, "start").start(item.value(), cx),
                () -> kind + ": the function answered null instead of a future");
        slot = new BufferedSlot<>(index, nullIsNone, future);
      } catch (StackOverflowError failure) {
        throw failure;
      } catch (Throwable failure) {
        if (!failures.absorb(failure, discard())) {
          failWithoutFuture(index, failure);
        } else if (cx.tryProceed()) { // the unit that an output would have taken
          left++; // its place is free for the next
          continue;
        }
        return added;
      }
      link(slot);
      inFlight.addAndPollNext(index, slot::poll);
      added = true;
    }
    return added;
  }

  private void failWithoutFuture(int index, Throwable failure) {
    BufferedSlot<B> slot = new BufferedSlot<>(index, failure);
    link(slot);
    endAt(slot);
  }

  /** Nothing that comes after a failure will be given: cancels or stops it, newest first. */
  private void endAt(BufferedSlot<B> slot) {
    complete = true;
    failed = slot;
    if (order == Order.OF_COMPLETION) {
      if (!tasks) {
        return; // it is thrown next, and with that all is cancelled
      }
      makeOldest(slot);
    } else if (!tasks) {
      inFlight.cancelNewerThan(slot.index());
    }
    BufferedSlot<B> next = newest;
    while (next != slot && next != null) {
      BufferedSlot<B> unwanted = next;
      next = next.older;
      if (!tasks || unwanted.isDone()) {
        suppress(slot, unwanted.failure());
        unlink(unwanted);
        unwanted.cancel(discard());
      } else if (!unwanted.isStopped()) {
        stopping++;
        unwanted.requestStop(discard());
      }
    }
    cancelUpstream();
  }

  /** Nobody else would hear of it if one task fails after another. */
  private void suppress(BufferedSlot<B> first, @Nullable Throwable second) {
    if (tasks && second != null && !(second instanceof TaskCancelledException)) {
      requireNonNull(first.failure(), "failure").addSuppressed(second);
    }
  }

  /** By the order of completion, all others come after one that has failed. */
  private void makeOldest(BufferedSlot<B> slot) {
    unlink(slot);
    BufferedSlot<B> second = oldest;
    slot.newer = second;
    if (second == null) {
      newest = slot;
    } else {
      second.older = slot;
    }
    oldest = slot;
    size++;
  }

  private void throwFailed() {
    BufferedSlot<B> slot = requireNonNull(failed, "failed");
    failed = null;
    throw Raise.unchecked(requireNonNull(slot.failure(), "failure"));
  }

  private void link(BufferedSlot<B> slot) {
    slot.older = newest;
    if (newest == null) {
      oldest = slot;
    } else {
      newest.newer = slot;
    }
    newest = slot;
    size++;
  }

  private void unlink(BufferedSlot<B> slot) {
    if (slot.older == null) {
      oldest = slot.newer;
    } else {
      slot.older.newer = slot.newer;
    }
    if (slot.newer == null) {
      newest = slot.older;
    } else {
      slot.newer.older = slot.older;
    }
    slot.older = null;
    slot.newer = null;
    size--;
  }

  private boolean endIfDrained() {
    if (!complete || size > 0) {
      return false;
    }
    if (failures.isOwed()) {
      try {
        failures.throwOwed();
      } catch (Throwable owed) {
        throw failed(owed);
      }
    }
    cancel();
    return true;
  }

  @Override
  public boolean knownEnded() {
    AsyncIterator<A> upstream = upstream();
    return upstream != null
        && size == 0
        && !failures.isOwed()
        && (complete || upstream.knownEnded());
  }

  @Override
  public void describe(Description description) {
    description.name(kind).with("limit", limit).with("held", size);
    if (stopping > 0) {
      description.with("stopping", stopping);
    }
    for (BufferedSlot<B> slot = oldest; slot != null; slot = slot.newer) {
      slot.describe(description);
    }
    description.stream("upstream", upstream());
  }
}
