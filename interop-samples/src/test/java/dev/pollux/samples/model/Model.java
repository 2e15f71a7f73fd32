package dev.pollux.samples.model;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.IntFunction;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What a pipeline gives, as a plain list.
 *
 * @param items the elements
 * @param failure the message of the failure that follows them, or null for the end
 * @param endless whether more elements follow, of which nothing is known but that they come
 * @param ordered whether the elements come in the order of the list
 */
record Model(List<Integer> items, @Nullable String failure, boolean endless, boolean ordered) {

  static Model of(List<Integer> items, @Nullable String failure) {
    return new Model(items, failure, false, true);
  }

  /** The first elements of what never ends. */
  static Model endless(List<Integer> beginning) {
    return new Model(beginning, null, true, true);
  }

  int size() {
    return items.size();
  }

  /** Ends as this does, after other elements. */
  Model with(List<Integer> others) {
    return new Model(others, failure, endless, ordered);
  }

  /** Ends as this does; {@code change} is given the elements in a list of its own. */
  Model changed(UnaryOperator<List<Integer>> change) {
    return with(change.apply(new ArrayList<>(items)));
  }

  /** The end after {@code count} elements; before any failure, if there are as many. */
  Model first(int count) {
    return count <= size() ? new Model(items.subList(0, count), null, false, ordered) : this;
  }

  Model from(int index) {
    return with(items.subList(Math.min(index, size()), size()));
  }

  /** One element and the end; or what {@code unless} says, if this does not end. */
  Model answer(int item) {
    return failure == null && !endless ? of(List.of(item), null) : with(List.of());
  }

  Model failingWith(String message) {
    return new Model(items, message, false, ordered);
  }

  Model ending() {
    return new Model(items, null, false, ordered);
  }

  Model unordered() {
    return new Model(items, failure, endless, false);
  }

  Model reversed() {
    return changed(
        all -> {
          Collections.reverse(all);
          return all;
        });
  }

  /** These elements, and then those of {@code next} unless this fails. */
  Model then(Model next) {
    if (failure != null || endless) {
      return this;
    }
    List<Integer> all = new ArrayList<>(items);
    all.addAll(next.items);
    return new Model(all, next.failure, next.endless, ordered && next.ordered);
  }

  /** What {@code function} makes of each element, which fails at one of its calls. */
  Model each(Failing failing, IntFunction<List<Integer>> function) {
    List<Integer> made = new ArrayList<>();
    for (int i = 0; i < size(); i++) {
      if (failing.at() == i) {
        return with(made).failingWith(Failing.MESSAGE);
      }
      made.addAll(function.apply(items.get(i)));
    }
    return with(made);
  }
}
