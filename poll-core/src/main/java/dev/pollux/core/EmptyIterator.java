package dev.pollux.core;

/**
 * Ends at once.
 *
 * @cancellation nothing is lost
 * @threading confined to the polling task
 */
final class EmptyIterator<T> extends Source<T> {

  @Override
  String kind() {
    return "empty";
  }

  @Override
  void release() {}

  @Override
  public Next<T> pollNext(Context cx) {
    open();
    return end();
  }

  @Override
  public Turn pollEach(Context cx, Sink<? super T> sink) {
    open();
    cancel();
    return Turn.ENDED;
  }

  @Override
  public boolean knownEnded() {
    return !isOver();
  }
}
