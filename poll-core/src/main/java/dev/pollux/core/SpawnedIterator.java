package dev.pollux.core;

import static java.util.Objects.requireNonNull;

import dev.pollux.operator.Cancel;
import dev.pollux.operator.Counts;
import dev.pollux.operator.Raise;
import dev.pollux.operator.SinkContract;
import dev.pollux.operator.Source;
import dev.pollux.operator.Unwinding;
import dev.pollux.spi.Spawner;
import org.jspecify.annotations.Nullable;

/**
 * Gives the elements that a task of its own takes from the upstream, ahead of what was asked for by
 * as many as the ring holds.
 *
 * @cancellation asks the task to stop, which cancels the upstream; the elements in the ring are
 *     discarded
 * @threading confined to the polling task
 */
final class SpawnedIterator<T> extends Source<T> implements Unwinding {

  private final int capacity;

  /** Null for that of the context. */
  private @Nullable Spawner spawner;

  /** Until the task is spawned. */
  private @Nullable AsyncIterator<T> upstream;

  private @Nullable HandoverRing<T> ring;
  private @Nullable JoinHandle<Void> task;
  private @Nullable Discard discard;

  /** How many elements were taken. May overflow, as all these. */
  private int consumed;

  /** How many of them the task knows of. */
  private int released;

  /** How many the task is known to have put into the ring. */
  private int tail;

  private int batch;

  SpawnedIterator(AsyncIterator<T> upstream, int capacity, @Nullable Spawner spawner) {
    if (Counts.positive("capacity", capacity) > HandoverRing.MAX_CAPACITY) {
      throw new IllegalArgumentException(
          "capacity must be at most " + HandoverRing.MAX_CAPACITY + ", was " + capacity);
    }
    this.upstream = upstream;
    this.capacity = capacity;
    this.spawner = spawner;
  }

  @Override
  protected String kind() {
    return "spawned";
  }

  @Override
  protected void release() {
    Discard discard = Cancel.orClosing(this.discard);
    spawner = null;
    JoinHandle<Void> task = this.task;
    this.task = null;
    Cancel.child(task, discard);
    HandoverRing<T> ring = this.ring;
    this.ring = null;
    if (ring != null) {
      while (consumed != ring.tail()) {
        discard.discard(ring.take(consumed++));
      }
      ring.endConsumer(consumed, discard);
    }
    this.discard = null;
  }

  @Override
  public @Nullable AsyncIterator<?> letGo() {
    AsyncIterator<T> unspawned = upstream;
    upstream = null;
    super.cancel();
    return unspawned;
  }

  @Override
  public void cancel() {
    AsyncIterator<?> left = letGo();
    // A loop, since a pipeline may be longer than a stack is deep.
    while (left instanceof Unwinding reader) {
      left = reader.letGo();
    }
    Cancel.iterator(left, null); // it was not polled
  }

  @Override
  public Next<T> pollNext(Context cx) throws Exception {
    HandoverRing<T> ring = begin(cx);
    if (consumed == tail) {
      Turn turn = look(ring, cx);
      if (turn != Turn.STOPPED) {
        return turn == Turn.ENDED ? Next.end() : Next.pending();
      }
    }
    return cx.tryProceed() ? Next.item(take(ring)) : Next.pending();
  }

  @Override
  public Turn pollEach(Context cx, Sink<? super T> sink) throws Exception {
    HandoverRing<T> ring = begin(cx);
    Budget budget = cx.budget();
    int given = 0;
    while (true) {
      while (consumed != tail) {
        if (given >= budget.remaining()) {
          return cx.pendingAfter(given);
        }
        given++;
        T item = take(ring);
        try {
          if (!sink.accept(item)) {
            budget.pay(given);
            return Turn.STOPPED;
          }
        } catch (Throwable violation) {
          throw SinkContract.violated(this, cx, violation);
        }
      }
      Turn turn = look(ring, cx);
      if (turn != Turn.STOPPED) {
        budget.pay(given);
        return turn;
      }
    }
  }

  private HandoverRing<T> begin(Context cx) {
    open();
    HandoverRing<T> ring = this.ring;
    if (ring == null) {
      ring = new HandoverRing<>(capacity);
      batch = ring.batch();
      discard = cx.discard();
      RingFeeder<T> feeder = new RingFeeder<>(requireNonNull(upstream, "upstream"), ring);
      upstream = null;
      this.ring = ring;
      try {
        task = (spawner == null ? cx.spawner() : spawner).spawn("spawned stream", feeder);
        spawner = null;
      } catch (Throwable refused) {
        feeder.cancel(); // the spawner has, unless there is none
        cancel();
        throw refused;
      }
    }
    return ring;
  }

  private T take(HandoverRing<T> ring) {
    T item = ring.take(consumed++);
    if (consumed - released >= batch) {
      tell(ring);
    }
    return item;
  }

  private void tell(HandoverRing<T> ring) {
    if (released != consumed) {
      released = consumed;
      ring.release(consumed);
    }
  }

  /** Looks for more; {@code STOPPED} if there is. */
  private Turn look(HandoverRing<T> ring, Context cx) throws Exception {
    tail = ring.tail();
    if (consumed != tail) {
      return Turn.STOPPED;
    }
    tell(ring);
    ring.awaitElement(cx.waker());
    if (ring.isDrained(consumed)) {
      return finish(ring, cx);
    }
    tail = ring.tail();
    return consumed == tail ? Turn.PENDING : Turn.STOPPED;
  }

  private Turn finish(HandoverRing<T> ring, Context cx) throws Exception {
    try {
      Throwable failure = ring.takeFailure();
      if (failure != null) {
        throw Raise.unchecked(failure);
      }
      JoinHandle<Void> task = requireNonNull(this.task, "task");
      if ((ring.ends() & HandoverRing.COMPLETE) == 0 && task.poll(cx).isPending()) {
        return Turn.PENDING; // it was cut short, and throws when it is over
      }
      task.detach();
    } catch (Throwable failure) {
      cancel();
      throw failure;
    }
    cancel();
    return Turn.ENDED;
  }

  @Override
  public boolean knownEnded() {
    HandoverRing<T> ring = this.ring;
    return ring != null
        && (ring.ends() & HandoverRing.COMPLETE) != 0
        && !ring.hasFailed()
        && consumed == ring.tail();
  }

  @Override
  public void describe(Description description) {
    description.name(kind()).with("capacity", capacity);
    HandoverRing<T> ring = this.ring;
    if (ring != null) {
      description.with("held", ring.tail() - consumed).child("task", task);
    }
    description.stream("upstream", upstream);
  }
}
