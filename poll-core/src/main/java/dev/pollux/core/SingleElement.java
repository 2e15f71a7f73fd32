package dev.pollux.core;

import static java.util.Objects.requireNonNull;

import dev.pollux.operator.Cancel;
import dev.pollux.spi.Unpolled;
import org.jspecify.annotations.Nullable;

/**
 * The output of a future as an iterator of one element.
 *
 * @param <T> the output
 * @cancellation cancels the future
 * @threading confined to the polling task
 */
final class SingleElement<T> implements AsyncIterator<T> {

  private enum State {
    RUNNING,
    /** The element was answered, the end was not. */
    ENDING,
    OVER
  }

  private State state = State.RUNNING;

  /** The future while RUNNING. */
  private @Nullable Future<T> future;

  private @Nullable Discard discard;

  SingleElement(Future<T> future) {
    this.future = future;
  }

  @Override
  public Next<T> pollNext(Context cx) throws Exception {
    Future<T> future = this.future;
    if (future == null) {
      if (state == State.OVER) {
        throw new PollAfterEndException("toAsyncIterator");
      }
      state = State.OVER;
      return Next.end();
    }
    if (discard == null) {
      Unpolled.used(this);
      discard = cx.discard();
    }
    // The unit of the element is taken afterwards: the future may need the last one itself.
    if (cx.budget().isExhausted() && !cx.tryProceed()) {
      return Next.pending();
    }
    T element;
    try {
      Poll<T> answer = future.poll(cx);
      if (answer.isPending()) {
        return Next.pending();
      }
      element = requireNonNull(answer.value(), "an output of null can't be an element");
    } catch (Throwable failure) {
      end(State.OVER);
      throw failure;
    }
    end(State.ENDING);
    var unused = cx.budget().tryConsume();
    return Next.item(element);
  }

  @Override
  public boolean knownEnded() {
    return state == State.ENDING;
  }

  @Override
  public void cancel() {
    Unpolled.used(this);
    Future<T> future = this.future;
    Discard discard = this.discard;
    end(State.OVER);
    Cancel.child(future, discard);
  }

  private void end(State state) {
    this.state = state;
    future = null;
    discard = null;
  }

  @Override
  public void describe(Description description) {
    description.name("toAsyncIterator").child("element", future);
  }
}
