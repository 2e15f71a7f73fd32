package dev.pollux.executor.service;

import static java.lang.invoke.MethodHandles.lookup;
import static java.util.Objects.requireNonNull;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import dev.pollux.core.Future;
import dev.pollux.core.Poller;
import java.lang.invoke.ConstantBootstraps;
import java.lang.invoke.VarHandle;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RunnableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Something to run for somebody who may wait for its outcome: the {@link
 * java.util.concurrent.Future} that a submitter holds, the {@link Future} of the task that runs it
 * on a worker, and the {@link Callable} of the job that runs it on a thread that may block.
 *
 * @param <V> the outcome
 * @threading {@code poll} and {@code cancel()} belong to the task, {@code call} to the job;
 *     everything else may be called from any thread
 * @cancellation by the task's owner, which is the runtime: the command is cancelled unless it runs
 */
abstract class Command<V extends @Nullable Object> extends CommandState
    implements RunnableFuture<V>, Future<Void>, Callable<@Nullable Void> {
  /*
   * Interrupts. Only a thread that may block is ever interrupted: it leaves itself in `runner` before it claims the work,
   * and takes itself out when it has let go of it.
   *
   *  null --enter--> Thread --leave--> null           by the runner
   *  Thread --claim--> BEING_INTERRUPTED --release--> Thread   by whoever interrupts, with Thread.interrupt() between
   *
   * The runner can't leave while it is being interrupted, and clears its flag once it has left. So an interrupt hits the
   * run that it was meant for or nothing, and no later job of the thread sees it.
   */
  private static final Object BEING_INTERRUPTED = new Object();

  private static final VarHandle RUNNER =
      ConstantBootstraps.fieldVarHandle(
          lookup(), "runner", VarHandle.class, Command.class, Object.class);
  private static final VarHandle WAITERS =
      ConstantBootstraps.fieldVarHandle(
          lookup(), "waiters", VarHandle.class, Command.class, Waiters.class);

  // Six references, the state and the header are 40 bytes.

  /**
   * The work, until it has ended: owned by whoever made the last transition. Then the value or the
   * failure, written before RAN or FAILED.
   */
  private @Nullable Object stage;

  /** Where the command is registered as live, and the links there, guarded by it. */
  private final LiveCommands.Stripe stripe;

  @Nullable Command<?> next;
  @Nullable Command<?> previous;

  private volatile @Nullable Object runner;

  /** Made by the first thread that has to wait. */
  private volatile @Nullable Waiters waiters;

  /**
   * Makes a command that is not known to anybody yet.
   *
   * @param work what the user wants to be called, as {@link #invoke} takes it
   * @param live where it will be registered
   */
  Command(Object work, LiveCommands live) {
    this.stage = requireNonNull(work);
    this.stripe = live.stripe();
  }

  final LiveCommands.Stripe stripe() {
    return stripe;
  }

  /** Calls the user. */
  @CanIgnoreReturnValue
  abstract @Nullable V invoke(Object work) throws Exception;

  /**
   * Makes the command pending again, if the run that has come to its end without a failure is to be
   * followed by another. Whoever gets true no longer owns the work.
   */
  boolean rearm() {
    return false;
  }

  /**
   * Called once, when the command has ended for those who wait for it. Quick, and throws nothing.
   */
  void onEnd() {}

  /** Whether a failure of the work is passed on to the task or job, beside being the outcome. */
  boolean isRethrown(Throwable failure) {
    return failure instanceof VirtualMachineError; // the whole program should know
  }

  // ---- running

  /**
   * Calls the work, if that is still wanted.
   *
   * @return whether it is to be called again, later, if it has not {@linkplain #hasEnded ended}
   * @throws Exception the failure of the work, if it {@linkplain #isRethrown is rethrown}
   */
  @CanIgnoreReturnValue
  final boolean runOnce() throws Exception {
    if (!transitionToRunning()) {
      return false;
    }
    @Nullable V value;
    try {
      value = invoke(requireNonNull(stage));
    } catch (Throwable failure) {
      if (failure instanceof InterruptedException && runner == null) {
        Thread.currentThread().interrupt(); // meant for whatever drives the worker
      }
      stage = failure;
      end(transitionToFailed());
      if (isRethrown(failure)) {
        throw failure;
      }
      return false;
    }
    if (rearm()) {
      return true;
    }
    stage = value;
    end(transitionToRan());
    return false;
  }

  /** The runner's way out. */
  private void end(boolean withOutcome) {
    if (withOutcome) {
      announceEnd();
    } else {
      stage = null; // cancelled meanwhile; the canceller has told the waiters
    }
    stripe.remove(this);
  }

  /** Runs the command on a thread that may block, where it can be interrupted. */
  @Override
  public final @Nullable Void call() throws Exception {
    runner = Thread.currentThread();
    try {
      runOnce();
    } finally {
      leave();
    }
    return null;
  }

  @SuppressWarnings("ThreadPriorityCheck") // on one core, the interrupter needs it to go on
  private void leave() {
    while (!RUNNER.compareAndSet(this, Thread.currentThread(), null)) {
      Thread.yield(); // being interrupted, which is a matter of one call
    }
    Thread.interrupted();
  }

  /** Interrupts the thread that is running the command, if it is one that may block. */
  final void interruptRunner() {
    if (runner instanceof Thread thread && RUNNER.compareAndSet(this, thread, BEING_INTERRUPTED)) {
      try {
        thread.interrupt();
      } finally {
        runner = thread;
      }
    }
  }

  /**
   * Does the work of a command that {@code shutdownNow} has returned, on the calling thread, once.
   * Its future stays cancelled; what the work throws is thrown. Without effect on any other
   * command: the service runs those.
   */
  @Override
  public final void run() {
    if (!transitionToTakenOver()) {
      return;
    }
    Object work = requireNonNull(stage);
    stage = null;
    try {
      invoke(work);
    } catch (RuntimeException | Error failure) {
      throw failure;
    } catch (Exception failure) {
      if (failure instanceof InterruptedException) {
        Thread.currentThread().interrupt();
      }
      throw new CompletionException(failure);
    }
  }

  // ---- stopping

  @Override
  @CanIgnoreReturnValue
  public final boolean cancel(boolean mayInterruptIfRunning) {
    while (!hasEnded()) {
      if (tryCancelPending()) {
        return true;
      }
      if (transitionFromRunningToCancelled()) {
        announceEnd();
        if (mayInterruptIfRunning) {
          interruptRunner();
        }
        return true;
      }
    }
    return false;
  }

  /** Cancels the command if it is not running. */
  @CanIgnoreReturnValue
  final boolean tryCancelPending() {
    if (!transitionFromPendingToCancelled()) {
      return false;
    }
    stage = null;
    announceEnd();
    stripe.remove(this);
    return true;
  }

  /** Hands the command to the caller of {@code shutdownNow}, if it has not begun. */
  @CanIgnoreReturnValue
  final boolean tryReturn() {
    if (!transitionToReturned()) {
      return false;
    }
    announceEnd();
    stripe.remove(this);
    return true;
  }

  /** The runtime drops the task: it was asked to, or it is shut down. */
  @Override
  public void cancel() {
    tryCancelPending();
  }

  /** Cancels a command that its runtime will not run any more. */
  void stopWithRuntime() {
    tryCancelPending();
  }

  private void announceEnd() {
    Waiters waiting = waiters; // after the transition; a waiter looks the other way round
    if (waiting != null) {
      waiting.wakeAll();
    }
    onEnd();
  }

  // ---- waiting

  @Override
  public final boolean isDone() {
    return hasEnded();
  }

  @Override
  public final boolean isCancelled() {
    return wasCancelled();
  }

  @Override
  @CanIgnoreReturnValue
  public final @Nullable V get() throws InterruptedException, ExecutionException {
    if (!hasEnded()) {
      refuseToBlock("get()");
      waiters().await(this, this::hasEnded, Waiters.FOREVER, stripe.waits());
    }
    return outcome();
  }

  @Override
  @CanIgnoreReturnValue
  public final @Nullable V get(long timeout, TimeUnit unit)
      throws InterruptedException, ExecutionException, TimeoutException {
    requireNonNull(unit, "unit");
    if (!hasEnded()) {
      if (timeout > 0) {
        refuseToBlock("get(long, TimeUnit)");
      }
      if (!waiters().await(this, this::hasEnded, unit.toNanos(timeout), stripe.waits())) {
        throw new TimeoutException(this + " has not ended within " + timeout + " " + unit);
      }
    }
    return outcome();
  }

  private void refuseToBlock(String what) {
    if (Poller.isAttached()) {
      throw new IllegalStateException(
          what
              + " of "
              + this
              + " would block a thread that is running tasks of "
              + Poller.pollingName()
              + ": call it elsewhere, or when isDone()");
    }
  }

  private Waiters waiters() {
    Waiters waiting = waiters;
    if (waiting == null) {
      Waiters fresh = new Waiters();
      Waiters winner = (Waiters) WAITERS.compareAndExchange(this, null, fresh);
      waiting = winner == null ? fresh : winner;
    }
    return waiting;
  }

  /** The outcome of a command that has ended. */
  @SuppressWarnings("unchecked") // in RAN, the stage is the value
  private @Nullable V outcome() throws ExecutionException {
    if (hasRun()) {
      return (V) stage;
    }
    if (hasFailed()) {
      throw new ExecutionException((Throwable) requireNonNull(stage));
    }
    assert wasCancelled() : this;
    throw new CancellationException(this + " has no outcome");
  }

  /** What kind of command it is, in a word or two. */
  abstract String kind();

  @Override
  public String toString() {
    return kind()
        + "@"
        + Integer.toHexString(System.identityHashCode(this))
        + " ["
        + describeState()
        + "]";
  }
}
