package dev.pollux.testing;

import dev.pollux.core.Discard;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Closes what can be closed, as every discard does, and remembers all that it was given.
 *
 * @threading every method may be called from any thread
 */
final class RecordingDiscard implements Discard {

  private final Object lock = new Object();

  // Guarded by lock.
  private final List<Object> discarded = new ArrayList<>();
  private final List<Throwable> uncaught = new ArrayList<>();

  private final Discard closing =
      Discard.closing(value -> {}, (failure, origin) -> remember(failure));

  @Override
  public void discard(@Nullable Object value) {
    if (value != null) {
      synchronized (lock) {
        discarded.add(value);
      }
      closing.discard(value); // user code: outside the lock
    }
  }

  @Override
  public void uncaught(Throwable failure, String origin) {
    remember(failure);
  }

  private void remember(Throwable failure) {
    synchronized (lock) {
      uncaught.add(failure);
    }
  }

  List<Object> discarded() {
    synchronized (lock) {
      return List.copyOf(discarded);
    }
  }

  List<Throwable> uncaught() {
    synchronized (lock) {
      return List.copyOf(uncaught);
    }
  }

  void clear() {
    synchronized (lock) {
      discarded.clear();
      uncaught.clear();
    }
  }
}
