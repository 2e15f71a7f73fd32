package dev.pollux.samples.model;

import java.util.EnumSet;
import java.util.Set;
import java.util.function.Function;

/**
 * An operator, and on which pipelines it is put.
 *
 * @param name its name
 * @param traits what it can bear and keeps
 * @param draw draws the numbers of one use of it
 */
record Operator(String name, Set<Trait> traits, Function<Draw, Step> draw) {

  /** What can be said of an operator. */
  enum Trait {
    /** What it gives of the first elements does not depend on the later ones. */
    STREAMING,
    /** What it gives, as a set, does not depend on the order; it has no function that fails. */
    ANY_ORDER,
    /** Every element that it does not hand on has been seen by a function, or is discarded. */
    CONSERVING,
    /** Its model is right only if the upstream does not fail. */
    ONLY_ENDING
  }

  static Operator of(String name, Function<Draw, Step> draw, Trait... traits) {
    Set<Trait> all = EnumSet.noneOf(Trait.class);
    all.addAll(Set.of(traits));
    return new Operator(name, all, draw);
  }

  boolean is(Trait trait) {
    return traits.contains(trait);
  }

  /** Whether the model of this operator tells what it makes of such a stream. */
  boolean fits(Model upstream) {
    return (!upstream.endless() || is(Trait.STREAMING))
        && (upstream.ordered() || is(Trait.ANY_ORDER))
        && (upstream.failure() == null || !is(Trait.ONLY_ENDING));
  }

  @Override
  public String toString() {
    return name;
  }
}
