package dev.pollux.io.limit;

import static java.lang.invoke.MethodHandles.lookup;

import com.google.errorprone.annotations.Keep;
import dev.pollux.core.Context;
import dev.pollux.core.MissingServiceException;
import dev.pollux.io.AsyncByteStream;
import dev.pollux.io.AsyncRead;
import dev.pollux.io.deadline.Deadline;
import java.io.IOException;
import java.lang.invoke.ConstantBootstraps;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A connection whose peer is given only so much time: what {@link StreamLimits#limit} makes.
 *
 * <p>A read or a write that exceeds a limit fails with a {@link TimeLimitException}, and nothing
 * was read or written by it. The connection stays open: there may be something to say to the peer
 * yet. Another call begins the time anew, but for the lifetime, after which whatever reads, writes
 * or waits fails.
 *
 * <p>It costs a look at the clock for each time that somebody begins to wait, and one entry of the
 * timer, which is set anew once in the time of a limit and not for each read.
 *
 * @threading as the inner one: each direction is polled by one task at a time, and both at once;
 *     {@link #close()} may be called from any thread
 */
public final class LimitedStream implements AsyncByteStream {
  /*
   * The two directions may belong to two tasks. Each has its `Waiting`, which nobody else touches but to close its deadline. Each
   * counts what it gets done, in `reads` or `writes`, where the other sees that there was something; so a reader that waits while
   * the writer gets on is not idle. When the other has got on is not known: it is when that was noticed.
   */

  private static final VarHandle READS = intHandle("reads");
  private static final VarHandle WRITES = intHandle("writes");
  private static final VarHandle COUNTED = intHandle("counted");
  private static final VarHandle END =
      ConstantBootstraps.fieldVarHandle(
          lookup(), "endNanos", VarHandle.class, LimitedStream.class, long.class);

  private static VarHandle intHandle(String name) {
    return ConstantBootstraps.fieldVarHandle(
        lookup(), name, VarHandle.class, LimitedStream.class, int.class);
  }

  private final AsyncByteStream inner;
  private final StreamLimits limits;

  /** How often something was read. Written by the reader; opaque. */
  @Keep private int reads;

  /** How often something was written, or flushed. Written by the writer; opaque. */
  @Keep private int writes;

  /** Whether a write or a flush has waited since something was written last. The writer's. */
  private boolean hasToWrite;

  /** Which refusals were counted: a bit for each. */
  @Keep private int counted;

  /** When the lifetime is over; 0 before the first poll. */
  @Keep private long endNanos;

  private volatile boolean closed;

  private final Waiting reading = new Waiting();

  /** Made when a write waits for the first time, which few do. */
  private volatile @Nullable Waiting writing;

  // The reader's, for a trickle.

  /** What has come and is in no window yet. */
  private long cameBytes;

  private long windowBytes;
  private long windowEndNanos;
  private int trickles;

  /** What a direction waits for, and since when. */
  private static final class Waiting {
    final Deadline deadline = new Deadline();
    boolean begun;
    int seenReads;
    int seenWrites;

    /** Since when nothing has come and nothing gone. */
    long quietSinceNanos;

    /** Since when nothing has come, or gone, in this direction. */
    long stuckSinceNanos;
  }

  LimitedStream(AsyncByteStream inner, StreamLimits limits) {
    this.inner = inner;
    this.limits = limits;
  }

  /** The connection without limits, for its address and the like. */
  public AsyncByteStream stream() {
    return inner;
  }

  @Override
  public int pollRead(Context cx, ByteBuffer dst) throws IOException {
    checkLifetime(cx);
    boolean canLook = !cx.budget().isExhausted(); // else it answers NOT_READY whatever is there
    int count = inner.pollRead(cx, dst);
    if (count > 0) {
      READS.setOpaque(this, reads + 1);
      cameBytes += count;
    } else if (count == AsyncRead.NOT_READY && canLook) {
      await(cx, reading, false);
    }
    return count;
  }

  @Override
  public int pollWrite(Context cx, ByteBuffer src) throws IOException {
    checkLifetime(cx);
    boolean canLook = !cx.budget().isExhausted();
    int count = inner.pollWrite(cx, src);
    if (count > 0) {
      wrote();
    } else if (canLook) {
      awaitWrite(cx);
    }
    return count;
  }

  @Override
  public long pollWrite(Context cx, ByteBuffer[] srcs, int offset, int length) throws IOException {
    checkLifetime(cx);
    boolean canLook = !cx.budget().isExhausted();
    long count = inner.pollWrite(cx, srcs, offset, length);
    if (count > 0) {
      wrote();
    } else if (canLook) {
      awaitWrite(cx);
    }
    return count;
  }

  @Override
  public boolean pollFlush(Context cx) throws IOException {
    return flushed(cx, !cx.budget().isExhausted(), inner.pollFlush(cx));
  }

  @Override
  public boolean pollShutdown(Context cx) throws IOException {
    return flushed(cx, !cx.budget().isExhausted(), inner.pollShutdown(cx));
  }

  private boolean flushed(Context cx, boolean canLook, boolean isDone) throws IOException {
    if (isDone) {
      if (hasToWrite) { // what had nothing to do says nothing of the peer
        wrote(); // whoever waits next begins to wait then
      }
    } else if (canLook) {
      awaitWrite(cx);
    }
    return isDone;
  }

  private void wrote() {
    hasToWrite = false;
    WRITES.setOpaque(this, writes + 1);
  }

  private void awaitWrite(Context cx) throws IOException {
    Waiting waiting = writing;
    if (waiting == null) {
      waiting = new Waiting();
      writing = waiting;
    }
    hasToWrite = true;
    await(cx, waiting, true);
    if (closed) { // by somebody who may not have seen it
      waiting.deadline.close();
    }
  }

  /** Fails if the time is over; else the waker is woken when it is. */
  private void await(Context cx, Waiting waiting, boolean isWrite) throws IOException {
    long now = cx.timer().nanoTime();
    int reads = (int) READS.getOpaque(this);
    int writes = (int) WRITES.getOpaque(this);
    boolean hasRead = reads != waiting.seenReads;
    boolean hasWritten = writes != waiting.seenWrites;
    if (hasRead || hasWritten || !waiting.begun) {
      waiting.seenReads = reads;
      waiting.seenWrites = writes;
      waiting.quietSinceNanos = now;
      if ((isWrite ? hasWritten : hasRead) || !waiting.begun) {
        waiting.stuckSinceNanos = now;
      }
      waiting.begun = true;
    }
    if (!isWrite && cameBytes > 0) {
      checkTrickle(now);
    }
    long quiet = sum(waiting.quietSinceNanos, limits.idleNanos);
    long stuck = isWrite ? sum(waiting.stuckSinceNanos, limits.stallNanos) : Long.MAX_VALUE;
    long end = limits.lifetimeNanos == Long.MAX_VALUE ? Long.MAX_VALUE : endNanos(now);
    long deadline = Math.min(Math.min(quiet, stuck), end);
    if (deadline == Long.MAX_VALUE) {
      return;
    }
    if (!waiting.deadline.isOver(cx, now, deadline)) {
      return;
    }
    waiting.begun = false; // who asks again is given the time again
    if (end <= now) {
      throw refused(Refusal.LIFETIME, limits.lifetime, "was open");
    }
    throw stuck <= now
        ? refused(Refusal.STALLED, limits.stall, "took nothing")
        : refused(Refusal.IDLE, limits.idle, "was silent");
  }

  /** Puts what has come into its window, and fails if it is the last of too many slow ones. */
  private void checkTrickle(long now) throws IOException {
    long came = cameBytes;
    cameBytes = 0;
    long window = limits.trickleNanos;
    if (limits.trickleBytes == 0) {
      return;
    }
    if (windowBytes > 0 && now < windowEndNanos) {
      windowBytes += came;
      return;
    }
    // The window is over. One that came after it and had nothing in it was a rest.
    boolean wasSlow =
        windowBytes > 0 && windowBytes < limits.trickleBytes && now < sum(windowEndNanos, window);
    trickles = wasSlow ? trickles + 1 : 0;
    windowBytes = came;
    windowEndNanos = sum(now, window);
    if (trickles >= StreamLimits.TRICKLE_WINDOWS) {
      trickles = 0;
      throw refused(
          Refusal.TRICKLE,
          limits.trickleWindow,
          "sent fewer than " + limits.trickleBytes + " bytes in each of several times");
    }
  }

  /** Also while there is always something to read: such a connection never waits. */
  private void checkLifetime(Context cx) throws IOException {
    if (limits.lifetimeNanos == Long.MAX_VALUE) {
      return;
    }
    long now;
    try {
      now = cx.timer().nanoTime();
    } catch (MissingServiceException outside) {
      return; // of a runtime, where nothing can be waited for: the last word of a close, say
    }
    if (now >= endNanos(now)) {
      throw refused(Refusal.LIFETIME, limits.lifetime, "was open");
    }
  }

  private long endNanos(long now) {
    long end = (long) END.getOpaque(this);
    if (end == 0) {
      long mine = sum(now, limits.lifetimeNanos);
      long before = (long) END.compareAndExchange(this, 0L, mine);
      end = before == 0 ? mine : before;
    }
    return end;
  }

  private TimeLimitException refused(Refusal refusal, Duration limit, String what) {
    if (((int) COUNTED.getAndBitwiseOr(this, refusal.bit) & refusal.bit) == 0) {
      limits.counts.refused(refusal);
    }
    return new TimeLimitException(refusal, limit, "the peer " + what + " for " + limit);
  }

  private static long sum(long nanos, long more) {
    long sum = nanos + more;
    return sum < 0 ? Long.MAX_VALUE : sum;
  }

  @Override
  public void close() throws IOException {
    closed = true;
    reading.deadline.close();
    Waiting waiting = writing;
    if (waiting != null) {
      waiting.deadline.close();
    }
    inner.close();
  }

  @Override
  public String toString() {
    return inner + " with " + limits;
  }
}
