package dev.pollux.spi;

/** Tells measurements what a timer entry does not tell everybody. */
public final class TimerEntryState {

  private TimerEntryState() {}

  /** Whether {@code entry} was disarmed. */
  public static boolean isOver(TimerEntry entry) {
    return entry.isOver();
  }
}
