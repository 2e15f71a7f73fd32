package dev.pollux.executor.blocking;

import java.util.concurrent.Callable;
import java.util.function.BooleanSupplier;

/**
 * Hears of threads that wait for what a runtime runs, other than in a join of a handle. One that
 * belongs to the blocking pool of the runtime may have to be replaced meanwhile.
 *
 * @threading the thread that waits, with no lock held; of those that are not the pool's, nothing is
 *     noted
 */
public interface Waits {

  /** Nobody hears. */
  Waits UNHEARD =
      new Waits() {
        @Override
        public void callWaitBegins(Callable<?> call, BooleanSupplier isOver) {}

        @Override
        public void taskWaitBegins() {}

        @Override
        public void waitEnds() {}
      };

  /**
   * Hears that the calling thread is about to sleep until {@code call} has been made, or is not to
   * be made any more. It must look again, and come here before it sleeps again, when it is
   * unparked.
   *
   * @param call what was given to the pool, or else to somebody who will give it to the pool, or to
   *     a task
   * @param isOver whether the wait is over. Quick, and throws nothing: called with a lock held
   * @throws dev.pollux.executor.BlockingPoolExhaustedException if the wait can't end; nothing is
   *     noted
   */
  void callWaitBegins(Callable<?> call, BooleanSupplier isOver);

  /** Hears that the calling thread is about to sleep until something ends that may be a task. */
  void taskWaitBegins();

  /** Hears that the calling thread does not wait any more. */
  void waitEnds();
}
