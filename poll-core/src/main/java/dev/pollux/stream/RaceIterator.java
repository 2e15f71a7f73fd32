package dev.pollux.stream;

import static java.util.Objects.requireNonNull;

import dev.pollux.core.AsyncIterator;
import dev.pollux.core.Context;
import dev.pollux.core.Description;
import dev.pollux.core.Discard;
import dev.pollux.core.Next;
import dev.pollux.core.Sink;
import dev.pollux.core.Turn;
import dev.pollux.operator.Branches;
import dev.pollux.operator.Cancel;
import dev.pollux.operator.SourcesOwner;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Is the first of several iterators that answers something: an element, the end or a failure.
 *
 * @cancellation cancels the sources, newest first; nothing is held
 * @threading confined to the polling task; the wakers of the sources belong to any thread
 */
final class RaceIterator<T> extends SourcesOwner<T> {

  /** Those that run. Empty once there is a winner. */
  private final Branches<T> racers = new Branches<>();

  /** Null while they run, and once over. */
  private @Nullable AsyncIterator<T> winner;

  RaceIterator(List<AsyncIterator<T>> sources) {
    for (int i = 0; i < sources.size(); i++) {
      racers.add(i, sources.get(i));
    }
  }

  @Override
  protected String kind() {
    return "race";
  }

  @Override
  protected void release(Discard discard) {}

  @Override
  protected void giveSources(Consumer<? super AsyncIterator<?>> taker) {
    racers.giveAll(taker);
    if (winner != null) {
      taker.accept(winner);
      winner = null;
    }
  }

  @Override
  public Next<T> pollNext(Context cx) throws Exception {
    open(cx);
    try {
      Next<T> next = winner == null ? pollRacers(cx) : winner.pollNext(cx);
      return next.isEnd() ? over() : next;
    } catch (Throwable failure) {
      throw failed(failure);
    }
  }

  @Override
  public Turn pollEach(Context cx, Sink<? super T> sink) throws Exception {
    if (winner == null) {
      return super.pollEach(cx, sink); // one by one, until it is called again
    }
    open(cx);
    try {
      Turn turn = winner.pollEach(cx, sink);
      if (turn == Turn.ENDED) {
        Next<T> unused = over();
      }
      return turn;
    } catch (Throwable failure) {
      throw failed(failure);
    }
  }

  private Next<T> over() {
    winner = null;
    return end();
  }

  private Next<T> pollRacers(Context cx) throws Exception {
    Branches.Branch<T> racer = racers.next(cx);
    while (racer != null) {
      Next<T> next = racers.pollNext(cx, racer);
      if (next.isItem()) {
        win(racer);
        return next;
      }
      if (next.isEnd()) {
        return next;
      }
      racer = racers.next(cx);
    }
    return Next.pending();
  }

  /** Goes on with one racer alone; the others are cancelled, newest first. */
  @SuppressWarnings(
      "unchecked") // an iterator only gives elements, so it may stand for a wider type
  private void win(Branches.Branch<T> racer) {
    winner = (AsyncIterator<T>) requireNonNull(racers.takeOut(racer));
    Deque<AsyncIterator<?>> losers = new ArrayDeque<>();
    racers.giveAll(losers::addFirst);
    for (AsyncIterator<?> loser : losers) {
      Cancel.iterator(loser, discard());
    }
  }

  @Override
  public boolean knownEnded() {
    return winner != null && winner.knownEnded();
  }

  @Override
  public void describe(Description description) {
    description.name(kind());
    racers.describe(description);
    description.stream("winner", winner);
  }
}
