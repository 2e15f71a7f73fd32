package dev.pollux.benchmarks.stress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/**
 * Two increments of a plain counter, each a read and a write apart. The lost update is declared
 * forbidden although it happens: when this test passes, jcstress sees nothing.
 */
@JCStressTest
@Outcome(
    id = {"1, 2", "2, 1"},
    expect = ACCEPTABLE,
    desc = "One increment after the other.")
@Outcome(id = "1, 1", expect = FORBIDDEN, desc = "An update is lost.")
@State
public class KnownRaceStress {
  private int value;

  /** Increments. */
  @Actor
  public void first(II_Result seen) {
    seen.r1 = ++value;
  }

  /** Increments too. */
  @Actor
  public void second(II_Result seen) {
    seen.r2 = ++value;
  }
}
