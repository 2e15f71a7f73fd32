package dev.pollux.core;

import org.jspecify.annotations.Nullable;

/**
 * An operator that hands on, or does not, what its one upstream offers. It is itself the sink that
 * it passes upstream, so that internal iteration allocates nothing.
 *
 * <p>An operator of this kind is two methods: {@code pollNext}, and {@code accept}, which answers
 * what {@link #offer} answered, {@code true} for an element that it keeps back, or {@link #fail}.
 * It answers {@code false} of itself only if it ends there ({@link #endsHere}).
 *
 * @param <A> the type of the elements of the upstream
 * @param <B> the type of the elements that it hands on
 */
abstract class Stage<A, B> extends UpstreamOwner<A> implements AsyncIterator<B>, Sink<A> {

  /** Set during {@code pollEach}. */
  private @Nullable Sink<? super B> downstream;

  Stage(AsyncIterator<? extends A> upstream) {
    super(upstream);
  }

  /** Offers an element to the sink of this turn. */
  final boolean offer(B item) {
    Sink<? super B> sink = downstream;
    if (sink == null) {
      throw new IllegalStateException(kind() + " was offered an element outside pollEach");
    }
    return sink.accept(item);
  }

  /**
   * Whether this stage has decided that no element will follow, though the upstream may have more.
   */
  boolean endsHere() {
    return false;
  }

  /** The answer to a turn in which the upstream answered {@code turn} and nothing failed. */
  Turn settle(Turn turn) {
    return turn;
  }

  @Override
  public final Turn pollEach(Context cx, Sink<? super B> sink) throws Exception {
    AsyncIterator<A> upstream = open(cx);
    try {
      downstream = sink;
      Turn turn = endsHere() ? Turn.ENDED : settle(feed(upstream, cx, this));
      downstream = null;
      if (turn == Turn.ENDED) {
        cancel();
      }
      return turn;
    } catch (Throwable failure) {
      downstream = null;
      cancel();
      throw failure;
    }
  }

  @Override
  public boolean knownEnded() {
    AsyncIterator<A> upstream = upstream();
    return upstream != null && (endsHere() || upstream.knownEnded());
  }

  @Override
  public void describe(Description description) {
    description.name(kind()).stream("upstream", upstream());
  }

  /**
   * The answer to an upstream that has no element: its {@code Pending}, or its {@code End}, with
   * which this is over.
   */
  @SuppressWarnings("unchecked") // neither holds an element
  final Next<B> without(Next<A> next) {
    if (next.isEnd()) {
      cancel();
    }
    return (Next<B>) next;
  }
}
