package dev.pollux.stream;

import dev.pollux.core.AsyncIterator;
import dev.pollux.core.Context;
import dev.pollux.core.Description;
import dev.pollux.core.Discard;
import dev.pollux.core.Next;
import dev.pollux.operator.SourcesOwner;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Gives one element of each source in turn, and waits for the one whose turn it is. A source that
 * has ended has no turn any more.
 *
 * @cancellation cancels the sources, newest first; nothing is held
 * @threading confined to the polling task
 */
final class InterleaveIterator<T> extends SourcesOwner<T> {

  /** Those that are not over, in their order. */
  private final List<AsyncIterator<T>> sources;

  /** Whose turn it is. */
  private int at;

  InterleaveIterator(List<AsyncIterator<T>> sources) {
    this.sources = new ArrayList<>(sources);
  }

  @Override
  protected String kind() {
    return "interleave";
  }

  @Override
  protected void release(Discard discard) {}

  @Override
  protected void giveSources(Consumer<? super AsyncIterator<?>> taker) {
    sources.forEach(taker);
    sources.clear();
  }

  @Override
  public Next<T> pollNext(Context cx) throws Exception {
    open(cx);
    while (!sources.isEmpty()) {
      Next<T> next;
      try {
        next = sources.get(at).pollNext(cx);
      } catch (Throwable failure) {
        throw failed(failure);
      }
      if (next.isPending()) {
        return next;
      }
      if (next.isItem()) {
        at++;
      } else {
        sources.remove(at);
      }
      if (at >= sources.size()) {
        at = 0;
      }
      if (next.isItem()) {
        return next;
      }
    }
    return end();
  }

  /** Of one source that is left it is told; of several it would take a look at all of them. */
  @Override
  public boolean knownEnded() {
    return sources.size() == 1 && sources.get(0).knownEnded();
  }

  @Override
  public void describe(Description description) {
    description.name(kind()).with("turn", at);
    for (int i = 0; i < sources.size(); i++) {
      description.stream(Integer.toString(i), sources.get(i));
    }
  }
}
