package dev.pollux.core;

import static java.util.Objects.requireNonNull;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import dev.pollux.spi.Blocking;
import dev.pollux.spi.Spawner;
import dev.pollux.spi.TaskLocals;
import dev.pollux.spi.TaskWaker;
import dev.pollux.spi.Timer;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a poll is given: the waker, the budget, and the services of whatever runs the future.
 *
 * <p>A leaf future finds its timer, I/O driver, spawner and budget here; there is no global
 * runtime. A context is valid only during the poll that it was given to: what a leaf keeps is the
 * waker or a service, never the context. In debug mode a context that was kept refuses with an
 * {@link IllegalStateException}.
 *
 * <p>Source: {@code std::task::Context} of Rust, with the services that Tokio keeps in
 * thread-locals.
 *
 * @threading confined to the polling thread
 */
public final class Context {

  private final Poller poller;

  /** The context that the poller made for the poll; it has a waker during the poll only. */
  private final Context root;

  /** Whether the waker is another than the one that the poller was given. */
  private final boolean derived;

  private @Nullable Waker waker;
  private TaskLocals locals;

  /** A context whose waker is bound for each poll by {@code poller}. */
  Context(Poller poller) {
    this.poller = poller;
    this.root = this;
    this.derived = false;
    this.locals = TaskLocals.empty();
  }

  private Context(Context outer, boolean derived, Waker waker, TaskLocals locals) {
    this.poller = outer.poller;
    this.root = outer.root;
    this.derived = derived;
    this.waker = waker;
    this.locals = locals;
  }

  /**
   * The waker that a future stores before it answers {@code Pending}.
   *
   * @throws IllegalStateException if this context is used outside the poll that it was given to,
   *     where that is noticed
   */
  public Waker waker() {
    Waker waker = this.waker;
    if (waker == null || root.waker == null) {
      throw usedOutside();
    }
    return waker;
  }

  /** The poller, if this context is used in the poll that it was given to. */
  @CanIgnoreReturnValue
  private Poller inPoll() {
    if (waker == null || root.waker == null) {
      throw usedOutside();
    }
    return poller;
  }

  /** As {@link #inPoll()}, for what is asked once per element: looks in debug mode only. */
  private Poller metered() {
    return poller.isDebug() ? inPoll() : poller;
  }

  private static IllegalStateException usedOutside() {
    return new IllegalStateException(
        "a context is valid only during the poll that it was given to: keep its waker or a service instead");
  }

  /** What the task may still do in this turn. */
  public Budget budget() {
    return metered().budget();
  }

  /**
   * Takes one unit of budget; if there is none left, asks for another turn and returns false,
   * whereupon the caller answers {@code Pending}.
   */
  public boolean tryProceed() {
    if (metered().budget().tryConsume()) {
      return true;
    }
    poller.budgetForcedYield();
    wakeSelf();
    return false;
  }

  /**
   * As a {@link #tryProceed()} that finds no budget, after {@code given} elements that are not paid
   * for yet: pays, and asks for another turn.
   */
  Turn pendingAfter(int given) {
    metered().budget().pay(given);
    poller.budgetForcedYield();
    wakeSelf();
    return Turn.PENDING;
  }

  /**
   * Asks that this future be polled again once others had their turn. The same as {@code
   * waker().wake()}, and cheaper in a task, where it is a flag and no atomic operation.
   */
  public void wakeSelf() {
    if (derived) {
      waker().wake();
    } else {
      inPoll().wokeItself = true;
    }
  }

  /**
   * Has {@code action} called once when the whole poll is over, that of the task, not of the future
   * alone that asks. Does nothing if it was asked for in this poll before.
   *
   * @param action what is put off; told apart by identity
   * @return false if it was asked for in this poll before
   */
  @CanIgnoreReturnValue
  public boolean atEndOfPoll(EndOfPoll action) {
    return metered().atEndOfPoll(action);
  }

  /**
   * The timer of the polling thread.
   *
   * @throws MissingServiceException if whatever polls has none
   */
  public Timer timer() {
    return inPoll().services().timer();
  }

  /**
   * Where tasks are spawned.
   *
   * @throws MissingServiceException if whatever polls has none
   */
  public Spawner spawner() {
    return inPoll().services().spawner();
  }

  /**
   * Where blocking calls run.
   *
   * @throws MissingServiceException if whatever polls has none
   */
  public Blocking blocking() {
    return inPoll().services().blocking();
  }

  /** Where values and failures go that have no owner. */
  public Discard discard() {
    return poller.services().discard();
  }

  /**
   * The task that is being polled, whatever sets and combinators lie between it and this context:
   * who it is that takes a lock, say.
   *
   * @return the task, or null if what is polled is no task, or its executor does not tell
   */
  public @Nullable TaskInfo task() {
    return inPoll().polledFor() instanceof TaskWaker waker ? waker.task() : null;
  }

  /** The task locals that hold here. */
  public TaskLocals locals() {
    return locals;
  }

  /**
   * A service of some other kind, such as an I/O driver. A leaf looks it up once, at its first
   * poll, and keeps it.
   *
   * @param type the interface of the service
   * @param <S> the interface of the service
   */
  public <S> Optional<S> service(Class<S> type) {
    return inPoll().services().service(requireNonNull(type, "type"));
  }

  /**
   * A number from 0 (inclusive) to {@code bound} (exclusive), from the runtime's own generator:
   * with a seed it is the same in every run. For fairness, not for secrets.
   *
   * @param bound the number of possible answers, at least 1
   * @throws IllegalArgumentException if {@code bound} is less than 1
   */
  public int nextInt(int bound) {
    if (bound < 1) {
      throw new IllegalArgumentException("bound must be at least 1, was " + bound);
    }
    return inPoll().nextInt(bound);
  }

  /** This context with another waker: what a set of futures shows to one of its children. */
  public Context withWaker(Waker waker) {
    requireNonNull(waker, "waker");
    inPoll();
    return new Context(this, true, waker, locals);
  }

  /**
   * This context with another waker, in an object that an earlier call has made if that can be used
   * again: not for another poller, and not in debug mode, where a context that was kept is to be
   * noticed. The caller unbinds it after the poll.
   */
  Context withWaker(Waker waker, @Nullable Context again) {
    if (again == null || again.poller != poller || poller.isDebug()) {
      return withWaker(waker);
    }
    again.bind(waker, locals);
    return again;
  }

  /** This context with other task locals. */
  Context withLocals(TaskLocals locals) {
    return new Context(this, derived, waker(), locals);
  }

  /**
   * The context of the innermost poll that the calling thread is in, for users' lambdas that have
   * no {@code cx} at hand: task locals, logging. Valid until that poll returns. The library itself
   * never calls this.
   *
   * @threading any thread; empty on a thread that is not polling
   */
  public static Optional<Context> current() {
    Poller poller = Poller.attached();
    return poller == null ? Optional.empty() : Optional.ofNullable(poller.innermost());
  }

  Poller poller() {
    return poller;
  }

  /** The waker that is bound, if one is. */
  @Nullable Waker bound() {
    return waker;
  }

  /** Binds or, with null, unbinds the waker of a context that is used again and again. */
  void bind(@Nullable Waker waker, TaskLocals locals) {
    this.waker = waker;
    if (this.locals != locals) { // a write of a reference costs more than a look
      this.locals = locals;
    }
  }

  @Override
  public String toString() {
    return "Context[waker=" + waker + ", " + poller.budget() + ", " + locals + "]";
  }
}
