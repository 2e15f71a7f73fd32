package dev.pollux.io.process;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Those who listen to one signal. While there are any, it comes to them; while there are none, it
 * goes where it always went.
 *
 * @threading every method may be called from any thread
 */
final class SignalListeners implements SignalSource.Arrivals {
  /*
   * Invariants
   *  I1  `installed` is not null exactly while `listeners` is not empty; both change in one hold of the lock.
   *  I2  Listeners are told with the lock not held, for they wake tasks and run callbacks. The source is called with it:
   *      its calls are short, and are none of the user's.
   *
   * Races
   *  R1  The signal comes, and the last listener leaves. If the signal's thread comes second it finds nobody, and the
   *      signal was meant for somebody all the same: it is sent again, and goes to whoever has it now.
   *  R2  A listener is told after it has left: it was in the copy. It looks at nothing then, which is up to it.
   *  R3  A listener comes between the arrival of a signal and the copy. It is told, as if it had come a moment later.
   */

  private final String name;
  private final SignalSource source;
  private final ReentrantLock lock = new ReentrantLock();

  @GuardedBy("lock")
  private final Set<SignalListener> listeners = Collections.newSetFromMap(new IdentityHashMap<>());

  @GuardedBy("lock")
  private SignalSource.@Nullable Installed installed;

  SignalListeners(String name, SignalSource source) {
    this.name = name;
    this.source = source;
  }

  String name() {
    return name;
  }

  /**
   * Tells {@code listener} from now on.
   *
   * @throws UnsupportedOperationException if the signal can't be heard; nothing was added
   */
  void add(SignalListener listener) {
    lock.lock();
    try {
      if (installed == null) {
        installed = source.install(name, this);
      }
      listeners.add(listener);
      return;
    } catch (SignalSource.MachineEndsException late) {
      // Nobody will tell it any more but this thread.
    } finally {
      lock.unlock();
    }
    listener.machineEnds();
  }

  /** No longer tells {@code listener}. Idempotent. */
  void remove(SignalListener listener) {
    lock.lock();
    try {
      listeners.remove(listener);
      SignalSource.Installed installed = this.installed;
      if (listeners.isEmpty() && installed != null) {
        this.installed = null;
        installed.restore();
      }
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void came() {
    if (!tellAll(SignalListener::came)) {
      source.raise(name); // R1
    }
  }

  @Override
  public void machineEnds() {
    tellAll(SignalListener::machineEnds);
    tellAll(SignalListener::holdEnd);
  }

  /** Whether there was anybody to be told. */
  @CanIgnoreReturnValue
  private boolean tellAll(Consumer<SignalListener> word) {
    List<SignalListener> told;
    lock.lock();
    try {
      told = new ArrayList<>(listeners);
    } finally {
      lock.unlock();
    }
    told.forEach(word);
    return !told.isEmpty();
  }

  /** How many listen; for descriptions and tests. */
  int size() {
    lock.lock();
    try {
      return listeners.size();
    } finally {
      lock.unlock();
    }
  }
}
