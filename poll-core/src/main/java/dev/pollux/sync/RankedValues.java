package dev.pollux.sync;

import java.util.Comparator;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Values of which the greatest is received first, and of equal ones the first that came.
 *
 * <p>A tree, not a heap: it compares when a value is put in, before anything has changed, and never
 * when one is taken out. So a comparator that throws hurts nobody but the sender of that value, and
 * one that contradicts itself spoils the order, but loses nothing.
 */
final class RankedValues<T> implements Values<T> {

  /** A value, and its place among its equals. */
  private record Ranked<T>(T value, long sequence) {}

  private final TreeSet<Ranked<T>> tree;
  private long nextSequence;

  RankedValues(Comparator<? super T> comparator) {
    this.tree =
        new TreeSet<>(
            (one, other) -> {
              if (one.sequence == other.sequence) {
                return 0; // a tree of one compares it with itself
              }
              int order = comparator.compare(other.value, one.value);
              return order != 0 ? order : Long.compare(one.sequence, other.sequence);
            });
  }

  @Override
  public void add(T value) {
    tree.add(new Ranked<>(value, nextSequence++));
  }

  @Override
  public @Nullable T poll() {
    Ranked<T> first = tree.pollFirst();
    return first == null ? null : first.value;
  }

  @Override
  public int size() {
    return tree.size();
  }
}
