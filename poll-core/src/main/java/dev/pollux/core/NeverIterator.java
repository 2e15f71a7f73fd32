package dev.pollux.core;

import dev.pollux.operator.Source;

/**
 * Gives nothing and does not end.
 *
 * @cancellation nothing is lost
 * @threading confined to the polling task
 */
final class NeverIterator<T> extends Source<T> {

  @Override
  protected String kind() {
    return "never";
  }

  @Override
  protected void release() {}

  @Override
  public Next<T> pollNext(Context cx) {
    open();
    return Next.pending();
  }

  @Override
  public Turn pollEach(Context cx, Sink<? super T> sink) {
    open();
    return Turn.PENDING;
  }

  @Override
  public void describe(Description description) {
    description.name(kind());
    if (!isOver()) {
      description.waitsFor("nothing, for ever");
    }
  }
}
