package dev.pollux.core;

import static java.util.Objects.requireNonNull;

import dev.pollux.operator.Cancel;
import dev.pollux.spi.Unpolled;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A future whose poll, cancel and description are functions.
 *
 * @cancellation runs the cancel function, once, unless the future is over
 * @threading confined to the polling task
 */
final class PollFn<T extends @Nullable Object> implements Future<T> {

  /** Null once over. */
  private @Nullable PollFunction<T> poll;

  private @Nullable Runnable cancel;
  private @Nullable Consumer<? super Description> describe;
  private @Nullable Discard discard;

  PollFn(
      PollFunction<T> poll,
      @Nullable Runnable cancel,
      @Nullable Consumer<? super Description> describe) {
    this.poll = poll;
    this.cancel = cancel;
    this.describe = describe;
  }

  @Override
  public Poll<T> poll(Context cx) throws Exception {
    PollFunction<T> poll = this.poll;
    if (poll == null) {
      throw new PollAfterEndException("pollFn");
    }
    if (discard == null) {
      Unpolled.used(this);
      discard = cx.discard();
    }
    Poll<T> answer;
    try {
      answer = requireNonNull(poll.poll(cx), "the poll function answered null");
    } catch (Throwable failure) {
      end();
      throw failure;
    }
    if (answer.isReady()) {
      end();
    }
    return answer;
  }

  @Override
  public void cancel() {
    Unpolled.used(this);
    Runnable cancel = this.cancel;
    Discard discard = this.discard;
    end();
    if (cancel != null) {
      try {
        cancel.run();
      } catch (Throwable failure) {
        Cancel.orClosing(discard).uncaught(failure, "the cancel function of a pollFn");
      }
    }
  }

  private void end() {
    poll = null;
    cancel = null;
    describe = null;
    discard = null;
  }

  @Override
  public void describe(Description description) {
    description.name("pollFn");
    if (describe != null) {
      describe.accept(description);
    }
  }
}
