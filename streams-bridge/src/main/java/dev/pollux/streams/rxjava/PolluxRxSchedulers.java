package dev.pollux.streams.rxjava;

import static java.util.Objects.requireNonNull;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import dev.pollux.core.Poller;
import dev.pollux.executor.PolluxRuntime;
import io.reactivex.rxjava3.core.Scheduler;
import io.reactivex.rxjava3.functions.BooleanSupplier;
import io.reactivex.rxjava3.functions.Function;
import io.reactivex.rxjava3.plugins.RxJavaPlugins;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A runtime as <em>the</em> schedulers of an application that uses RxJava 3, until it is closed.
 *
 * <pre>{@code
 * try (PolluxRxSchedulers installed = PolluxRxSchedulers.install(runtime)) {
 *   Flowable.interval(1, TimeUnit.SECONDS).observeOn(Schedulers.io()).subscribe(...);
 * }
 * }</pre>
 *
 * <p>While it is installed, {@code Schedulers.computation()}, {@code io()}, {@code newThread()} and
 * {@code single()} answer {@link #computation}, {@link #io}, {@link #newThread} and {@link
 * #single}, and so does every operator that uses one of them by default. It replaces the scheduler
 * handlers of {@link RxJavaPlugins} that were there, and puts them back when it is closed. The
 * handlers for the <em>first use</em> of {@code Schedulers} ({@code setInit...}) are left alone:
 * what they answer is kept for ever, so that nothing could be put back. {@code trampoline()} and
 * {@code from(executor)} are none of it.
 *
 * <p>With {@link RxJavaPlugins#setFailOnNonBlockingScheduler}, {@code blockingX} operators fail on
 * threads that run tasks of a runtime, which includes jobs of {@code computation()} and {@code
 * single()}, and excludes those of {@code io()} and {@code newThread()}: a {@linkplain
 * RxJavaPlugins#setOnBeforeBlocking hook} says so, and hands other threads on to the one that was
 * there.
 *
 * <p>One that is installed while another is takes its place. They may be closed in any order: the
 * newest that is not closed is in force. One whose hooks were replaced by somebody else leaves
 * those in place when it is closed, and if they call its own hooks, these hand on to what was there
 * before.
 *
 * @threading any thread. The hooks are those of the whole process: it is for {@code main}, and for
 *     tests that don't run side by side
 */
public final class PolluxRxSchedulers implements AutoCloseable {
  /*
   * The hooks that are installed are a chain, newest first: each is a place of RxJavaPlugins, or the `before` of a newer
   * one. A hook is withdrawn by being told so, which is enough for it to hand on to `before`; it lets go of its
   * scheduler. Those that are withdrawn at the head of the chain are taken out of it, the others once they come there. All
   * changes are made under the lock of this class.
   */
  private final PolluxRxScheduler computation;
  private final PolluxRxScheduler io;
  private final PolluxRxScheduler newThread;
  private final PolluxRxScheduler single;

  // ---- guarded by the lock of the class

  /** One for each place; empty once closed. */
  private List<Replacement> replacements = List.of();

  private @Nullable TaskThreads taskThreads;

  private PolluxRxSchedulers(PolluxRuntime runtime) {
    computation = PolluxRxScheduler.computation(runtime);
    io = PolluxRxScheduler.io(runtime);
    newThread = PolluxRxScheduler.newThread(runtime);
    single = PolluxRxScheduler.single(runtime);
  }

  /**
   * Makes {@code runtime} the schedulers of this process.
   *
   * @param runtime what jobs run on: {@code computation()} and {@code single()} on its workers,
   *     {@code io()} and {@code newThread()} on its blocking pool. It is not closed with the answer
   * @return what puts back the handlers that were there
   * @throws IllegalStateException if {@link RxJavaPlugins#lockdown} was called; nothing has changed
   */
  @CanIgnoreReturnValue
  public static PolluxRxSchedulers install(PolluxRuntime runtime) {
    requireNonNull(runtime, "runtime");
    synchronized (PolluxRxSchedulers.class) {
      if (RxJavaPlugins.isLockdown()) {
        throw new IllegalStateException(
            "RxJavaPlugins.lockdown() was called: schedulers can't be changed any more");
      }
      PolluxRxSchedulers installed = new PolluxRxSchedulers(runtime);
      installed.setHooks();
      return installed;
    }
  }

  private void setHooks() {
    List<Replacement> made = new ArrayList<>();
    for (Place place : Place.values()) {
      Replacement replacement = new Replacement(place.of(this), place.handler());
      made.add(replacement);
      place.setHandler(replacement);
    }
    replacements = made;
    TaskThreads threads = new TaskThreads(RxJavaPlugins.getOnBeforeBlocking());
    taskThreads = threads;
    RxJavaPlugins.setOnBeforeBlocking(threads);
  }

  /** What {@code Schedulers.computation()} answers. */
  public PolluxRxScheduler computation() {
    return computation;
  }

  /** What {@code Schedulers.io()} answers. */
  public PolluxRxScheduler io() {
    return io;
  }

  /** What {@code Schedulers.newThread()} answers. */
  public PolluxRxScheduler newThread() {
    return newThread;
  }

  /** What {@code Schedulers.single()} answers. */
  public PolluxRxScheduler single() {
    return single;
  }

  /**
   * Puts back the handlers that were there. What was scheduled goes on: it ends with the runtime,
   * or with a {@code shutdown} of the four schedulers. Idempotent.
   */
  @Override
  public void close() {
    synchronized (PolluxRxSchedulers.class) {
      TaskThreads threads = taskThreads;
      if (threads == null) {
        return;
      }
      threads.isWithdrawn = true;
      for (Replacement replacement : replacements) {
        replacement.ours = null;
      }
      taskThreads = null;
      replacements = List.of();
      TaskThreads.unlink();
      for (Place place : Place.values()) {
        place.unlink();
      }
    }
  }

  @Override
  public String toString() {
    return "PolluxRxSchedulers[" + computation + ", " + io + ", " + newThread + ", " + single + "]";
  }

  /** One of the four. */
  private enum Place {
    COMPUTATION {
      @Override
      PolluxRxScheduler of(PolluxRxSchedulers all) {
        return all.computation;
      }

      @Override
      @Nullable Function<? super Scheduler, ? extends Scheduler> handler() {
        return RxJavaPlugins.getComputationSchedulerHandler();
      }

      @Override
      void setHandler(@Nullable Function<? super Scheduler, ? extends Scheduler> handler) {
        RxJavaPlugins.setComputationSchedulerHandler(handler);
      }
    },
    IO {
      @Override
      PolluxRxScheduler of(PolluxRxSchedulers all) {
        return all.io;
      }

      @Override
      @Nullable Function<? super Scheduler, ? extends Scheduler> handler() {
        return RxJavaPlugins.getIoSchedulerHandler();
      }

      @Override
      void setHandler(@Nullable Function<? super Scheduler, ? extends Scheduler> handler) {
        RxJavaPlugins.setIoSchedulerHandler(handler);
      }
    },
    NEW_THREAD {
      @Override
      PolluxRxScheduler of(PolluxRxSchedulers all) {
        return all.newThread;
      }

      @Override
      @Nullable Function<? super Scheduler, ? extends Scheduler> handler() {
        return RxJavaPlugins.getNewThreadSchedulerHandler();
      }

      @Override
      void setHandler(@Nullable Function<? super Scheduler, ? extends Scheduler> handler) {
        RxJavaPlugins.setNewThreadSchedulerHandler(handler);
      }
    },
    SINGLE {
      @Override
      PolluxRxScheduler of(PolluxRxSchedulers all) {
        return all.single;
      }

      @Override
      @Nullable Function<? super Scheduler, ? extends Scheduler> handler() {
        return RxJavaPlugins.getSingleSchedulerHandler();
      }

      @Override
      void setHandler(@Nullable Function<? super Scheduler, ? extends Scheduler> handler) {
        RxJavaPlugins.setSingleSchedulerHandler(handler);
      }
    };

    abstract PolluxRxScheduler of(PolluxRxSchedulers all);

    abstract @Nullable Function<? super Scheduler, ? extends Scheduler> handler();

    abstract void setHandler(@Nullable Function<? super Scheduler, ? extends Scheduler> handler);

    /** Puts back what was there before, as far as the head of the chain is withdrawn. */
    final void unlink() {
      Function<? super Scheduler, ? extends Scheduler> first = handler();
      Function<? super Scheduler, ? extends Scheduler> inForce = skipWithdrawn(first);
      if (inForce != first && !RxJavaPlugins.isLockdown()) {
        setHandler(inForce);
      }
    }

    private static @Nullable Function<? super Scheduler, ? extends Scheduler> skipWithdrawn(
        @Nullable Function<? super Scheduler, ? extends Scheduler> first) {
      Function<? super Scheduler, ? extends Scheduler> hook = first;
      while (hook instanceof Replacement replacement && replacement.ours == null) {
        hook = replacement.before;
      }
      return hook;
    }
  }

  /** Answers our scheduler in place of the one that RxJava has. */
  private static final class Replacement implements Function<Scheduler, Scheduler> {

    /** Null once it is withdrawn. */
    volatile @Nullable PolluxRxScheduler ours;

    final @Nullable Function<? super Scheduler, ? extends Scheduler> before;

    Replacement(
        PolluxRxScheduler ours, @Nullable Function<? super Scheduler, ? extends Scheduler> before) {
      this.ours = ours;
      this.before = before;
    }

    @Override
    public Scheduler apply(Scheduler builtIn) throws Throwable {
      Scheduler answer = ours;
      if (answer != null) {
        return answer;
      }
      Function<? super Scheduler, ? extends Scheduler> next = before;
      return next == null ? builtIn : next.apply(builtIn);
    }
  }

  /** Says of threads that run tasks that they must not block. */
  private static final class TaskThreads implements BooleanSupplier {

    volatile boolean isWithdrawn;
    final @Nullable BooleanSupplier before;

    TaskThreads(@Nullable BooleanSupplier before) {
      this.before = before;
    }

    @Override
    public boolean getAsBoolean() throws Throwable {
      if (!isWithdrawn && Poller.isAttached()) {
        return true;
      }
      BooleanSupplier next = before;
      return next != null && next.getAsBoolean();
    }

    /** Puts back what was there before, as far as the head of the chain is withdrawn. */
    static void unlink() {
      BooleanSupplier first = RxJavaPlugins.getOnBeforeBlocking();
      BooleanSupplier inForce = skipWithdrawn(first);
      if (inForce != first && !RxJavaPlugins.isLockdown()) {
        RxJavaPlugins.setOnBeforeBlocking(inForce);
      }
    }

    private static @Nullable BooleanSupplier skipWithdrawn(@Nullable BooleanSupplier first) {
      BooleanSupplier hook = first;
      while (hook instanceof TaskThreads threads && threads.isWithdrawn) {
        hook = threads.before;
      }
      return hook;
    }
  }
}
