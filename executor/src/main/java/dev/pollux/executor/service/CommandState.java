package dev.pollux.executor.service;

import static java.lang.invoke.MethodHandles.lookup;

import java.lang.invoke.ConstantBootstraps;
import java.lang.invoke.VarHandle;

/**
 * The life of one command, in one word: who runs it, and what has become of it. Any thread may try
 * any transition; of those that race, one wins.
 */
abstract class CommandState {
  /*
   * Invariants
   *  I1  The work (the user's object) is called by the thread whose transition led to RUNNING or TAKEN_OVER, and by no
   *      other. So a command that was cancelled or returned while it was PENDING is never run by the service.
   *  I2  RAN, FAILED, CANCELLED and TAKEN_OVER are never left, RETURNED only for TAKEN_OVER: a waiter that saw the end
   *      sees the same one for ever.
   *  I3  The command is registered as live from before it is launched until the thread that made the transition to its
   *      end takes it out; but if it is cancelled while RUNNING, until its runner does.
   *
   * Transitions
   *  PENDING  --start-->   RUNNING    by what runs it, at its time
   *  PENDING  --cancel-->  CANCELLED  by anybody, and by a runtime that is shut down
   *  PENDING  --return-->  RETURNED   by shutdownNow
   *  RUNNING  --rearm-->   PENDING    by its runner, if it is periodic and did not throw
   *  RUNNING  --finish-->  RAN, FAILED                     by its runner
   *  RUNNING  --cancel-->  CANCELLED  by anybody; its runner finds out when it is done
   *  RETURNED --run-->     TAKEN_OVER by whoever shutdownNow returned it to, once
   *
   * Ordering
   *  Each edge is one CAS, in volatile mode. What a submitter wrote is seen by the run through the task; what the run
   *  wrote, the outcome included, was written before the edge to RAN or FAILED, and is seen by whoever saw that.
   *
   * Progress: lock-free; a CAS fails only if another transition was made.
   */

  /** Waits for its time, or for a thread. */
  static final int PENDING = 0;

  /** A thread calls the work. */
  static final int RUNNING = 1;

  /** It has a value. */
  static final int RAN = 2;

  /** It threw. */
  static final int FAILED = 3;

  /** It was cancelled: nobody waits for it any more, though the work may still be running. */
  static final int CANCELLED = 4;

  /** It never began, and was handed to the caller of {@code shutdownNow}. */
  static final int RETURNED = 5;

  /** RETURNED, and run by whoever had it. */
  static final int TAKEN_OVER = 6;

  private static final VarHandle STATE =
      ConstantBootstraps.fieldVarHandle(
          lookup(), "state", VarHandle.class, CommandState.class, int.class);

  private volatile int state = PENDING;

  /** Claims the work for a run. Returns false if there is nothing to run any more. */
  final boolean transitionToRunning() {
    return move(PENDING, RUNNING);
  }

  /** Ends a run of a periodic command that has another before it. False if it was cancelled. */
  final boolean transitionToPending() {
    return move(RUNNING, PENDING);
  }

  /** Ends the last run with a value, already written. False if the command was cancelled. */
  final boolean transitionToRan() {
    return move(RUNNING, RAN);
  }

  /** Ends the last run with a failure, already written. False if the command was cancelled. */
  final boolean transitionToFailed() {
    return move(RUNNING, FAILED);
  }

  /** Cancels the command if it is not running. */
  final boolean transitionFromPendingToCancelled() {
    return move(PENDING, CANCELLED);
  }

  /** Cancels the command if it is running. */
  final boolean transitionFromRunningToCancelled() {
    return move(RUNNING, CANCELLED);
  }

  /** Takes the command out of the hands of the service, if it has not begun. */
  final boolean transitionToReturned() {
    return move(PENDING, RETURNED);
  }

  /** Claims the work of a returned command. Returns false if it wasn't returned, or was claimed. */
  final boolean transitionToTakenOver() {
    return move(RETURNED, TAKEN_OVER);
  }

  private boolean move(int from, int to) {
    return STATE.compareAndSet(this, from, to);
  }

  // ---- questions

  final boolean isPending() {
    return state == PENDING;
  }

  final boolean isRunning() {
    return state == RUNNING;
  }

  /** Whether the command is over for those who wait for it. */
  final boolean hasEnded() {
    return state > RUNNING;
  }

  final boolean hasRun() {
    return state == RAN;
  }

  final boolean hasFailed() {
    return state == FAILED;
  }

  final boolean wasCancelled() {
    return state >= CANCELLED;
  }

  /** The state in words. */
  final String describeState() {
    return switch (state) {
      case PENDING -> "pending";
      case RUNNING -> "running";
      case RAN -> "completed";
      case FAILED -> "failed";
      case CANCELLED -> "cancelled";
      case RETURNED -> "returned by shutdownNow";
      default -> "returned by shutdownNow, and run since";
    };
  }
}
