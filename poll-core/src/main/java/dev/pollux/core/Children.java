package dev.pollux.core;

import static java.util.Objects.requireNonNull;

import dev.pollux.spi.TaskLocals;
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
final class Children<T extends @Nullable Object> {

  /** A future, its waker, and then its output. */
  static final class Child<T extends @Nullable Object> extends ReadyQueue.Node {

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
    int index() {
      return index;
    }

    /** Hands the output over. */
    @SuppressWarnings("NullAway") // null only where T says so
    T takeOutput() {
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
  private @Nullable Context childContext;

  /**
   * Takes a future in; its first poll is owed. {@code index} is for the caller to know it again.
   */
  void add(int index, Future<? extends T> future) {
    ready.add(link(index, future));
  }

  /**
   * As {@link #add}, without waking the task: for a caller that goes on to {@link #pollReady} in
   * the same poll.
   */
  void addAndPollNext(int index, Future<? extends T> future) {
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
  int size() {
    return size;
  }

  /**
   * Polls children that were woken until one of them completes.
   *
   * @return that child, with its output to be taken; null if there is none: then either {@link
   *     #size()} is 0, or the answer is {@code Pending} and the waker is registered or woken
   * @throws Exception the failure of a child; the others have been cancelled
   */
  @Nullable Child<T> pollReady(Context cx) throws Exception {
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
        answer = poll(future, child, cx);
      } catch (Throwable failure) {
        finish(child);
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

  private Poll<? extends T> poll(Future<? extends T> future, Child<T> child, Context cx)
      throws Exception {
    Context inner = cx.withWaker(child, childContext);
    childContext = inner;
    Poller poller = cx.poller();
    Context outer = poller.enter(inner);
    try {
      return future.poll(inner);
    } finally {
      poller.enter(outer);
      inner.bind(null, TaskLocals.empty());
    }
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
  void cancel() {
    for (Child<T> child = newest; child != null; child = newest) {
      Future<? extends T> future = child.future;
      finish(child);
      Cancel.child(future, discard);
    }
    ready.clear();
    childContext = null;
    discard = null;
  }

  /**
   * Cancels those that have not ended and were added after the one that was given {@code index},
   * newest first.
   */
  void cancelNewerThan(int index) {
    for (Child<T> child = newest; child != null && child.index - index > 0; child = newest) {
      Future<? extends T> future = child.future;
      finish(child);
      Cancel.child(future, discard);
    }
  }

  /** Names the children that have not ended, oldest first. */
  void describe(Description description) {
    for (Child<T> child = oldest; child != null; child = child.newer) {
      description.child(Integer.toString(child.index), requireNonNull(child.future));
    }
  }
}
