package dev.pollux.operator;

import static java.util.Objects.requireNonNull;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import dev.pollux.core.AsyncIterator;
import dev.pollux.core.ChildContext;
import dev.pollux.core.Context;
import dev.pollux.core.Description;
import dev.pollux.core.Next;
import dev.pollux.core.Sink;
import dev.pollux.core.Turn;
import dev.pollux.core.Waker;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Several iterators that are read within one task, of which only those are polled that were woken:
 * what {@link Children} is for futures.
 *
 * <p>Whoever reads them asks for the {@link #next} branch, polls it, and says by {@link #again}
 * when it wants another element of it. Until then the branch rests, whatever wakes it, so that a
 * reader which holds an element of each branch holds no second one.
 *
 * <p>The branches take turns. One that answered {@code Pending} is polled again in the next turn,
 * which begins with an element or with a {@code Pending} of the whole, at the earliest, so that one
 * which keeps waking itself gives way to others; and no branch is polled when the budget is used
 * up.
 *
 * @param <T> the type of the elements
 * @threading confined to the polling task; the wakers of the branches belong to any thread
 */
public final class Branches<T> {

  /** An iterator and its waker. */
  public static final class Branch<T> extends ReadyQueue.Node {

    private final int index;

    /** Null once over: a branch in the queue without an iterator is a husk. */
    private @Nullable AsyncIterator<? extends T> iterator;

    /** Whether it gave an element, and no other is wanted yet: a wake-up then leads to nothing. */
    private boolean resting;

    /** The turn in which it answered {@code Pending} last. */
    private int turn;

    private @Nullable Branch<T> older;
    private @Nullable Branch<T> newer;

    Branch(ReadyQueue queue, int index, AsyncIterator<? extends T> iterator) {
      super(queue);
      this.index = index;
      this.iterator = iterator;
    }

    /** The number that was given to {@link Branches#add}. */
    public int index() {
      return index;
    }

    /** The iterator, or null if it is over or was taken out. */
    public @Nullable AsyncIterator<? extends T> iterator() {
      return iterator;
    }

    @Override
    public String toString() {
      return "waker of source " + index;
    }
  }

  private final ReadyQueue ready = new ReadyQueue();
  private @Nullable Branch<T> oldest;
  private @Nullable Branch<T> newest;
  private int size;
  private int turn = 1;

  /** The context of the branches, bound to one after the other. */
  private final ChildContext childContext = new ChildContext();

  /** Makes an empty set. */
  public Branches() {}

  /**
   * Takes an iterator in; its first poll is owed, and a task that waits is woken. {@code index} is
   * for the caller to know it again.
   *
   * @return the branch
   */
  @CanIgnoreReturnValue
  public Branch<T> add(int index, AsyncIterator<? extends T> iterator) {
    Branch<T> branch = new Branch<>(ready, index, iterator);
    branch.older = newest;
    if (newest == null) {
      oldest = branch;
    } else {
      newest.newer = branch;
    }
    newest = branch;
    size++;
    ready.add(branch);
    return branch;
  }

  /** How many are not over. */
  public int size() {
    return size;
  }

  /** The branch that was added first of those that are not over, or null if there is none. */
  public @Nullable Branch<T> oldest() {
    return oldest;
  }

  /** The branch that was added after {@code branch}, or null if there is none. */
  public @Nullable Branch<T> after(Branch<T> branch) {
    return branch.newer;
  }

  /**
   * The branch whose turn it is to be polled.
   *
   * @return the branch; null if there is none: then either {@link #size()} is 0, or the answer is
   *     {@code Pending} and the waker is registered or woken
   */
  public @Nullable Branch<T> next(Context cx) {
    while (size > 0) {
      Branch<T> branch = peekOrRegister(cx.waker());
      if (branch == null) {
        turn++;
        return null;
      }
      if (branch.iterator == null) {
        ready.remove();
        continue;
      }
      if (branch.resting) {
        ready.remove();
        branch.transitionToIdle();
        continue;
      }
      if (branch.turn == turn) {
        turn++;
        cx.wakeSelf();
        return null;
      }
      if (cx.budget().isExhausted() && !cx.tryProceed()) {
        turn++;
        return null;
      }
      ready.remove();
      branch.transitionToIdle(); // before the poll (R2 of the queue)
      return branch;
    }
    return null;
  }

  @SuppressWarnings("unchecked") // only add() and again() put nodes in
  private @Nullable Branch<T> peekOrRegister(Waker waker) {
    return (Branch<T>) ready.peekOrRegister(waker);
  }

  /**
   * Polls the branch that {@link #next} has answered.
   *
   * @return its answer. After an element it rests until {@link #again} is called; with {@code End}
   *     it is out of the set
   * @throws Exception its failure, with which it is out of the set
   */
  public Next<T> pollNext(Context cx, Branch<T> branch) throws Exception {
    Next<T> next;
    try {
      next = childContext.pollNext(cx, branch, requireNonNull(branch.iterator));
    } catch (Throwable failure) {
      failed(branch, failure);
      throw failure;
    }
    if (next.isEnd()) {
      finish(branch);
    } else {
      polled(branch, next.isPending());
    }
    return next;
  }

  /**
   * As {@link #pollNext}, by internal iteration.
   *
   * @return its answer. When it was stopped it rests until {@link #again} is called; with {@code
   *     ENDED} it is out of the set
   * @throws Exception its failure, with which it is out of the set
   */
  public Turn pollEach(Context cx, Branch<T> branch, Sink<? super T> sink) throws Exception {
    Turn answer;
    try {
      answer = childContext.pollEach(cx, branch, requireNonNull(branch.iterator), sink);
    } catch (Throwable failure) {
      failed(branch, failure);
      throw failure;
    }
    if (answer == Turn.ENDED) {
      finish(branch);
    } else {
      polled(branch, answer == Turn.PENDING);
    }
    return answer;
  }

  /** A branch that had no stack may not have begun: it stays, to be cancelled by who has more. */
  private void failed(Branch<T> branch, Throwable failure) {
    if (!(failure instanceof StackOverflowError)) {
      finish(branch);
    }
  }

  private void polled(Branch<T> branch, boolean pending) {
    branch.resting = !pending;
    if (pending) {
      branch.turn = turn;
    } else {
      turn++;
    }
  }

  /**
   * Asks a branch that rests for another element, after all that are in the queue. The caller polls
   * the set again before it answers {@code Pending}.
   */
  public void again(Branch<T> branch) {
    if (branch.resting) {
      branch.resting = false;
      if (branch.transitionToQueued() != null) { // else a wake has put it there
        ready.push(branch); // behind those that were woken: appended, it would pass them for ever
      }
    }
  }

  /**
   * Takes a branch out, with its iterator, which is the caller's from now on.
   *
   * @return the iterator
   */
  public AsyncIterator<? extends T> takeOut(Branch<T> branch) {
    AsyncIterator<? extends T> iterator = requireNonNull(branch.iterator);
    finish(branch);
    return iterator;
  }

  /** Takes a branch out whose iterator is over, or is handed over. */
  private void finish(Branch<T> branch) {
    branch.finish();
    branch.iterator = null;
    if (branch.older == null) {
      oldest = branch.newer;
    } else {
      branch.older.newer = branch.newer;
    }
    if (branch.newer == null) {
      newest = branch.older;
    } else {
      branch.newer.older = branch.older;
    }
    branch.older = null;
    branch.newer = null;
    size--;
  }

  /** Hands all iterators over that are not over, oldest first, and forgets the task. */
  public void giveAll(Consumer<? super AsyncIterator<?>> taker) {
    for (Branch<T> branch = oldest; branch != null; branch = oldest) {
      taker.accept(takeOut(branch));
    }
    ready.clear();
    childContext.clear();
  }

  /** Names the iterators that are not over, oldest first. */
  public void describe(Description description) {
    for (Branch<T> branch = oldest; branch != null; branch = branch.newer) {
      description.stream(Integer.toString(branch.index), branch.iterator);
    }
  }
}
