package dev.pollux.streams.reactor;

import dev.pollux.core.Poller;
import dev.pollux.spi.ContextThread;
import reactor.blockhound.BlockHound;
import reactor.blockhound.integration.BlockHoundIntegration;

/**
 * Has BlockHound report what blocks in a poll, and so in a job on a worker of a runtime. Found by
 * BlockHound itself, as a service; for use by nobody else.
 *
 * <p>The runtime's own short waits for a lock inside a poll are allowed. Between polls, in {@code
 * blockInPlace}, and on the blocking pool, everything is. A thread that a thread factory of the
 * user's has made, or that drives a current-thread runtime, is not watched.
 */
public final class PolluxBlockHoundIntegration implements BlockHoundIntegration {

  /**
   * Where the library takes a lock, or yields, for the time of a few stores: a class, and its
   * methods.
   */
  static final String[][] SHORT_WAITS = {
    {"dev.pollux.core.SharedState", "enter", "leave", "transitionToOver", "transitionToPending"},
    {"dev.pollux.core.SharedState", "transitionToPolling", "wake"},
    {
      "dev.pollux.executor.blocking.BlockingThreads",
      "beginWait",
      "close",
      "count",
      "endWait",
      "idleCount",
      "queueDepth",
      "remove",
      "rescue",
      "submit",
      "waitingCount"
    },
    {"dev.pollux.executor.events.FlightRecordings", "look"},
    {"dev.pollux.executor.events.Recordings", "become", "follow"},
    {"dev.pollux.executor.scheduler.Idle", "anySleeper", "fallAsleep", "wakeForWork", "wakeUp"},
    {"dev.pollux.executor.scheduler.MultiThreadScheduler", "jumpIfAllSleep"},
    {
      "dev.pollux.executor.scheduler.RuntimeScheduler",
      "beginWatching",
      "endWatching",
      "recordingsChanged"
    },
    {"dev.pollux.executor.scheduler.Shutdown", "begin"},
    {"dev.pollux.executor.scheduler.WatchdogThread", "end", "leaves", "record"},
    {"dev.pollux.executor.scheduler.WorkerThreads", "close", "count", "giveAway", "leave"},
    {"dev.pollux.executor.task.LiveTasks", "snapshot"},
    {"dev.pollux.executor.task.LiveTasks$Rotation", "added"},
    {"dev.pollux.executor.task.LiveTasks$SharedLane", "turn"},
    {"dev.pollux.streams.schedule.Job", "leaveDisposed"},
    {
      "dev.pollux.structure.ScopeState",
      "abandon",
      "admit",
      "admitNow",
      "begin",
      "claim",
      "claimFailures",
      "close",
      "ended",
      "forget",
      "keepFailuresFor",
      "live",
      "lost",
      "notStarted",
      "refusal",
      "requestCancelAll",
      "started",
      "watch",
      "withdraw"
    },
    {"dev.pollux.sync.MpscChannel", "takeOrSpin"},
  };

  /** For the service loader. */
  public PolluxBlockHoundIntegration() {}

  @Override
  public void applyTo(BlockHound.Builder builder) {
    builder.nonBlockingThreadPredicate(
        others -> others.or(PolluxBlockHoundIntegration::isInPollOfOurs));
    // A worker is one only while it polls, so the answer must not be kept.
    builder.addDynamicThreadPredicate(ContextThread.class::isInstance);
    for (String[] methods : SHORT_WAITS) {
      for (int i = 1; i < methods.length; i++) {
        builder.allowBlockingCallsInside(methods[0], methods[i]);
      }
    }
  }

  private static boolean isInPollOfOurs(Thread thread) {
    return thread instanceof ContextThread
        && thread == Thread.currentThread()
        && Poller.isPolling();
  }
}
