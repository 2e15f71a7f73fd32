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

  /** The numbers, or of many the first and how many there are. */
  static String text(List<Integer> numbers) {
    int shown = Math.min(numbers.size(), 12);
    String text = numbers.subList(0, shown).toString();
    return shown == numbers.size() ? text : text + " and so on, " + numbers.size();
  }

  /** Where two lists part, and how they go on; or nothing. */
  static String difference(List<Integer> seen, List<Integer> expected) {
    int same = 0;
    while (same < Math.min(seen.size(), expected.size())
        && seen.get(same).equals(expected.get(same))) {
      same++;
    }
    return same == seen.size() && same == expected.size()
        ? ""
        : "from index "
            + same
            + " on there is "
            + text(seen.subList(same, seen.size()))
            + " instead of "
            + text(expected.subList(same, expected.size()));
  }

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

  /** The runs of elements of one key. */
  static List<List<Integer>> runs(List<Integer> numbers, IntUnaryOperator key) {
    List<List<Integer>> made = new ArrayList<>();
    int before = 0;
    for (int number : numbers) {
      int now = key.applyAsInt(number);
      if (made.isEmpty() || now != before) {
        made.add(new ArrayList<>());
      }
      before = now;
      made.get(made.size() - 1).add(number);
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
