package dev.pollux.executor.scheduler;

import dev.pollux.core.TaskInfo;
import dev.pollux.core.UncaughtFailureHandler;
import dev.pollux.executor.HeldLockException;
import dev.pollux.executor.scheduler.LockWatch.HeldLock;
import java.lang.management.LockInfo;
import java.lang.management.ManagementFactory;
import java.lang.management.MonitorInfo;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Finds the locks that tasks of a runtime in debug mode hold across a pending poll: a {@code
 * ReentrantLock} or any other {@code AbstractOwnableSynchronizer} that a polling thread still holds
 * between two polls, and a monitor that whoever blocks on a current-thread runtime holds.
 *
 * @threading any thread
 */
final class HeldLocks {
  /*
   * Only the virtual machine knows which locks a thread holds, and it walks the whole heap to find those that are not
   * monitors, while all threads stand still. So a look is shared, and rare: one at a time in the process, at the threads of
   * all runtimes that can be looked at, and after each a rest of nine times as long as it took, or the one before it if
   * that was quicker: what took long once may have waited for a processor.
   *
   * Who looks: the thread that has just polled, if the rest is over. So the first pending poll after a quiet time is looked
   * at before there is another, and the report names the one task. A thread that falls asleep with polls that were not
   * looked at is looked at by the watcher, as soon as the rest is over.
   *
   * No false alarm. The thread that is looked at is between two polls (see LockWatch), and in no call to anybody else: it
   * looks itself, or it sleeps in its parker. What it holds then was taken in a poll and not released, or before the loop:
   *  - Of monitors the machine says in which frame they were entered. Those of frames further in than the loop belong to
   *    calls in progress, such as a selector's. Those further out count for a thread that blocks on a current-thread
   *    runtime, and not for a worker, where they can only be the thread factory's. A task can't leave one behind, but for
   *    native code.
   *  - Of other locks it says nothing of the kind. Of those that a thread factory holds around its workers a first look
   *    tells. That a ThreadPoolExecutor marks its threads by such a lock is known. A driver holds none while it sleeps, says
   *    its contract; that it is asleep, and not in the middle of waking somebody, is seen by its being in native code. A
   *    thread whose listeners are told of its sleep is not looked at there: they may hold some until it wakes.
   *  - A foreign loop that ticks without sleeping holds what it likes, so it is not watched.
   */
  private static final long REST = 9;

  /** Beyond this a lock may be reported again. */
  private static final int MOST_REPORTED = 1000;

  private static final Set<LockWatch> WATCHES = ConcurrentHashMap.newKeySet();
  private static final AtomicBoolean LOOKING = new AtomicBoolean();
  private static volatile long nextLookNanos = System.nanoTime();

  /** How long the last look took, in nanoseconds. Owned by whoever looks. */
  private static long lastLookTook;

  /** Whether a thread fell asleep that should be looked at. */
  private static volatile boolean wanted;

  private final RuntimeScheduler scheduler;
  private final Set<String> reported = new HashSet<>();

  private HeldLocks(RuntimeScheduler scheduler) {
    this.scheduler = scheduler;
  }

  /** Makes the one of a runtime, or none if it is not in debug mode, or locks can't be found. */
  static @Nullable HeldLocks of(RuntimeScheduler scheduler) {
    return scheduler.options.debug() && Availability.AVAILABLE ? new HeldLocks(scheduler) : null;
  }

  /** Watches the calling thread, a worker. */
  LockWatch watchWorker() {
    LockWatch watch = new LockWatch(this, Worker.class, false);
    if (scheduler.options.threadFactory() != null) {
      Threads.ignoreHeld(watch);
    }
    WATCHES.add(watch);
    return watch;
  }

  /** Watches the calling thread, which drives a current-thread runtime and may sleep in it. */
  LockWatch watchDriving() {
    LockWatch watch = new LockWatch(this, CurrentThreadScheduler.class, true);
    WATCHES.add(watch);
    return watch;
  }

  /** Ends what the calling thread began. */
  static void end(LockWatch watch) {
    WATCHES.remove(watch);
  }

  /** Reports a lock, unless that was done for these tasks. */
  void report(HeldLock lock, String holder, List<? extends TaskInfo> tasks, boolean others) {
    boolean certain = tasks.size() == 1 && !others;
    synchronized (reported) {
      if (reported.size() > MOST_REPORTED) {
        reported.clear();
      }
      boolean known = false;
      for (TaskInfo task : tasks) {
        String pair = lock.key() + ' ' + task.id();
        known |= reported.contains(pair + '!') || (!certain && reported.contains(pair));
        reported.add(certain ? pair + '!' : pair);
      }
      if (known) {
        return;
      }
    }
    scheduler.uncaught(tasks.get(0), new HeldLockException(lock.toString(), holder, tasks, others));
  }

  // ---- looking

  /** Looks at the calling thread, and at those that sleep, unless it is too early. */
  static void lookIfAllowed(LockWatch own) {
    if (tryStartLook()) {
      look(own);
    }
  }

  /** Asks for a look at a thread that has just fallen asleep. */
  static void wantLook() {
    // No queue: its lock would be the thread's own just when it is looked at.
    wanted = true;
    LockSupport.unpark(Watcher.THREAD);
  }

  private static boolean tryStartLook() {
    if (!isRested() || !LOOKING.compareAndSet(false, true)) {
      return false;
    }
    if (isRested()) {
      return true;
    }
    LOOKING.set(false); // somebody has looked meanwhile
    return false;
  }

  private static boolean isRested() {
    return System.nanoTime() - nextLookNanos >= 0;
  }

  private static void look(@Nullable LockWatch own) {
    List<LockWatch> watches = new ArrayList<>();
    List<Runnable> reports = new ArrayList<>();
    try {
      if (own != null) {
        watches.add(own);
      }
      for (LockWatch other : WATCHES) {
        if (other != own && other.tryClaim()) {
          watches.add(other);
        }
      }
      if (!watches.isEmpty()) {
        long begun = System.nanoTime();
        Threads.look(watches, own, reports);
        long now = System.nanoTime();
        nextLookNanos = now + Math.min(now - begun, lastLookTook) * REST;
        lastLookTook = now - begun;
      }
    } finally {
      for (LockWatch watch : watches) {
        if (watch != own) {
          watch.unclaim();
        }
      }
      LOOKING.set(false);
    }
    reports.forEach(Runnable::run);
  }

  /** Looks at the threads that nobody looked at before they fell asleep. */
  private static final class Watcher {

    private static final Thread THREAD = new Thread(Watcher::watch, "pollux-held-locks");

    static {
      THREAD.setDaemon(true);
      THREAD.start();
    }

    private static void watch() {
      while (true) {
        while (!wanted) {
          LockSupport.park();
        }
        while (!tryStartLook()) {
          LockSupport.parkNanos(Math.max(1_000_000, nextLookNanos - System.nanoTime()));
        }
        wanted = false; // before the look: who falls asleep after it says so again
        try {
          look(null);
        } catch (Throwable failure) {
          UncaughtFailureHandler.processDefault().uncaught(failure, "the search for held locks");
        }
      }
    }
  }

  /** Whether the virtual machine tells of locks. Says so, once, if it does not. */
  private static final class Availability {

    private static final boolean AVAILABLE = isAvailable();

    private static boolean isAvailable() {
      String lacking;
      try {
        if (Threads.areLocksKnown()) {
          return true;
        }
        lacking = "this virtual machine does not tell which locks a thread holds";
      } catch (LinkageError noModule) {
        lacking = "module java.management is missing";
      }
      System.getLogger("dev.pollux")
          .log(
              System.Logger.Level.WARNING,
              "locks that are held across a pending poll are not found: " + lacking);
      return false;
    }
  }

  /** All that needs the module {@code java.management}, which need not be there. */
  private static final class Threads {

    private static final ThreadMXBean BEAN = ManagementFactory.getThreadMXBean();

    static boolean areLocksKnown() {
      return BEAN.isObjectMonitorUsageSupported() && BEAN.isSynchronizerUsageSupported();
    }

    static void ignoreHeld(LockWatch watch) {
      ThreadInfo info = BEAN.getThreadInfo(new long[] {watch.thread.getId()}, true, true)[0];
      if (info != null) {
        watch.ignore(heldBy(info, watch));
      }
    }

    static void look(List<LockWatch> watches, @Nullable LockWatch own, List<Runnable> reports) {
      long[] ids = watches.stream().mapToLong(watch -> watch.thread.getId()).toArray();
      ThreadInfo[] infos = BEAN.getThreadInfo(ids, true, true);
      for (int i = 0; i < ids.length; i++) {
        LockWatch watch = watches.get(i);
        ThreadInfo info = infos[i];
        if (info == null) { // a virtual thread: nothing is told of those
          watch.learn(List.of(), reports);
        } else if (watch == own || isInNative(info)) {
          watch.learn(heldBy(info, watch), reports);
        } else {
          wanted = true; // falls asleep, or wakes: another time
        }
      }
    }

    private static boolean isInNative(ThreadInfo info) {
      StackTraceElement[] stack = info.getStackTrace();
      return stack.length > 0 && stack[0].isNativeMethod();
    }

    private static List<HeldLock> heldBy(ThreadInfo info, LockWatch watch) {
      List<HeldLock> held = new ArrayList<>();
      int loop = outermost(info.getStackTrace(), watch);
      for (MonitorInfo monitor : info.getLockedMonitors()) {
        int depth = monitor.getLockedStackDepth();
        if (depth < 0 || (watch.countsMonitorsOutside && depth > loop)) {
          held.add(new HeldLock(monitor.toString(), monitor.getLockedStackFrame()));
        }
      }
      for (LockInfo lock : info.getLockedSynchronizers()) {
        // An executor marks its thread by one: the JDK's, and copies of it.
        if (!lock.getClassName().endsWith("ThreadPoolExecutor$Worker")) {
          held.add(new HeldLock(lock.toString(), null));
        }
      }
      return held;
    }

    /** The index of the frame that began the innermost loop of the watched kind. */
    private static int outermost(StackTraceElement[] stack, LockWatch watch) {
      String loop = watch.loop.getName();
      int at = 0;
      while (at < stack.length && !stack[at].getClassName().equals(loop)) {
        at++;
      }
      while (at + 1 < stack.length && stack[at + 1].getClassName().equals(loop)) {
        at++;
      }
      return at;
    }
  }
}
