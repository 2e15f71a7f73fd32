/** Async iterators to and from Reactive Streams and {@link java.util.concurrent.Flow}. */
@org.jspecify.annotations.NullMarked
module dev.pollux.streams {
  requires static com.google.errorprone.annotations;
  requires static org.jspecify;
  requires transitive dev.pollux.core;
  requires transitive org.reactivestreams;

  exports dev.pollux.streams;
}
