package dev.pollux.io.limit;

import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/**
 * Counts what was refused, for a metric or a report. One of these is shared by all that belongs
 * together: the limits of a server, say.
 *
 * @threading any thread
 */
public final class LimitCounts {

  private final EnumMap<Refusal, LongAdder> counts = new EnumMap<>(Refusal.class);

  /** Counts from 0. */
  public LimitCounts() {
    for (Refusal refusal : Refusal.values()) {
      counts.put(refusal, new LongAdder());
    }
  }

  /** One more. For limits of one's own, too. */
  public void refused(Refusal refusal) {
    adder(refusal).increment();
  }

  /** How many so far. */
  public long count(Refusal refusal) {
    return adder(refusal).sum();
  }

  /** All that there were, those of 0 too, in the order of {@link Refusal}. A copy. */
  public Map<Refusal, Long> all() {
    EnumMap<Refusal, Long> all = new EnumMap<>(Refusal.class);
    counts.forEach((refusal, count) -> all.put(refusal, count.sum()));
    return all;
  }

  private LongAdder adder(Refusal refusal) {
    LongAdder adder = counts.get(refusal);
    if (adder == null) {
      throw new NullPointerException("refusal");
    }
    return adder;
  }

  @Override
  public String toString() {
    return "LimitCounts" + counts;
  }
}
