package dev.pollux.io;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import dev.pollux.core.Context;
import dev.pollux.core.Description;
import dev.pollux.core.Future;
import dev.pollux.core.Poll;
import dev.pollux.core.PollAfterEndException;
import dev.pollux.spi.Unpolled;
import java.io.IOException;

/**
 * Copies from a source to a sink, and says at any time how far it has come: what {@link Io#copy}
 * makes.
 *
 * @cancellation what was read and not yet written, 256 KiB at most, is lost. To give up for a
 *     while, keep this and poll it later
 * @threading {@link #copied()}: any thread; the rest is confined to the polling task
 */
public final class Copy implements Future<Long> {

  private final Transfer transfer;

  Copy(Transfer transfer) {
    this.transfer = transfer;
  }

  /** How many bytes the sink has taken so far, also after a failure or a cancel. */
  public long copied() {
    return transfer.copied();
  }

  /**
   * Sets how many bytes are kept at most for a sink that does not take them. Less means more calls
   * for a fast one: as much is read at once.
   *
   * @param bytes at least 1; more than 256 KiB, which is what it is if this is not called, is as
   *     much as that. What is kept already stays
   * @return this
   * @throws IllegalArgumentException if {@code bytes} is less than 1
   * @threading as polling
   */
  @CanIgnoreReturnValue
  public Copy holdAtMost(int bytes) {
    transfer.holdAtMost(bytes);
    return this;
  }

  @Override
  public Poll<Long> poll(Context cx) throws IOException {
    if (transfer.isOver()) {
      throw new PollAfterEndException("copy");
    }
    Unpolled.used(this);
    boolean done;
    try {
      done = transfer.poll(cx);
    } catch (Throwable failure) {
      transfer.end();
      throw failure;
    }
    if (!done) {
      return Poll.pending();
    }
    transfer.end();
    return Poll.ready(transfer.copied());
  }

  @Override
  public void cancel() {
    Unpolled.used(this);
    transfer.end();
  }

  @Override
  public void describe(Description description) {
    description.name("copy");
    transfer.describe(description);
  }
}
