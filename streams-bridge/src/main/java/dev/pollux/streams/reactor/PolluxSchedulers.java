package dev.pollux.streams.reactor;

import static java.util.Objects.requireNonNull;

import dev.pollux.core.Poller;
import dev.pollux.executor.PolluxRuntime;
import dev.pollux.spi.ContextThread;
import java.util.ArrayDeque;
import java.util.Deque;
import reactor.core.scheduler.Schedulers;

/**
 * Makes a runtime the schedulers of an application that uses Reactor.
 *
 * <pre>{@code
 * try (PolluxRuntime runtime = PolluxRuntime.multiThread();
 *     PolluxSchedulers.Installation installed = PolluxSchedulers.install(runtime)) {
 *   runApplication();
 * }
 * }</pre>
 *
 * @threading any thread
 */
public final class PolluxSchedulers {

  private static final Object LOCK = new Object();

  /** Those that are not undone yet, the last one first. Guarded by the lock. */
  private static final Deque<Installation> INSTALLED = new ArrayDeque<>();

  /** How many are in force. Written under the lock. */
  private static volatile int inForce;

  /** Never started: the predicate says yes to it, so that we can ask whether it is registered. */
  private static final Thread SAMPLE = new Thread("pollux-predicate");

  private PolluxSchedulers() {}

  /**
   * Has {@link Schedulers#parallel()}, {@link Schedulers#single()} and {@link
   * Schedulers#boundedElastic()}, and all that {@link Schedulers} makes from here on, run on {@code
   * runtime}. Schedulers that were made before keep their threads.
   *
   * <p>Of a {@link java.util.concurrent.ThreadFactory} that is given to a {@code newXxx} method one
   * thread is made, looked at and never started, as jobs run on the threads of the runtime:
   *
   * <ul>
   *   <li>If it is no {@link reactor.core.scheduler.NonBlocking}, jobs of {@code newParallel} and
   *       {@code newSingle} may block, and are run on the blocking pool. Jobs of {@code
   *       newBoundedElastic} always are.
   *   <li>Its uncaught-exception handler hears of the failures of jobs.
   *   <li>The name that Reactor's own factories give is the name of the scheduler. Names of
   *       threads, priorities and whether they are daemons are those of the runtime: its threads
   *       keep no process alive.
   * </ul>
   *
   * <p>{@code newParallel} runs as many jobs at a time as it says, if the runtime has as many
   * workers. The time to live of {@code newBoundedElastic} is not used: threads that are idle
   * belong to the blocking pool.
   *
   * <p>Reactor's {@code block()} fails at once on a thread that is running tasks, as it does on its
   * own parallel threads, and may be used on those of the blocking pool. The predicate for it stays
   * registered, but is false for every thread while nothing is installed.
   *
   * <p>Installations may be nested, and be closed in any order: what is in force is the last one
   * that was not closed. Who replaces the factory in between, as a virtual-time scheduler does,
   * resets it before the installation is closed.
   *
   * @param runtime what runs the jobs. It is not closed with the installation, and should outlive
   *     it
   */
  public static Installation install(PolluxRuntime runtime) {
    RuntimeFactory factory = new RuntimeFactory(requireNonNull(runtime, "runtime"));
    synchronized (LOCK) {
      if (!Schedulers.isNonBlockingThread(SAMPLE)) { // never was, or they were reset
        Schedulers.registerNonBlockingThreadPredicate(PolluxSchedulers::isNonBlocking);
      }
      Installation installed = new Installation(Schedulers.setFactoryWithSnapshot(factory));
      INSTALLED.push(installed);
      inForce++;
      return installed;
    }
  }

  private static boolean isNonBlocking(Thread thread) {
    if (inForce == 0) {
      return thread == SAMPLE;
    }
    return thread == SAMPLE
        || (thread == Thread.currentThread()
            ? Poller.isAttached()
            : thread instanceof ContextThread own && own.poller() != null);
  }

  /** Runtime schedulers that are in force until this is closed. */
  public static final class Installation implements AutoCloseable {

    private final Schedulers.Snapshot before;
    private boolean closed;

    private Installation(Schedulers.Snapshot before) {
      this.before = before;
    }

    /**
     * Puts back what was there before, and disposes the three shared schedulers of the runtime. If
     * others were installed since, those stay in force, and this one is left out when they are
     * closed. Idempotent.
     */
    @Override
    public void close() {
      synchronized (LOCK) {
        if (closed) {
          return;
        }
        closed = true;
        inForce--;
        for (Installation last = INSTALLED.peek();
            last != null && last.closed;
            last = INSTALLED.peek()) {
          INSTALLED.pop();
          Schedulers.resetFrom(last.before);
        }
      }
    }

    @Override
    public String toString() {
      synchronized (LOCK) {
        return "Installation[" + (closed ? "closed" : "in force") + "]";
      }
    }
  }
}
