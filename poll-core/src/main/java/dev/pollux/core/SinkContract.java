package dev.pollux.core;

/**
 * What a source does to a sink that throws: it cancels itself and reports the throw, which goes on
 * to the caller.
 */
final class SinkContract {

  private SinkContract() {}

  /**
   * Cancels {@code source} and reports {@code violation}; the caller throws it on. The call of
   * {@code accept} itself stands in each source, so that the virtual machine can tell which
   * operator follows which.
   */
  static void violated(AsyncIterator<?> source, Context cx, Throwable violation) {
    source.cancel();
    cx.discard().uncaught(violation, "a sink threw, which its contract forbids");
  }
}
