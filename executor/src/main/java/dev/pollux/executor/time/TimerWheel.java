package dev.pollux.executor.time;

import dev.pollux.core.Waker;
import dev.pollux.spi.Timer;
import dev.pollux.spi.TimerEntry;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;

public final class TimerWheel implements Timer {
  private final LongSupplier clock;
  private final List<TimerEntry> entries = new ArrayList<>();

  public TimerWheel(LongSupplier clock, Runnable unpark) {
    this.clock = clock;
  }

  public void acquire() {}

  public void release() {}

  @Override
  public long nanoTime() {
    return clock.getAsLong();
  }

  @Override
  public synchronized void arm(TimerEntry entry) {
    entries.add(entry);
  }

  @Override
  public synchronized void disarm(TimerEntry entry) {
    entries.remove(entry);
  }

  public synchronized void advance(long now) {
    entries.sort(java.util.Comparator.comparingLong(TimerEntry::deadlineNanos));
    while (!entries.isEmpty() && entries.get(0).deadlineNanos() <= now) {
      Waker w = entries.remove(0).fire();
      if (w != null) {
        w.wake();
      }
    }
  }

  public synchronized long nextDeadlineNanos() {
    return entries.stream().mapToLong(TimerEntry::deadlineNanos).min().orElse(Long.MAX_VALUE);
  }

  public void close() {}
}
