package dev.pollux.operator;

import dev.pollux.core.AsyncIterator;
import dev.pollux.core.Context;
import dev.pollux.core.Description;
import dev.pollux.core.Future;
import dev.pollux.core.Poll;
import dev.pollux.core.Sink;
import dev.pollux.core.Turn;

/**
 * A future of something made from all elements of an iterator. Reads by internal iteration and is
 * itself the sink.
 *
 * @param <A> the type of the elements
 * @param <R> the output
 */
public abstract class TerminalFuture<A, R> extends UpstreamOwner<A> implements Future<R>, Sink<A> {

  protected TerminalFuture(AsyncIterator<? extends A> upstream) {
    super(upstream);
  }

  /** Makes ready for the first element. Called at each poll. */
  protected void begin() {}

  /** The answer, after the last element. */
  protected abstract Poll<R> finish();

  @Override
  public final Poll<R> poll(Context cx) throws Exception {
    AsyncIterator<A> upstream = open(cx);
    try {
      begin();
      Turn turn;
      do {
        turn = feed(upstream, cx, this);
      } while (turn == Turn.STOPPED);
      if (turn == Turn.PENDING) {
        return Poll.pending();
      }
      Poll<R> answer = finish();
      cancel();
      return answer;
    } catch (Throwable failure) {
      throw failed(failure);
    }
  }

  @Override
  public void describe(Description description) {
    description.name(kind()).stream("upstream", upstream());
  }
}
