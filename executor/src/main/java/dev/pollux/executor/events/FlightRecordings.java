package dev.pollux.executor.events;

import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import jdk.jfr.Event;
import jdk.jfr.EventType;
import jdk.jfr.FlightRecorder;
import jdk.jfr.FlightRecorderListener;
import jdk.jfr.Recording;
import jdk.jfr.RecordingState;

/** Looks, whenever a recording begins or ends, which of our events are recorded now. */
final class FlightRecordings implements FlightRecorderListener {

  private static final List<Class<? extends Event>> EVENTS =
      List.of(
          TaskSpawnEvent.class,
          TaskEndEvent.class,
          TaskCancelEvent.class,
          PollEvent.class,
          LongPollEvent.class,
          BudgetYieldEvent.class,
          WorkerParkEvent.class,
          BlockingJobEvent.class);

  /** What a watchdog can do. */
  private static final long SHORTEST_THRESHOLD_NANOS = 10_000_000;

  /** Looks are taken one after the other, so that the last to end has seen the newest. */
  private final ReentrantLock looking = new ReentrantLock();

  private final AtomicBoolean looksAgain = new AtomicBoolean();
  private final RuntimeEvents events = new FlightRecorderEvents();

  private FlightRecordings() {}

  /**
   * Looks from now on.
   *
   * @throws LinkageError if there is no flight recorder
   */
  static void watch() {
    FlightRecorder.addListener(new FlightRecordings());
  }

  @Override
  public void recorderInitialized(FlightRecorder recorder) {
    look();
  }

  @Override
  public void recordingStateChanged(Recording recording) {
    look();
  }

  private void look() {
    List<Recordings.Follower> told;
    looking.lock();
    try {
      List<Recording> running =
          FlightRecorder.getFlightRecorder().getRecordings().stream()
              .filter(recording -> recording.getState() == RecordingState.RUNNING)
              .toList();
      if (!running.isEmpty() && looksAgain.compareAndSet(false, true)) {
        FlightRecorder.addPeriodicEvent(LookEvent.class, this::look);
      }
      boolean any = !running.isEmpty() && EVENTS.stream().anyMatch(FlightRecordings::isRecorded);
      told =
          Recordings.become(
              any
                  ? new Recordings.State(events, longPollNanos(running))
                  : Recordings.State.NOTHING);
    } finally {
      looking.unlock();
    }
    told.forEach(Recordings.Follower::recordingsChanged);
  }

  private static boolean isRecorded(Class<? extends Event> event) {
    return EventType.getEventType(event).isEnabled();
  }

  private static long longPollNanos(List<Recording> running) {
    EventType type = EventType.getEventType(LongPollEvent.class);
    if (!type.isEnabled()) {
      return 0;
    }
    long shortest = Long.MAX_VALUE;
    for (Recording recording : running) {
      shortest = Math.min(shortest, Threshold.nanosOf(type, recording.getSettings()));
    }
    return Math.max(SHORTEST_THRESHOLD_NANOS, shortest);
  }
}
