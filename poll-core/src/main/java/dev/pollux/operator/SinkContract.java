package dev.pollux.operator;

import dev.pollux.core.AsyncIterator;
import dev.pollux.core.Context;

/**
 * What a source does to a sink that throws: it cancels itself and reports the throw, which goes on
 * to the caller.
 */
public final class SinkContract {

  private SinkContract() {}

  /**
   * Cancels {@code source}, reports {@code violation} and throws it on; declared to return so that
   * the caller can write {@code throw}. The call of {@code accept} itself stands in each source, so
   * that the virtual machine can tell which operator follows which.
   */
  public static RuntimeException violated(
      AsyncIterator<?> source, Context cx, Throwable violation) {
    Cancel.iterator(source, cx.discard());
    cx.discard().uncaught(violation, "a sink threw, which its contract forbids");
    throw Raise.unchecked(violation);
  }
}
