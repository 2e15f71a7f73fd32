package dev.pollux.stream;

import dev.pollux.core.AsyncIterator;
import dev.pollux.core.ChildContext;
import dev.pollux.core.Context;
import dev.pollux.core.Description;
import dev.pollux.core.Discard;
import dev.pollux.core.EndOfPoll;
import dev.pollux.core.Future;
import dev.pollux.core.Item;
import dev.pollux.core.Next;
import dev.pollux.core.Poll;
import dev.pollux.core.Waker;
import dev.pollux.operator.Cancel;
import dev.pollux.operator.Raise;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One upstream with several readers, each of which is an iterator of its own, read by whatever task
 * and on whatever thread. No task is spawned for the upstream: a reader that has nothing to give
 * polls it itself, one reader at a time.
 *
 * <p>A subclass says who gets an element, and when there is room for another. Its hooks are called
 * with the lock held, unless they say otherwise, and call no foreign code.
 *
 * @param <A> the type of the elements of the upstream
 * @threading any thread; a reader by one task at a time
 */
abstract class SharedUpstream<A> implements EndOfPoll {
  /*
   * Words. A reader that polls the upstream *drives*. A reader *waits* while its `waker` is set; it *may drive* if the
   * subclass says so: there is room for what may come.
   *
   * Invariants. All fields are guarded by `lock`, those of the readers too.
   *  I1  The upstream is polled, and the user's functions are called, by the reader in `driver` and by nobody else, between
   *      its claim (null to itself) and its return of it (itself to null), and with no lock held.
   *  I2  The upstream is cancelled by whoever takes it out of `upstream` while nobody drives, or by the driver.
   *  I3  `ready` is false only if the upstream answered Pending to its last poll, or is being polled, and has not woken
   *      `wake` since that poll began.
   *  I4  While nobody drives and `ready`, no reader waits that may drive; or a thread is on the way to wake all of them.
   *
   * Transitions
   *  claim     driver = reader, ready = false   by a reader that has nothing and may drive, after it has left its waker
   *  return    driver = null                    after the poll; ready = true if an element came
   *  wake      ready = true                     by the upstream, from any thread and from inside its poll
   *  finish    upstream = null, over = true     by the driver, at the end or with the failure
   *
   * Wake-ups. There is no reader that is chosen to drive next, so none can be lost with it: whoever makes I4 false wakes
   * every reader that waits and may drive, and the first that comes drives. Those are
   *  - a wake while nobody drives;
   *  - the driver, for what happened while it drove: a wake, or readers that came, found it driving, and waited. It does so
   *    at the end of the whole poll of its task (not of its own, or each element would wake all others), whatever becomes of
   *    its reader meanwhile. A driver that is cancelled between its poll and the wake that it waits for, or that nobody polls
   *    any more, so takes nothing with it;
   *  - whoever makes room: takes an element that was in the way, or leaves with it.
   * A wake-up that finds another reader driving is in vain: that reader does the same at the end of its own poll.
   *
   * The races
   *  - Wake against claim. `ready` is cleared at the claim, so a wake from then on is kept for the end of the poll. Cleared
   *    after the poll, it would take a wake with it that came in between.
   *  - Wait against return. A reader that finds a driver has left its waker under the lock. So the driver, which returns the
   *    claim under the lock and looks for waiters after that, finds it.
   *
   * Ordering (rule 1 of the contract of poll). What the upstream writes in a poll of one thread is seen by its poll of the
   * next: the return comes before the claim in the order of the lock.
   *
   * A poll that runs out of stack may be cut off at any point, between claim and return too. Its reader is cancelled then,
   * by an owner further up, or polled again: either finds itself in `driver`, which it can't be between polls, and ends all.
   *
   * Progress: nobody waits for the poll of another; a section of the lock is as long as the number of readers, and calls
   * nothing foreign. A driver that is held up in its poll holds up those that have nothing.
   */

  /**
   * Not this, which is handed out as a waker's owner and as an action: foreign code can't take it.
   */
  private final Object lock = new Object();

  private final Waker wake = this::wake;
  private final ChildContext child = new ChildContext();
  private final Set<UpstreamReader<A, ?>> readers = new LinkedHashSet<>();

  /** Null once over. */
  private @Nullable AsyncIterator<A> upstream;

  private @Nullable UpstreamReader<A, ?> driver;
  private boolean ready = true;
  private boolean over;

  /** With which it is over, if it is a failure. */
  private @Nullable Throwable failure;

  /** Bound at the first poll: {@code cancel} is given no context. */
  private volatile @Nullable Discard discard;

  @SuppressWarnings(
      "unchecked") // an iterator only gives elements, so it may stand for a wider type
  SharedUpstream(AsyncIterator<? extends A> upstream) {
    this.upstream = (AsyncIterator<A>) upstream;
  }

  // ---- what a subclass says

  /**
   * Whether {@code reader}, which has nothing, may poll the upstream: there is room for what comes.
   */
  abstract boolean mayDrive(UpstreamReader<A, ?> reader);

  /**
   * Looks at an element that has come, by the user's functions; a throw is the failure of the
   * stream. Called by the driver, without the lock.
   */
  void examine(Context cx, A item) throws Exception {}

  /**
   * Gives an element that was examined to those who are to have it, or {@linkplain #finish ends}
   * the stream with a failure, whereupon the driver cancels the upstream.
   */
  abstract void place(A item, Afterwards afterwards);

  /**
   * Looks for something that comes before the next element, such as a deadline. Called by the
   * driver, without the lock, before it polls the upstream.
   *
   * @return whether it has come: then {@link #interrupt} is called, and the upstream is not polled
   */
  boolean isInterrupted(Context cx) throws Exception {
    return false;
  }

  /** What {@link #isInterrupted} has found has come. */
  void interrupt(Afterwards afterwards) {}

  /** A reader has left, with all that it held. */
  void left(UpstreamReader<A, ?> reader, Afterwards afterwards) {}

  /** An element was taken, or a reader has left: there may be room that there was not before. */
  void roomMade(Afterwards afterwards) {}

  /** Whether there may be more readers, though there is none. */
  boolean isOpen() {
    return false;
  }

  /** Lets go of the user's functions. Called once, when the upstream is over. */
  void release(Afterwards afterwards) {}

  // ---- for subclasses and readers

  /** The lock that guards everything here. */
  final Object lock() {
    return lock;
  }

  /** The readers that have not left. Needs the lock. */
  final Set<UpstreamReader<A, ?>> readers() {
    return readers;
  }

  /** Whether the upstream is over. Needs the lock. */
  final boolean isOver() {
    return over;
  }

  /** The failure with which the upstream is over, or null. Needs the lock. */
  final @Nullable Throwable failure() {
    return failure;
  }

  /** Where dropped values go. */
  final @Nullable Discard discard() {
    return discard;
  }

  /**
   * Polls {@code future} beside the upstream: what it waits for wakes as that does. For the driver.
   */
  final <R extends @Nullable Object> Poll<R> pollBeside(Context cx, Future<R> future)
      throws Exception {
    return child.poll(cx, wake, future);
  }

  /**
   * Wakes {@code reader}, which has got something, unless it is driving just now. Needs the lock.
   */
  final void tell(UpstreamReader<A, ?> reader, Afterwards afterwards) {
    if (reader != driver) {
      afterwards.wake(reader.takeWaker());
    }
  }

  /** Wakes those who may drive, if there is something to drive for. Needs the lock. */
  final void wakeWaiting(Afterwards afterwards) {
    assert Thread.holdsLock(lock);
    if (!ready || driver != null || upstream == null) {
      return;
    }
    for (UpstreamReader<A, ?> reader : readers) {
      if (reader.isWaiting() && mayDrive(reader)) {
        afterwards.wake(reader.takeWaker());
      }
    }
  }

  /**
   * The upstream is over, by its end or a failure: what is held is given still. Needs the lock.
   *
   * @param failure null if it has ended
   */
  final void finish(@Nullable Throwable failure, Afterwards afterwards) {
    assert Thread.holdsLock(lock);
    if (over) {
      return;
    }
    over = true;
    upstream = null;
    this.failure = failure;
    child.clear();
    release(afterwards);
    for (UpstreamReader<A, ?> reader : readers) {
      tell(reader, afterwards);
    }
  }

  // ---- reading

  /**
   * The next of {@code reader}.
   *
   * @return null if there is none: then the reader is over, or its waker is left
   */
  final <B> @Nullable B poll(UpstreamReader<A, B> reader, Context cx) throws Exception {
    if (discard == null) {
      discard = cx.discard();
    }
    boolean paid = false;
    while (true) {
      Afterwards afterwards = new Afterwards();
      AsyncIterator<A> claimed = null;
      AsyncIterator<A> abandoned = null;
      B item = null;
      boolean spent = false;
      Throwable thrown;
      synchronized (lock) {
        thrown =
            driver == reader
                ? new IllegalStateException("the poll before this one was cut off")
                : reader.cut();
        if (thrown == null && reader.hasNext()) {
          // Who drove has paid for it; what was held is paid for here.
          if (paid || cx.budget().tryConsume()) {
            item = reader.take(afterwards);
            reader.takeWaker();
            roomMade(afterwards);
            wakeWaiting(afterwards);
          } else {
            spent = true;
          }
        } else if (thrown == null && (over || reader.hasEnded())) {
          thrown = reader.hasEnded() ? null : failure;
          reader.end();
          remove(reader, afterwards);
          abandoned = abandonIfUnread(afterwards);
        } else if (thrown == null) {
          reader.leave(cx.waker());
          if (driver == null && ready && mayDrive(reader)) {
            claimed = upstream;
            driver = reader;
            ready = false; // before the poll, or a wake during it would be lost
          }
        }
      }
      afterwards.run(discard);
      if (thrown != null) {
        throw Raise.unchecked(thrown);
      }
      if (item != null) {
        return item;
      }
      if (spent) {
        if (!cx.tryProceed()) {
          return null;
        }
        paid = true;
        continue;
      }
      if (abandoned != null) {
        Cancel.iterator(abandoned, discard);
      }
      if (claimed == null || !drive(claimed, cx)) {
        return null;
      }
      paid = true;
    }
  }

  /** Polls the upstream once, and returns the claim. False if it answered Pending. */
  private boolean drive(AsyncIterator<A> upstream, Context cx) {
    Next<A> next = null;
    boolean polling = false;
    Throwable failure = null;
    try {
      if (!isInterrupted(cx)) {
        polling = true;
        next = child.pollNext(cx, wake, upstream);
        polling = false;
        if (next instanceof Item<A> item) {
          examine(cx, item.value());
        }
      }
    } catch (StackOverflowError error) {
      throw error; // the claim is not returned: see above
    } catch (Throwable thrown) {
      failure = thrown;
      if (!polling) { // else it is over by what it has thrown
        Cancel.iterator(upstream, discard);
      }
    }
    cx.atEndOfPoll(this); // not before the poll: one that blocks in place has its end of poll there
    Afterwards afterwards = new Afterwards();
    boolean refused = false;
    synchronized (lock) {
      if (failure != null) {
        finish(failure, afterwards);
      } else if (next == null) {
        ready = true;
        interrupt(afterwards);
      } else if (next instanceof Item<A> item) {
        ready = true; // it may have more
        place(item.value(), afterwards);
        refused = over;
      } else if (next.isEnd()) {
        finish(null, afterwards);
      }
      driver = null;
    }
    if (refused) {
      Cancel.iterator(upstream, discard);
    }
    afterwards.run(discard);
    return next == null || !next.isPending();
  }

  /** Hands the driving on, at the end of a poll that has driven. */
  @Override
  public final void pollEnds() {
    Afterwards afterwards = new Afterwards();
    synchronized (lock) {
      wakeWaiting(afterwards);
    }
    afterwards.run(discard);
  }

  /** The upstream has something, or wants to be asked. */
  private void wake() {
    Afterwards afterwards = new Afterwards();
    synchronized (lock) {
      ready = true;
      wakeWaiting(afterwards);
    }
    afterwards.run(discard);
  }

  // ---- leaving

  /** One more reader. Needs the lock. */
  final void add(UpstreamReader<A, ?> reader) {
    assert Thread.holdsLock(lock);
    readers.add(reader);
  }

  /** A reader leaves, with all that it held. Needs the lock. */
  final void remove(UpstreamReader<A, ?> reader, Afterwards afterwards) {
    readers.remove(reader);
    reader.takeWaker();
    reader.drop(afterwards);
    left(reader, afterwards);
    roomMade(afterwards);
    wakeWaiting(afterwards);
  }

  /**
   * A reader leaves.
   *
   * @return the upstream, to be cancelled, if it was the last
   */
  final @Nullable AsyncIterator<?> leave(UpstreamReader<A, ?> reader) {
    Afterwards afterwards = new Afterwards();
    AsyncIterator<A> left = null;
    synchronized (lock) {
      if (readers.contains(reader)) {
        if (driver == reader) { // its poll was cut off
          driver = null;
          left = upstream;
          finish(new IllegalStateException("a reader ran out of stack in its poll"), afterwards);
        }
        remove(reader, afterwards);
        if (left == null) {
          left = abandonIfUnread(afterwards);
        }
      }
    }
    afterwards.run(discard);
    return left;
  }

  /** Takes the upstream out if nobody will read it any more. Needs the lock. */
  final @Nullable AsyncIterator<A> abandonIfUnread(Afterwards afterwards) {
    AsyncIterator<A> left = upstream;
    if (left == null || !readers.isEmpty() || isOpen()) {
      return null;
    }
    finish(null, afterwards);
    return left;
  }

  // ---- describing

  /** Describes what the readers have in common. */
  final void describe(Description description) {
    description.with("readers", readers.size());
    if (driver == null) {
      description.stream("upstream", upstream);
    } else {
      description.with("upstream", "polled by another reader just now");
    }
  }
}
