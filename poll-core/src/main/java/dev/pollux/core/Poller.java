package dev.pollux.core;

import static java.util.Objects.requireNonNull;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import dev.pollux.spi.ContextThread;
import dev.pollux.spi.Services;
import dev.pollux.spi.TaskLocals;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What an executor polls futures with: it makes the {@link Context}, fills the budget, and knows
 * afterwards whether the future asked for another turn. One per polling thread.
 *
 * <pre>{@code
 * Poller poller = new Poller(services, seed, false);
 * Poller before = poller.attach();
 * try {
 *   Poll<T> answer = poller.poll(future, waker);
 *   boolean again = answer.isPending() && poller.wokeItself();
 * } finally {
 *   Poller.reattach(before);
 * }
 * }</pre>
 *
 * @threading confined to one thread at a time; a hand-over needs a happens-before edge of the
 *     executor's
 */
public final class Poller {

  /** For threads that are not ours; {@link ContextThread} has a field instead. */
  private static final ThreadLocal<@Nullable Poller> ATTACHED = new ThreadLocal<>();

  /**
   * What is being polled by the pollers in debug mode, and by which thread: two at once is a
   * mistake.
   */
  private static final Map<Object, Thread> POLLED =
      Collections.synchronizedMap(new IdentityHashMap<>());

  private static final EndOfPoll[] NO_ACTIONS = {};
  private static final EndOfPoll NOTHING = () -> {};

  private final Services services;
  private final boolean debug;
  private final Budget budget = new Budget();
  private Context root;
  private @Nullable Context innermost;
  private long random;
  private long forcedYields;

  /** What is to be called when this poll is over: the one asked for last, and those before it. */
  private @Nullable EndOfPoll lastAction;

  private EndOfPoll[] earlierActions = NO_ACTIONS;
  private int earlierCount;

  /** The waker of what is being cancelled. */
  private @Nullable Waker cancelling;

  /** Set by {@link Context#wakeSelf()} on the root context. */
  boolean wokeItself;

  /**
   * Makes a poller.
   *
   * @param services what the polled futures find in their context
   * @param seed where {@link Context#nextInt} starts
   * @param debug whether each poll gets a context of its own, which refuses to be used after it,
   *     and whether two threads that poll one future are found out
   */
  public Poller(Services services, long seed, boolean debug) {
    this.services = requireNonNull(services, "services");
    this.debug = debug;
    this.random = mix(seed);
    this.root = new Context(this);
  }

  /**
   * Polls {@code future} once, with a full budget.
   *
   * @param future what is polled
   * @param waker the waker of its context; not retained after the poll
   * @param <T> the output of the future
   * @return its answer
   * @throws Exception what the future throws
   */
  public <T extends @Nullable Object> Poll<T> poll(Future<T> future, Waker waker) throws Exception {
    Context outer = begin(future, waker);
    try {
      return future.poll(root);
    } finally {
      end(future, outer);
    }
  }

  /**
   * Polls {@code iterator} once, with a full budget.
   *
   * @param iterator what is polled
   * @param waker the waker of its context; not retained after the poll
   * @param <T> the type of the elements
   * @return its answer
   * @throws Exception what the iterator throws
   */
  public <T> Next<T> pollNext(AsyncIterator<T> iterator, Waker waker) throws Exception {
    Context outer = begin(iterator, waker);
    try {
      return iterator.pollNext(root);
    } finally {
      end(iterator, outer);
    }
  }

  /**
   * Gives {@code iterator} one turn of internal iteration, with a full budget.
   *
   * @param iterator what is polled
   * @param waker the waker of its context; not retained after the poll
   * @param sink takes the elements
   * @param <T> the type of the elements
   * @return its answer
   * @throws Exception what the iterator throws
   */
  public <T> Turn pollEach(AsyncIterator<T> iterator, Waker waker, Sink<? super T> sink)
      throws Exception {
    Context outer = begin(iterator, waker);
    try {
      return iterator.pollEach(root, sink);
    } finally {
      end(iterator, outer);
    }
  }

  /**
   * Cancels {@code future}, in place of a poll.
   *
   * @param future what is cancelled
   * @param waker names what is at work, see {@link #polledFor()}
   */
  public void cancel(Future<?> future, Waker waker) {
    Waker outer = cancelling;
    cancelling = requireNonNull(waker, "waker");
    try {
      future.cancel();
    } finally {
      cancelling = outer;
    }
  }

  /**
   * The waker with which the present poll, or cancel, was begun: tells an observer what the polling
   * thread is at. Null between polls.
   *
   * @threading any thread, by a race that nobody pays for: the answer may be late. Who knows by
   *     other means that one poll has lasted for a while, before the call and after it, may take it
   *     for the waker of that poll
   */
  public @Nullable Waker polledFor() {
    Waker waker = root.bound();
    return waker != null ? waker : cancelling;
  }

  /**
   * Whether the last poll asked for another turn by {@link Context#wakeSelf()}. Matters if it
   * answered {@code Pending}: nobody else will wake it then.
   */
  public boolean wokeItself() {
    return wokeItself;
  }

  /** How many times so far a future gave way because its budget was used up. */
  public long budgetForcedYields() {
    return forcedYields;
  }

  /**
   * Makes this the poller whose polls {@link Context#current()} sees on the calling thread.
   *
   * @return the poller attached before, to be given to {@link #reattach}
   */
  public @Nullable Poller attach() {
    Poller before = attached();
    reattach(this);
    return before;
  }

  /**
   * Attaches {@code poller} to the calling thread, or none.
   *
   * @param poller what {@link #attach()} returned
   */
  public static void reattach(@Nullable Poller poller) {
    if (Thread.currentThread() instanceof ContextThread own) {
      own.setPoller(poller);
    } else if (poller == null) {
      ATTACHED.remove();
    } else {
      ATTACHED.set(poller);
    }
  }

  /**
   * Whether the calling thread is inside a poll.
   *
   * @threading any thread
   */
  public static boolean isPolling() {
    Poller poller = attached();
    return poller != null && poller.innermost != null;
  }

  /**
   * Whether the calling thread runs tasks, and so must not block: inside a poll, or in what a
   * runtime calls between two polls, such as a {@code cancel}, a discarded value's {@code close} or
   * a listener.
   *
   * @threading any thread
   */
  public static boolean isAttached() {
    return attached() != null;
  }

  /**
   * The {@linkplain Services#name() name} of what polls on the calling thread, or {@code
   * "nothing"}.
   *
   * @threading any thread
   */
  public static String pollingName() {
    Poller poller = attached();
    return poller == null ? "nothing" : poller.services.name();
  }

  /**
   * The poller attached to the calling thread, if any: how an executor finds out whether it is
   * called by one of its own threads.
   *
   * @threading any thread
   */
  public static @Nullable Poller attached() {
    return Thread.currentThread() instanceof ContextThread own ? own.poller() : ATTACHED.get();
  }

  /** Whether each poll gets a context of its own. */
  boolean isDebug() {
    return debug;
  }

  /** What the polled futures find in their context. */
  public Services services() {
    return services;
  }

  Budget budget() {
    return budget;
  }

  void budgetForcedYield() {
    forcedYields++;
  }

  /** The context that {@link Context#current()} answers, or null between polls. */
  @Nullable Context innermost() {
    return innermost;
  }

  /**
   * Makes {@code cx} the innermost context for the time of an inner poll; returns the one to
   * restore.
   */
  @CanIgnoreReturnValue
  @Nullable Context enter(@Nullable Context cx) {
    Context before = innermost;
    innermost = cx;
    return before;
  }

  int nextInt(int bound) {
    random = random * 0x5851F42D4C957F2DL + 0x14057B7EF767814FL;
    int bits = (int) (mix(random) >>> 33);
    return bits % bound;
  }

  private @Nullable Context begin(Object polled, Waker waker) {
    if (innermost != null) {
      throw new IllegalStateException("a poller can't be used from inside one of its own polls");
    }
    requireNonNull(waker, "waker");
    if (debug) {
      root = new Context(this);
      // A lambda that captures nothing is one object for everybody, and has no state to spoil.
      Thread other =
          isStateless(polled) ? null : POLLED.putIfAbsent(polled, Thread.currentThread());
      if (other != null) {
        throw new IllegalStateException(
            "one thread polls a future at a time, but "
                + other
                + " is polling this one: "
                + polled);
      }
    }
    budget.refill();
    wokeItself = false;
    root.bind(waker, TaskLocals.empty());
    return enter(root);
  }

  private static boolean isStateless(Object polled) {
    return polled.getClass().isHidden() && polled.getClass().getDeclaredFields().length == 0;
  }

  private void end(Object polled, @Nullable Context outer) {
    if (debug) {
      POLLED.remove(polled);
    }
    root.bind(null, TaskLocals.empty());
    innermost = outer;
    if (lastAction != null) {
      runActions();
    }
  }

  // ---- the end of the poll

  /** See {@link Context#atEndOfPoll}. */
  boolean atEndOfPoll(EndOfPoll action) {
    EndOfPoll last = lastAction;
    if (last == action) {
      return false;
    }
    return last == null ? isFirstAction(action) : isNewAction(action, last);
  }

  private boolean isFirstAction(EndOfPoll action) {
    lastAction = requireNonNull(action, "action");
    return true;
  }

  /** The one asked for last is looked at first, so those that take turns change places. */
  private boolean isNewAction(EndOfPoll action, EndOfPoll last) {
    requireNonNull(action, "action");
    lastAction = action;
    for (int i = 0; i < earlierCount; i++) {
      if (earlierActions[i] == action) {
        earlierActions[i] = last;
        return false;
      }
    }
    if (earlierCount == earlierActions.length) {
      earlierActions = Arrays.copyOf(earlierActions, Math.max(4, 2 * earlierCount));
    }
    earlierActions[earlierCount++] = last;
    return true;
  }

  /**
   * Does at once what was put off to the end of the poll that the calling thread is in: for an
   * executor that lets a poll block.
   */
  public void endOfPollNow() {
    if (lastAction != null) {
      runActions();
    }
  }

  private void runActions() {
    EndOfPoll last = lastAction;
    EndOfPoll[] earlier = earlierActions;
    int count = earlierCount;
    lastAction = null;
    earlierActions = NO_ACTIONS; // an action may poll by this poller, by way of what it discards
    earlierCount = 0;
    for (int i = 0; i < count; i++) {
      EndOfPoll action = earlier[i];
      earlier[i] = NOTHING; // else it would be kept
      run(action);
    }
    if (last != null) {
      run(last);
    }
    if (earlierCount == 0) {
      earlierActions = earlier;
    }
  }

  private void run(EndOfPoll action) {
    try {
      action.pollEnds();
    } catch (Throwable violation) {
      services
          .discard()
          .uncaught(violation, "the end of a poll, in a " + action.getClass().getName());
    }
  }

  /** SplitMix64's finalizer: spreads a seed over all bits. */
  private static long mix(long value) {
    long z = value + 0x9E3779B97F4A7C15L;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}
