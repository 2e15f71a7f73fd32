package dev.pollux.executor.task;

import static java.util.Objects.requireNonNull;

import dev.pollux.core.Ready;
import dev.pollux.spi.RuntimeListener.Outcome;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * A call that blocks, as a task of one turn: it is queued once, runs on a thread that may block,
 * and can be taken back until it begins.
 *
 * <p>A thread of the pool and those who cancel race for the turn, by one transition of {@link
 * TaskState}. Whoever has it ends the job, and tells the {@link JobOwner} when it is over.
 */
public class BlockingJob<T extends @Nullable Object> extends NamedTask<T> {

  private final JobOwner owner;

  /** The job before this one in the queue. Owned by that queue, as {@link #nextInQueue()} is. */
  private @Nullable BlockingJob<?> previousInQueue;

  /** What a recording keeps with the job. Owned by whoever has the job. */
  private @Nullable Object note;

  /**
   * Makes a job; the caller registers it and queues it once.
   *
   * @param job what it calls
   * @param name its name, if any
   * @param spawnSite the frame that queued it, if captured
   * @param owner the pool that queues it
   */
  public BlockingJob(
      Callable<T> job,
      @Nullable String name,
      @Nullable StackTraceElement spawnSite,
      JobOwner owner) {
    super((Object) job, name, spawnSite);
    this.owner = owner;
  }

  /** The job before this one in the queue that holds both. */
  public final @Nullable BlockingJob<?> previousInQueue() {
    return previousInQueue;
  }

  /** Sets {@link #previousInQueue()}. */
  public final void setPreviousInQueue(@Nullable BlockingJob<?> previous) {
    previousInQueue = previous;
  }

  /** What {@link #setNote} was last called with. */
  public final @Nullable Object note() {
    return note;
  }

  /** Leaves something for those who look at the job later. */
  public final void setNote(@Nullable Object note) {
    this.note = note;
  }

  /**
   * Whether the job makes {@code call}, and has not ended.
   *
   * @threading whoever keeps the job from running meanwhile
   */
  public final boolean calls(Callable<?> call) {
    Object made = stage();
    return made == call || (made instanceof PropagatedCall<?> wrapped && wrapped.body() == call);
  }

  /** Runs the job on the calling thread, unless it was taken back. */
  public final void run() {
    if (tryTransitionToRunning()) {
      try {
        owner.jobStarted(this);
        runTurn();
      } finally {
        owner.over(this);
      }
    }
  }

  /** Calls what the job was made with, and completes the job by what came of it. */
  void runTurn() {
    Ready<T> output;
    try {
      output = call();
    } catch (Throwable failure) {
      fail(failure);
      return;
    }
    complete(output, Outcome.COMPLETED);
  }

  @SuppressWarnings("unchecked") // until COMPLETE the stage of a job is its callable
  final Ready<T> call() throws Exception {
    return new Ready<>(((Callable<T>) requireNonNull(stage())).call());
  }

  /** Takes the job back if it has not begun; one that has begun runs to its end. */
  @Override
  public void requestCancel() {
    int before = transitionToCancelled();
    assert !mustPush(before) : describeState();
    if (wasFirstCancel(before)) {
      owner.cancelRequested(this);
    }
    takeBack();
  }

  /** Ends the job if it has not begun. */
  public final void takeBack() {
    if (tryTransitionToRunning()) {
      try {
        owner.takenBack(this);
        complete(Output.Cancelled.INSTANCE, Outcome.CANCELLED);
      } finally {
        owner.over(this);
      }
    }
  }

  /** Fails the job if it has not begun: no thread could be had for it. */
  public final void refuse(Throwable noThread) {
    if (tryTransitionToRunning()) {
      try {
        owner.takenBack(this);
        fail(noThread);
      } finally {
        owner.over(this);
      }
    }
  }
}
