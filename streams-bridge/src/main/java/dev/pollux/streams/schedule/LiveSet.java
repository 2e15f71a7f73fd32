package dev.pollux.streams.schedule;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What a scheduler has under way, so that it can be stopped, and its end awaited.
 *
 * @threading any thread
 */
public final class LiveSet {
  /*
   * Doubly linked lists through the members themselves, each behind a lock of its own that is held for a few stores. A
   * thread adds to one list, so that threads seldom meet.
   *
   * Closing: `open` is cleared first, and then read under the lock by every add. Whoever has gone through all locks since
   * sees every member that was ever added, and a list that is empty then stays empty.
   */
  private static final int STRIPES = 16;

  /** Something that is under way. */
  public abstract static class Member {
    private @Nullable Member next;
    private @Nullable Member previous;
    private @Nullable Stripe stripe;

    /** Stops it, soon: it leaves the set by itself. Called with no lock held; must not throw. */
    abstract void stop();

    /** As {@link #stop}, but leaves what runs in peace. */
    abstract void abandon();

    /** Has it do what it has begun and what was queued, but nothing periodic any more. */
    abstract void finish();

    /** Leaves the set. Idempotent. */
    final void leave() {
      Stripe mine = stripe;
      if (mine != null) {
        mine.remove(this);
      }
    }
  }

  private final Stripe[] stripes = new Stripe[STRIPES];
  private final Runnable onEmptyWhenClosed;
  private volatile boolean open = true;

  /**
   * Makes an empty set.
   *
   * @param onEmptyWhenClosed called when the set is closed and empty; more than once perhaps
   */
  public LiveSet(Runnable onEmptyWhenClosed) {
    this.onEmptyWhenClosed = onEmptyWhenClosed;
    for (int i = 0; i < STRIPES; i++) {
      stripes[i] = new Stripe();
    }
  }

  /** Adds {@code member}, which is in no set. Returns false if the set is closed. */
  boolean add(Member member) {
    long id = Thread.currentThread().getId() * 0x9E3779B97F4A7C15L;
    return stripes[(int) (id >>> 32) & (STRIPES - 1)].add(member);
  }

  /** Whether the set still takes members. */
  public boolean isOpen() {
    return open;
  }

  /** Whether nothing is left. If the set is closed, true is for ever. */
  public boolean isEmpty() {
    for (Stripe stripe : stripes) {
      if (!stripe.isEmpty()) {
        return false;
      }
    }
    return true;
  }

  /** Takes nothing more; what is there goes on, but for what is periodic. Idempotent. */
  public void close() {
    open = false;
    forEach(Member::finish);
    tellIfEmpty();
  }

  /** Takes nothing more, and stops what is there. Idempotent. */
  public void stop() {
    open = false;
    forEach(Member::stop);
    tellIfEmpty();
  }

  /** Takes nothing more, and drops what has not begun; what runs goes on. Idempotent. */
  public void abandon() {
    open = false;
    forEach(Member::abandon);
    tellIfEmpty();
  }

  private void forEach(Consumer<Member> action) {
    for (Stripe stripe : stripes) {
      stripe.members().forEach(action);
    }
  }

  private void tellIfEmpty() {
    if (!open && isEmpty()) {
      onEmptyWhenClosed.run();
    }
  }

  /** One list. Its methods lock it. */
  private final class Stripe {
    private @Nullable Member first;

    synchronized boolean add(Member member) {
      if (!open) {
        return false;
      }
      Member after = first;
      member.next = after;
      if (after != null) {
        after.previous = member;
      }
      first = member;
      member.stripe = this;
      return true;
    }

    void remove(Member member) {
      if (unlink(member)) {
        tellIfEmpty();
      }
    }

    private synchronized boolean unlink(Member member) {
      if (member.stripe == null) {
        return false;
      }
      member.stripe = null;
      Member before = member.previous;
      Member after = member.next;
      if (before == null) {
        first = after;
      } else {
        before.next = after;
      }
      if (after != null) {
        after.previous = before;
      }
      member.previous = null;
      member.next = null;
      return true;
    }

    synchronized boolean isEmpty() {
      return first == null;
    }

    synchronized List<Member> members() {
      List<Member> all = new ArrayList<>();
      for (Member member = first; member != null; member = member.next) {
        all.add(member);
      }
      return all;
    }
  }
}
