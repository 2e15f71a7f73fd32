package dev.pollux.operator;

import dev.pollux.core.Context;
import dev.pollux.core.Next;
import dev.pollux.core.Sink;
import dev.pollux.core.Turn;

/**
 * Ends at once.
 *
 * @cancellation nothing is lost
 * @threading confined to the polling task
 */
public final class EmptyIterator<T> extends Source<T> {

  /** Makes one. */
  public EmptyIterator() {}

  @Override
  protected String kind() {
    return "empty";
  }

  @Override
  protected void release() {}

  @Override
  public Next<T> pollNext(Context cx) {
    open();
    return end();
  }

  @Override
  public Turn pollEach(Context cx, Sink<? super T> sink) {
    open();
    cancel();
    return Turn.ENDED;
  }

  @Override
  public boolean knownEnded() {
    return !isOver();
  }
}
