package dev.pollux.streams.bridge;

import static java.util.Objects.requireNonNull;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import dev.pollux.core.AsyncIterator;
import dev.pollux.core.Context;
import dev.pollux.core.Description;
import dev.pollux.core.Discard;
import dev.pollux.core.Future;
import dev.pollux.core.JoinHandle;
import dev.pollux.core.Poll;
import dev.pollux.core.PollAfterEndException;
import dev.pollux.core.RuntimeShutdownException;
import dev.pollux.core.Sink;
import dev.pollux.core.TaskLocal;
import dev.pollux.core.Turn;
import dev.pollux.spi.Spawner;
import dev.pollux.spi.TaskLocals;
import dev.pollux.streams.DemandMode;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscriber;

/**
 * One subscription of a publisher: the future of the task that pulls the source and signals the
 * subscriber. What the subscriber itself holds is only the {@link Demand}.
 *
 * @threading owned by its task, and before that by the thread in {@code subscribe}
 */
public final class IteratorSubscription<T> implements Future<Void>, Sink<T> {
  /*
   * Who does what
   *  The subscriber's threads only move the demand word and wake the task. All that is signalled
   *  after onSubscribe is signalled by the task, that is by one thread at a time (1.3), and the task
   *  begins only after onSubscribe has returned (1.9). Supplier, source and subscriber are therefore
   *  never entered from inside request or cancel (3.3).
   *
   * Invariants
   *  S1  emitted <= requested (1.1): an element goes out only if the unsettled demand exceeds what was
   *      emitted since it was settled last.
   *  S2  pulled - emitted <= 1, and 0 in mode EXACT: the source is asked for an element beyond
   *      demand only while none is held, and in mode EXACT not unless it says that it has none. (A
   *      cancel that overtakes a pull leaves one behind in either mode; it is discarded at once.)
   *  S3  The last signal is sent by the one who ends the demand word, so at most once (1.7), and not
   *      after the subscriber's cancel was seen (1.8). Source, subscriber and what is held are
   *      dropped before it (3.13).
   *  S4  A source that is left before its end is cancelled before the last signal, by its task.
   *
   * Ends
   *  source ends             onComplete (1.5)
   *  source fails            onError (1.4)
   *  source emits null       source cancelled, onError(NullPointerException)
   *  source ignores its sink source cancelled, onError(IllegalStateException)
   *  request(n <= 0)         source cancelled, onError(IllegalArgumentException) (3.9)
   *  cancel                  source cancelled, nothing (1.8, 3.12)
   *  subscriber throws       source cancelled, the failure to the handler, nothing (2.13)
   *  task cancelled          source cancelled, onError(RuntimeShutdownException)
   *  spawn refused           the same, after onSubscribe (1.9)
   */

  static final String TASK_NAME = "publisher subscription";

  private final Demand demand = new Demand();
  private final boolean exact;
  private final Dialect dialect;

  /** Null once the subscription is over. */
  private @Nullable Subscriber<? super T> subscriber;

  /** Until the first poll that wants the source. */
  private @Nullable Supplier<? extends AsyncIterator<T>> supplier;

  private @Nullable AsyncIterator<T> source;

  /** That of the task, from the first poll on. */
  private Discard discard;

  /** Pulled beyond demand, to be emitted with the next request. */
  private @Nullable T held;

  /** Emitted on behalf of demand that is not settled yet. */
  private long emitted;

  /** How many elements may still be pulled in this poll. */
  private int turnLeft;

  /** The source has ended, with a failure or without; said when nothing is held any more. */
  private boolean sourceOver;

  private @Nullable Throwable sourceFailure;

  // What the sink may not throw: dealt with when pollEach has returned.

  private @Nullable Throwable subscriberFailure;
  private @Nullable RuntimeException breach;

  private IteratorSubscription(Subscriber<? super T> subscriber, DemandMode mode, Dialect dialect) {
    this.subscriber = subscriber;
    this.exact = mode == DemandMode.EXACT;
    this.dialect = dialect;
    this.discard = dialect.discard(Discard.closing());
  }

  /** A subscription to a source that is made in the task. */
  public static <T> IteratorSubscription<T> cold(
      Subscriber<? super T> subscriber,
      Supplier<? extends AsyncIterator<T>> supplier,
      DemandMode mode) {
    return cold(subscriber, supplier, mode, Dialect.PLAIN);
  }

  /** A subscription to a source that is made in the task, to be spoken of in {@code dialect}. */
  public static <T> IteratorSubscription<T> cold(
      Subscriber<? super T> subscriber,
      Supplier<? extends AsyncIterator<T>> supplier,
      DemandMode mode,
      Dialect dialect) {
    IteratorSubscription<T> made = new IteratorSubscription<>(subscriber, mode, dialect);
    made.supplier = supplier;
    return made;
  }

  /** A subscription to a source that is there, and is owned by this from now on. */
  public static <T> IteratorSubscription<T> of(
      Subscriber<? super T> subscriber, AsyncIterator<T> source, DemandMode mode) {
    return of(subscriber, source, mode, Dialect.PLAIN);
  }

  /** A subscription to a source that is there, to be spoken of in {@code dialect}. */
  public static <T> IteratorSubscription<T> of(
      Subscriber<? super T> subscriber, AsyncIterator<T> source, DemandMode mode, Dialect dialect) {
    IteratorSubscription<T> made = new IteratorSubscription<>(subscriber, mode, dialect);
    made.source = source;
    return made;
  }

  /** Gives the subscriber its subscription, and this to a task. Never throws. */
  public void start(Spawner spawner) {
    Subscriber<? super T> subscriber = requireNonNull(this.subscriber);
    try {
      subscriber.onSubscribe(dialect.handle(demand, this)); // 1.9: first, and once
    } catch (Throwable failure) {
      subscriberFailure = failure; // 2.13: reported by the task, to the handler of its runtime
    }
    JoinHandle<Void> handle;
    try {
      TaskLocals locals = dialect.locals();
      handle = spawner.spawn(TASK_NAME, locals == null ? this : within(locals));
    } catch (Throwable refusal) {
      // A spawner that refuses has cancelled this future, which has said so; if not, say it now.
      if (this.subscriber != null) {
        leaveSource();
        end(refusal);
      }
      return;
    }
    handle.detach();
  }

  /** This, in whose polls {@code locals} hold, beside others that the spawner has. */
  private Future<Void> within(TaskLocals locals) {
    List<Future<Void>> nested = new ArrayList<>(List.of(this)); // the outermost last
    locals.forEach((key, value) -> nested.add(scope(key, value, nested.get(nested.size() - 1))));
    return nested.get(nested.size() - 1);
  }

  @SuppressWarnings("unchecked") // a binding is of its key's type
  private static <V> Future<Void> scope(TaskLocal<V> key, Object value, Future<Void> inside) {
    return key.scope((V) value, inside);
  }

  @Override
  public Poll<Void> poll(Context cx) {
    if (subscriber == null) {
      throw new PollAfterEndException(TASK_NAME);
    }
    discard = dialect.discard(cx.discard());
    if (subscriberFailure != null) {
      endUnheard(subscriberFailure); // from onSubscribe
      return Poll.done();
    }
    turnLeft = cx.budget().remaining();
    demand.register(cx.waker()); // first; every settle below looks again
    while (step(cx)) {
      if (turnLeft <= 0 && !sourceOver) {
        cx.wakeSelf();
        return Poll.pending();
      }
    }
    return subscriber == null ? Poll.done() : Poll.pending();
  }

  /**
   * Emits what is held, or pulls as much as demand and turn allow. Returns false if the
   * subscription is over or something else will wake the task.
   */
  private boolean step(Context cx) {
    long open = settle();
    if (open < 0) {
      leaveSource();
      endAsTheSource();
      return false;
    }
    T item = held;
    if (item != null) {
      if (open == 0) {
        return false; // a request will wake
      }
      held = null;
      demand.countEmitted();
      emit(item);
    } else if (sourceOver) {
      endAsTheSource();
      return false;
    } else if (!pull(cx, open)) {
      return false;
    }
    if (subscriberFailure != null) {
      endUnheard(subscriberFailure);
      return false;
    }
    return true;
  }

  /** Pulls. Returns false if there is nothing to do until the source, or a request, wakes. */
  private boolean pull(Context cx, long open) {
    Turn turn;
    try {
      AsyncIterator<T> source = source();
      boolean asks = open > 0 || !exact || source.knownEnded();
      turn = asks ? source.pollEach(cx, this) : Turn.PENDING;
    } catch (Throwable failure) {
      sourceFailure = failure;
      turn = Turn.ENDED;
    }
    if (turn == Turn.ENDED) {
      source = null;
      sourceOver = true;
    }
    if (breach != null) {
      if (sourceFailure != null) {
        breach.addSuppressed(sourceFailure);
      }
      leaveSource();
      sourceOver = true;
      sourceFailure = breach;
    }
    // What the sink has left must be looked at, though the source may say that it will wake.
    return turn != Turn.PENDING || held != null || subscriberFailure != null || breach != null;
  }

  private long settle() {
    long done = emitted;
    emitted = 0;
    return demand.settle(done);
  }

  private AsyncIterator<T> source() {
    AsyncIterator<T> source = this.source;
    if (source == null) {
      source = requireNonNull(supplier).get();
      if (source == null) {
        throw new NullPointerException("the supplier of the source returned null");
      }
      this.source = source;
      supplier = null;
    }
    return source;
  }

  /** The sink of the source: emits {@code item}, or holds it if there is no demand for it. */
  @Override
  public boolean accept(T item) {
    if (item == null || held != null || subscriberFailure != null) {
      breach =
          item == null
              ? new NullPointerException("an element of the source was null (rule 2.13)")
              : new IllegalStateException("the source went on after its sink had enough");
      discard.discard(item);
      return false;
    }
    turnLeft--;
    if (emitted >= demand.get()) { // also if cancelled
      held = item;
      demand.countHeld();
      return false;
    }
    demand.countPassed();
    emit(item);
    if (subscriberFailure != null || turnLeft <= 0) {
      return false;
    }
    long now = demand.get(); // 3.2, 3.3: onNext may have asked for more, or cancelled
    return exact ? emitted < now : now >= 0;
  }

  private void emit(T item) {
    Subscriber<? super T> subscriber = requireNonNull(this.subscriber);
    emitted++; // 1.1
    try {
      subscriber.onNext(item);
    } catch (Throwable failure) {
      subscriberFailure = failure;
    }
  }

  // ---- ends

  @Override
  public void cancel() {
    if (subscriber == null) {
      return;
    }
    if (subscriberFailure != null) {
      endUnheard(subscriberFailure);
      return;
    }
    boolean failed = sourceFailure != null;
    leaveSource();
    if (failed) {
      endAsTheSource();
    } else {
      end(
          new RuntimeShutdownException(
              "the runtime that carried this stream was shut down, or dropped its task, before the"
                  + " stream had ended"));
    }
  }

  /** Cancels the source if it is not over, and discards what was pulled and not emitted. */
  private void leaveSource() {
    AsyncIterator<T> left = source;
    source = null;
    if (left != null) {
      try {
        left.cancel();
      } catch (Throwable failure) {
        discard.uncaught(failure, "the cancel of a publisher's source");
      }
    }
    T dropped = held;
    held = null;
    discard.discard(dropped);
  }

  /**
   * Completes, or fails as the source has. A failure that the subscriber won't hear is reported.
   */
  private void endAsTheSource() {
    Throwable failure = sourceFailure;
    if (failure instanceof InterruptedException) {
      Thread.currentThread().interrupt();
    }
    boolean heard = end(failure);
    if (failure != null && (!heard || failure instanceof VirtualMachineError)) {
      discard.uncaught(failure, "the source of a publisher");
    }
  }

  /** Ends because the subscriber threw, which counts as a cancel of its (2.13). */
  private void endUnheard(Throwable failure) {
    leaveSource();
    forget();
    demand.end();
    discard.uncaught(failure, "a subscriber threw, and counts as cancelled (rule 2.13)");
    if (sourceFailure != null) {
      discard.uncaught(sourceFailure, "the source of a publisher");
    }
  }

  /**
   * Sends the last signal: {@code onError} with {@code failure}, {@code onComplete} if that is
   * null, {@code onError} with the refusal if the subscriber made a bad request, or none if it has
   * cancelled. Returns whether it sent one.
   */
  @CanIgnoreReturnValue
  private boolean end(@Nullable Throwable failure) {
    Subscriber<? super T> last = requireNonNull(subscriber);
    forget(); // 3.13
    long before = demand.end();
    if (before == Demand.CANCELLED) {
      return false; // 1.8
    }
    Throwable error = failure;
    if (before == Demand.REFUSED) {
      error = demand.refusal(); // 3.9
      if (failure != null) {
        error.addSuppressed(failure);
      }
    }
    try {
      if (error == null) {
        last.onComplete(); // 1.5, 1.7
      } else {
        last.onError(error); // 1.4, 1.7
      }
    } catch (Throwable thrown) {
      discard.uncaught(thrown, "a subscriber threw from its last signal (rule 2.13)");
    }
    return true;
  }

  private void forget() {
    subscriber = null;
    supplier = null;
  }

  // ---- for those who look at it from outside: by any thread, and stale perhaps

  /** Null once the subscription is over. */
  public @Nullable Subscriber<? super T> subscriber() {
    return subscriber;
  }

  /** How the source has failed; null if it has not. */
  public @Nullable Throwable failure() {
    return sourceFailure;
  }

  @Override
  public void describe(Description description) {
    description.name(TASK_NAME).with("demand", demand).with("held", held == null ? 0 : 1).stream(
        "source", source);
    if (subscriber != null && (held != null || (exact && demand.get() == 0))) {
      description.waitsFor("a request");
    }
  }
}
