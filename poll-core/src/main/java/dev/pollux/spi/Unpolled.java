package dev.pollux.spi;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import dev.pollux.core.AsyncIterator;
import dev.pollux.core.AsyncIterators;
import dev.pollux.core.Future;
import dev.pollux.core.FutureSet;
import dev.pollux.core.Futures;
import dev.pollux.core.TaskLocal;
import dev.pollux.core.UncaughtFailureHandler;
import dev.pollux.core.UnpolledFutureException;
import dev.pollux.stream.Combine;
import dev.pollux.time.Time;
import java.lang.StackWalker.StackFrame;
import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Finds futures and iterators that were made and never used: the missed {@code await}. With the
 * system property {@code pollux.debug} one that the garbage collector finds, and that nobody has
 * polled, cancelled or handed on, is reported to {@link UncaughtFailureHandler#processDefault()} as
 * an {@link UnpolledFutureException}. Without the property all methods here do nothing, and the
 * compiler leaves them out.
 *
 * <p>What the library makes is watched. A leaf of one's own takes part by two lines: what makes it
 * calls {@link #made}, and its {@code poll} and its {@code cancel} call {@link #used}.
 *
 * <pre>{@code
 * static Future<Reply> ask(Question question) {
 *   return Unpolled.made(new Ask(question));
 * }
 * }</pre>
 *
 * <p>Nothing is added to a future, and nothing is put around it: what is watched is in a table of
 * weak references here. What is made beyond 20,000 a second is not watched.
 *
 * @threading any thread
 */
public final class Unpolled {
  /*
   * Invariants
   *  I1  A trace is in TRACES from `made` to whichever comes first: `used`, or the report. Who takes it out decides: the
   *      removal is one step of the map, so a future that is used is not reported, and none is reported twice.
   *  I2  A trace can't be enqueued while `used` runs: the caller's future is kept reachable until the removal is done.
   *
   * Only the outermost of several is reported: what makes a future of others says that those are used, whether or not it
   * is ever polled itself.
   *
   * A trace costs a look at the stack and a weak reference, so who makes a million futures in a loop has the first of them
   * watched, and as many again some time later.
   */
  private static final boolean WATCHED = Boolean.getBoolean("pollux.debug");

  private Unpolled() {}

  /**
   * Watches {@code future} from now on.
   *
   * @param future what was made for the caller of the caller
   * @param <F> its type
   * @return {@code future}
   */
  @CanIgnoreReturnValue
  public static <F> F made(F future) {
    if (WATCHED && Traces.mayAdd()) {
      Traces.add(future);
    }
    return future;
  }

  /**
   * Watches {@code future} from now on, which has taken {@code part} over.
   *
   * @param future what was made for the caller of the caller
   * @param part a future or an iterator, which {@code future} will poll and cancel
   * @param <F> the type of {@code future}
   * @return {@code future}
   */
  @CanIgnoreReturnValue
  public static <F> F made(F future, Object part) {
    used(part);
    return made(future);
  }

  /**
   * Hears that {@code future} is polled or cancelled, or that somebody has taken it over who will
   * do so.
   *
   * @param future a future or an iterator, watched or not
   */
  public static void used(Object future) {
    if (WATCHED) {
      Traces.remove(future);
    }
  }

  /** Whether {@code future} would be reported if it were garbage now. */
  static boolean isWatched(Object future) {
    return WATCHED && Traces.contains(future);
  }

  /** What is watched. Not loaded unless something is. */
  private static final class Traces {

    private static final ReferenceQueue<Object> GONE = new ReferenceQueue<>();
    private static final Map<Object, Trace> ALL = new ConcurrentHashMap<>();

    /** One for each thread: what is used often is polled often. */
    private static final ThreadLocal<Probe> PROBE = ThreadLocal.withInitial(Probe::new);

    private static final StackWalker WALKER =
        StackWalker.getInstance(StackWalker.Option.RETAIN_CLASS_REFERENCE);

    /** How many of the callers are kept. */
    private static final int DEPTH = 4;

    /** So many traces are made in each {@link #WINDOW_NANOS}. */
    private static final int MOST_IN_WINDOW = 2_000;

    private static final long WINDOW_NANOS = 100_000_000;

    private static final AtomicInteger LEFT = new AtomicInteger(MOST_IN_WINDOW);
    private static volatile long windowBegan = System.nanoTime();

    /** What makes futures, and is called by its like; so does all of {@link #VIEWS}. */
    private static final Set<Class<?>> MAKERS =
        Set.of(
            Future.class,
            Futures.class,
            AsyncIterator.class,
            AsyncIterators.class,
            FutureSet.class,
            TaskLocal.class,
            Time.class);

    /** Where the views of an iterator are, and what they are made of. */
    private static final String VIEWS = Combine.class.getPackageName();

    static {
      Thread watcher = new Thread(Traces::watch, "pollux-unpolled-futures");
      watcher.setDaemon(true);
      watcher.start();
    }

    static boolean mayAdd() {
      long now = System.nanoTime();
      if (now - windowBegan > WINDOW_NANOS) { // if two threads see that, there are a few more
        windowBegan = now;
        LEFT.set(MOST_IN_WINDOW);
      }
      return LEFT.get() > 0 && LEFT.getAndDecrement() > 0;
    }

    static void add(Object future) {
      Trace trace = new Trace(future, WALKER.walk(Traces::callers));
      ALL.put(trace, trace);
    }

    static boolean contains(Object future) {
      Probe probe = new Probe();
      probe.future = future;
      return ALL.containsKey(probe);
    }

    static void remove(Object future) {
      Probe probe = PROBE.get();
      probe.future = future;
      try {
        Trace trace = ALL.remove(probe);
        if (trace != null) {
          trace.clear(); // it need not be enqueued
        }
      } finally {
        probe.future = null;
        Reference.reachabilityFence(future); // I2
      }
    }

    /** The method that made the future, and then those that called it. */
    private static List<StackFrame> callers(Stream<StackFrame> frames) {
      List<StackFrame> callers = new ArrayList<>(DEPTH + 1);
      Class<?> maker = null;
      for (Iterator<StackFrame> at = frames.iterator(); at.hasNext() && callers.size() <= DEPTH; ) {
        StackFrame frame = at.next();
        Class<?> host = frame.getDeclaringClass().getNestHost();
        if (host == Unpolled.class) {
          continue;
        }
        if (maker == null) {
          maker = host;
        }
        if (callers.size() < 2 && (host == maker || isMaker(host))) {
          callers.clear();
        }
        callers.add(frame);
      }
      return callers;
    }

    private static boolean isMaker(Class<?> host) {
      return MAKERS.contains(host) || host.getPackageName().equals(VIEWS);
    }

    private static void watch() {
      while (true) {
        try {
          Trace trace = (Trace) GONE.remove();
          if (ALL.remove(trace) != null) {
            trace.report();
          }
        } catch (InterruptedException ignored) {
          // nobody has a reason to interrupt this thread; it ends with the process
        }
      }
    }
  }

  /** Knows when a future is gone, and where it was made. Equal to none but itself. */
  private static final class Trace extends WeakReference<Object> {

    private final int hash;
    private final List<StackFrame> callers;

    Trace(Object future, List<StackFrame> callers) {
      super(future, Traces.GONE);
      this.hash = System.identityHashCode(future);
      this.callers = callers;
    }

    void report() {
      StackFrame maker = callers.get(0);
      UnpolledFutureException report =
          new UnpolledFutureException(
              maker.getDeclaringClass().getSimpleName() + "." + maker.getMethodName(),
              callers.stream()
                  .skip(callers.size() == 1 ? 0 : 1)
                  .map(StackFrame::toStackTraceElement)
                  .toArray(StackTraceElement[]::new));
      String origin = "a future that nobody used";
      try {
        UncaughtFailureHandler.processDefault().uncaught(report, origin);
      } catch (Throwable second) {
        UncaughtFailureHandler.logging().uncaught(report, origin);
        UncaughtFailureHandler.logging().uncaught(second, "the uncaught-failure handler itself");
      }
    }

    @Override
    public int hashCode() {
      return hash;
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return this == other;
    }
  }

  /** Looks a trace up by its future. */
  private static final class Probe {

    private @Nullable Object future;

    @Override
    public int hashCode() {
      return System.identityHashCode(future);
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Trace trace && trace.refersTo(future);
    }
  }
}
