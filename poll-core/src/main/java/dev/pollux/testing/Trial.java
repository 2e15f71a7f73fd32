package dev.pollux.testing;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;

/**
 * One life of a subject: made afresh, polled as a {@link Plan} says, with the world outside moving
 * whenever the subject waits.
 *
 * <p>What happens while it waits, one thing at a time until it is woken: a task that it spawned is
 * polled; the event of a waiting child comes; a named event happens; the clock moves to the next
 * deadline.
 */
final class Trial {

  /** How a trial ended. */
  enum End {
    /** The subject completed, or gave all that was expected of it and was cancelled. */
    COMPLETED,
    /** The subject threw. */
    FAILED,
    /** It is pending and nothing is left that could wake it. */
    STUCK,
    /** It was cancelled before it was over. */
    CANCELLED,
    /** It was polled as often as was asked for, and is not over. */
    LEFT,
    /** It was polled absurdly often and is not over. */
    ENDLESS
  }

  /** More polls than any subject of a test needs. */
  private static final int ABSURD = 10_000;

  final Terms terms;
  final Plan plan;
  final PollHarness harness;
  final ConformanceKit kit;
  final Subject subject;

  /**
   * Events of children that woke nobody, or an earlier waker, though the subject waits for them.
   */
  final List<String> lostWakes = new ArrayList<>();

  /** What is done at each point where nobody polls the subject and it is not over. */
  private Runnable betweenPolls = () -> {};

  private End end = End.LEFT;
  private int polls;
  private @Nullable Throwable failure;

  /** What {@code cancel} of the subject threw. */
  private @Nullable Throwable cancelThrew;

  /** How many children had been cancelled before the last poll or cancel. */
  private int cancelledBefore;

  /**
   * Whether the coming poll is the one that finds out whether the subject, unwoken, could go on all
   * the same.
   */
  private boolean lastChance;

  /** A child whose event woke nobody; its polls by then. */
  private @Nullable Probe unheard;

  private int unheardPolls;

  Trial(Terms terms, Plan plan) {
    this.terms = terms;
    this.plan = plan;
    this.harness = PollHarness.with(new ManualClock(), plan.seed());
    this.kit = new ConformanceKit(plan, harness);
    this.subject = terms.maker.make(kit, plan, terms.enough);
    kit.watch("the waker", harness.waker());
  }

  /** Has {@code action} run before and between the polls. */
  void betweenPolls(Runnable action) {
    betweenPolls = action;
  }

  End end() {
    return end;
  }

  int polls() {
    return polls;
  }

  /** What the subject threw. */
  @Nullable Throwable failure() {
    return failure;
  }

  /** What the cancel of the subject threw. */
  @Nullable Throwable cancelThrew() {
    return cancelThrew;
  }

  /** The children that the last poll, or the cancel, has cancelled, in that order. */
  List<Probe> lastCancelled() {
    return kit.cancelled().subList(cancelledBefore, kit.cancelled().size());
  }

  // ---- a life

  @CanIgnoreReturnValue
  End run() {
    return run(ABSURD);
  }

  /** Polls the subject until it is over or stuck, or was polled {@code maxPolls} times. */
  @CanIgnoreReturnValue
  End run(int maxPolls) {
    end = live(maxPolls);
    return end;
  }

  private End live(int maxPolls) {
    betweenPolls.run();
    while (polls < maxPolls) {
      Subject.Progress progress;
      try {
        progress = poll();
      } catch (Throwable thrown) {
        failure = thrown;
        return End.FAILED;
      }
      switch (progress) {
        case OVER -> {
          return End.COMPLETED;
        }
        case ENOUGH -> {
          cancel();
          return End.COMPLETED;
        }
        case PENDING -> {
          betweenPolls.run();
          if (plan.spuriousPolls() && polls % 3 != 0) {
            continue;
          }
          boolean woken = polls == maxPolls || awaitWake();
          if (!woken && lastChance) {
            return End.STUCK;
          }
          lastChance = !woken;
        }
        case MORE -> betweenPolls.run();
      }
    }
    return maxPolls == ABSURD ? End.ENDLESS : End.LEFT;
  }

  private Subject.Progress poll() throws Exception {
    if (plan.freshWakers() && polls > 0) {
      harness.replaceWaker();
      kit.watch("the waker of a poll", harness.waker());
    }
    polls++;
    cancelledBefore = kit.cancelled().size();
    Subject.Progress progress = null;
    try {
      progress = onThread(() -> subject.poll(harness));
      return progress;
    } finally {
      if (lastChance && progress != Subject.Progress.PENDING) {
        lostWakes.add(
            "all that it may wait for had happened, nothing woke it, and yet it could go on");
      }
      Probe child = unheard;
      if (child != null && child.polls() > unheardPolls) {
        lostWakes.add(
            "the event of "
                + child
                + " did not wake the waker of the latest poll, though the subject waits for it");
      }
      unheard = null;
    }
  }

  /**
   * Moves the world until the subject is woken; false if nothing is left to happen.
   *
   * <p>An event of a child that wakes nobody is no breach yet, for the subject may have stopped to
   * care for the child. So the subject is polled all the same: if it polls that child, the wake-up
   * was lost.
   */
  private boolean awaitWake() {
    while (!harness.woken() && unheard == null) {
      if (!happens()) {
        return false;
      }
    }
    Probe another = kit.nextWaiting();
    if (another != null && plan.pace() == Plan.Pace.RANDOM && kit.random().nextBoolean()) {
      onThread(another::fire);
    }
    return true;
  }

  /** Lets the next thing happen; false if there is none. */
  private boolean happens() {
    if (harness.runTask()) {
      return true;
    }
    Probe child = kit.nextWaiting();
    if (child != null) {
      unheardPolls = child.polls();
      onThread(child::fire);
      unheard = harness.woken() ? null : child;
      return true;
    }
    ConformanceKit.Event event = kit.nextEvent();
    if (event != null) {
      onThread(event.action());
      return true;
    }
    return harness.clock().advanceToNext();
  }

  /** Whether it was woken, or anything is left that could wake it. */
  boolean canBeWoken() {
    return harness.woken()
        || kit.nextWaiting() != null
        || kit.hasEvents()
        || harness.liveTasks() > 0
        || harness.clock().nextDeadlineNanos().isPresent();
  }

  /** Cancels the subject. */
  void cancel() {
    cancelledBefore = kit.cancelled().size();
    end = End.CANCELLED;
    try {
      subject.cancel();
    } catch (Throwable thrown) {
      cancelThrew = thrown;
    }
  }

  /** What came of it, in a few words. */
  String outcome() {
    String given = subject.given();
    return switch (end) {
      case COMPLETED -> "it gave " + given;
      case FAILED -> "after " + given + " it threw " + failure;
      case STUCK -> "after " + given + " it is pending and nothing is left that could wake it";
      case CANCELLED -> "it was cancelled after " + given;
      case LEFT -> "it gave " + given + " so far";
      case ENDLESS -> "it is not over after " + polls + " polls";
    };
  }

  /** Says that {@code what} is wrong. */
  AssertionError breach(String what) {
    String description;
    try {
      description = subject.description().toString();
    } catch (Throwable thrown) {
      description = "(describing it threw " + thrown + ")";
    }
    AssertionError breach =
        new AssertionError(
            what + "\n  when " + plan + "; " + end + " after " + polls + " polls\n" + description);
    if (failure != null) {
      breach.addSuppressed(failure);
    }
    return breach;
  }

  // ---- threads

  private void onThread(Runnable action) {
    try {
      Object unused = onThread(Executors.callable(action));
    } catch (RuntimeException unchecked) {
      throw unchecked;
    } catch (Exception impossible) {
      throw new AssertionError(impossible);
    }
  }

  private <V> V onThread(Callable<V> action) throws Exception {
    if (!plan.threadHops()) {
      return action.call();
    }
    FutureTask<V> task = new FutureTask<>(action);
    Thread thread = new Thread(task, "conformance");
    thread.start();
    thread.join();
    try {
      return task.get();
    } catch (ExecutionException thrown) {
      if (thrown.getCause() instanceof Error error) {
        throw error;
      }
      if (thrown.getCause() instanceof Exception exception) {
        throw exception;
      }
      throw thrown;
    }
  }
}
