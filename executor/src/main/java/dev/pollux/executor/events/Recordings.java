package dev.pollux.executor.events;

import dev.pollux.core.UncaughtFailureHandler;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Whether anybody records events of runtimes, which the runtimes follow.
 *
 * <p>The flight recorder is not initialised by this: it says when a recording begins or ends, and
 * only then the event classes are loaded. A recording that runs may be told to record other events;
 * that is seen within a second.
 *
 * @threading any thread
 */
public final class Recordings {
  /*
   * The state is replaced under the lock, and then the followers are told, without it: told by two threads at once, a
   * follower that reads the state under a lock of its own is left with the newest, whichever comes last.
   */

  /**
   * What is recorded.
   *
   * @param events where to tell of it, or null if none of our events is recorded
   * @param longPollNanos how long a poll must last for a {@code LongPoll}, or 0 if that is not
   *     recorded
   */
  public record State(@Nullable RuntimeEvents events, long longPollNanos) {

    static final State NOTHING = new State(null, 0);
  }

  /** Somebody who wants to know. Held weakly. */
  public interface Follower {

    /**
     * Hears that {@link #state()} may be another, on whatever thread brought that about. Quick, and
     * throws nothing.
     */
    void recordingsChanged();
  }

  private static final ReentrantLock LOCK = new ReentrantLock();

  /** Guarded by the lock. */
  private static final Set<Follower> FOLLOWERS = Collections.newSetFromMap(new WeakHashMap<>());

  private static volatile State state = State.NOTHING;

  private Recordings() {}

  /** What is recorded at present. */
  public static State state() {
    return state;
  }

  /** Tells {@code follower} of the present state, and of each that comes. */
  public static void follow(Follower follower) {
    LOCK.lock();
    try {
      FOLLOWERS.add(follower);
    } finally {
      LOCK.unlock();
    }
    Recorder.watch();
    follower.recordingsChanged();
  }

  /** Sets the state. Returns those whom the caller must tell, with no lock held. */
  static List<Follower> become(State now) {
    LOCK.lock();
    try {
      if (now.equals(state)) {
        return List.of();
      }
      state = now;
      return new ArrayList<>(FOLLOWERS);
    } finally {
      LOCK.unlock();
    }
  }

  /** The recorder, if there is one: looked for when the first runtime follows. */
  private static final class Recorder {

    static {
      try {
        FlightRecordings.watch();
      } catch (LinkageError absent) {
        // This JVM is without the module jdk.jfr, and so nothing in it can be recorded.
      } catch (RuntimeException broken) {
        UncaughtFailureHandler.processDefault()
            .uncaught(broken, "the flight recorder, which will record nothing of the runtimes");
      }
    }

    private Recorder() {}

    /** Begins to watch, once. */
    static void watch() {}
  }
}
