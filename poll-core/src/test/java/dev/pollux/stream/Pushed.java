package dev.pollux.stream;

import dev.pollux.core.AsyncIterator;
import dev.pollux.core.AsyncIterators;
import dev.pollux.core.Next;
import dev.pollux.core.Waker;
import dev.pollux.spi.Unpolled;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** A source that gives what is pushed, and counts. */
final class Pushed {

  private final Deque<Object> coming = new ArrayDeque<>();
  private Waker waker;

  boolean cancelled;

  /** How many elements were pulled. */
  int given;

  AsyncIterator<Integer> iterator() {
    AsyncIterator<Integer> iterator =
        AsyncIterators.pollFn(
            cx -> {
              Object next = coming.pollFirst();
              if (next == null) {
                waker = cx.waker();
                return Next.pending();
              }
              if (next instanceof Exception failure) {
                throw failure;
              }
              if (next instanceof Integer number) {
                given++;
                return Next.item(number);
              }
              return Next.end();
            },
            () -> cancelled = true);
    Unpolled.used(iterator); // some tests only try to make something of it
    return iterator;
  }

  void push(Object... more) {
    coming.addAll(List.of(more));
    Waker waker = this.waker;
    if (waker != null) {
      this.waker = null;
      waker.wake();
    }
  }

  void end() {
    push("end");
  }
}
