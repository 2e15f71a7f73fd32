/**
 * The poll model: futures, async iterators, and the interfaces that the other parts meet through.
 */
@org.jspecify.annotations.NullMarked
module dev.pollux.core {
  requires static com.google.errorprone.annotations;
  requires static org.jspecify;

  exports dev.pollux.core;
  exports dev.pollux.spi;
  exports dev.pollux.stream;
  exports dev.pollux.structure;
  exports dev.pollux.sync;
  exports dev.pollux.testing;
  exports dev.pollux.time;
}
