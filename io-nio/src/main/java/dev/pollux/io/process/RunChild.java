package dev.pollux.io.process;

import dev.pollux.core.Context;
import dev.pollux.core.Description;
import dev.pollux.core.Discard;
import dev.pollux.core.Future;
import dev.pollux.core.Poll;
import dev.pollux.core.PollAfterEndException;
import dev.pollux.spi.Unpolled;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Starts a child, asks something of it, and closes it: {@link ChildCommand#output}, {@link
 * ChildCommand#status}.
 *
 * @param <T> what is asked
 * @cancellation kills the child
 * @threading confined to the polling task
 */
final class RunChild<T> implements Future<T> {

  private final String name;

  // Null once over.
  private @Nullable Future<ChildProcess> start;
  private @Nullable Function<ChildProcess, Future<T>> use;

  // From the start to the end.
  private @Nullable ChildProcess child;
  private @Nullable Future<T> answer;

  private Discard discard = Discard.closing();

  RunChild(String name, Future<ChildProcess> start, Function<ChildProcess, Future<T>> use) {
    this.name = name;
    this.start = start;
    this.use = use;
  }

  @Override
  public Poll<T> poll(Context cx) throws Exception {
    Unpolled.used(this);
    try {
      Future<T> answer = this.answer;
      if (answer == null) {
        answer = pollStart(cx);
        if (answer == null) {
          return Poll.pending();
        }
      }
      Poll<T> result = answer.poll(cx);
      if (result.isReady()) {
        cancel();
      }
      return result;
    } catch (Throwable failure) {
      cancel();
      throw failure;
    }
  }

  private @Nullable Future<T> pollStart(Context cx) throws Exception {
    Future<ChildProcess> start = this.start;
    Function<ChildProcess, Future<T>> use = this.use;
    if (start == null || use == null) {
      throw new PollAfterEndException(name);
    }
    discard = cx.discard();
    Poll<ChildProcess> started = start.poll(cx);
    if (started.isPending()) {
      return null;
    }
    ChildProcess child = started.value();
    this.child = child;
    this.start = null;
    this.use = null;
    Future<T> answer = use.apply(child);
    this.answer = answer;
    return answer;
  }

  @Override
  public void cancel() {
    Unpolled.used(this);
    Future<ChildProcess> start = this.start;
    Future<T> answer = this.answer;
    ChildProcess child = this.child;
    this.start = null;
    this.use = null;
    this.answer = null;
    this.child = null;
    cancel(answer);
    cancel(start);
    if (child != null) {
      child.close();
    }
  }

  private void cancel(@Nullable Future<?> part) {
    if (part != null) {
      try {
        part.cancel();
      } catch (Throwable failure) {
        discard.uncaught(failure, "cancelling " + name);
      }
    }
  }

  @Override
  public void describe(Description description) {
    description.name(name).child("start", start).child("answer", answer);
    ChildProcess child = this.child;
    if (child != null) {
      description.with("child", child);
    } else if (start == null) {
      description.with("state", "over");
    }
  }
}
