package dev.pollux.spi;

import java.util.Optional;

/**
 * A {@link Parker} that waits for events of the operating system while it sleeps, and wakes the
 * futures that wait for them: the seam between an executor and an I/O library.
 *
 * <p>An executor finds a driver with {@link java.util.ServiceLoader}, makes one for itself, and
 * hands it from thread to thread: whoever holds it calls {@link #park}. Without a provider it parks
 * without one.
 *
 * <p>A driver holds no {@code ReentrantLock}, nor any other ownable synchronizer, while it sleeps
 * in {@code park}: in debug mode an executor would take it for a lock that a task has kept.
 */
public interface Driver extends Parker, AutoCloseable {

  /**
   * The part of the driver that futures use, found through {@link dev.pollux.core.Context#service}.
   *
   * @param type the interface that is looked for
   * @param <S> the interface that is looked for
   * @threading any thread
   */
  <S> Optional<S> service(Class<S> type);

  /**
   * Lets go of what the driver holds, and wakes everything that still waits for it, to fail.
   * Idempotent.
   *
   * @threading called once nobody parks any more
   */
  @Override
  void close();
}
