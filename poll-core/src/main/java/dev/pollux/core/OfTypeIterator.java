package dev.pollux.core;

import dev.pollux.operator.Stage;

/**
 * Hands on the elements that are of a class. The others are dropped by the user's decision, not
 * discarded.
 *
 * @cancellation cancels the upstream; nothing is held
 * @threading confined to the polling task
 */
final class OfTypeIterator<A, B> extends Stage<A, B> {

  private final Class<B> type;

  OfTypeIterator(AsyncIterator<A> upstream, Class<B> type) {
    super(upstream);
    if (type.isPrimitive()) {
      throw new IllegalArgumentException(
          "type must not be that of a primitive, which no element has, was " + type);
    }
    this.type = type;
  }

  @Override
  protected String kind() {
    return "ofType";
  }

  @Override
  protected void release(Discard discard) {}

  @Override
  @SuppressWarnings("unchecked") // an answer is immutable, and its element is of the type
  public Next<B> pollNext(Context cx) throws Exception {
    AsyncIterator<A> upstream = open(cx);
    try {
      while (true) { // ends: the source takes budget for each element
        Next<A> next = upstream.pollNext(cx);
        if (!(next instanceof Item<A> item)) {
          return without(next);
        }
        if (type.isInstance(item.value())) {
          return (Next<B>) next;
        }
      }
    } catch (Throwable failure) {
      throw failed(failure);
    }
  }

  @Override
  public boolean accept(A item) {
    return !type.isInstance(item) || sink().accept(type.cast(item));
  }

  @Override
  public void describe(Description description) {
    super.describe(description);
    description.with("type", type.getName());
  }
}
