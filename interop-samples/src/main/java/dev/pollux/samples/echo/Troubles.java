package dev.pollux.samples.echo;

import java.util.EnumMap;
import java.util.Map;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/**
 * Counts what went wrong.
 *
 * @threading any thread
 */
final class Troubles {

  /** Guarded by this. */
  private final Map<Trouble, Integer> counts = new EnumMap<>(Trouble.class);

  private @Nullable Throwable first;

  synchronized void add(Throwable failure) {
    if (first == null) {
      first = failure;
    }
    counts.merge(Trouble.of(failure), 1, Integer::sum);
  }

  synchronized void add(Trouble trouble, int count) {
    if (count > 0) {
      counts.merge(trouble, count, Integer::sum);
    }
  }

  synchronized int total() {
    return counts.values().stream().mapToInt(Integer::intValue).sum();
  }

  /** What failed first, to be shown to who asks for details; null if nothing has. */
  synchronized @Nullable Throwable first() {
    return first;
  }

  synchronized Map<Trouble, Integer> counts() {
    return new EnumMap<>(counts.isEmpty() ? new EnumMap<>(Trouble.class) : counts);
  }

  /** In words: {@code 3 refused, 1 closed by the server}; {@code none} if there are none. */
  static String words(Map<Trouble, Integer> counts) {
    StringJoiner words = new StringJoiner(", ").setEmptyValue("none");
    counts.forEach((trouble, count) -> words.add(count + " " + trouble));
    return words.toString();
  }
}
