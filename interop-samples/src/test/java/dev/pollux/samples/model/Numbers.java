package dev.pollux.samples.model;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntPredicate;
import java.util.function.IntUnaryOperator;

/** What the models do with plain lists of numbers. */
final class Numbers {

  private Numbers() {}

  /** A number that tells how many there were, and in which order. */
  static int folded(List<Integer> numbers) {
    int hash = numbers.size();
    for (int number : numbers) {
      hash = (31 * hash + number) % 10_007;
    }
    return hash;
  }

  /**
   * The folded parts of {@code size} elements, each beginning {@code step} after the one before.
   */
  static List<Integer> chunks(List<Integer> numbers, int size) {
    List<Integer> made = new ArrayList<>();
    for (int from = 0; from < numbers.size(); from += size) {
      made.add(folded(numbers.subList(from, Math.min(from + size, numbers.size()))));
    }
    return made;
  }

  /** The first element of each key. */
  static List<Integer> distinct(List<Integer> numbers, IntUnaryOperator key) {
    Map<Integer, Integer> first = new LinkedHashMap<>();
    numbers.forEach(number -> first.putIfAbsent(key.applyAsInt(number), number));
    return new ArrayList<>(first.values());
  }

  /** The elements whose key is another than that of the one before. */
  static List<Integer> changes(List<Integer> numbers, IntUnaryOperator key) {
    List<Integer> made = new ArrayList<>();
    for (int i = 0; i < numbers.size(); i++) {
      if (i == 0 || key.applyAsInt(numbers.get(i)) != key.applyAsInt(numbers.get(i - 1))) {
        made.add(numbers.get(i));
      }
    }
    return made;
  }

  /** Where the first element is that {@code predicate} holds for, or the size. */
  static int indexOf(List<Integer> numbers, IntPredicate predicate) {
    int index = 0;
    while (index < numbers.size() && !predicate.test(numbers.get(index))) {
      index++;
    }
    return index;
  }
}
