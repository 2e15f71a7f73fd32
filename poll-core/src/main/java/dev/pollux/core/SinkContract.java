package dev.pollux.core;

/**
 * What a source does to a sink that throws: it cancels itself and reports the throw, which goes on
 * to the caller.
 */
final class SinkContract {

  private SinkContract() {}

  static <T> boolean offer(AsyncIterator<T> source, Context cx, Sink<? super T> sink, T item) {
    try {
      return sink.accept(item);
    } catch (Throwable violation) {
      source.cancel();
      cx.discard().uncaught(violation, "a sink threw, which its contract forbids");
      throw violation;
    }
  }
}
