package dev.pollux.structure;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import org.jspecify.annotations.Nullable;

/**
 * Something that happens at most once, such as the cancellation of a token, and those who listen
 * for it. What happens to one has happened to all below it.
 *
 * @threading every method may be called from any thread; none may be called with a lock held that a
 *     callback could want
 */
final class Occurrence extends Listener {
  /*
   * An occurrence with listeners is itself a listener of its parent, and is none without. So a child that nobody listens
   * to costs its parent nothing, and needs no end: it is garbage once it is forgotten. What it misses that way,
   * hasHappened() finds out by a walk up.
   *
   * Invariants (L is the lock of an occurrence: its monitor, which nobody outside this package can reach)
   *  I1  `happened` of an occurrence is true only if it, or one above it, was made to happen. It never becomes false.
   *  I2  `closed` is set after `happened`, in the step that takes all listeners off the list. A closed list takes no
   *      more, and its former members belong to the thread that took them: nobody else touches their links again.
   *  I3  `linked`: it is in the list of its parent, or the parent was closed with it there. An open occurrence with
   *      listeners that is not linked, or one without listeners that is, is on the way to be put right: by the thread that
   *      has added the first listener or removed the last, which has its next step (link, unlink) before it.
   *  I4  A link is changed under the lock of whose list it is in, `linked` under the lock of the occurrence itself. So
   *      link and unlink take two locks, that of the child first, and that of the parent second. All go up, and nothing
   *      that holds a lock goes down: no deadlock. Making it happen takes one lock at a time.
   *  I5  Wakers and callbacks are called, and failures reported, with no lock held.
   *
   * Races
   *  R1  A listener is added, and the occurrence happens. Both go through the lock: the listener is in the list that is
   *      taken, or finds it closed. A waiter has left its waker before, and looks at `happened` after.
   *  R2  A child is linked, and the parent happens. The same, one level up: the child is in the list that is taken, or
   *      finds the parent closed; then it is for the thread that came to link it to make it happen, since the one that
   *      closed the parent has never seen it.
   *  R3  A second listener is added while the first one's thread has not yet linked the occurrence, or the one above. It
   *      returns at once; if an occurrence above happens in between, the first thread finds it closed (R2), and tells
   *      both. So the second may be told by another thread than the one that made it happen, but is told.
   *  R4  The last listener is removed, and another is added before the occurrence is unlinked. Unlink looks at the list
   *      again, under the lock, and leaves it linked. The other way round the new one finds `linked` false, and links it.
   *  R5  A child is unlinked, and the parent happens. Unlink finds the parent closed and touches nothing: the child is in
   *      the taken list, and is told, which does no harm. It may find new listeners there by then, who find the parent
   *      closed as well (R2): whoever comes first closes the child.
   *  R6  Two make it happen, or one and another above. The list is taken once, by the first to come to it.
   *
   * Ordering
   *  `happened` is volatile. It is written before the list is taken, and a waker is taken after that, while a waiter leaves
   *  its waker before it looks at `happened`: one of the two sees the other (see AtomicWaker). All else is under the locks.
   *
   * Progress: the locks are held for a few instructions each, so blocking in name only. What happens takes time in
   * proportion to the listeners, and a listener that is the first of its occurrence in proportion to those above it that
   * had none either. All of it runs in constant stack and allocates nothing.
   *
   * Source: the tree of tokio_util's CancellationToken, in which a child is in its parent's list from birth to drop. Java
   * has no drop, and a child that is forgotten would stay there for ever.
   */

  private final @Nullable Occurrence parent;

  private volatile boolean happened;

  /** The newest listener. */
  @GuardedBy("this")
  private @Nullable Listener first;

  @GuardedBy("this")
  private boolean closed;

  @GuardedBy("this")
  private boolean linked;

  /** One that happens when {@code parent} does, or earlier; null for one that nothing is above. */
  Occurrence(@Nullable Occurrence parent) {
    this.parent = parent;
  }

  /**
   * Whether this or one above it was made to happen: true from the first moment of that call on.
   */
  boolean hasHappened() {
    if (happened) {
      return true;
    }
    for (Occurrence above = parent; above != null; above = above.parent) {
      if (above.happened) {
        happened = true; // the next look is short
        return true;
      }
    }
    return false;
  }

  /**
   * Whether this was told that it has happened: what a listener looks at that was added. Needs no
   * walk up.
   */
  boolean wasTold() {
    return happened;
  }

  // ---- listeners come and go

  /**
   * Adds a listener, to be told once.
   *
   * @return false if it has happened: then {@code listener} is not added, and will not be told
   */
  boolean add(Listener listener) {
    synchronized (this) {
      if (closed) {
        return false;
      }
      push(listener);
    }
    linkUpwards();
    return true;
  }

  /** Puts this and what is above it into the lists of their parents, up to the first that is. */
  private void linkUpwards() {
    Occurrence child = this;
    for (Occurrence above = parent; above != null; above = above.parent) {
      Link done = child.link(above);
      if (done == Link.REFUSED) {
        child.happen(); // R2
        return;
      }
      if (done == Link.NOTHING_TO_DO) {
        return;
      }
      child = above;
    }
  }

  private enum Link {
    LINKED,
    NOTHING_TO_DO,
    /** The parent has happened. */
    REFUSED
  }

  /** One step of {@link #linkUpwards}, if it is needed still. */
  private Link link(Occurrence parent) {
    synchronized (this) {
      if (linked || closed || first == null) {
        return Link.NOTHING_TO_DO;
      }
      synchronized (parent) {
        if (parent.closed) {
          return Link.REFUSED;
        }
        parent.push(this);
        linked = true;
        return Link.LINKED;
      }
    }
  }

  /** Removes a listener that was added. Without effect if this has happened since. */
  void remove(Listener listener) {
    synchronized (this) {
      if (closed) {
        return;
      }
      unlink(listener);
    }
    unlinkUpwards();
  }

  /**
   * Takes this and what is above it out of the lists of their parents, as far as they are empty.
   */
  private void unlinkUpwards() {
    Occurrence child = this;
    for (Occurrence above = parent; above != null; above = above.parent) {
      if (!child.unlinkIfEmpty(above)) {
        return;
      }
      child = above;
    }
  }

  /** One step of {@link #unlinkUpwards}: false if there is none, and none further up. */
  private boolean unlinkIfEmpty(Occurrence parent) {
    synchronized (this) {
      if (!linked || first != null) {
        return false;
      }
      synchronized (parent) {
        linked = false;
        if (parent.closed) {
          return false; // R5
        }
        parent.unlink(this);
        return true;
      }
    }
  }

  @GuardedBy("this")
  private void push(Listener listener) {
    Listener second = first;
    listener.next = second;
    if (second != null) {
      second.previous = listener;
    }
    first = listener;
  }

  @GuardedBy("this")
  private void unlink(Listener listener) {
    Listener newer = listener.previous;
    Listener older = listener.next;
    if (newer == null) {
      first = older;
    } else {
      newer.next = older;
    }
    if (older != null) {
      older.previous = newer;
    }
    listener.previous = null;
    listener.next = null;
  }

  // ---- it happens

  /**
   * Makes this happen, and all below it. Wakes all waiters first, and then runs the callbacks;
   * those of one occurrence newest first. Idempotent; what another call is about to tell is left to
   * it. Never throws.
   */
  void happen() {
    Listener told = take();
    unlinkUpwards();
    Listener occurrences = null; // a stack of those whose listeners are still to be taken
    Listener firstCallback = null;
    Listener lastCallback = null;
    while (true) {
      while (told != null) {
        Listener listener = told;
        told = listener.next;
        listener.previous = null;
        listener.next = null;
        if (listener instanceof Waiter waiter) {
          waiter.wake();
        } else if (listener instanceof Occurrence below) {
          below.next = occurrences;
          occurrences = below;
        } else if (lastCallback == null) {
          firstCallback = listener;
          lastCallback = listener;
        } else {
          lastCallback.next = listener;
          lastCallback = listener;
        }
      }
      if (!(occurrences instanceof Occurrence below)) {
        break;
      }
      occurrences = below.next;
      below.next = null;
      told = below.take();
    }
    runAll(firstCallback);
  }

  private static void runAll(@Nullable Listener callbacks) {
    Listener left = callbacks;
    while (left instanceof CancelCallback callback) {
      left = callback.next;
      callback.next = null;
      callback.run();
    }
  }

  /** Marks this as happened, and takes its listeners; null if there are none any more. */
  private @Nullable Listener take() {
    happened = true;
    synchronized (this) {
      closed = true;
      Listener taken = first;
      first = null;
      return taken;
    }
  }

  // ---- for tests and descriptions

  /** Whether somebody listens. */
  boolean hasListeners() {
    synchronized (this) {
      return first != null;
    }
  }

  @Override
  public String toString() {
    return hasHappened() ? "happened" : hasListeners() ? "listened to" : "not listened to";
  }
}
