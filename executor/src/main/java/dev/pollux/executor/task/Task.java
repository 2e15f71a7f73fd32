package dev.pollux.executor.task;

import static java.util.Objects.requireNonNull;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import dev.pollux.core.Context;
import dev.pollux.core.Description;
import dev.pollux.core.Future;
import dev.pollux.core.JoinHandle;
import dev.pollux.core.Poll;
import dev.pollux.core.PollAfterEndException;
import dev.pollux.core.Poller;
import dev.pollux.core.Ready;
import dev.pollux.core.TaskCancelledException;
import dev.pollux.core.TaskFailedException;
import dev.pollux.core.TaskInfo;
import dev.pollux.core.Waker;
import dev.pollux.spi.FailureOwned;
import dev.pollux.spi.PolledTask;
import dev.pollux.spi.RuntimeListener.Outcome;
import dev.pollux.spi.TaskWaker;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A future that a runtime runs: task, waker and join handle in one object of 32 bytes.
 *
 * <p>Who may touch which field, and when, is said by {@link TaskState}: every step here is one of
 * its transitions and what that transition allows.
 *
 * @param <T> the output
 */
public class Task<T extends @Nullable Object> extends TaskState
    implements JoinHandle<T>, TaskWaker, PolledTask {

  private static final long FOREVER = Long.MAX_VALUE;

  /** The link of whatever queue holds the task: it is in one at most (I2). Owned by that queue. */
  private @Nullable Task<?> nextInQueue;

  /** The future, owned as I1 says; from COMPLETE on the output, owned as I5 says. */
  private @Nullable Object stage;

  /** Owned as I4 says. */
  private @Nullable Waker joiner;

  /** Written before the task is shared. */
  @SuppressWarnings("NullAway.Init")
  TaskPage page;

  /**
   * Makes a task that has its first turn: the caller {@linkplain LiveTasks#register registers} it,
   * then queues it.
   *
   * @param future what it runs
   */
  public Task(Future<T> future) {
    super(OWNED);
    this.stage = requireNonNull(future);
  }

  /** Makes a job, whose one turn is raced for. */
  Task(Object job) {
    super(SCHEDULED);
    this.stage = requireNonNull(job);
  }

  /** Has a shutdown cancel this task last. Called before the task is shared. */
  public final void spare() {
    markAtBirth(SPARED);
  }

  /** Has a shutdown wait for this task if it can, and spare it. Called before it is shared. */
  public final void shield() {
    markAtBirth(SPARED | SHIELDED);
  }

  final void setPlace(TaskPage page, int slot) {
    this.page = page;
    setSlot(slot);
  }

  // ---- the waker's side

  @Override
  public final void wake() {
    if (transitionToScheduled()) {
      scheduler().schedule(this);
    }
  }

  /** The waker that the future is polled with. */
  Waker waker() {
    return this;
  }

  @Override
  public final TaskInfo task() {
    return this;
  }

  /** The task that shows {@code waker} to its future, if it is one of a task. */
  public static @Nullable Task<?> of(Waker waker) {
    return waker instanceof Task<?> task ? task : TracedTask.ofTraced(waker);
  }

  @Override
  public void requestCancel() {
    int before = transitionToCancelled();
    if (wasFirstCancel(before)) {
      scheduler().cancelRequested(this);
    }
    if (mustPush(before)) {
      scheduler().schedule(this);
    }
  }

  // ---- the worker's side

  /** The next task in the queue that holds this one. */
  public final @Nullable Task<?> nextInQueue() {
    return nextInQueue;
  }

  /** Sets {@link #nextInQueue()}. */
  public final void setNextInQueue(@Nullable Task<?> next) {
    nextInQueue = next;
  }

  /**
   * Runs one turn of a task taken from a queue: polls its future once, or cancels it if that was
   * asked for.
   *
   * @param poller the poller of the calling thread
   * @return what has become of the task
   */
  public final AfterTurn run(Poller poller) {
    if (transitionToRunning() == Turn.DISCARD) {
      discardFuture(poller);
      return AfterTurn.ENDED;
    }
    Poll<T> answer;
    try {
      answer = poller.poll(future(), waker());
      if (answer == null) {
        throw new NullPointerException("a future answered null instead of a Poll: " + future());
      }
    } catch (Throwable failure) {
      fail(failure);
      return AfterTurn.ENDED;
    }
    if (answer.isReady()) {
      complete(answer, Outcome.COMPLETED);
      return AfterTurn.ENDED;
    }
    boolean again = poller.wokeItself() || transitionToIdle(); // a yield keeps the turn
    return again ? AfterTurn.QUEUE_AGAIN : AfterTurn.WAITS;
  }

  // ---- the measured wait

  /** Marks the task, which the caller is about to queue: how long it is queued is measured. */
  public final void mark() {
    transitionToProbed();
  }

  /** Whether the task, which was taken out of its queue, is {@linkplain #mark marked}. */
  public final boolean isMarked() {
    return hasMark();
  }

  /** Whether the task is {@linkplain #mark marked}, or {@linkplain #isSpared spared}, or both. */
  public final boolean isMarkedOrSpared() {
    return hasMarkOrIsSpared();
  }

  /** Takes the {@linkplain #mark mark} away. */
  public final void unmark() {
    transitionToUnprobed();
  }

  /**
   * Ends a task that no queue will take: cancels its future, on the calling thread, which was about
   * to push it.
   */
  public final void refuse() {
    int before = transitionToCancelled();
    // No: it has the turn that it was born with, or was woken.
    assert !mustPush(before) : describeState();
    Turn turn = transitionToRunning();
    assert turn == Turn.DISCARD;
    discardFuture(null);
  }

  /** The future, or whatever else a subclass was made with; for the owner. */
  final @Nullable Object stage() {
    return stage;
  }

  @SuppressWarnings("unchecked") // until COMPLETE the stage of a task is its future
  private Future<T> future() {
    return (Future<T>) requireNonNull(stage);
  }

  private void discardFuture(@Nullable Poller poller) {
    try {
      if (poller != null) {
        poller.cancel(future(), this);
      } else {
        future().cancel();
      }
    } catch (Throwable failure) {
      scheduler().uncaught(this, failure);
    }
    complete(Output.Cancelled.INSTANCE, Outcome.CANCELLED);
  }

  /** Ends the turn with a failure. */
  final void fail(Throwable failure) {
    if (failure instanceof InterruptedException) {
      Thread.currentThread().interrupt();
    }
    Output.Failed output = new Output.Failed(failure);
    if (failure instanceof VirtualMachineError) {
      output.report(this, scheduler()); // even if somebody joins: the whole program should know
    } else if (stage instanceof FailureOwned owned && owned.isFailureOwned()) {
      output.owned();
    } else if (isInterested()) {
      try {
        output.watch(this, scheduler());
      } catch (Throwable noWatch) { // no thread for it, say: then the failure is told now
        output.report(this, scheduler());
      }
    }
    complete(output, Outcome.FAILED);
  }

  /** Tells of the end, publishes the output, ends the turn, and wakes the joiner. */
  final void complete(Object output, Outcome outcome) {
    try {
      scheduler().ending(this, outcome); // first: who sees the end relies on its having been told
    } finally {
      publish(output);
    }
  }

  private void publish(Object output) {
    Scheduler scheduler = scheduler();
    stage = output;
    page.release(slot());
    scheduler.makeRoom();
    int before = transitionToComplete();
    if (wasShielded(before)) {
      scheduler.shieldEnded();
    }
    if (!wasInterested(before)) {
      stage = null;
      discardOutput(output);
    }
    if (wasJoinerSet(before)) {
      Waker waker = requireNonNull(joiner);
      joiner = null;
      try {
        if (waker instanceof Task<?> task) {
          task.wakeJoiner();
        } else {
          waker.wake();
        }
      } catch (Throwable violation) {
        scheduler.uncaught(this, violation);
      }
    }
  }

  private void wakeJoiner() {
    if (transitionToScheduled()) {
      scheduler().scheduleJoiner(this);
    }
  }

  // ---- the joiner's side

  /**
   * Answers the output of the task.
   *
   * @cancellation nothing is lost between polls; {@link #cancel()} asks the task to stop
   */
  @Override
  public final Poll<T> poll(Context cx) {
    if (!isInterested()) {
      unregister(); // detached by somebody else since the last poll
      throw new PollAfterEndException("the handle of " + TaskInfo.describe(this));
    }
    if (isJoining()) {
      throw secondJoiner();
    }
    if (registerJoiner(cx.waker())) {
      return Poll.pending();
    }
    if (!cx.tryProceed()) {
      return Poll.pending();
    }
    return takeOutput();
  }

  @Override
  public final void cancel() {
    if (!isJoining()) { // else the waker is that of a thread in join(), which must hear of the end
      unregister();
    }
    if (isInterested()) {
      requestCancel();
      releaseOutput();
    }
  }

  @Override
  public final void detach() {
    releaseOutput();
  }

  @Override
  @CanIgnoreReturnValue
  public final T join() throws InterruptedException {
    beginJoin("join()");
    try {
      ThreadWaker waker = new ThreadWaker();
      while (registerJoiner(waker)) {
        park(FOREVER);
        throwIfInterrupted();
      }
    } finally {
      transitionToNotJoining();
    }
    return takeOutput().value();
  }

  @Override
  @CanIgnoreReturnValue
  public final T join(Duration timeout) throws InterruptedException, TimeoutException {
    long patience = Math.max(0, Nanos.saturated(requireNonNull(timeout, "timeout")));
    long start = System.nanoTime();
    beginJoin("join(Duration)");
    try {
      ThreadWaker waker = new ThreadWaker();
      while (registerJoiner(waker)) {
        long left = patience - (System.nanoTime() - start);
        if (left <= 0) {
          if (unregister()) {
            throw new TimeoutException(
                TaskInfo.describe(this) + " has not ended within " + timeout);
          }
          break; // it has ended just now
        }
        park(left);
        throwIfInterrupted();
      }
    } finally {
      transitionToNotJoining();
    }
    return takeOutput().value();
  }

  /** Sleeps as the joiner, unless the scheduler knows that nobody could end the sleep. */
  private void park(long nanos) {
    try {
      scheduler().joinParks(this);
    } catch (Throwable refused) {
      unregister();
      throw refused;
    }
    try {
      // The scheduler may have blocked on a lock, and spent the unpark of the completer there.
      if (isComplete()) {
        return;
      }
      if (nanos == FOREVER) {
        LockSupport.park(this);
      } else {
        LockSupport.parkNanos(this, nanos);
      }
    } finally {
      scheduler().joinUnparked(this);
    }
  }

  private void throwIfInterrupted() throws InterruptedException {
    if (Thread.interrupted()) {
      unregister();
      throw new InterruptedException("interrupted while joining " + TaskInfo.describe(this));
    }
  }

  /**
   * Makes the calling thread the joiner, unless the output is gone, the thread must not block, or
   * another joins.
   */
  private void beginJoin(String what) {
    if (!isInterested()) {
      throw new IllegalStateException(
          "the output of " + TaskInfo.describe(this) + " was taken before, or its handle detached");
    }
    if (Poller.isAttached()) {
      throw new IllegalStateException(
          what
              + " of "
              + TaskInfo.describe(this)
              + " on runtime \""
              + scheduler().runtimeName()
              + "\" would block a thread that is running tasks of "
              + Poller.pollingName()
              + ": poll the handle instead");
    }
    if (!tryTransitionToJoining()) {
      throw secondJoiner();
    }
  }

  private IllegalStateException secondJoiner() {
    return new IllegalStateException(
        "another thread joins " + TaskInfo.describe(this) + ": a handle has one waiter");
  }

  /**
   * Leaves {@code waker} to the completer, in place of the one left before. Returns false if the
   * task is complete.
   *
   * @threading the one joiner
   */
  public final boolean registerJoiner(Waker waker) {
    if (isComplete()) {
      return false;
    }
    Waker displaced = null;
    if (isJoinerSet()) {
      displaced = joiner;
      if (displaced == waker) {
        return true;
      }
      if (!unregister()) {
        return false;
      }
    }
    joiner = waker;
    boolean registered = transitionToJoinerSet();
    if (!registered) {
      joiner = null;
    }
    if (displaced != null && isJoining()) {
      tellDisplaced(displaced);
    }
    return registered;
  }

  /** Wakes a task that waited as well: its next poll says that a handle has one waiter. */
  private void tellDisplaced(Waker displaced) {
    try {
      displaced.wake();
    } catch (Throwable violation) {
      scheduler().uncaught(this, violation);
    }
  }

  /**
   * Takes the joiner's waker back. Returns false if the task is complete: the waker is the
   * completer's then.
   */
  @CanIgnoreReturnValue
  private boolean unregister() {
    if (!isJoinerSet()) {
      return !isComplete();
    }
    if (transitionToJoinerUnset()) {
      joiner = null;
      return true;
    }
    return false;
  }

  private Poll<T> takeOutput() {
    Object output = claimOutput();
    if (output instanceof Output.Failed failed) {
      throw new TaskFailedException(this, failed.cause());
    }
    if (output instanceof Output.Cancelled) {
      throw new TaskCancelledException(this);
    }
    return answer(output);
  }

  /**
   * Takes the output of a complete task, with what its future threw as it was thrown.
   *
   * @param cancelled makes what is thrown if the task was cancelled
   * @throws Exception what its future threw
   */
  public final T takeUnwrapped(Supplier<? extends Exception> cancelled) throws Exception {
    Object output = claimOutput();
    if (output instanceof Output.Failed failed) {
      if (failed.cause() instanceof Error error) {
        throw error;
      }
      if (failed.cause() instanceof Exception exception) {
        throw exception;
      }
      throw new TaskFailedException(this, failed.cause()); // a Throwable of neither kind
    }
    if (output instanceof Output.Cancelled) {
      throw cancelled.get();
    }
    return answer(output).value();
  }

  private Object claimOutput() {
    if (transitionToUninterested() != Claim.OUTPUT_IS_YOURS) {
      throw new PollAfterEndException("the handle of " + TaskInfo.describe(this));
    }
    Object output = requireNonNull(stage);
    stage = null;
    if (output instanceof Output.Failed failed) {
      failed.taken();
    }
    return output;
  }

  @SuppressWarnings("unchecked") // a Ready is what the Future<T> answered
  private Poll<T> answer(Object output) {
    return (Poll<T>) output;
  }

  private void releaseOutput() {
    if (transitionToUninterested() == Claim.OUTPUT_IS_YOURS) {
      Object output = requireNonNull(stage);
      stage = null;
      discardOutput(output);
    }
  }

  private void discardOutput(Object output) {
    if (output instanceof Ready<?> ready) {
      scheduler().discard().discard(ready.value());
    } else if (output instanceof Output.Failed failed) {
      failed.taken();
      failed.report(this, scheduler());
    }
  }

  // ---- the dump

  /**
   * Describes what the task waits for, from the thread that asks, without a poll.
   *
   * @return the tree of its futures, or null if the task is not waiting
   * @threading any thread
   */
  public final @Nullable Description tryInspect() {
    if (this instanceof BlockingJob<?> || !tryTransitionToInspecting()) {
      return null;
    }
    try {
      return Description.of(future());
    } finally {
      // A wake that came meanwhile has left the push to this thread. If nobody takes the task any
      // more, its end is up to this thread too.
      if (transitionToIdle() && !scheduler().trySchedule(this)) {
        refuse();
      }
      wasInspected();
    }
  }

  /** Hears that a look at the task is over, during which it did not seem to wait. */
  void wasInspected() {}

  /** How long ago the task was registered, roughly. */
  public final long ageNanos() {
    return page.ageNanos(slot(), System.nanoTime());
  }

  @Override
  public long polls() {
    return countedTurns();
  }

  /** How many turns the task has had, the one that it was born with included. */
  public final int turns() {
    return countedTurns() + 1;
  }

  /** Whether the task was asked to end and has not. */
  public final boolean wasAskedToEnd() {
    return isCancelRequested() && !isComplete();
  }

  /** Whether nobody has the turn of the task. */
  public final boolean isIdleOrQueued() {
    return !isOwned() && !isComplete();
  }

  // ---- questions

  @Override
  public final boolean isFinished() {
    return isComplete();
  }

  /** Whether a complete task, whose output was not taken yet, ended by cancellation. */
  public final boolean wasCancelled() {
    return isComplete() && stage instanceof Output.Cancelled;
  }

  @Override
  public final long id() {
    return page.firstId + slot();
  }

  @Override
  public Optional<String> name() {
    return Optional.empty();
  }

  @Override
  public Optional<StackTraceElement> spawnSite() {
    return Optional.empty();
  }

  @Override
  public final void describe(Description description) {
    description.name("join handle").waitsFor(TaskInfo.describe(this));
  }

  final Scheduler scheduler() {
    return page.scheduler;
  }

  @Override
  public String toString() {
    return TaskInfo.describe(this) + " [" + describeState() + "]";
  }
}
