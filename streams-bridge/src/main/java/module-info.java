/**
 * Async iterators to and from Reactive Streams and {@link java.util.concurrent.Flow}; bridges and
 * schedulers for Reactor and RxJava, which need not be there.
 */
@org.jspecify.annotations.NullMarked
module dev.pollux.streams {
  requires static com.google.errorprone.annotations;
  requires static dev.pollux.executor; // for the schedulers
  requires static io.reactivex.rxjava3;
  requires static org.jspecify;
  requires static reactor.blockhound; // no "provides": it would have to be there
  requires static reactor.core;
  requires transitive dev.pollux.core;
  requires transitive org.reactivestreams;

  exports dev.pollux.streams;
  exports dev.pollux.streams.reactor;
  exports dev.pollux.streams.rxjava;
}
