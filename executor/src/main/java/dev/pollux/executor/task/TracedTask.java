package dev.pollux.executor.task;

import static java.lang.invoke.MethodHandles.lookup;

import com.google.errorprone.annotations.Keep;
import dev.pollux.core.Future;
import dev.pollux.core.TaskInfo;
import dev.pollux.core.Waker;
import dev.pollux.executor.LostWakerException;
import dev.pollux.spi.TaskWaker;
import java.lang.invoke.ConstantBootstraps;
import java.lang.invoke.VarHandle;
import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import org.jspecify.annotations.Nullable;

/**
 * A task of a runtime in debug mode. It shows its future a {@link TracedWaker} in place of itself,
 * and refers to it only weakly: while the task waits, that waker is kept alive by whatever will
 * call it. If the waker is collected, nobody can ever wake the task again, and it is reported as
 * {@linkplain LostWakerException stuck}.
 *
 * <p>No false alarm is possible: a waker that was collected was reachable from nothing. The reverse
 * does not hold: a future that keeps its waker to itself is not found out.
 */
public final class TracedTask<T extends @Nullable Object> extends NamedTask<T> {
  /*
   * The task is kept by the registry, by its handle and by `trace.task`; the waker by those who will call it (and it keeps
   * the task). The trace must be strongly reachable to be enqueued: the task holds it. A trace that is enqueued counts only
   * if it is still the task's newest (after a wake the next poll makes a new waker if the old one is gone) and the task is
   * idle: between polls, not woken. Then no wake is under way either, for a thread inside wake() holds the waker.
   */
  private volatile @Nullable Trace trace;

  /** Written by who has the turn. */
  private volatile long polls;

  /**
   * Makes a task; see {@link Task}.
   *
   * @param future what it runs
   * @param name its name, if any
   * @param spawnSite the frame that spawned it, if captured
   */
  public TracedTask(
      Future<T> future, @Nullable String name, @Nullable StackTraceElement spawnSite) {
    super(future, name, spawnSite);
  }

  @Override
  void wasInspected() {
    Trace current = trace;
    if (current != null && current.refersTo(null)) { // it may have been found gone during the look
      current.gone();
    }
  }

  @Override
  public long polls() {
    return polls;
  }

  @Override
  @SuppressWarnings("NonAtomicVolatileUpdate") // see polls
  Waker waker() {
    polls++; // it is asked for once by each poll
    Trace current = trace;
    TracedWaker waker = current == null ? null : current.get();
    if (waker == null) {
      waker = new TracedWaker(this);
      trace = new Trace(waker, this);
    }
    return waker;
  }

  /** The task of {@code waker}, if it is one that a traced task shows its future. */
  static @Nullable Task<?> ofTraced(Waker waker) {
    return waker instanceof TracedWaker traced ? traced.task : null;
  }

  /** The waker of one task; the same object from poll to poll as long as somebody holds it. */
  private static final class TracedWaker implements TaskWaker {

    private final TracedTask<?> task;

    TracedWaker(TracedTask<?> task) {
      this.task = task;
    }

    @Override
    public void wake() {
      try {
        task.wake();
      } finally {
        // Else the waker may be collected here, before the task is marked as woken, and the task be
        // reported.
        Reference.reachabilityFence(this);
      }
    }

    @Override
    public TaskInfo task() {
      return task;
    }

    @Override
    public String toString() {
      return "TracedWaker of " + task;
    }
  }

  /** Knows when a waker is gone. */
  private static final class Trace extends WeakReference<TracedWaker> {

    private static final ReferenceQueue<TracedWaker> GONE = new ReferenceQueue<>();

    static {
      Thread watcher = new Thread(Trace::watch, "pollux-lost-wakers");
      watcher.setDaemon(true);
      watcher.start();
    }

    private static final VarHandle REPORTED =
        ConstantBootstraps.fieldVarHandle(
            lookup(), "reported", VarHandle.class, Trace.class, boolean.class);

    private final TracedTask<?> task;
    @Keep private volatile boolean reported;

    Trace(TracedWaker waker, TracedTask<?> task) {
      super(waker, GONE);
      this.task = task;
    }

    private static void watch() {
      while (true) {
        try {
          ((Trace) GONE.remove()).gone();
        } catch (InterruptedException ignored) {
          // nobody has a reason to interrupt this thread; it ends with the process
        }
      }
    }

    private void gone() {
      if (task.trace == this && task.isIdle() && REPORTED.compareAndSet(this, false, true)) {
        task.scheduler().uncaught(task, new LostWakerException(task));
      }
    }
  }
}
