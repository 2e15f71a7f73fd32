package dev.pollux.operator;

import dev.pollux.core.AsyncIterator;
import dev.pollux.core.Context;
import dev.pollux.core.Description;
import dev.pollux.core.Next;
import dev.pollux.core.Sink;
import dev.pollux.core.Turn;
import org.jspecify.annotations.Nullable;

/**
 * An operator that hands on, or does not, what its one upstream offers. It is itself the sink that
 * it passes upstream, so that internal iteration allocates nothing.
 *
 * <p>An operator of this kind is two methods: {@code pollNext}, and {@code accept}, which answers
 * what the {@link #sink} answered, {@code true} for an element that it keeps back, or {@link
 * #fail}. One that ends of itself answers {@code false}, and says so in {@link #settle}.
 *
 * @param <A> the type of the elements of the upstream
 * @param <B> the type of the elements that it hands on
 */
public abstract class Stage<A, B> extends UpstreamOwner<A> implements AsyncIterator<B>, Sink<A> {

  /** Set during {@code pollEach}. */
  private @Nullable Sink<? super B> sink;

  protected Stage(AsyncIterator<? extends A> upstream) {
    super(upstream);
  }

  /**
   * The sink of this turn. The call of its {@code accept} stands in each operator, so that the
   * virtual machine can tell which operator follows which.
   */
  protected final Sink<? super B> sink() {
    Sink<? super B> sink = this.sink;
    if (sink
        == null) { // requireNonNull is generic: a cast to an interface would follow it, at each
      // element
      throw new IllegalStateException(kind() + " was offered an element outside of a turn");
    }
    return sink;
  }

  /**
   * Makes ready for a turn of internal iteration: where a stage looks at the clock. Called at the
   * start of each, before {@link #endsHere()}.
   *
   * @throws Exception a failure, which ends this
   */
  protected void begin(Context cx) throws Exception {}

  /**
   * Whether this stage has decided that no element will follow, though the upstream may have more.
   */
  protected boolean endsHere() {
    return false;
  }

  /** The answer to a turn in which the upstream answered {@code turn} and nothing failed. */
  protected Turn settle(Turn turn) {
    return turn;
  }

  @Override
  public final Turn pollEach(Context cx, Sink<? super B> sink) throws Exception {
    AsyncIterator<A> upstream = open(cx);
    try {
      this.sink = sink;
      begin(cx);
      Turn turn = endsHere() ? Turn.ENDED : settle(feed(upstream, cx, this));
      if (turn == Turn.ENDED) {
        cancel();
      }
      return turn;
    } catch (Throwable failure) {
      throw failed(failure);
    } finally {
      this.sink = null;
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
  protected final Next<B> without(Next<A> next) {
    if (next.isEnd()) {
      cancel();
    }
    return (Next<B>) next;
  }
}
