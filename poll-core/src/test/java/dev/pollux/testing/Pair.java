package dev.pollux.testing;

import dev.pollux.core.Context;
import dev.pollux.core.Description;
import dev.pollux.core.Discard;
import dev.pollux.core.Future;
import dev.pollux.core.Poll;
import dev.pollux.core.PollAfterEndException;
import dev.pollux.core.Waker;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/** A join of two futures that keeps the contract, but for the one fault that it is given. */
final class Pair implements Future<Amount> {

  /** What is wrong with it. */
  enum Fault {
    NONE,
    GIVES_A_WRONG_VALUE,
    ANSWERS_AGAIN_AFTER_THE_END,
    THROWS_FROM_THE_SECOND_CANCEL,
    ANSWERS_PENDING_AFTER_CANCEL,
    FORGETS_A_SIBLING_ON_FAILURE,
    CANCELS_NOTHING,
    CANCELS_OLDEST_FIRST,
    POLLS_A_CHILD_AFTER_ITS_END,
    LETS_A_CANCEL_THROW,
    SWALLOWS_WHAT_A_CANCEL_THROWS,
    SHOWS_A_CHILD_NO_WAKER,
    SKIPS_A_CHILD_WHILE_ANOTHER_IS_PENDING,
    KEEPS_THE_FIRST_WAKER,
    STAYS_ON_ITS_FIRST_THREAD,
    WRAPS_EXCEPTIONS,
    SWALLOWS_EXCEPTIONS,
    WRAPS_ERRORS,
    DESCRIBES_ONE_CHILD,
    CANCELS_WHEN_DESCRIBED,
    KEEPS_ITS_FUNCTION,
    KEEPS_ITS_WAKER,
    KEEPS_A_VALUE,
    DROPS_A_VALUE
  }

  private final Fault fault;
  private final Future<Amount> left;
  private final Future<Amount> right;
  private @Nullable BiFunction<Amount, Amount, Amount> sum;

  private @Nullable Amount leftValue;
  private @Nullable Amount rightValue;
  private @Nullable Discard discard;
  private boolean over;

  // For the faults.
  private @Nullable Waker firstWaker;
  private @Nullable Waker lastWaker;
  private @Nullable Thread firstThread;
  private @Nullable Amount kept;
  private boolean completed;
  private boolean cancelled;
  private boolean seenRight;

  Pair(
      Fault fault,
      Future<Amount> left,
      Future<Amount> right,
      BiFunction<Amount, Amount, Amount> sum) {
    this.fault = fault;
    this.left = left;
    this.right = right;
    this.sum = sum;
  }

  @Override
  public Poll<Amount> poll(Context cx) throws Exception {
    if (completed && fault == Fault.ANSWERS_AGAIN_AFTER_THE_END) {
      return Poll.ready(new Amount(0));
    }
    if (cancelled && fault == Fault.ANSWERS_PENDING_AFTER_CANCEL) {
      return Poll.pending();
    }
    if (over) {
      throw new PollAfterEndException("pair");
    }
    if (discard == null) {
      discard = cx.discard();
      firstWaker = fault == Fault.KEEPS_THE_FIRST_WAKER ? cx.waker() : null;
      firstThread = Thread.currentThread();
    }
    lastWaker = fault == Fault.KEEPS_ITS_WAKER ? cx.waker() : null;
    if (fault == Fault.STAYS_ON_ITS_FIRST_THREAD && Thread.currentThread() != firstThread) {
      throw new IllegalStateException("wrong thread");
    }
    try {
      return pollBoth(cx);
    } catch (Exception failure) {
      end();
      if (fault == Fault.SWALLOWS_EXCEPTIONS) {
        return Poll.ready(new Amount(-1));
      }
      throw fault == Fault.WRAPS_EXCEPTIONS ? new Exception(failure) : failure;
    } catch (Error failure) {
      end();
      if (fault == Fault.WRAPS_ERRORS) {
        throw new Exception(failure);
      }
      throw failure;
    }
  }

  private Poll<Amount> pollBoth(Context cx) throws Exception {
    Context shown = firstWaker == null ? cx : cx.withWaker(firstWaker);
    if (leftValue == null) {
      Poll<Amount> answer = left.poll(shown);
      leftValue = answer.isReady() ? answer.value() : null;
    } else if (fault == Fault.POLLS_A_CHILD_AFTER_ITS_END) {
      try {
        Poll<Amount> unused = left.poll(shown);
      } catch (PollAfterEndException expected) {
        // that is the fault
      }
    }
    boolean skip =
        fault == Fault.SKIPS_A_CHILD_WHILE_ANOTHER_IS_PENDING && leftValue == null && seenRight;
    if (rightValue == null && !skip) {
      seenRight = true;
      Poll<Amount> answer =
          right.poll(fault == Fault.SHOWS_A_CHILD_NO_WAKER ? shown.withWaker(Waker.noop()) : shown);
      rightValue = answer.isReady() ? answer.value() : null;
    }
    if (leftValue == null || rightValue == null) {
      return Poll.pending();
    }
    Amount total = sum.apply(leftValue, rightValue);
    kept = fault == Fault.KEEPS_A_VALUE ? leftValue : null;
    leftValue = null;
    rightValue = null;
    completed = true;
    end();
    return Poll.ready(fault == Fault.GIVES_A_WRONG_VALUE ? new Amount(total.value() + 1) : total);
  }

  @Override
  public void cancel() {
    if (over) {
      if (cancelled && fault == Fault.THROWS_FROM_THE_SECOND_CANCEL) {
        throw new IllegalStateException("cancelled twice");
      }
      return;
    }
    cancelled = true;
    end();
  }

  private void end() {
    boolean failed = !completed && !cancelled;
    over = true;
    if (fault != Fault.KEEPS_ITS_FUNCTION) {
      sum = null;
    }
    Amount held = leftValue;
    Amount alsoHeld = rightValue;
    leftValue = null;
    rightValue = null;
    if (discard != null && fault != Fault.DROPS_A_VALUE) {
      discard.discard(held);
      discard.discard(alsoHeld);
    }
    firstWaker = null;
    firstThread = null;
    switch (fault) {
      case CANCELS_NOTHING -> {}
      case CANCELS_OLDEST_FIRST -> {
        cancel(left);
        cancel(right);
      }
      case FORGETS_A_SIBLING_ON_FAILURE -> {
        if (!failed) {
          cancel(right);
        }
        cancel(left);
      }
      case LETS_A_CANCEL_THROW -> {
        right.cancel();
        left.cancel();
      }
      default -> {
        cancel(right);
        cancel(left);
      }
    }
  }

  private void cancel(Future<?> child) {
    try {
      child.cancel();
    } catch (RuntimeException failure) {
      if (fault != Fault.SWALLOWS_WHAT_A_CANCEL_THROWS) {
        (discard == null ? Discard.closing() : discard).uncaught(failure, "pair");
      }
    }
  }

  @Override
  public void describe(Description description) {
    description.name("pair").child("left", left);
    if (fault != Fault.DESCRIBES_ONE_CHILD) {
      description.child("right", right);
    }
    if (fault == Fault.CANCELS_WHEN_DESCRIBED && !over) {
      right.cancel();
    }
  }

  @Override
  public String toString() {
    return "Pair[" + fault + ", " + kept + ", " + lastWaker + "]";
  }
}
