package dev.pollux.executor.events;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Enabled;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;
import org.jspecify.annotations.Nullable;

/** Made when the job is queued, begun and committed by the thread that runs it. */
@Name("dev.pollux.BlockingJob")
@Label("Blocking Job")
@Category("Pollux")
@Description("A blocking job has ended; the duration is the time for which it ran")
@Enabled(false)
@StackTrace(false)
final class BlockingJobEvent extends TaskEvent {

  @Label("Queued Time")
  @Description("For how long the job waited for a thread")
  @Timespan(Timespan.NANOSECONDS)
  long queuedTime;

  @Label("Run Time")
  @Description("For how long the job ran; 0 if it was taken back before it began")
  @Timespan(Timespan.NANOSECONDS)
  long runTime;

  @Label("Outcome")
  @Description("COMPLETED, FAILED or CANCELLED")
  @Nullable String outcome;

  /** When it was queued, and when it began: not recorded. */
  private final transient long queuedAtNanos = System.nanoTime();

  private transient long startedAtNanos;
  private transient boolean started;

  void start() {
    startedAtNanos = System.nanoTime();
    started = true;
    queuedTime = startedAtNanos - queuedAtNanos;
    begin();
  }

  void stop() {
    long now = System.nanoTime();
    if (started) {
      end();
      runTime = now - startedAtNanos;
    } else {
      queuedTime = now - queuedAtNanos;
    }
  }
}
