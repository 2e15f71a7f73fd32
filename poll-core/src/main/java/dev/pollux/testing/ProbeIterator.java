package dev.pollux.testing;

import dev.pollux.core.AsyncIterator;
import dev.pollux.core.Context;
import dev.pollux.core.Item;
import dev.pollux.core.Next;
import dev.pollux.core.Sink;
import dev.pollux.core.Turn;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A child that is an iterator. */
final class ProbeIterator<T> extends Probe implements AsyncIterator<T> {

  private final Deque<T> elements;

  /** What comes in place of the end, if anything. */
  private @Nullable Exception failure;

  ProbeIterator(
      ConformanceKit kit, String name, int age, List<T> elements, @Nullable Exception failure) {
    super(kit, name, age, true);
    this.elements = new ArrayDeque<>(elements);
    this.failure = failure;
  }

  @Override
  public Next<T> pollNext(Context cx) throws Exception {
    if (!proceed(cx)) {
      return Next.pending();
    }
    step();
    T element = elements.pollFirst();
    if (element == null) {
      cx.budget().giveBack();
      Exception failure = this.failure;
      end();
      if (failure != null) {
        throw failure;
      }
      return Next.end();
    }
    kit.produced(element);
    return Next.item(element);
  }

  @Override
  public Turn pollEach(Context cx, Sink<? super T> sink) throws Exception {
    while (true) {
      Next<T> next = pollNext(cx);
      if (!(next instanceof Item<T> item)) {
        return next.isEnd() ? Turn.ENDED : Turn.PENDING;
      }
      boolean more;
      feeding(true);
      try {
        more = sink.accept(item.value());
      } catch (Throwable violation) {
        feeding(false);
        cancel();
        cx.discard().uncaught(violation, "a sink threw, which its contract forbids");
        throw violation;
      }
      feeding(false);
      if (!more) {
        return Turn.STOPPED;
      }
    }
  }

  @Override
  void release() {
    elements.clear();
    failure = null;
  }
}
