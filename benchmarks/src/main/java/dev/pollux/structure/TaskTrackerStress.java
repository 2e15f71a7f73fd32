package dev.pollux.structure;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.pollux.core.Future;
import dev.pollux.core.Futures;
import dev.pollux.core.Poller;
import dev.pollux.spi.Services;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;
import org.openjdk.jcstress.infra.results.II_Result;

/** The races of a tracker: whoever is the last lets everybody know, alone. */
public final class TaskTrackerStress {

  private TaskTrackerStress() {}

  /** A tracker, one future under way, and one who waits for the end. */
  abstract static class Tracking {
    final TaskTracker tracker = new TaskTracker();
    final Future<Void> tracked = tracker.track(Futures.pending());
    private final Poller poller = new Poller(new Services() {}, 1, false);
    private final OccurrenceStress.CountingWaker waker = new OccurrenceStress.CountingWaker();
    private final Future<Void> end = tracker.whenEmpty();

    final boolean pollEnd() {
      try {
        return poller.poll(end, waker).isReady();
      } catch (Exception failure) {
        throw new AssertionError(failure);
      }
    }

    final int wakes() {
      return waker.count.get();
    }

    /** Tracks and ends one more; false if that was refused. */
    final boolean trackOneMore() {
      try {
        tracker.track(Futures.pending()).cancel();
        return true;
      } catch (IllegalStateException refused) {
        return false;
      }
    }
  }

  /** The last ends while the tracker is closed. */
  @JCStressTest
  @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "The waiter is woken once.")
  @Outcome(expect = FORBIDDEN, desc = "Nobody is the last, or both are.")
  @State
  public static class EndVsClose extends Tracking {
    public EndVsClose() {
      pollEnd();
    }

    @Actor
    public void ends() {
      tracked.cancel();
    }

    @Actor
    public void closes() {
      tracker.close();
    }

    @Arbiter
    public void after(II_Result r) {
      r.r1 = wakes();
      r.r2 = pollEnd() ? 1 : 0;
    }
  }

  /** The last ends while somebody starts to wait. */
  @JCStressTest
  @Outcome(
      id = {"1, 0", "1, 1", "0, 1"},
      expect = ACCEPTABLE,
      desc = "The waiter sees the end, or is woken.")
  @Outcome(expect = FORBIDDEN, desc = "The waiter waits for ever.")
  @State
  public static class EndVsWait extends Tracking {
    public EndVsWait() {
      tracker.close();
    }

    @Actor
    public void ends() {
      tracked.cancel();
    }

    @Actor
    public void waits(II_Result r) {
      r.r1 = pollEnd() ? 1 : 0;
    }

    @Arbiter
    public void after(II_Result r) {
      r.r2 = wakes();
    }
  }

  /** The last of a closed tracker ends while another comes: it is counted, or refused. */
  @JCStressTest
  @Outcome(id = "1, 1, 0", expect = ACCEPTABLE, desc = "It came first, and the end after it.")
  @Outcome(id = "0, 1, 0", expect = ACCEPTABLE, desc = "It came too late.")
  @Outcome(expect = FORBIDDEN, desc = "The end comes twice, or never.")
  @State
  public static class EndVsTrack extends Tracking {
    public EndVsTrack() {
      pollEnd();
      tracker.close();
    }

    @Actor
    public void ends() {
      tracked.cancel();
    }

    @Actor
    public void tracks(III_Result r) {
      r.r1 = trackOneMore() ? 1 : 0;
    }

    @Arbiter
    public void after(III_Result r) {
      r.r2 = wakes();
      r.r3 = (int) tracker.size();
    }
  }

  /** An empty tracker is closed while another comes. */
  @JCStressTest
  @Outcome(id = "1, 1, 0", expect = ACCEPTABLE, desc = "It came first, and the end after it.")
  @Outcome(id = "0, 1, 0", expect = ACCEPTABLE, desc = "It came too late.")
  @Outcome(expect = FORBIDDEN, desc = "The end comes twice, or never.")
  @State
  public static class CloseVsTrack extends Tracking {
    public CloseVsTrack() {
      pollEnd();
      tracked.cancel();
    }

    @Actor
    public void closes() {
      tracker.close();
    }

    @Actor
    public void tracks(III_Result r) {
      r.r1 = trackOneMore() ? 1 : 0;
    }

    @Arbiter
    public void after(III_Result r) {
      r.r2 = wakes();
      r.r3 = (int) tracker.size();
    }
  }
}
