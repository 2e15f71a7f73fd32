package dev.pollux.core;

import dev.pollux.operator.Cancel;
import dev.pollux.operator.UpstreamOwner;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * Gives the elements of several iterators, one after the other. A chain of a chain is one chain: it
 * takes the parts over, so that a long one costs no more an element than a short one.
 *
 * @cancellation cancels every part, the last first; nothing is held
 * @threading confined to the polling task
 */
final class ChainIterator<T> extends UpstreamOwner<T> implements AsyncIterator<T> {

  /** What follows the upstream. */
  private final Deque<AsyncIterator<T>> rest;

  private ChainIterator(AsyncIterator<T> first, Deque<AsyncIterator<T>> rest) {
    super(first);
    this.rest = rest;
  }

  @SuppressWarnings(
      "unchecked") // an iterator only gives elements, so it may stand for a wider type
  static <T> AsyncIterator<T> chain(AsyncIterator<T> first, AsyncIterator<? extends T> next) {
    AsyncIterator<T> second = (AsyncIterator<T>) next;
    ChainIterator<T> left = live(first);
    ChainIterator<T> right = first == second ? null : live(second);
    if (left != null && (right == null || right.rest.size() < left.rest.size())) {
      if (right == null) {
        left.rest.addLast(second);
      } else { // the shorter goes into the longer: any nesting costs little
        left.rest.addLast(right.giveUpstream());
        left.rest.addAll(right.rest);
        right.rest.clear();
      }
      return left;
    }
    if (right != null) {
      right.rest.addFirst(right.giveUpstream());
      if (left == null) {
        right.continueWith(first);
      } else {
        while (!left.rest.isEmpty()) {
          right.rest.addFirst(left.rest.removeLast());
        }
        right.continueWith(left.giveUpstream());
      }
      return right;
    }
    Deque<AsyncIterator<T>> rest = new ArrayDeque<>(1);
    rest.addLast(second);
    return new ChainIterator<>(first, rest);
  }

  /** {@code iterator}, if it is a chain that is not over. */
  private static <T> @Nullable ChainIterator<T> live(AsyncIterator<T> iterator) {
    return iterator instanceof ChainIterator<T> chain && chain.upstream() != null ? chain : null;
  }

  @Override
  protected String kind() {
    return "chain";
  }

  @Override
  protected void release(Discard discard) {
    while (!rest.isEmpty()) {
      Cancel.iterator(rest.removeLast(), discard);
    }
  }

  @Override
  public Next<T> pollNext(Context cx) throws Exception {
    AsyncIterator<T> part = open(cx);
    try {
      while (true) {
        Next<T> next = part.pollNext(cx);
        if (!next.isEnd()) {
          return next;
        }
        if (rest.isEmpty()) {
          cancel();
          return next;
        }
        part = rest.removeFirst();
        continueWith(part);
      }
    } catch (Throwable failure) {
      throw failed(failure);
    }
  }

  @Override
  public Turn pollEach(Context cx, Sink<? super T> sink) throws Exception {
    AsyncIterator<T> part = open(cx);
    try {
      while (true) {
        Turn turn = part.pollEach(cx, sink);
        if (turn != Turn.ENDED) {
          return turn;
        }
        if (rest.isEmpty()) {
          cancel();
          return turn;
        }
        part = rest.removeFirst();
        continueWith(part);
      }
    } catch (Throwable failure) {
      throw failed(failure);
    }
  }

  @Override
  public boolean knownEnded() {
    AsyncIterator<T> part = upstream();
    if (part == null || !part.knownEnded()) {
      return false;
    }
    for (AsyncIterator<T> later : rest) {
      if (!later.knownEnded()) {
        return false;
      }
    }
    return true;
  }

  @Override
  public void describe(Description description) {
    description.name(kind()).stream("upstream", upstream()).with("partsToCome", rest.size());
    rest.forEach(part -> description.stream("then", part));
  }
}
