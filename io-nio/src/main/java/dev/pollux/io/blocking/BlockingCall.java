package dev.pollux.io.blocking;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import dev.pollux.core.Context;
import dev.pollux.core.Description;
import dev.pollux.core.Discard;
import dev.pollux.core.Future;
import dev.pollux.core.JoinHandle;
import dev.pollux.core.Poll;
import dev.pollux.core.PollAfterEndException;
import dev.pollux.core.TaskFailedException;
import dev.pollux.spi.Unpolled;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * A call that blocks, made on the blocking pool from the first poll on. It fails as the call does.
 *
 * @param <T> what the call answers
 * @cancellation takes the call back if it has not begun; one that has begun runs to its end, and
 *     what it answers is discarded
 * @threading confined to the polling task, as every future is
 */
public final class BlockingCall<T extends @Nullable Object> implements Future<T> {
  /*
   * The call is never interrupted: an interrupt would close the channel that it uses.
   */
  private final String name;

  /** Null once it is spawned, and once over. */
  private @Nullable Callable<T> call;

  /** From the spawn until this is over. */
  private @Nullable JoinHandle<T> job;

  private Discard discard = Discard.closing();

  private BlockingCall(String name, Callable<T> call) {
    this.name = name;
    this.call = call;
  }

  /**
   * A call for the caller of the caller, who polls it.
   *
   * @param name what the call does, for messages and dumps
   * @param call made once, at most
   * @param <T> what the call answers
   */
  public static <T extends @Nullable Object> Future<T> future(String name, Callable<T> call) {
    return Unpolled.made(new BlockingCall<>(name, call));
  }

  /**
   * A call that is a part of another future.
   *
   * @param name what the call does, for messages and dumps
   * @param call made once, at most
   * @param <T> what the call answers
   */
  public static <T extends @Nullable Object> BlockingCall<T> part(String name, Callable<T> call) {
    return new BlockingCall<>(name, call);
  }

  @Override
  public Poll<T> poll(Context cx) throws Exception {
    Unpolled.used(this);
    JoinHandle<T> job = this.job;
    if (job == null) {
      if (call == null) {
        throw new PollAfterEndException(name);
      }
      if (!cx.tryProceed()) {
        return Poll.pending();
      }
      job = spawn(cx);
    }
    Poll<T> answer;
    try {
      answer = job.poll(cx);
    } catch (TaskFailedException failed) {
      this.job = null;
      if (failed.getCause() instanceof Error error) {
        throw error;
      }
      if (failed.getCause() instanceof Exception exception) {
        throw exception;
      }
      throw failed;
    } catch (Throwable cancelled) {
      this.job = null;
      throw cancelled;
    }
    if (answer.isReady()) {
      this.job = null;
    }
    return answer;
  }

  /**
   * Has the call made, without a waiter yet: the next poll is one. Not after a poll.
   *
   * @param cx tells where
   */
  @CanIgnoreReturnValue
  public JoinHandle<T> spawn(Context cx) {
    discard = cx.discard();
    Callable<T> call = this.call;
    if (call == null) {
      throw new PollAfterEndException(name);
    }
    this.call = null;
    JoinHandle<T> spawned = cx.blocking().spawnBlocking(name, call);
    job = spawned;
    return spawned;
  }

  @Override
  public void cancel() {
    Unpolled.used(this);
    JoinHandle<T> job = this.job;
    call = null;
    this.job = null;
    if (job != null) {
      try {
        job.cancel();
      } catch (Throwable failure) {
        discard.uncaught(failure, "cancelling a call: " + name);
      }
    }
  }

  @Override
  public void describe(Description description) {
    description.name(name).child("call", job);
    if (call == null && job == null) {
      description.with("state", "over");
    }
  }
}
