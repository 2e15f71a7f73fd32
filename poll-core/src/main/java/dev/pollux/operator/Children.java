package dev.pollux.operator;

import static java.util.Objects.requireNonNull;

import dev.pollux.core.ChildContext;
import dev.pollux.core.Context;
import dev.pollux.core.Description;
import dev.pollux.core.Discard;
import dev.pollux.core.Future;
import dev.pollux.core.Poll;
import dev.pollux.core.Waker;
import org.jspecify.annotations.Nullable;

/**
 * Many futures that run within one task, of which only those are polled that were woken.
 *
 * <p>A turn (from one {@code Pending} to the next) polls no child twice, so one that keeps waking
 * itself gives way to its siblings and to other tasks; and it stops when the budget is used up.
 *
 * @param <T> the output of each
 * @cancellation cancels the children, newest first; nothing else is held
 * @threading confined to the polling task; the wakers of the children belong to any thread
 */
public final class Children<T extends @Nullable Object> {

  /** A future, its waker, and then its output. */
  public static final class Child<T extends @Nullable Object> extends ReadyQueue.Node {

    private final int index;

    /** Null once over: a child in the queue without a future is a husk. */
    private @Nullable Future<? extends T> future;

    private @Nullable T output;

    /** The turn in which it was polled last. */
    private int turn;

    private @Nullable Child<T> older;
    private @Nullable Child<T> newer;

    Child(ReadyQueue queue, int index, Future<? extends T> future, int turn) {
      super(queue);
      this.index = index;
      this.future = future;
      this.turn = turn;
    }

    /** The number that was given to {@link Children#add}. */
    public int index() {
      return index;
    }

    /** Hands the output over. */
    @SuppressWarnings("NullAway") // null only where T says so
    public T takeOutput() {
      T taken = output;
      output = null;
      return taken;
    }

    @Override
    public String toString() {
      return "waker of child " + index;
    }
  }

  private final ReadyQueue ready = new ReadyQueue();
  private @Nullable Child<T> oldest;
  private @Nullable Child<T> newest;
  private int size;
  private int turn = 1;
  private @Nullable Discard discard;

  /** The context of the children, bound to one after the other. */
  private final ChildContext childContext = new ChildContext();

  /**
   * Takes a future in; its first poll is owed. {@code index} is for the caller to know it again.
   */
  public void add(int index, Future<? extends T> future) {
    ready.add(link(index, future));
  }

  /**
   * As {@link #add}, without waking the task: for a caller that goes on to {@link #pollReady} in
   * the same poll.
   */
  public void addAndPollNext(int index, Future<? extends T> future) {
    ready.append(link(index, future));
  }

  private Child<T> link(int index, Future<? extends T> future) {
    Child<T> child = new Child<>(ready, index, future, turn - 1);
    child.older = newest;
    if (newest == null) {
      oldest = child;
    } else {
      newest.newer = child;
    }
    newest = child;
    size++;
    return child;
  }

  /** How many have not ended. */
  public int size() {
    return size;
  }

  /**
   * Polls children that were woken until one of them completes.
   *
   * @return that child, with its output to be taken; null if there is none: then either {@link
   *     #size()} is 0, or the answer is {@code Pending} and the waker is registered or woken
   * @throws Exception the failure of a child; the others have been cancelled
   */
  public @Nullable Child<T> pollReady(Context cx) throws Exception {
    if (discard == null) {
      discard = cx.discard();
    }
    while (size > 0) {
      Child<T> child = peekOrRegister(cx.waker());
      if (child == null) {
        turn++;
        return null;
      }
      Future<? extends T> future = child.future;
      if (future == null) {
        ready.remove();
        continue;
      }
      if (child.turn == turn) {
        turn++;
        cx.wakeSelf();
        return null;
      }
      if (cx.budget().isExhausted() && !cx.tryProceed()) {
        turn++;
        return null;
      }
      ready.remove();
      child.turn = turn;
      child.transitionToIdle(); // before the poll (R2 of the queue)
      Poll<? extends T> answer;
      try {
        answer = childContext.poll(cx, child, future);
      } catch (Throwable failure) {
        if (!(failure instanceof StackOverflowError)) { // else it may not have begun
          finish(child);
        }
        cancel();
        throw failure;
      }
      if (answer.isReady()) {
        finish(child);
        child.output = answer.value();
        // The unit of the element. It may be gone: an output that is there is answered all the
        // same.
        var unused = cx.budget().tryConsume();
        return child;
      }
    }
    return null;
  }

  @SuppressWarnings("unchecked") // only add() puts nodes in
  private @Nullable Child<T> peekOrRegister(Waker waker) {
    return (Child<T>) ready.peekOrRegister(waker);
  }

  /** Takes a child out whose future is over. */
  private void finish(Child<T> child) {
    child.finish();
    child.future = null;
    if (child.older == null) {
      oldest = child.newer;
    } else {
      child.older.newer = child.newer;
    }
    if (child.newer == null) {
      newest = child.older;
    } else {
      child.newer.older = child.older;
    }
    child.older = null;
    child.newer = null;
    size--;
  }

  /** Cancels the children that have not ended, newest first. Idempotent. */
  public void cancel() {
    for (Child<T> child = newest; child != null; child = newest) {
      Future<? extends T> future = child.future;
      finish(child);
      Cancel.child(future, discard);
    }
    ready.clear();
    childContext.clear();
    discard = null;
  }

  /**
   * Cancels those that have not ended and were added after the one that was given {@code index},
   * newest first.
   */
  public void cancelNewerThan(int index) {
    for (Child<T> child = newest; child != null && child.index - index > 0; child = newest) {
      Future<? extends T> future = child.future;
      finish(child);
      Cancel.child(future, discard);
    }
  }

  /** Names the children that have not ended, oldest first. */
  public void describe(Description description) {
    for (Child<T> child = oldest; child != null; child = child.newer) {
      description.child(Integer.toString(child.index), requireNonNull(child.future));
    }
  }
}
