package dev.pollux.stream;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import dev.pollux.core.Discard;
import dev.pollux.core.Waker;
import dev.pollux.operator.Cancel;
import dev.pollux.sync.LaggedException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What an {@link Emitter} and its reader have in common.
 *
 * @threading any thread; what the reader does, by one at a time
 */
final class EmitterQueue<T> {
  /*
   * Everything is guarded by `lock`, which is not handed out. No section calls foreign code: wakers, discards and actions
   * are collected in an Afterwards, or a list, and called once the lock is left.
   *
   * Invariants
   *  I1  held.size() <= capacity.
   *  I2  Sends wait only while held is full, and nothing finished. So whoever takes an element moves the first send's value
   *      up in the same section, and nobody can overtake it.
   *  I3  `waker` is set only while held is empty and nothing finished: what ends that takes it out, to wake it.
   *  I4  `finished` is set once, and nothing is put in `held` after it. `gone` is set when the reader is over: then nothing
   *      is held, and nothing will be.
   *
   * A waiting send leaves its waker under the lock, after it has found no room there; and whoever moves its value up, or
   * finishes, takes the waker in the section that does so. So a send is never left waiting beside room.
   */
  private final Object lock = new Object();
  private final int capacity;
  private final Overflow overflow;
  private final ArrayDeque<T> held = new ArrayDeque<>();
  private final Set<EmitterSend<T>> waiting = new LinkedHashSet<>();
  private @Nullable List<Runnable> actions = new ArrayList<>();

  /** Of the reader, while it waits. */
  private @Nullable Waker waker;

  private boolean finished;
  private @Nullable Throwable failure;

  /** How many values the reader has missed, with {@link Overflow#LAG}. */
  private long missed;

  /** Whether the reader is over. */
  private boolean gone;

  /** Whether it is over, or will be, for another reason than the emitter's end. */
  private boolean cancelled;

  /** Bound at the first poll of the reader. */
  private volatile @Nullable Discard discard;

  EmitterQueue(int capacity, Overflow overflow) {
    this.capacity = capacity;
    this.overflow = overflow;
  }

  void bind(Discard discard) {
    if (this.discard == null) {
      this.discard = discard;
    }
  }

  // ---- writing

  Emission emit(T value) {
    Afterwards afterwards = new Afterwards();
    List<Runnable> toRun = List.of();
    Emission emission;
    synchronized (lock) {
      emission = put(value, afterwards);
      if (cancelled) {
        toRun = takeActions();
      }
    }
    afterwards.run(discard);
    run(toRun);
    return emission;
  }

  /** Puts a value in, or does with it what the policy says. Needs the lock. */
  private Emission put(T value, Afterwards afterwards) {
    if (finished) {
      return Emission.OVER;
    }
    if (held.size() < capacity) {
      held.addLast(value);
      afterwards.wake(takeWaker());
      return Emission.EMITTED;
    }
    switch (overflow) {
      case WAIT -> {
        return Emission.FULL;
      }
      case DROP_NEWEST -> {
        afterwards.discard(value);
        return Emission.DROPPED;
      }
      case FAIL -> {
        afterwards.discard(value);
        cancelled = true;
        finishHere(
            new IllegalStateException(
                "an emitter holds " + capacity + " elements, all that it may, and one more came"),
            afterwards);
        return Emission.DROPPED;
      }
      case LAG -> missed++;
      case DROP_OLDEST -> {}
    }
    afterwards.discard(held.removeFirst());
    held.addLast(value);
    return Emission.EMITTED;
  }

  /**
   * Puts the value of a send in, or lets it wait.
   *
   * @return {@link Emission#FULL} if it waits
   */
  Emission send(EmitterSend<T> send, Waker waker) {
    Afterwards afterwards = new Afterwards();
    List<Runnable> toRun = List.of();
    Emission emission;
    synchronized (lock) {
      if (send.isMovedUp()) {
        return Emission.EMITTED;
      }
      emission = put(send.value(), afterwards);
      if (emission == Emission.FULL) {
        send.leave(waker);
        waiting.add(send);
      }
      if (cancelled) {
        toRun = takeActions();
      }
    }
    afterwards.run(discard);
    run(toRun);
    return emission;
  }

  /** A send gives up: its value is its own from here on, unless it was moved up. */
  void leave(EmitterSend<T> send) {
    synchronized (lock) {
      send.takeWaker();
      waiting.remove(send);
    }
  }

  /** Ends the stream; false if that has happened. */
  @CanIgnoreReturnValue
  boolean finish(@Nullable Throwable failure) {
    Afterwards afterwards = new Afterwards();
    synchronized (lock) {
      if (finished) {
        return false;
      }
      finishHere(failure, afterwards);
      actions = null;
    }
    afterwards.run(discard);
    return true;
  }

  private void finishHere(@Nullable Throwable failure, Afterwards afterwards) {
    finished = true;
    this.failure = failure;
    afterwards.wake(takeWaker());
    for (EmitterSend<T> send : waiting) {
      afterwards.wake(send.takeWaker());
    }
    waiting.clear();
  }

  @CanIgnoreReturnValue
  private @Nullable Waker takeWaker() {
    Waker taken = waker;
    waker = null;
    return taken;
  }

  // ---- reading

  /** What a look has found. */
  enum Look {
    ITEM,
    PENDING,
    OVER
  }

  /** Looks what there is; leaves the waker if there is nothing. */
  Look look(Waker waker) {
    synchronized (lock) {
      if (missed > 0) {
        return Look.OVER;
      }
      if (!held.isEmpty()) {
        return Look.ITEM;
      }
      if (finished) {
        return Look.OVER;
      }
      this.waker = waker;
      return Look.PENDING;
    }
  }

  /** Takes an element that a look has found; null if it is missed since. */
  @Nullable T take() {
    Afterwards afterwards = new Afterwards();
    T item;
    synchronized (lock) {
      if (missed > 0) {
        return null;
      }
      item = held.removeFirst();
      if (!waiting.isEmpty()) {
        EmitterSend<T> next = waiting.iterator().next();
        waiting.remove(next);
        held.addLast(next.moveUp());
        afterwards.wake(next.takeWaker());
      }
    }
    afterwards.run(discard);
    return item;
  }

  /** Takes out the failure with which the reader is over; null if it has ended. */
  @Nullable Throwable takeFailure() {
    synchronized (lock) {
      if (missed > 0) {
        return new LaggedException(missed, "an emitter");
      }
      Throwable taken = failure;
      failure = null;
      return taken;
    }
  }

  boolean isKnownEnded() {
    synchronized (lock) {
      return finished && held.isEmpty() && failure == null && missed == 0;
    }
  }

  /** The reader is over: by its end, or cancelled. */
  void close() {
    Afterwards afterwards = new Afterwards();
    List<Runnable> toRun = List.of();
    Throwable unthrown;
    synchronized (lock) {
      if (gone) {
        return;
      }
      gone = true;
      unthrown = cancelled ? null : failure; // what was refused for want of room, who emitted knows
      takeWaker();
      if (!finished) {
        cancelled = true;
        finishHere(null, afterwards);
      }
      failure = null;
      T item;
      while ((item = held.pollFirst()) != null) {
        afterwards.discard(item);
      }
      if (cancelled) {
        toRun = takeActions();
      }
    }
    run(toRun); // first, so that no more comes
    afterwards.run(discard);
    if (unthrown != null) {
      Cancel.orClosing(discard).uncaught(unthrown, "an emitter that nobody reads any more");
    }
  }

  // ---- being told

  void onCancel(Runnable action) {
    synchronized (lock) {
      if (!cancelled) {
        if (actions != null) {
          actions.add(action);
        }
        return;
      }
    }
    run(List.of(action));
  }

  private List<Runnable> takeActions() {
    List<Runnable> taken = actions;
    actions = null;
    return taken == null ? List.of() : taken;
  }

  private void run(List<Runnable> actions) {
    for (Runnable action : actions) {
      try {
        action.run();
      } catch (Throwable failure) {
        Cancel.orClosing(discard).uncaught(failure, "the onCancel of an Emitter");
      }
    }
  }

  boolean isFinished() {
    synchronized (lock) {
      return finished;
    }
  }

  int held() {
    return held.size();
  }

  /** For a dump: without the lock, so it may be a mixture of two moments. */
  @Override
  public String toString() {
    return "Emitter["
        + held.size()
        + " of "
        + capacity
        + " held, "
        + overflow
        + ", "
        + waiting.size()
        + " waiting"
        + (finished ? ", over" : "")
        + "]";
  }
}
