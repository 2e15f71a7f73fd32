package dev.pollux.core;

/**
 * A future of many values: a stream that is pulled.
 *
 * <p>It has two ways of being read, which may be mixed between calls: {@link #pollNext} answers one
 * element, {@link #pollEach} feeds a {@link Sink} until the sink has enough, nothing is there, or
 * the iterator ends. The second is faster, for it makes no answer object per element and lets the
 * compiler see a whole pipeline as one loop.
 *
 * <p>The contract of {@link Future} holds here as well; {@code End} is the end, as a throw is. An
 * element is never null. The <em>source</em> of a pipeline takes one unit of {@linkplain
 * Context#tryProceed() budget} for each element that it produces, so that a filter that lets
 * nothing through still gives way to others.
 *
 * <p>Source: {@code std::async_iter::AsyncIterator} of Rust and {@code StreamExt} of its futures
 * library.
 *
 * @param <T> the type of the elements
 * @threading owned by one task (or one thread that polls by hand) from its first poll to its end
 */
public interface AsyncIterator<T> {

  /**
   * Answers the next element, the end, or {@code Pending} after the waker was stored.
   *
   * @param cx the waker to store, the budget, and the services; valid during this call only
   * @throws PollAfterEndException if the iterator is over
   * @throws Exception the failure of the stream, with which it is over
   */
  Next<T> pollNext(Context cx) throws Exception;

  /**
   * Feeds {@code sink} with elements until it wants no more, none is there, or the iterator ends.
   *
   * <ol>
   *   <li>An offered element is always taken; {@code false} means no more after this one. The
   *       caller passes a sink that can take at least one.
   *   <li>{@link Turn#PENDING} has registered the waker. {@link Turn#STOPPED} has registered
   *       nothing, and the caller must call again. {@link Turn#ENDED} is final.
   *   <li>Every exception out of this method comes from the stream itself: a sink never throws.
   *       What was offered before has been delivered.
   *   <li>From inside {@code sink.accept} nothing calls {@code pollNext}, {@code pollEach} or
   *       {@code cancel} of this iterator.
   * </ol>
   *
   * @param cx the waker to store, the budget, and the services; valid during this call only
   * @param sink takes the elements
   * @return how the turn ended
   * @throws PollAfterEndException if the iterator is over
   * @throws Exception the failure of the stream, with which it is over
   */
  default Turn pollEach(Context cx, Sink<? super T> sink) throws Exception {
    while (true) {
      Next<T> next = pollNext(cx);
      if (next instanceof Item<T> item) {
        boolean more;
        try {
          more = sink.accept(item.value());
        } catch (Throwable violation) {
          cancel();
          cx.discard().uncaught(violation, "a sink threw, which its contract forbids");
          throw violation;
        }
        if (!more) {
          return Turn.STOPPED;
        }
      } else {
        return next.isEnd() ? Turn.ENDED : Turn.PENDING;
      }
    }
  }

  /**
   * Stops the stream. Called by the exclusive owner, never during {@code pollNext}, {@code
   * pollEach} or a sink's {@code accept}; otherwise as {@link Future#cancel()}. Elements held are
   * discarded.
   */
  default void cancel() {}

  /**
   * Whether the iterator can say without being polled that no element will come. True only if the
   * next {@code pollNext} answers {@code End}; false means "unknown".
   */
  default boolean knownEnded() {
    return false;
  }

  /**
   * Says for a dump what this iterator is, what it waits for, and which children it has; as {@link
   * Future#describe}.
   *
   * @param description takes the answers; named after the class if this method gives no name
   */
  default void describe(Description description) {}
}
