package dev.pollux.samples.exercise;

import dev.pollux.core.AtomicWaker;
import dev.pollux.core.Context;
import dev.pollux.core.Future;
import dev.pollux.core.Poll;
import org.jspecify.annotations.Nullable;

/**
 * A text that another thread brings, as a future: the smallest leaf.
 *
 * @threading {@link #deliver} may be called by any thread
 */
final class Letter implements Future<String> {

  /** Where the waker is left for the thread that delivers; both may come at the same time. */
  private final AtomicWaker waker = new AtomicWaker();

  private volatile @Nullable String text;

  @Override
  public Poll<String> poll(Context cx) {
    // The waker first, the look second. The other way round, a letter that comes in between would
    // find no waker, and this task would sleep for ever.
    waker.register(cx.waker());
    String text = this.text;
    return text == null ? Poll.pending() : Poll.ready(text);
  }

  /** Brings it: the text first, the wake second. */
  void deliver(String text) {
    this.text = text;
    waker.wake();
  }
}
