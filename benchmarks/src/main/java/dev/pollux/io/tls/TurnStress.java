package dev.pollux.io.tls;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.pollux.core.AtomicWaker;
import dev.pollux.core.Waker;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;

/** Those who want the way out of a TLS connection at the same time. */
public final class TurnStress {

  private TurnStress() {}

  /** A turn, and what it guards. */
  abstract static class Fixture {

    static final int ALONE = 1;
    static final int REFUSED = 0;
    static final int NOT_ALONE = -1;

    final Turn turn = new Turn();
    final Waiting reader = new Waiting();
    final Waiting writer = new Waiting();

    /** Written by who has the turn. */
    private int guarded;

    int use(AtomicWaker slot, Waker waker) {
      return turn.enter(slot, waker) ? have() : REFUSED;
    }

    int tryUse() {
      return turn.tryEnter() ? have() : REFUSED;
    }

    private int have() {
      int before = guarded;
      guarded = before + 1;
      boolean alone = guarded == before + 1;
      turn.leave();
      return alone ? ALONE : NOT_ALONE;
    }

    /** How many uses are in what was guarded, if those were told that were refused; else -1. */
    int uses(int reads, int writes) {
      boolean told =
          (reads != REFUSED || reader.isWoken()) && (writes != REFUSED || writer.isWoken());
      return told ? guarded : -1;
    }
  }

  /** Remembers that it was woken. */
  static final class Waiting implements Waker {

    private volatile boolean woken;

    boolean isWoken() {
      return woken;
    }

    @Override
    public void wake() {
      woken = true;
    }
  }

  /** Who reads has something to send while somebody writes. */
  @JCStressTest
  @Outcome(id = "1, 1, 2", expect = ACCEPTABLE, desc = "One after the other.")
  @Outcome(id = "1, 0, 1", expect = ACCEPTABLE, desc = "The writer was refused, and woken.")
  @Outcome(id = "0, 1, 1", expect = ACCEPTABLE, desc = "The reader was refused, and woken.")
  @Outcome(expect = FORBIDDEN, desc = "Both had it, or who was refused waits for ever.")
  @State
  public static class ReadVsWrite extends Fixture {

    @Actor
    public void reads(III_Result r) {
      r.r1 = use(turn.reader, reader);
    }

    @Actor
    public void writes(III_Result r) {
      r.r2 = use(turn.writer, writer);
    }

    @Arbiter
    public void arbiter(III_Result r) {
      r.r3 = uses(r.r1, r.r2);
    }
  }

  /** A close says the end, if it can, while who reads has something to send, and asks twice. */
  @JCStressTest
  @Outcome(
      id = {"1, 1, 3", "1, 1, 2", "0, 1, 2", "0, 1, 1", "0, 0, 1", "1, 0, 2", "1, 0, 1"},
      expect = ACCEPTABLE,
      desc = "Who was refused was woken.")
  @Outcome(expect = FORBIDDEN, desc = "Both had it, or who was refused waits for ever.")
  @State
  public static class CloseVsRead extends Fixture {

    @Actor
    public void reads(III_Result r) {
      r.r1 = use(turn.reader, reader);
      r.r2 = use(turn.reader, reader);
    }

    @Actor
    public void closes() {
      tryUse();
    }

    @Arbiter
    public void arbiter(III_Result r) {
      r.r3 = uses(Math.min(r.r1, r.r2), ALONE);
    }
  }
}
