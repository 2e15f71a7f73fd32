package dev.pollux.executor.task;

import static java.lang.invoke.MethodHandles.lookup;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import dev.pollux.core.Ready;
import dev.pollux.spi.RuntimeListener.Outcome;
import java.io.InterruptedIOException;
import java.lang.invoke.ConstantBootstraps;
import java.lang.invoke.VarHandle;
import java.net.SocketTimeoutException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileLockInterruptionException;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/** A blocking job whose thread is interrupted if the job is cancelled while it runs. */
public final class InterruptibleJob<T extends @Nullable Object> extends BlockingJob<T> {
  /*
   * Invariants
   *  I1  The thread of the job is interrupted at most once, by the canceller that moved `carrier` to INTERRUPTING.
   *  I2  The runner leaves its turn only after it moved `carrier` to ENDED, or saw INTERRUPTED. So no interrupt is under way
   *      when the job is completed, and none can reach what its thread does next.
   *  I3  A cancel that came in time is not lost: the job is taken back, never called, or interrupted.
   *
   * Transitions of `carrier`
   *  null          --begin-->        the thread that has the turn   (runner)
   *  the thread    --interrupt-->    INTERRUPTING                   (a canceller, which then interrupts the thread)
   *  INTERRUPTING  --interrupted-->  INTERRUPTED                    (the same canceller)
   *  the thread    --end-->          ENDED                          (runner)
   *
   * Ordering
   *  The canceller sets CANCELLED in the task's state, then reads `carrier`; the runner writes `carrier`, then reads
   *  CANCELLED. All four are volatile, so one of them sees the other (I3). If both do, the job is not called and the runner
   *  takes the interrupt away.
   *
   * Progress: lock-free, but for a runner that waits until a canceller is back from Thread.interrupt().
   * Source: java.util.concurrent.FutureTask, which lets a late interrupt pass, where this one takes it away.
   */
  private static final Object INTERRUPTING = new Object();
  private static final Object INTERRUPTED = new Object();
  private static final Object ENDED = new Object();

  /** So many causes are looked at; chains of causes may be circles. */
  private static final int DEEPEST_CAUSE = 32;

  private static final VarHandle CARRIER =
      ConstantBootstraps.fieldVarHandle(
          lookup(), "carrier", VarHandle.class, InterruptibleJob.class, Object.class);

  private volatile @Nullable Object carrier;

  /**
   * Makes a job; see {@link BlockingJob}.
   *
   * @param job what it calls
   * @param name its name, if any
   * @param spawnSite the frame that queued it, if captured
   * @param owner the pool that queues it
   */
  public InterruptibleJob(
      Callable<T> job,
      @Nullable String name,
      @Nullable StackTraceElement spawnSite,
      JobOwner owner) {
    super(job, name, spawnSite, owner);
  }

  @Override
  void runTurn() {
    carrier = Thread.currentThread();
    if (isCancelRequested()) {
      endInterrupts();
      complete(Output.Cancelled.INSTANCE, Outcome.CANCELLED);
      return;
    }
    Ready<T> output;
    try {
      output = call();
    } catch (Throwable failure) {
      boolean interrupted = endInterrupts();
      if (interrupted && isOfInterrupt(failure)) {
        complete(Output.Cancelled.INSTANCE, Outcome.CANCELLED);
      } else {
        fail(failure);
      }
      return;
    }
    endInterrupts();
    complete(output, Outcome.COMPLETED);
  }

  /** Takes the job back if it has not begun, and interrupts its thread if it runs. */
  @Override
  public void requestCancel() {
    super.requestCancel();
    if (carrier instanceof Thread thread && CARRIER.compareAndSet(this, thread, INTERRUPTING)) {
      try {
        thread.interrupt();
      } finally {
        carrier = INTERRUPTED;
      }
    }
  }

  /**
   * Lets no more interrupts come, and takes away the one that came. Returns whether one did.
   *
   * @threading the runner
   */
  @CanIgnoreReturnValue
  @SuppressWarnings(
      "ThreadPriorityCheck") // a virtual thread must let the canceller have its carrier
  private boolean endInterrupts() {
    if (CARRIER.compareAndSet(this, Thread.currentThread(), ENDED)) {
      return false;
    }
    while (carrier != INTERRUPTED) {
      Thread.yield(); // the canceller is inside Thread.interrupt()
    }
    Thread.interrupted();
    return true;
  }

  /** Whether a job that was interrupted failed for that reason, and for no other. */
  private static boolean isOfInterrupt(Throwable failure) {
    if (failure instanceof Error) {
      return false;
    }
    Throwable cause = failure;
    for (int depth = 0; cause != null && depth < DEEPEST_CAUSE; depth++) {
      if (cause instanceof InterruptedException
          || cause instanceof ClosedByInterruptException
          || cause instanceof FileLockInterruptionException
          || (cause instanceof InterruptedIOException
              && !(cause instanceof SocketTimeoutException))) {
        return true;
      }
      cause = cause.getCause();
    }
    return false;
  }
}
