package dev.pollux.spi;

import dev.pollux.core.Discard;
import dev.pollux.core.MissingServiceException;
import java.util.Optional;

/**
 * What a runtime offers to the futures that it polls. An executor implements it once per polling
 * thread or once in all; futures reach it through {@link dev.pollux.core.Context}.
 *
 * <p>Every method has a default that refuses, naming what is missing, so a small executor offers
 * only what it has.
 *
 * @threading called on the polling thread; what is returned says itself from where it may be used
 */
public interface Services {

  /** The name of the runtime, for messages. */
  default String name() {
    return getClass().getSimpleName();
  }

  /** The timer of the polling thread. */
  default Timer timer() {
    throw new MissingServiceException(
        "timer", "a PolluxRuntime, or a PollHarness with a ManualClock");
  }

  /** Where new tasks are spawned. */
  default Spawner spawner() {
    throw new MissingServiceException("spawner", "a PolluxRuntime");
  }

  /** Where blocking calls run. */
  default Blocking blocking() {
    throw new MissingServiceException("blocking pool", "a PolluxRuntime");
  }

  /** Where values and failures go that have no owner. */
  default Discard discard() {
    return Discard.closing();
  }

  /**
   * A service of some other kind, such as the I/O driver.
   *
   * @param type the interface of the service
   * @param <S> the interface of the service
   */
  default <S> Optional<S> service(Class<S> type) {
    return Optional.empty();
  }
}
