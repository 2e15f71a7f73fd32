package dev.pollux.testing;

import dev.pollux.core.Context;
import dev.pollux.core.Description;
import dev.pollux.core.PollAfterEndException;
import dev.pollux.core.Waker;
import org.jspecify.annotations.Nullable;

/**
 * A child that the kit supplies to a subject: a leaf that answers when the trial says so, and
 * remembers what was done to it.
 *
 * @threading as its subject: one thread at a time, handed over by the trial
 */
abstract class Probe {

  final ConformanceKit kit;
  private final String name;

  /** How many children the kit had made before this one. */
  private final int age;

  /** Whether it answers at all. */
  private final boolean answers;

  private int pendingLeft;

  /** Whether the event came that it waits for. */
  private boolean eventCame;

  /** Where the event will find it: set while it waits. */
  private @Nullable Waker waker;

  private int polls;

  /** Whether it is feeding a sink. */
  private boolean feeding;

  private boolean over;
  private boolean described;

  Probe(ConformanceKit kit, String name, int age, boolean answers) {
    this.kit = kit;
    this.name = name;
    this.age = age;
    this.answers = answers;
    this.pendingLeft = kit.nextDelay();
  }

  /** Lets go of the values that it will not give any more. */
  abstract void release();

  // ---- as a future or iterator

  /**
   * Begins a poll. Returns whether it answers now; if not, the waker is stored, or was woken for
   * want of budget.
   */
  final boolean proceed(Context cx) {
    if (over) {
      kit.misused(name + " was polled after its end");
      throw new PollAfterEndException(name);
    }
    if (feeding) {
      kit.misused(name + " was polled from inside its own pollEach");
    }
    polls++;
    if (eventCame) {
      eventCame = false;
      pendingLeft--;
    }
    if (!answers || pendingLeft > 0) {
      waker = cx.waker();
      return false;
    }
    waker = null;
    return cx.tryProceed();
  }

  /** Takes the step of an answer, at which the trial may want it to fail. */
  final void step() throws Exception {
    pendingLeft = kit.nextDelay();
    Throwable failure = kit.step(name, true);
    if (failure instanceof Exception exception) {
      end();
      throw exception;
    }
    if (failure instanceof Error error) {
      end();
      throw error;
    }
  }

  /** Says whether it is feeding a sink, in which time it must not be touched. */
  final void feeding(boolean now) {
    feeding = now;
  }

  final void end() {
    over = true;
    waker = null;
    release();
  }

  public final void cancel() {
    if (feeding) {
      kit.misused(name + " was cancelled from inside its own pollEach");
    }
    if (over) {
      return;
    }
    end();
    kit.cancelled(this);
  }

  public final void describe(Description description) {
    described = true;
    description.name(name);
    if (!over) {
      description.waitsFor("an event of the conformance kit");
    }
  }

  // ---- as the trial sees it

  /** Whether an event of its own would let it go on. */
  final boolean isWaiting() {
    return answers && waker != null;
  }

  /** Lets the event come that it waits for. */
  final void fire() {
    Waker toWake = waker;
    waker = null;
    eventCame = true;
    if (toWake != null) {
      toWake.wake();
    }
  }

  final boolean isLive() {
    return !over;
  }

  final boolean isStarted() {
    return polls > 0;
  }

  final int polls() {
    return polls;
  }

  final int age() {
    return age;
  }

  final String name() {
    return name;
  }

  final void forgetDescribed() {
    described = false;
  }

  final boolean wasDescribed() {
    return described;
  }

  @Override
  public String toString() {
    return name;
  }
}
