package dev.pollux.streams.bridge;

import static java.lang.invoke.MethodHandles.lookup;

import dev.pollux.core.Discard;
import java.lang.invoke.ConstantBootstraps;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;

/**
 * The subscription that an upstream gives us, from before it arrives until it is gone: the one
 * place that calls it, never from two threads at once (2.7), and cancels it at most once.
 *
 * @threading {@link #arrive} and {@link #close} belong to the upstream, {@link #request} to the
 *     consumer; {@link #cancel} to either: the consumer gives up, or a signal breaks the rules
 */
final class Upstream {
  /*
   * Invariants
   *  U1  The subscription is called by the setter of REQUESTING, or by the setter of CLOSED, or by
   *      who inherits that duty; never by two at a time.
   *  U2  CLOSED is set once. Its setter cancels, unless the subscription has not arrived (then the
   *      arrival does) or another thread is inside request (then that does, when it comes out).
   *
   * Transitions
   *  arrive   sets ARRIVED; if CLOSED was there, cancels
   *  request  sets REQUESTING, unless CLOSED; clears it; if OWED was there, cancels
   *  cancel   sets CLOSED; if REQUESTING was there by another thread, sets OWED; if it still was, that
   *           thread cancels, else this one does. Inside our own request (an upstream that signals
   *           from there) it cancels at once: an upstream that ignores demand might never return.
   *  close    sets CLOSED, for an upstream that has ended (2.4)
   *
   * Ordering
   *  Volatile-mode read-modify-writes of one word, so edges are totally ordered; the subscription is
   *  written before ARRIVED. Progress: wait-free but for the calls themselves.
   */
  private static final int ARRIVED = 1 << 0;

  /** The consumer is inside {@code request}. */
  private static final int REQUESTING = 1 << 1;

  /** No call starts any more. */
  private static final int CLOSED = 1 << 2;

  /** Whoever is inside {@code request} cancels when it comes out. */
  private static final int OWED = 1 << 3;

  /** Stands for a subscription that is no longer needed. */
  private static final Subscription GONE = new NoSubscription();

  private static final VarHandle STATE =
      ConstantBootstraps.fieldVarHandle(
          lookup(), "state", VarHandle.class, Upstream.class, int.class);
  private static final VarHandle SUBSCRIPTION =
      ConstantBootstraps.fieldVarHandle(
          lookup(), "subscription", VarHandle.class, Upstream.class, Subscription.class);

  private final Discard discard;
  private volatile int state;
  private volatile @Nullable Subscription subscription;

  /** The thread inside {@code request}. Only ever compared with the reader's own. */
  private volatile @Nullable Thread requester;

  Upstream(Discard discard) {
    this.discard = discard;
  }

  /** Takes the subscription. Cancels it if it is the second (2.5), or comes after the end. */
  void arrive(Subscription arrived) {
    if (!SUBSCRIPTION.compareAndSet(this, null, arrived)) {
      cancel(arrived);
      discard.uncaught(
          new IllegalStateException("rule 2.12: onSubscribe was called twice"),
          "an upstream that breaks the rules");
      return;
    }
    int before = (int) STATE.getAndBitwiseOr(this, ARRIVED);
    if ((before & CLOSED) != 0) {
      subscription = GONE;
      cancel(arrived);
    }
  }

  /** The subscription while it can be called; null before and after. */
  @Nullable Subscription subscription() {
    Subscription seen = subscription;
    return seen == GONE ? null : seen;
  }

  boolean hasArrived() {
    return (state & ARRIVED) != 0;
  }

  /**
   * Asks for {@code n} more; does nothing if closed. What the upstream throws, against 3.16, is
   * returned.
   */
  @Nullable Throwable request(int n) {
    requester = Thread.currentThread();
    int before = (int) STATE.getAndBitwiseOr(this, REQUESTING);
    assert (before & (ARRIVED | REQUESTING)) == ARRIVED : describe(before);
    Subscription asked = subscription;
    Throwable thrown = null;
    if ((before & CLOSED) == 0 && asked != null) {
      try {
        asked.request(n); // 2.1; may signal from inside
      } catch (Throwable failure) {
        thrown = failure;
      }
    }
    requester = null;
    int after = (int) STATE.getAndBitwiseAnd(this, ~REQUESTING);
    if ((after & OWED) != 0) {
      cancelTaken();
    }
    return thrown;
  }

  /** Cancels the subscription, now or when it arrives or can be called again. Idempotent. */
  void cancel() {
    int before = (int) STATE.getAndBitwiseOr(this, CLOSED);
    if ((before & CLOSED) != 0 || (before & ARRIVED) == 0) {
      return;
    }
    if ((before & REQUESTING) != 0 && requester != Thread.currentThread()) {
      before = (int) STATE.getAndBitwiseOr(this, OWED);
      if ((before & REQUESTING) != 0) {
        return;
      }
    }
    cancelTaken();
  }

  /** Records that the upstream has ended: its subscription counts as cancelled (2.4). */
  void close() {
    int before = (int) STATE.getAndBitwiseOr(this, CLOSED);
    if ((before & (CLOSED | ARRIVED)) == ARRIVED) {
      subscription = GONE;
    }
  }

  private void cancelTaken() {
    Subscription taken = (Subscription) SUBSCRIPTION.getAndSet(this, GONE);
    cancel(taken);
  }

  private void cancel(Subscription cancelled) {
    try {
      cancelled.cancel();
    } catch (Throwable failure) {
      discard.uncaught(failure, "an upstream threw from cancel (rule 3.15)");
    }
  }

  private static String describe(int state) {
    StringBuilder text = new StringBuilder();
    append(text, state, ARRIVED, "ARRIVED");
    append(text, state, REQUESTING, "REQUESTING");
    append(text, state, CLOSED, "CLOSED");
    append(text, state, OWED, "OWED");
    return text.length() == 0 ? "NONE" : text.toString();
  }

  private static void append(StringBuilder text, int state, int bit, String name) {
    if ((state & bit) != 0) {
      text.append(text.length() == 0 ? "" : "|").append(name);
    }
  }

  @Override
  public String toString() {
    return "Upstream[" + describe(state) + "]";
  }
}
