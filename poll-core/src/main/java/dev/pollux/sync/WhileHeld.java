package dev.pollux.sync;

import static java.util.Objects.requireNonNull;

import dev.pollux.core.Context;
import dev.pollux.core.Description;
import dev.pollux.core.Discard;
import dev.pollux.core.Future;
import dev.pollux.core.Poll;
import dev.pollux.core.PollAfterEndException;
import dev.pollux.spi.Unpolled;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Waits for a lock or a permit, runs a future while it has it, and gives it back when that is over:
 * see {@link AsyncMutex#withLock}.
 *
 * @param <T> the output of the future
 * @cancellation cancels the body, then gives the lock back; or gives up its place in the queue
 * @threading confined to the polling task
 */
final class WhileHeld<T extends @Nullable Object> implements Future<T> {
  /*
   * First `acquire` is there, and `body`; then `held` and `running`; in the end nothing. `held` is written before the body is
   * asked for, so whatever throws from there on, it is given back.
   */
  private final String name;
  private @Nullable Future<? extends AutoCloseable> acquire;
  private @Nullable Supplier<? extends Future<T>> body;
  private @Nullable AutoCloseable held;
  private @Nullable Future<T> running;
  private Discard discard = Discard.closing();

  WhileHeld(
      String name, Future<? extends AutoCloseable> acquire, Supplier<? extends Future<T>> body) {
    this.name = name;
    this.acquire = acquire;
    this.body = body;
  }

  @Override
  public Poll<T> poll(Context cx) throws Exception {
    Unpolled.used(this);
    Poll<T> answer;
    boolean over;
    try {
      Future<T> running = this.running;
      if (running == null) {
        running = begin(cx);
        if (running == null) {
          return Poll.pending();
        }
      }
      discard = cx.discard();
      answer = running.poll(cx);
      over = answer.isReady(); // here, for an answer of null is an end as well
    } catch (Throwable failure) {
      running = null; // it has failed, and is over
      end();
      throw failure;
    }
    if (over) {
      running = null;
      end();
    }
    return answer;
  }

  /** Makes the body if the lock is had; null if it is not. */
  private @Nullable Future<T> begin(Context cx) throws Exception {
    Future<? extends AutoCloseable> acquire = this.acquire;
    if (acquire == null) {
      throw new PollAfterEndException(name);
    }
    Poll<? extends AutoCloseable> answer = acquire.poll(cx);
    if (answer.isPending()) {
      return null;
    }
    held = answer.value();
    this.acquire = null;
    Supplier<? extends Future<T>> body = requireNonNull(this.body);
    this.body = null;
    Future<T> begun = requireNonNull(body.get(), "the future that body made");
    Unpolled.used(begun);
    running = begun;
    return begun;
  }

  private void end() {
    AutoCloseable held = this.held;
    this.held = null;
    acquire = null;
    body = null;
    discard = Discard.closing();
    if (held != null) {
      try {
        held.close();
      } catch (Exception impossible) { // no permit or guard throws a checked one
        throw new IllegalStateException(impossible);
      }
    }
  }

  @Override
  public void cancel() {
    Unpolled.used(this);
    Future<?> part = running != null ? running : acquire;
    running = null;
    try {
      if (part != null) {
        part.cancel();
      }
    } catch (Throwable violation) {
      discard.uncaught(violation, "cancel of a " + part.getClass().getName());
    } finally {
      end();
    }
  }

  @Override
  public void describe(Description description) {
    description.name(name);
    if (running == null && acquire == null) {
      description.with("state", "over");
    }
    description.child("acquire", acquire).child("body", running);
  }
}
