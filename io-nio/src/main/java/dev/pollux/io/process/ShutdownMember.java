package dev.pollux.io.process;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.pollux.core.CancelHandle;
import dev.pollux.core.Context;
import dev.pollux.core.Description;
import dev.pollux.core.Discard;
import dev.pollux.core.Future;
import dev.pollux.core.Poll;
import dev.pollux.core.PollAfterEndException;
import org.jspecify.annotations.Nullable;

/**
 * What a task of a {@link GracefulShutdown} runs, and its place among the others.
 *
 * @cancellation cancels the body, then leaves
 * @threading confined to the polling task, but for {@link #spawnedAs} and {@link #cutOff()}
 */
final class ShutdownMember<T extends @Nullable Object> implements Future<T> {

  private final GracefulShutdown shutdown;
  private final String name;
  private final long number;

  /** Null once over. */
  private @Nullable Future<T> body;

  private Discard discard = Discard.closing();

  /** The task, once it is known: it may be over by then. */
  @GuardedBy("this")
  private @Nullable CancelHandle task;

  @GuardedBy("this")
  private boolean cut;

  ShutdownMember(GracefulShutdown shutdown, String name, long number, Future<T> body) {
    this.shutdown = shutdown;
    this.name = name;
    this.number = number;
    this.body = body;
  }

  String name() {
    return name;
  }

  /** The order in which they came. */
  long number() {
    return number;
  }

  /**
   * Says which task it is that may be cut off. One of this and {@link #cutOff()} asks it to stop.
   */
  void spawnedAs(CancelHandle handle) {
    boolean late;
    synchronized (this) {
      task = handle;
      late = cut;
    }
    if (late) {
      handle.requestCancel();
    }
  }

  /** Asks the task to stop at once, wherever it is. */
  void cutOff() {
    CancelHandle known;
    synchronized (this) {
      cut = true;
      known = task;
    }
    if (known != null) {
      known.requestCancel();
    }
  }

  @Override
  public Poll<T> poll(Context cx) throws Exception {
    Future<T> body = this.body;
    if (body == null) {
      throw new PollAfterEndException("member of a graceful shutdown");
    }
    discard = cx.discard();
    Poll<T> answer;
    boolean over;
    try {
      answer = body.poll(cx);
      over = answer.isReady(); // here, for an answer of null is an end as well
    } catch (Throwable failure) {
      end();
      throw failure;
    }
    if (over) {
      end();
    }
    return answer;
  }

  @Override
  public void cancel() {
    Future<T> body = this.body;
    if (body == null) {
      return;
    }
    this.body = null;
    try {
      body.cancel();
    } catch (Throwable violation) {
      discard.uncaught(violation, "cancel of a " + body.getClass().getName());
    } finally {
      end();
    }
  }

  private void end() {
    body = null;
    discard = Discard.closing();
    shutdown.left(this);
  }

  @Override
  public void describe(Description description) {
    description.name("member").with("name", name).child("body", body);
  }
}
