package dev.pollux.core;

import static java.util.Objects.requireNonNull;

import dev.pollux.operator.Cancel;
import dev.pollux.operator.Raise;
import dev.pollux.operator.ReadyQueue;
import dev.pollux.spi.BlockOn;
import dev.pollux.spi.Services;
import dev.pollux.spi.Spawner;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The tasks that a set has spawned or taken in, and whose outputs nobody has taken yet. Those that
 * have ended are found without a look at the others.
 *
 * <p>An entry is one object: the waker that the handle is polled with, its link in the queue of
 * those that were woken, and its link in the list of all. A handle is polled when the owner first
 * looks at it, which leaves the waker with the task, and once more when the task has ended.
 *
 * @param <T> the output of each
 * @threading confined to the owner; the entries, as wakers, belong to any thread
 */
final class JoinedTasks<T extends @Nullable Object> {

  /** After so many handles that are not ready a turn is over: {@code Pending} costs no budget. */
  private static final int HANDLES_PER_TURN = Budget.UNITS;

  /** A task, and then what became of it. */
  static class Entry<T extends @Nullable Object> extends ReadyQueue.Node {

    /** Null once the output was taken or given up: an entry in the queue without it is a husk. */
    private @Nullable JoinHandle<? extends T> handle;

    private @Nullable Entry<T> older;
    private @Nullable Entry<T> newer;

    Entry(JoinedTasks<T> owner, JoinHandle<? extends T> handle) {
      super(owner.ready);
      this.handle = requireNonNull(handle, "handle");
    }

    /** The task, until the entry is out of the set. */
    @Nullable CancelHandle task() {
      return handle;
    }

    /** Called when the entry is out of the set. */
    void over() {}

    @Override
    public String toString() {
      JoinHandle<? extends T> handle = this.handle;
      return "waker of a join" + (handle == null ? "" : " of " + TaskInfo.describe(handle));
    }
  }

  /** What {@link #pollEnded} found. */
  static final class Ended<T extends @Nullable Object> {
    final Entry<T> entry;
    final CancelHandle task;

    /** The {@link Poll} or the {@link JoinException} that the handle ended with. */
    private final Object outcome;

    private Ended(Entry<T> entry, CancelHandle task, Object outcome) {
      this.entry = entry;
      this.task = task;
      this.outcome = outcome;
    }

    /** The output, or the exception of the handle itself. */
    @SuppressWarnings("unchecked") // a Poll is what the handle answered
    T value() {
      if (outcome instanceof JoinException failure) {
        throw failure;
      }
      return ((Poll<? extends T>) outcome).value();
    }

    /** The exception of the handle, or null if there is an output. */
    @Nullable JoinException failure() {
      return outcome instanceof JoinException failure ? failure : null;
    }

    TaskResult<T> result() {
      if (outcome instanceof TaskFailedException failed) {
        return new TaskResult.Failed<>(task, requireNonNull(failed.getCause()));
      }
      if (outcome instanceof JoinException) {
        return new TaskResult.Cancelled<>(task);
      }
      return new TaskResult.Completed<>(task, value());
    }

    /** Drops it: an output is discarded, a failure reported. */
    void drop(Discard discard) {
      if (outcome instanceof TaskFailedException failed) {
        Throwable cause = requireNonNull(failed.getCause());
        if (!(cause instanceof VirtualMachineError)) { // which the task has reported itself
          discard.uncaught(cause, TaskInfo.describe(task));
        }
      } else if (!(outcome instanceof JoinException)) {
        discard.discard(value());
      }
    }
  }

  /** What a join makes of a task that has ended. */
  @FunctionalInterface
  interface Answer<T extends @Nullable Object, R> {
    /**
     * The answer to the owner.
     *
     * @param ended the task
     * @param discard where it goes if it is of no interest
     * @return null if it is of no interest, and was dropped
     */
    @Nullable R of(Ended<T> ended, Discard discard);
  }

  private final ReadyQueue ready = new ReadyQueue();
  private @Nullable Entry<T> oldest;
  private @Nullable Entry<T> newest;
  private int size;

  /** The context of the handles, bound to one after the other. */
  private final ChildContext childContext = new ChildContext();

  /** What polls handles where no task does. */
  private @Nullable Poller outside;

  /** How many are here: live, or ended without that anybody took the output. */
  int size() {
    return size;
  }

  /** Takes a task in, and wakes the owner's task if it waits. */
  void add(Entry<T> entry) {
    entry.older = newest;
    if (newest == null) {
      oldest = entry;
    } else {
      newest.newer = entry;
    }
    newest = entry;
    size++;
    ready.add(entry);
  }

  /**
   * Finds a task that has ended, takes it out, and takes its output: one unit of budget.
   *
   * @return null if there is none: then either {@link #size()} is 0, or the answer is {@code
   *     Pending} and the waker is registered or woken
   * @throws RuntimeException what a handle throws that was polled or detached by somebody else; its
   *     task is out of the set
   */
  @Nullable Ended<T> pollEnded(Context cx) {
    for (int polled = 0; size > 0; polled++) {
      Entry<T> entry = peekOrRegister(cx.waker());
      if (entry == null) {
        return null;
      }
      JoinHandle<? extends T> handle = entry.handle;
      if (handle == null) {
        ready.remove();
        continue;
      }
      if (polled == HANDLES_PER_TURN) {
        cx.wakeSelf();
        return null;
      }
      if (cx.budget().isExhausted() && !cx.tryProceed()) {
        return null;
      }
      int before = cx.budget().remaining();
      Ended<T> ended = settle(entry, handle, cx);
      if (ended != null) {
        if (cx.budget().remaining() == before) { // not every handle takes the unit itself
          cx.budget().consume();
        }
        return ended;
      }
    }
    return null;
  }

  /**
   * As {@link #pollEnded}, outside a poll: leaves no waker of the owner's.
   *
   * @return null if no task has ended
   */
  @Nullable Ended<T> takeEnded() {
    while (size > 0) {
      Entry<T> entry = peek();
      if (entry == null) {
        return null;
      }
      JoinHandle<? extends T> handle = entry.handle;
      if (handle == null) {
        ready.remove();
        continue;
      }
      Ended<T> ended = settle(entry, handle, null);
      if (ended != null) {
        return ended;
      }
    }
    return null;
  }

  /**
   * Polls the handle of an entry that is next in the queue.
   *
   * @param cx the context of the owner's poll; null outside of one
   * @return what became of the task, which is out of the set; null if it has not ended
   */
  private @Nullable Ended<T> settle(
      Entry<T> entry, JoinHandle<? extends T> handle, @Nullable Context cx) {
    ready.remove();
    entry.transitionToIdle(); // before the poll (R2 of the queue)
    Object outcome;
    try {
      Poll<? extends T> answer =
          cx == null ? outside().poll(handle, entry) : childContext.poll(cx, entry, handle);
      if (answer.isPending()) {
        return null;
      }
      outcome = answer;
    } catch (JoinException failure) {
      outcome = failure;
    } catch (Throwable violation) { // it was joined or detached by somebody else
      finish(entry);
      throw Raise.unchecked(violation);
    }
    finish(entry);
    return new Ended<>(entry, handle, outcome);
  }

  private Poller outside() {
    if (outside == null) {
      outside = new Poller(new Services() {}, 0, false);
    }
    return outside;
  }

  @SuppressWarnings("unchecked") // only add() puts nodes in
  private @Nullable Entry<T> peek() {
    return (Entry<T>) ready.peek();
  }

  @SuppressWarnings("unchecked") // only add() puts nodes in
  private @Nullable Entry<T> peekOrRegister(Waker waker) {
    return (Entry<T>) ready.peekOrRegister(waker);
  }

  /** Drops what has ended. Returns whether nothing is left; if not, the answer is Pending. */
  boolean pollDrained(Context cx) {
    while (true) {
      try {
        Ended<T> ended = pollEnded(cx);
        if (ended == null) {
          return size == 0;
        }
        ended.drop(cx.discard());
      } catch (RuntimeException violation) { // of one handle; the others are drained all the same
        cx.discard().uncaught(violation, "a join handle");
      }
    }
  }

  /** Asks every task to stop, newest first. */
  void requestCancelAll() {
    for (Entry<T> entry = newest; entry != null; entry = entry.older) {
      requestCancel(entry.handle);
    }
  }

  /** Asks one task to stop; what the handle throws against its contract hinders nobody. */
  static void requestCancel(@Nullable CancelHandle task) {
    if (task != null) {
      try {
        task.requestCancel();
      } catch (Throwable violation) {
        Discard.closing().uncaught(violation, "requestCancel of " + TaskInfo.describe(task));
      }
    }
  }

  /**
   * Whether what was to be thrown must be reported if it is not: it is more than that a task was
   * cancelled, or carries a failure that came after that.
   */
  static boolean tellsOfFailure(Throwable unthrown) {
    return !(unthrown instanceof TaskCancelledException) || unthrown.getSuppressed().length > 0;
  }

  /** Lets every task run without an owner, and forgets it. */
  void detachAll() {
    for (Entry<T> entry = newest; entry != null; entry = newest) {
      JoinHandle<? extends T> handle = requireNonNull(entry.handle);
      try {
        finish(entry);
        handle.detach();
        handle.cancel(); // of a detached handle: takes back the waker of this set, no more
      } catch (Throwable violation) { // of one handle; the others are detached all the same
        Discard.closing().uncaught(violation, "detach of " + TaskInfo.describe(handle));
      }
    }
    ready.clear();
    childContext.clear();
  }

  /** Asks every task to stop, newest first, and forgets it: its output will be discarded. */
  void cancelAll(@Nullable Discard discard) {
    for (Entry<T> entry = newest; entry != null; entry = newest) {
      JoinHandle<? extends T> handle = entry.handle;
      finish(entry);
      Cancel.child(handle, discard);
    }
    ready.clear();
    childContext.clear();
  }

  /** Forgets the waker of the owner's task, which no longer waits. */
  void clearWaker() {
    ready.clearConsumer();
  }

  /**
   * Asks every task to stop, and blocks until all have ended; drops what they leave behind.
   *
   * @param spawner if it is a runtime, it is driven
   * @param what the class of the set, for messages
   * @throws IllegalStateException if the calling thread runs tasks
   */
  void close(Spawner spawner, String what) {
    requestCancelAll();
    if (size == 0) {
      return;
    }
    if (Poller.isAttached()) {
      throw new IllegalStateException(
          "close() of a "
              + what
              + " would block a thread that is running tasks of "
              + Poller.pollingName()
              + ": its "
              + size
              + " tasks were asked to stop; await closeAsync() to see them end");
    }
    boolean interrupted = false;
    while (size > 0) {
      if (spawner instanceof BlockOn runtime) {
        try {
          runtime.blockOn(new CloseTasks(this, what, () -> {}));
          continue;
        } catch (InterruptedException again) {
          interrupted = true;
          continue;
        } catch (Exception refused) {
          // It is shut down, or full: then others see to it that the tasks end.
        }
      }
      interrupted |= parkUntilDrained();
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** Returns whether the thread was interrupted meanwhile. */
  private boolean parkUntilDrained() {
    ThreadWaker waker = new ThreadWaker();
    Poller poller = outside();
    boolean interrupted = false;
    Future<Boolean> drain = cx -> pollDrained(cx) ? Poll.ready(true) : Poll.pending();
    while (true) {
      waker.woken = false;
      try {
        if (poller.poll(drain, waker).isReady()) {
          return interrupted;
        }
      } catch (Exception impossible) {
        throw Raise.unchecked(impossible);
      }
      while (!waker.woken && !poller.wokeItself()) {
        LockSupport.park(this);
        interrupted |= Thread.interrupted();
      }
    }
  }

  /** Unparks the thread that made it. */
  private static final class ThreadWaker implements Waker {
    private final Thread thread = Thread.currentThread();
    private volatile boolean woken;

    @Override
    public void wake() {
      woken = true;
      LockSupport.unpark(thread);
    }
  }

  /** Says how many there are, and names them as children, oldest first. */
  void describe(Description description) {
    description.with("tasks", size);
    for (Entry<T> entry = oldest; entry != null; entry = entry.newer) {
      description.child("task", entry.handle);
    }
  }

  /** Takes an entry out. */
  private void finish(Entry<T> entry) {
    entry.finish();
    entry.handle = null;
    if (entry.older == null) {
      oldest = entry.newer;
    } else {
      entry.older.newer = entry.newer;
    }
    if (entry.newer == null) {
      newest = entry.older;
    } else {
      entry.newer.older = entry.older;
    }
    entry.older = null;
    entry.newer = null;
    size--;
    entry.over();
  }
}
