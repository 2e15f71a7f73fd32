package dev.pollux.spi;

import dev.pollux.core.TaskInfo;
import dev.pollux.core.Waker;
import org.jspecify.annotations.Nullable;

/**
 * The waker that an executor shows to the future of a task, if it can say whose it is: then {@link
 * dev.pollux.core.Context#task()} knows.
 *
 * @threading any thread, as every waker
 */
public interface TaskWaker extends Waker {

  /**
   * The task that is woken, or null if it is not known any more.
   *
   * @threading any thread
   */
  @Nullable TaskInfo task();
}
