package dev.pollux.io.process;

import static java.util.Objects.requireNonNull;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.time.Duration;
import java.util.List;

/**
 * Settings for a {@link GracefulShutdown}.
 *
 * @threading confined to one thread
 */
public final class GracefulShutdownBuilder {

  private static final Duration USUAL_PATIENCE = Duration.ofSeconds(10);

  private Duration patience = USUAL_PATIENCE;
  private List<SignalListeners> signals =
      List.of(Signals.listeners("INT"), Signals.listeners("TERM"));

  GracefulShutdownBuilder() {}

  /**
   * How long tasks may take to end by themselves. Without this: 10 seconds. Zero gives them no
   * time.
   *
   * @throws IllegalArgumentException if it is negative
   */
  @CanIgnoreReturnValue
  public GracefulShutdownBuilder patience(Duration patience) {
    if (requireNonNull(patience, "patience").isNegative()) {
      throw new IllegalArgumentException("patience must not be negative, was " + patience);
    }
    this.patience = patience;
    return this;
  }

  /** Listens to no signal: it is asked for by a call alone. */
  @CanIgnoreReturnValue
  public GracefulShutdownBuilder withoutSignals() {
    signals = List.of();
    return this;
  }

  /** Listens to others than those of the system. */
  @CanIgnoreReturnValue
  GracefulShutdownBuilder signals(SignalListeners... others) {
    signals = List.of(others);
    return this;
  }

  /** Makes it. It listens from now on, until it is closed. */
  public GracefulShutdown build() {
    return new GracefulShutdown(patience, signals);
  }
}
