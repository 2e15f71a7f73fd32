package dev.pollux.executor.task;

import static java.lang.invoke.MethodHandles.lookup;

import java.lang.invoke.ConstantBootstraps;
import java.lang.invoke.VarHandle;

/**
 * Lifecycle of one task, in one word. Wakers, cancellers and the joiner call from any thread; the
 * turn belongs to the worker that runs it.
 */
abstract class TaskState {
  /*
   * Invariants
   *  I1  OWNED is a lock: its owner alone touches the future. The owner is the worker that polls the task, the one run
   *      queue that the task is in while it waits for a turn that it was born with or kept, or a thread that inspects an
   *      idle task for a dump. Who takes the task out of the queue has the lock with it.
   *  I2  Until COMPLETE, SCHEDULED without OWNED: the task is in exactly one run queue, or on its way there. SCHEDULED
   *      with OWNED: a wake came that the next turn will clear, or, during a poll, one for which the worker queues the
   *      task again.
   *  I3  COMPLETE is never cleared and excludes OWNED; after it no caller is told to push.
   *  I4  The joiner's waker field belongs to the joiner while JOINER_SET is clear, and to the completer from COMPLETE
   *      on if JOINER_SET is set. While JOINER_SET is set and COMPLETE is not, nobody writes it. Of several threads that
   *      join, the one that set JOINING is the joiner; the others are refused.
   *  I5  The output belongs to whoever clears INTERESTED after COMPLETE (taken, detached or given up), or to the
   *      completer if INTERESTED was clear at COMPLETE. So it is taken or discarded exactly once.
   *
   * Transitions of the turn
   *  IDLE       --wake, cancel-->  SCHEDULED                    (caller pushes)
   *  SCHEDULED  --run-->           OWNED
   *  OWNED      --run-->           OWNED                        (of a turn that was kept: clears SCHEDULED)
   *  OWNED      --pending-->       IDLE, or SCHEDULED if woken  (worker pushes)
   *  OWNED      --ready-->         COMPLETE                     (also after a discarded turn)
   *  IDLE       --inspect-->       OWNED                        (and back by "pending": a wake that came meanwhile is
   *                                                              the inspector's to push)
   *  A task is born OWNED, and its maker pushes it; a poll that yields keeps the turn, and the worker pushes. Neither costs
   *  a transition: a wake of a task that is OWNED pushes nothing anyway.
   *
   * Transitions of the join
   *  INTERESTED is set at birth.  --take, detach, give up-->  clear, once
   *  JOINER_SET  --register-->  set, unless COMPLETE      --unregister-->  clear, unless COMPLETE
   *  JOINING     --begin-->  set, if it was clear         --end-->  clear
   *
   * Beside these
   *  PROBED is set by whoever is about to push a task whose wait it measures, and cleared by whoever takes the task out.
   *  The bits above the slot count the turns that were taken; only who takes one adds to them.
   *
   * Ordering
   *  Each edge is one volatile-mode read-modify-write, so edges are totally ordered. A redundant wake also writes:
   *  returning early on a mere read could miss the poll about to start, and the wake would be lost. What happened
   *  before a wake is therefore seen by a poll that starts after it. The turn of a task that was kept begins with a read:
   *  a wake that it sees it also clears by a read-modify-write, and one that it doesn't see comes later in the order, so
   *  the end of that turn sees it. The output is written before COMPLETE and read
   *  after it was seen.
   *
   * Progress: lock-free (HotSpot runs getAndBitwiseOr as a CAS loop).
   * Source: Tokio, runtime/task/state.rs, without the reference count, which the garbage collector is for.
   */

  /** A poll is owed. */
  static final int SCHEDULED = 1 << 0;

  /** The turn is taken: see I1. */
  static final int OWNED = 1 << 1;

  /** The output is published. */
  static final int COMPLETE = 1 << 2;

  /** The next turn discards the future. */
  static final int CANCELLED = 1 << 3;

  /** Somebody may still take the output. */
  static final int INTERESTED = 1 << 4;

  /** The joiner's waker is set, and will be woken by the completer. */
  static final int JOINER_SET = 1 << 5;

  /** A thread blocks until the task is complete: it is the joiner. */
  static final int JOINING = 1 << 6;

  /** Somebody measures how long the task is queued. */
  static final int PROBED = 1 << 7;

  /** Shielded work, or what such work has spawned: a shutdown cancels it last. Set at birth. */
  static final int SPARED = 1 << 8;

  /** Shielded work: a shutdown waits for its end while it is patient. Set at birth. */
  static final int SHIELDED = 1 << 9;

  /**
   * Six bits from here on hold the slot of the task in its page; written before the task is shared.
   */
  private static final int SLOT_SHIFT = 10;

  private static final int SLOT_MASK = 63 << SLOT_SHIFT;

  /** One turn; the bits from here on count them, up to as many as fit. */
  private static final int TURN = 1 << 16;

  /** The most turns that are counted. */
  static final int MOST_TURNS = -1 >>> 16;

  private static final VarHandle STATE =
      ConstantBootstraps.fieldVarHandle(
          lookup(), "state", VarHandle.class, TaskState.class, int.class);

  private volatile int state;

  /**
   * The state of a task that its maker pushes.
   *
   * @param born OWNED, or SCHEDULED for a job, whose one turn is raced for
   */
  TaskState(int born) {
    STATE.set(this, born | INTERESTED);
  }

  // ---- before the task is shared

  /** Notes the slot in which the task is registered, in place of one that was tried before. */
  final void setSlot(int slot) {
    int others = (int) STATE.get(this) & ((1 << SLOT_SHIFT) - 1);
    STATE.set(this, others | slot << SLOT_SHIFT);
  }

  /** Marks a task for the shutdown: {@code SPARED}, or {@code SPARED | SHIELDED}. */
  final void markAtBirth(int bits) {
    STATE.set(this, (int) STATE.get(this) | bits);
  }

  /** The slot in which the task is registered. */
  final int slot() {
    return (state & SLOT_MASK) >>> SLOT_SHIFT;
  }

  // ---- the turn

  /** Records a wake. Returns true if the caller must push the task. */
  final boolean transitionToScheduled() {
    return mustPush((int) STATE.getAndBitwiseOr(this, SCHEDULED));
  }

  /**
   * Asks for cancellation.
   *
   * @return the state before, to be asked by {@link #mustPush} and {@link #wasFirstCancel}
   */
  final int transitionToCancelled() {
    return (int) STATE.getAndBitwiseOr(this, SCHEDULED | CANCELLED);
  }

  /** Whether whoever woke the task, or asked for its cancellation, must push it. */
  static boolean mustPush(int before) {
    return (before & (SCHEDULED | OWNED | COMPLETE)) == 0;
  }

  /** Whether nobody had asked for cancellation before, and the task was not complete. */
  static boolean wasFirstCancel(int before) {
    return (before & (CANCELLED | COMPLETE)) == 0;
  }

  /** Takes the turn of a popped task, clearing SCHEDULED so that later wakes are noticed. */
  final Turn transitionToRunning() {
    int seen = state;
    if ((seen & OWNED) == 0) {
      // SCHEDULED is set, and OWNED is not: so one addition clears the one, sets the other and
      // counts.
      int counted = seen >>> 16 == MOST_TURNS ? 0 : TURN;
      seen = (int) STATE.getAndAdd(this, counted + OWNED - SCHEDULED);
      assert (seen & (SCHEDULED | OWNED | COMPLETE)) == SCHEDULED : describe(seen);
    } else if ((seen & SCHEDULED) != 0) {
      seen = (int) STATE.getAndBitwiseAnd(this, ~SCHEDULED);
    }
    return (seen & CANCELLED) == 0 ? Turn.POLL : Turn.DISCARD;
  }

  /**
   * Takes the one turn of a job that is queued once and may be taken back: worker and canceller
   * race for it. Returns false if the other has it.
   */
  final boolean tryTransitionToRunning() {
    while (true) {
      int seen = state;
      if ((seen & (SCHEDULED | OWNED | COMPLETE)) != SCHEDULED) {
        return false;
      }
      if (STATE.compareAndSet(this, seen, seen ^ (SCHEDULED | OWNED))) {
        return true;
      }
    }
  }

  /**
   * Takes the turn of an idle task, to look at its future and not to poll it; {@link
   * #transitionToIdle} ends that. Returns false if the task is not idle.
   */
  final boolean tryTransitionToInspecting() {
    int seen = state;
    return (seen & (SCHEDULED | OWNED | COMPLETE)) == 0
        && STATE.compareAndSet(this, seen, seen | OWNED);
  }

  /**
   * Ends a pending turn. Returns true if a wake arrived meanwhile and the caller must push again.
   */
  final boolean transitionToIdle() {
    int prev = (int) STATE.getAndBitwiseAnd(this, ~OWNED);
    assert (prev & (OWNED | COMPLETE)) == OWNED : describe(prev);
    return (prev & SCHEDULED) != 0;
  }

  /**
   * Ends the last turn; the output must already be written.
   *
   * @return the state before, to be asked by {@link #wasInterested} and {@link #wasJoinerSet}
   */
  final int transitionToComplete() {
    int prev = (int) STATE.getAndBitwiseXor(this, OWNED | COMPLETE);
    assert (prev & (OWNED | COMPLETE)) == OWNED : describe(prev);
    return prev;
  }

  /**
   * Whether somebody could still take the output at the moment of completion; else the completer
   * discards it.
   */
  static boolean wasInterested(int before) {
    return (before & INTERESTED) != 0;
  }

  /** Whether a shutdown may wait for the task that has just ended. */
  static boolean wasShielded(int before) {
    return (before & SHIELDED) != 0;
  }

  /**
   * Whether the joiner's waker belonged to the completer from completion on, which must wake it.
   */
  static boolean wasJoinerSet(int before) {
    return (before & JOINER_SET) != 0;
  }

  // ---- the join

  /**
   * Hands the joiner's waker, already written, to the completer. Returns false if the task is
   * complete.
   */
  final boolean transitionToJoinerSet() {
    while (true) {
      int seen = state;
      assert (seen & JOINER_SET) == 0 : describe(seen);
      if ((seen & COMPLETE) != 0) {
        return false;
      }
      if (STATE.compareAndSet(this, seen, seen | JOINER_SET)) {
        return true;
      }
    }
  }

  /**
   * Takes the joiner's waker back from the completer. Returns false if the task is complete: it is
   * the completer's.
   */
  final boolean transitionToJoinerUnset() {
    while (true) {
      int seen = state;
      if ((seen & COMPLETE) != 0) {
        return false;
      }
      if (STATE.compareAndSet(this, seen, seen & ~JOINER_SET)) {
        return true;
      }
    }
  }

  /** Makes the calling thread the joiner for a while. Returns false if another thread is. */
  final boolean tryTransitionToJoining() {
    return ((int) STATE.getAndBitwiseOr(this, JOINING) & JOINING) == 0;
  }

  /** Ends what a successful {@link #tryTransitionToJoining} began. */
  final void transitionToNotJoining() {
    int prev = (int) STATE.getAndBitwiseAnd(this, ~JOINING);
    assert (prev & JOINING) != 0 : describe(prev);
  }

  /** Gives up the claim on the output, once. */
  final Claim transitionToUninterested() {
    int prev = (int) STATE.getAndBitwiseAnd(this, ~INTERESTED);
    if ((prev & INTERESTED) == 0) {
      return Claim.GONE;
    }
    return (prev & COMPLETE) == 0 ? Claim.LEFT_TO_COMPLETER : Claim.OUTPUT_IS_YOURS;
  }

  // ---- the measured wait

  /** Marks a task that the caller is about to push. */
  final void transitionToProbed() {
    int unused = (int) STATE.getAndBitwiseOr(this, PROBED);
  }

  /** Takes the mark away, once the task was taken out of its queue. */
  final void transitionToUnprobed() {
    int unused = (int) STATE.getAndBitwiseAnd(this, ~PROBED);
  }

  // ---- questions

  final boolean hasMark() {
    return (state & PROBED) != 0;
  }

  final boolean hasMarkOrIsSpared() {
    return (state & (PROBED | SPARED)) != 0;
  }

  /** How many turns were taken so far, or {@link #MOST_TURNS} if there were more. */
  final int countedTurns() {
    return state >>> 16;
  }

  /** Whether the turn is taken. */
  final boolean isOwned() {
    return (state & OWNED) != 0;
  }

  final boolean isComplete() {
    return (state & COMPLETE) != 0;
  }

  final boolean isCancelRequested() {
    return (state & CANCELLED) != 0;
  }

  final boolean isInterested() {
    return (state & INTERESTED) != 0;
  }

  final boolean isJoining() {
    return (state & JOINING) != 0;
  }

  final boolean isJoinerSet() {
    return (state & JOINER_SET) != 0;
  }

  /** Whether a shutdown cancels this task last, if it can wait. */
  public final boolean isSpared() {
    return (state & SPARED) != 0;
  }

  /** Whether a shutdown waits for the end of this task, if it can. */
  public final boolean isShielded() {
    return (state & SHIELDED) != 0;
  }

  /** Whether nobody runs the task and no poll is owed: only a wake can move it. */
  public final boolean isIdle() {
    return (state & (SCHEDULED | OWNED | COMPLETE)) == 0;
  }

  /** The state in words, such as {@code OWNED|CANCELLED}. */
  final String describeState() {
    return describe(state);
  }

  private static String describe(int state) {
    StringBuilder text = new StringBuilder();
    if ((state & (SCHEDULED | OWNED | COMPLETE)) == 0) {
      text.append("IDLE");
    }
    append(text, state, SCHEDULED, "SCHEDULED");
    append(text, state, OWNED, "OWNED");
    append(text, state, COMPLETE, "COMPLETE");
    append(text, state, CANCELLED, "CANCELLED");
    append(text, state, INTERESTED, "INTERESTED");
    append(text, state, JOINER_SET, "JOINER_SET");
    append(text, state, JOINING, "JOINING");
    append(text, state, PROBED, "PROBED");
    append(text, state, SHIELDED, "SHIELDED");
    append(text, state, SPARED, "SPARED");
    return text.toString();
  }

  private static void append(StringBuilder text, int state, int bit, String name) {
    if ((state & bit) != 0) {
      text.append(text.length() == 0 ? "" : "|").append(name);
    }
  }

  /** What the worker does with its turn. */
  enum Turn {
    /** Poll the future. */
    POLL,
    /** Cancel the future: the task ends without a value. */
    DISCARD
  }

  /** What became of the claim on the output. */
  enum Claim {
    /** It was given up before: taken, or detached. */
    GONE,
    /** The task is not complete; its completer will discard the output. */
    LEFT_TO_COMPLETER,
    /** The task is complete, and the caller now owns the output. */
    OUTPUT_IS_YOURS
  }
}
