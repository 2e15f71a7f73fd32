package dev.pollux.spi;

import dev.pollux.core.Waker;
import org.jspecify.annotations.Nullable;

/**
 * The timer's side of {@link TimerEntry}, for those who write a {@link Timer}: to fire an entry, to
 * link entries into lists without allocating, and to hand them from thread to thread. It is kept
 * off the entry itself, for a user's sleep is an entry.
 *
 * <p>A simple timer (under one lock, or confined to one thread) keeps its entries in a collection
 * of its own and needs {@link #fire} and perhaps {@link #close} only. The rest is for a timer whose
 * lists belong to one <em>holder</em> thread and which has a queue for all others:
 *
 * <ul>
 *   <li>{@code arm} on another thread: if {@link #enterQueueToArm}, push the entry. Let the holder
 *       know in any case.
 *   <li>{@code disarm} on another thread: {@link #enterQueueToDisarm}, and push it.
 *   <li>{@code arm} on the holder: link the entry if it {@link #isArmed} and in no list.
 *   <li>The holder takes an entry off the queue, reads its {@link #queueLink}, unlinks it from
 *       whatever list it is in, and lets it {@link #settle}: armed, it links it again; else it must
 *       not touch it any more.
 * </ul>
 *
 * <p>An entry is unlinked <em>before</em> it is fired, closed or settled: from then on another
 * timer may have it.
 *
 * @threading as each method says; the holder is one thread at a time
 */
public abstract class AbstractTimer implements Timer {

  /** For subclasses. */
  protected AbstractTimer() {}

  /**
   * Marks the deadline of an armed entry as passed. It must not be in any list.
   *
   * @return the waker to wake, or null if the entry is not armed (cancelled meanwhile), or is armed
   *     anew and in the queue
   * @threading the holder
   */
  protected static @Nullable Waker fire(TimerEntry entry) {
    return entry.fire();
  }

  /**
   * Makes the next poll of an armed entry fail with {@link
   * dev.pollux.core.RuntimeShutdownException}. It must neither be in a list nor in the queue.
   *
   * @return the waker to wake, or null if the entry is not armed
   * @threading the holder
   */
  protected static @Nullable Waker close(TimerEntry entry) {
    return entry.close();
  }

  /**
   * Marks an entry that is being armed as queued.
   *
   * @return whether to push it; false if it is still in the queue from an earlier disarming
   * @threading the caller of {@link #arm}
   */
  protected static boolean enterQueueToArm(TimerEntry entry) {
    return entry.enterQueueToArm();
  }

  /**
   * Whether an entry that is being armed waits for its deadline and is not in the queue: it may
   * still be there from an earlier disarming, or have been settled from there, and fired,
   * meanwhile.
   *
   * @threading the holder
   */
  protected static boolean isArmed(TimerEntry entry) {
    return entry.isArmedOutsideQueue();
  }

  /**
   * Marks an entry that is being disarmed as queued; the caller pushes it.
   *
   * @threading the caller of {@link #disarm}
   */
  protected static void enterQueueToDisarm(TimerEntry entry) {
    entry.enterQueueToDisarm();
  }

  /**
   * Takes {@link #enterQueueToDisarm} back, if the queue is closed and no list has the entry.
   *
   * @threading the caller of {@link #disarm}
   */
  protected static void leaveQueue(TimerEntry entry) {
    entry.leaveQueue();
  }

  /**
   * Ends the way of an entry through the queue. It must have been taken off the queue and out of
   * every list.
   *
   * @return true if it is armed, and this timer's to link; false if it was let go, and must not be
   *     touched again
   * @threading the holder
   */
  protected static boolean settle(TimerEntry entry) {
    return entry.settle();
  }

  /**
   * The next entry of the queue.
   *
   * @threading the caller of {@link #arm} or {@link #disarm} until it has pushed the entry, then
   *     the holder
   */
  protected static @Nullable TimerEntry queueLink(TimerEntry entry) {
    return entry.queueLink();
  }

  /** Sets {@link #queueLink}. */
  protected static void setQueueLink(TimerEntry entry, @Nullable TimerEntry link) {
    entry.setQueueLink(link);
  }

  /**
   * The next entry of the list that holds this one.
   *
   * @threading the holder
   */
  protected static @Nullable TimerEntry next(TimerEntry entry) {
    return entry.next();
  }

  /** Sets {@link #next}. */
  protected static void setNext(TimerEntry entry, @Nullable TimerEntry next) {
    entry.setNext(next);
  }

  /**
   * The previous entry of the list that holds this one.
   *
   * @threading the holder
   */
  protected static @Nullable TimerEntry previous(TimerEntry entry) {
    return entry.previous();
  }

  /** Sets {@link #previous}. */
  protected static void setPrevious(TimerEntry entry, @Nullable TimerEntry previous) {
    entry.setPrevious(previous);
  }
}
