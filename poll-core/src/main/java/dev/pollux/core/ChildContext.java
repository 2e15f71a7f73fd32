package dev.pollux.core;

import dev.pollux.spi.TaskLocals;
import org.jspecify.annotations.Nullable;

/**
 * The context that a set polls its children with, one after the other, each with a waker of its
 * own. It is made once and bound anew for each child, so that polling a child allocates nothing.
 *
 * <p>For whoever writes a combinator that wants to know <em>which</em> of its children was woken,
 * as {@link FutureSet} does. A combinator that polls all of its children with its own waker needs
 * none of this.
 *
 * <pre>{@code
 * Poll<String> answer = childContext.poll(cx, wakerOfThisChild, child);
 * }</pre>
 *
 * @threading confined to the polling task
 */
public final class ChildContext {

  /** Null before the first poll. In debug mode each poll has a context of its own. */
  private @Nullable Context child;

  /** Makes one that has bound nothing. */
  public ChildContext() {}

  /**
   * Polls {@code future}, which sees {@code waker} as its waker and all else as {@code cx} has it.
   *
   * @param cx the context of the set's own poll
   * @param waker what the child will wake
   * @param future what is polled
   * @return the answer of the child
   * @throws Exception the failure of the child
   */
  public <T extends @Nullable Object> Poll<T> poll(
      Context cx, Waker waker, Future<? extends T> future) throws Exception {
    Context inner = bind(cx, waker);
    Poller poller = cx.poller();
    Context outer = poller.enter(inner);
    try {
      @SuppressWarnings("unchecked") // an answer is immutable
      Poll<T> answer = (Poll<T>) future.poll(inner);
      return answer;
    } finally {
      poller.enter(outer);
      inner.bind(null, TaskLocals.empty());
    }
  }

  /**
   * Polls {@code iterator} for one element, which sees {@code waker} as its waker and all else as
   * {@code cx} has it.
   *
   * @param cx the context of the set's own poll
   * @param waker what the child will wake
   * @param iterator what is polled
   * @return the answer of the child
   * @throws Exception the failure of the child
   */
  public <T> Next<T> pollNext(Context cx, Waker waker, AsyncIterator<? extends T> iterator)
      throws Exception {
    Context inner = bind(cx, waker);
    Poller poller = cx.poller();
    Context outer = poller.enter(inner);
    try {
      @SuppressWarnings("unchecked") // an answer is immutable
      Next<T> answer = (Next<T>) iterator.pollNext(inner);
      return answer;
    } finally {
      poller.enter(outer);
      inner.bind(null, TaskLocals.empty());
    }
  }

  /**
   * Polls {@code iterator} by internal iteration, as {@link #pollNext}.
   *
   * @param cx the context of the set's own poll
   * @param waker what the child will wake
   * @param iterator what is polled
   * @param sink takes the elements
   * @return the answer of the child
   * @throws Exception the failure of the child
   */
  public <T> Turn pollEach(
      Context cx, Waker waker, AsyncIterator<? extends T> iterator, Sink<? super T> sink)
      throws Exception {
    Context inner = bind(cx, waker);
    Poller poller = cx.poller();
    Context outer = poller.enter(inner);
    try {
      return iterator.pollEach(inner, sink);
    } finally {
      poller.enter(outer);
      inner.bind(null, TaskLocals.empty());
    }
  }

  private Context bind(Context cx, Waker waker) {
    Context inner = cx.withWaker(waker, child);
    child = inner;
    return inner;
  }

  /** Lets go of the context that was bound last, as a set does that is over. */
  public void clear() {
    child = null;
  }
}
