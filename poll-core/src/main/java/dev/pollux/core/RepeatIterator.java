package dev.pollux.core;

import static java.util.Objects.requireNonNull;

import dev.pollux.operator.EmptyIterator;
import dev.pollux.operator.UpstreamOwner;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Gives the elements of iterators that a supplier makes, one after the other. Each round takes a
 * unit of budget, so that empty ones give way too.
 *
 * @cancellation cancels the iterator that is read; nothing is held
 * @threading confined to the polling task
 */
final class RepeatIterator<T> extends UpstreamOwner<T> implements AsyncIterator<T> {

  /** More rounds than there will ever be. */
  static final long FOREVER = Long.MAX_VALUE;

  private @Nullable Supplier<? extends AsyncIterator<? extends T>> supplier;

  /** How many rounds are to begin. */
  private long remaining;

  /** Whether the upstream is that of a round, and has not ended. */
  private boolean running;

  RepeatIterator(long rounds, Supplier<? extends AsyncIterator<? extends T>> supplier) {
    super(new EmptyIterator<>());
    this.remaining = rounds;
    this.supplier = supplier;
  }

  @Override
  protected String kind() {
    return "repeat";
  }

  @Override
  protected void release(Discard discard) {
    supplier = null;
  }

  @Override
  public Next<T> pollNext(Context cx) throws Exception {
    AsyncIterator<T> round = open(cx);
    try {
      while (true) {
        if (running) {
          Next<T> next = round.pollNext(cx);
          if (!next.isEnd()) {
            return next;
          }
          running = false;
        }
        if (remaining == 0) {
          cancel();
          return Next.end();
        }
        if (!cx.tryProceed()) {
          return Next.pending();
        }
        round = begin();
      }
    } catch (Throwable failure) {
      throw failed(failure);
    }
  }

  @Override
  public Turn pollEach(Context cx, Sink<? super T> sink) throws Exception {
    AsyncIterator<T> round = open(cx);
    try {
      while (true) {
        if (running) {
          Turn turn = round.pollEach(cx, sink);
          if (turn != Turn.ENDED) {
            return turn;
          }
          running = false;
        }
        if (remaining == 0) {
          cancel();
          return Turn.ENDED;
        }
        if (!cx.tryProceed()) {
          return Turn.PENDING;
        }
        round = begin();
      }
    } catch (Throwable failure) {
      throw failed(failure);
    }
  }

  @SuppressWarnings(
      "unchecked") // an iterator only gives elements, so it may stand for a wider type
  private AsyncIterator<T> begin() {
    AsyncIterator<T> round =
        (AsyncIterator<T>)
            requireNonNull(
                requireNonNull(supplier, "supplier").get(),
                "repeat: the supplier gave null instead of an iterator");
    continueWith(round);
    running = true;
    if (remaining != FOREVER) {
      remaining--;
    }
    return round;
  }

  @Override
  public boolean knownEnded() {
    AsyncIterator<T> round = upstream();
    return round != null && remaining == 0 && (!running || round.knownEnded());
  }

  @Override
  public void describe(Description description) {
    description
        .name(kind())
        .with("remaining", remaining == FOREVER ? "for ever" : remaining)
        .stream("round", running ? upstream() : null);
  }
}
