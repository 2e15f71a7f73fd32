package dev.pollux.testing;

import java.util.EnumMap;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What a suite is told of its subject: how it is made, what is expected, and which liberties it
 * takes.
 *
 * @threading as the suite: one thread
 */
final class Terms {

  /** Makes a fresh subject of a kit, to be polled by a plan until it has given enough elements. */
  @FunctionalInterface
  interface Maker {
    Subject make(ConformanceKit kit, Plan plan, int enough);
  }

  final String name;

  /** Whether the subject is an iterator. */
  final boolean iterates;

  final Maker maker;

  /**
   * Says what is wrong with the end of a trial in which nothing was made to fail, or null; null if
   * not told yet.
   */
  @Nullable Function<Trial, @Nullable String> expectation;

  /** It waits for ever: a trial that gets stuck has come to its end. */
  boolean never;

  /** How many elements are enough: an iterator is cancelled after them. */
  int enough = Integer.MAX_VALUE;

  /** Exceptions of children and functions are part of its work. */
  boolean recovers;

  /** Its output owns the children that are not over. */
  boolean handsBack;

  /** Whatever it holds of its children's values is discarded when it fails or is cancelled. */
  boolean discards;

  /** Elements come in any order. */
  boolean anyOrder;

  /** Which laws are not checked, and why. */
  final Map<Law, String> leftOut = new EnumMap<>(Law.class);

  Terms(String name, boolean iterates, Maker maker) {
    this.name = name;
    this.iterates = iterates;
    this.maker = maker;
  }

  /** What is wrong with the end of {@code trial}, or null. */
  @Nullable String complaint(Trial trial) {
    Function<Trial, @Nullable String> expectation = this.expectation;
    if (expectation == null) {
      throw new IllegalStateException("say first what is expected of " + name);
    }
    return expectation.apply(trial);
  }
}
