package dev.pollux.spi;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import dev.pollux.core.Future;
import org.jspecify.annotations.Nullable;

/**
 * The way into a runtime from a thread that may block: a runtime implements it.
 *
 * @threading callable from any thread that does not run tasks
 */
@FunctionalInterface
public interface BlockOn {

  /**
   * Runs {@code future} and blocks until it is over.
   *
   * @param future what is run; it is cancelled if this method ends without its output
   * @param <T> the output of the future
   * @return its output
   * @throws InterruptedException if the calling thread is interrupted; {@code future} has been
   *     cancelled
   * @throws IllegalStateException if called on a thread that runs tasks, which must not block
   * @throws Exception what the future throws, unchanged
   */
  @CanIgnoreReturnValue
  <T extends @Nullable Object> T blockOn(Future<T> future) throws Exception;
}
