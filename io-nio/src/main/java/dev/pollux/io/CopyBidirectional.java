package dev.pollux.io;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import dev.pollux.core.Context;
import dev.pollux.core.Description;
import dev.pollux.core.Future;
import dev.pollux.core.Poll;
import dev.pollux.core.PollAfterEndException;
import dev.pollux.spi.Unpolled;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Copies between two connections, in both directions, and says at any time how far it has come:
 * what {@link Io#copyBidirectional} makes.
 *
 * @cancellation what was read and not yet written, 256 KiB at most in each direction, is lost. To
 *     give up for a while, keep this and poll it later
 * @threading {@link #copied()}: any thread; the rest is confined to the polling task
 */
public final class CopyBidirectional implements Future<CopyBidirectional.Copied> {

  /**
   * How many bytes were taken.
   *
   * @param firstToSecond by the second of the two connections
   * @param secondToFirst by the first
   */
  public record Copied(long firstToSecond, long secondToFirst) {}

  private final Direction there;
  private final Direction back;

  /**
   * Which of the two is polled first: each in its turn, for one that always has something to do
   * leaves no budget to the other.
   */
  private boolean backFirst;

  CopyBidirectional(AsyncByteStream first, AsyncByteStream second) {
    there = new Direction(first, second);
    back = new Direction(second, first);
  }

  /** How many bytes were taken so far, also after a failure or a cancel. */
  public Copied copied() {
    return new Copied(there.transfer.copied(), back.transfer.copied());
  }

  /**
   * Sets how many bytes are kept at most in each direction for a sink that does not take them. Less
   * means more calls for a fast one: as much is read at once.
   *
   * @param bytes at least 1; more than 256 KiB, which is what it is if this is not called, is as
   *     much as that. What is kept already stays
   * @return this
   * @throws IllegalArgumentException if {@code bytes} is less than 1
   * @threading as polling
   */
  @CanIgnoreReturnValue
  public CopyBidirectional holdAtMost(int bytes) {
    there.transfer.holdAtMost(bytes);
    back.transfer.holdAtMost(bytes);
    return this;
  }

  @Override
  public Poll<Copied> poll(Context cx) throws IOException {
    if (there.isOver() && back.isOver()) {
      throw new PollAfterEndException("copyBidirectional");
    }
    Unpolled.used(this);
    try {
      Direction first = backFirst ? back : there;
      Direction second = backFirst ? there : back;
      backFirst = !backFirst;
      boolean firstIsDone = first.poll(cx).isReady();
      boolean secondIsDone = second.poll(cx).isReady();
      return firstIsDone && secondIsDone ? Poll.ready(copied()) : Poll.pending();
    } catch (Throwable failure) {
      end();
      throw failure;
    }
  }

  private void end() {
    there.cancel();
    back.cancel();
  }

  @Override
  public void cancel() {
    Unpolled.used(this);
    end();
  }

  @Override
  public void describe(Description description) {
    description
        .name("copyBidirectional")
        .child("there", there.isOver() ? null : there)
        .child("back", back.isOver() ? null : back);
  }

  /** One of the two: the bytes, and then the end, which is carried over. */
  private static final class Direction implements Future<Void> {

    final Transfer transfer;

    /** Null once over. */
    private @Nullable AsyncWrite to;

    Direction(AsyncRead from, AsyncWrite to) {
      this.transfer = new Transfer(from, to, Long.MAX_VALUE);
      this.to = to;
    }

    boolean isOver() {
      return to == null;
    }

    @Override
    public Poll<Void> poll(Context cx) throws IOException {
      AsyncWrite to = this.to;
      if (to == null) {
        return Poll.done();
      }
      if (!transfer.isOver()) {
        if (!transfer.poll(cx)) {
          return Poll.pending();
        }
        transfer.end();
      }
      if (!to.pollShutdown(cx)) {
        return Poll.pending();
      }
      this.to = null;
      return Poll.done();
    }

    @Override
    public void cancel() {
      to = null;
      transfer.end();
    }

    @Override
    public void describe(Description description) {
      description.name("direction");
      if (transfer.isOver()) {
        description.with("copied", transfer.copied()).waitsFor("the shutdown of " + to);
      } else {
        transfer.describe(description);
      }
    }
  }
}
