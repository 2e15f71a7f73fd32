package dev.pollux.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pollux.core.Context;
import dev.pollux.core.Description;
import dev.pollux.core.Discard;
import dev.pollux.core.Future;
import dev.pollux.core.Poll;
import dev.pollux.core.PollAfterEndException;
import dev.pollux.core.Waker;
import dev.pollux.spi.TimerEntry;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FutureConformanceTest {

  @Test
  void aSoundFutureKeepsEveryLaw() {
    assertThatCode(() -> pair(Pair.Fault.NONE).check()).doesNotThrowAnyException();
  }

  @ParameterizedTest
  @CsvSource({
    "GIVES_A_WRONG_VALUE, OUTCOME",
    "ANSWERS_AGAIN_AFTER_THE_END, OVER_IS_OVER",
    "THROWS_FROM_THE_SECOND_CANCEL, CANCEL",
    "ANSWERS_PENDING_AFTER_CANCEL, CANCEL",
    "FORGETS_A_SIBLING_ON_FAILURE, CHILDREN_CANCELLED",
    "CANCELS_NOTHING, CHILDREN_CANCELLED",
    "CANCELS_OLDEST_FIRST, CHILDREN_CANCELLED",
    "POLLS_A_CHILD_AFTER_ITS_END, CHILDREN_POLLED",
    "LETS_A_CANCEL_THROW, THROWING_CANCEL",
    "SWALLOWS_WHAT_A_CANCEL_THROWS, THROWING_CANCEL",
    "STAYS_ON_ITS_FIRST_THREAD, ANY_THREAD",
    "WRAPS_EXCEPTIONS, FAILURE",
    "SWALLOWS_EXCEPTIONS, FAILURE",
    "WRAPS_ERRORS, ERROR",
    "DESCRIBES_ONE_CHILD, DESCRIBED",
    "CANCELS_WHEN_DESCRIBED, DESCRIBED",
    "KEEPS_ITS_FUNCTION, NOTHING_RETAINED",
    "KEEPS_ITS_WAKER, NOTHING_RETAINED",
    "KEEPS_A_VALUE, NOTHING_RETAINED",
    "DROPS_A_VALUE, HELD_VALUES",
    "KEEPS_THE_FIRST_WAKER, LATEST_WAKER",
    "SKIPS_A_CHILD_WHILE_ANOTHER_IS_PENDING, LATEST_WAKER",
  })
  void aFaultIsFoundByTheCheckOfItsLawAlone(Pair.Fault fault, Law law) {
    assertThat(broken(pair(fault))).containsExactly(law);
  }

  @Test
  void aChildThatIsShownAnotherWakerIsFoundByBothLawsOfWakers() {
    assertThat(broken(pair(Pair.Fault.SHOWS_A_CHILD_NO_WAKER)))
        .containsExactly(Law.WAKE_UP, Law.LATEST_WAKER);
  }

  @Test
  void aLeafWithEventsKeepsEveryLaw() {
    assertThat(broken(bell(true, false))).isEmpty();
  }

  @Test
  void aLeafThatNeverWakesIsFound() {
    assertThat(broken(bell(false, false))).containsExactly(Law.WAKE_UP, Law.LATEST_WAKER);
  }

  @Test
  void aLeafThatNeverAnswersIsFound() {
    FutureConformance<Amount> conformance =
        FutureConformance.of(
                "mute",
                kit ->
                    new Pair(
                        Pair.Fault.NONE,
                        kit.future("left", new Amount(1)),
                        kit.pendingFuture("right"),
                        kit.biFunction(Amount::plus)))
            .expectValue(new Amount(1));
    assertThat(broken(conformance)).containsExactly(Law.OUTCOME, Law.WAKE_UP, Law.LATEST_WAKER);
  }

  @Test
  void aLeafThatTakesEveryPollForTheEventIsFound() {
    assertThat(broken(bell(true, true))).containsExactly(Law.SPURIOUS_POLL);
  }

  /** A leaf that waits for a bell to ring. */
  private static FutureConformance<Boolean> bell(boolean wakes, boolean believesEveryPoll) {
    return FutureConformance.of("bell", kit -> new Bell(kit, wakes, believesEveryPoll))
        .expectValue(true);
  }

  @Test
  void aLoopWithoutBudgetIsFound() {
    FutureConformance<Amount> conformance =
        FutureConformance.of(
                "loop",
                kit -> {
                  Supplier<Amount> round = kit.supplier(() -> new Amount(1));
                  return new Once<>(
                      cx -> {
                        Amount last = round.get();
                        for (int i = 1; i < 20; i++) {
                          last = round.get();
                        }
                        return Poll.ready(last);
                      });
                })
            .expectValue(new Amount(1));
    assertThat(broken(conformance)).containsExactly(Law.BUDGET);
  }

  @Test
  void aFutureThatWaitsForBudgetWithoutWakingItselfIsFound() {
    FutureConformance<Boolean> conformance =
        FutureConformance.<Boolean>of(
                "mute without budget",
                kit ->
                    new Once<>(cx -> cx.budget().tryConsume() ? Poll.ready(true) : Poll.pending()))
            .expectValue(true);
    assertThat(broken(conformance)).containsExactly(Law.BUDGET);
  }

  @Test
  void aBrokenInvariantIsFound() {
    FutureConformance<Amount> conformance =
        FutureConformance.of(
                "permit",
                kit -> {
                  AtomicInteger permits = new AtomicInteger(1);
                  kit.invariant("all permits are back", () -> permits.get() == 1);
                  Future<Amount> child = kit.future("child", new Amount(2));
                  return new Once<>(
                      cx -> {
                        permits.set(0);
                        Poll<Amount> answer = child.poll(cx);
                        if (answer.isReady()) {
                          permits.set(1);
                        }
                        return answer;
                      },
                      child);
                })
            .expectValue(new Amount(2));
    assertThat(broken(conformance)).containsExactly(Law.INVARIANT);
  }

  @Test
  void whatTheUserSaysMustBeReleasedIsWatched() {
    FutureConformance<Amount> conformance =
        FutureConformance.of(
                "hoarder",
                kit -> {
                  Amount hoarded = kit.mustRelease(new Amount(1));
                  return new Hoarder(hoarded);
                })
            .expectValue(new Amount(1));
    assertThat(broken(conformance)).containsExactly(Law.NOTHING_RETAINED);
  }

  @Test
  void aFutureThatRecoversMayAnswerExceptionsButNoErrors() {
    assertThat(broken(pair(Pair.Fault.SWALLOWS_EXCEPTIONS).recovers())).isEmpty();
    assertThat(broken(pair(Pair.Fault.WRAPS_ERRORS).recovers())).containsExactly(Law.ERROR);
  }

  @Test
  void anExpectedFailureIsTheOutcome() {
    FutureConformance<Amount> conformance =
        FutureConformance.of(
            "failing pair",
            kit ->
                new Pair(
                    Pair.Fault.NONE,
                    kit.future("left", new Amount(1)),
                    kit.failingFuture("right", new TimeoutException()),
                    kit.biFunction(Amount::plus)));
    assertThat(broken(conformance.expectFailure(TimeoutException.class))).isEmpty();
    assertThat(broken(conformance.expectValue(new Amount(1)))).containsExactly(Law.OUTCOME);
  }

  @Test
  void aFutureMayBePendingForEver() {
    FutureConformance<Amount> conformance =
        FutureConformance.of(
            "pending pair",
            kit ->
                new Pair(
                    Pair.Fault.NONE,
                    kit.future("left", new Amount(1)),
                    kit.pendingFuture("right"),
                    kit.biFunction(Amount::plus)));
    assertThat(broken(conformance.expectNever())).isEmpty();
    assertThat(broken(pair(Pair.Fault.NONE).expectNever())).containsExactly(Law.OUTCOME);
  }

  @Test
  void childrenMayBeHandedBackInTheOutput() {
    FutureConformance<Future<Amount>> conformance =
        FutureConformance.of(
            "swap",
            kit -> {
              Future<Amount> child = kit.future("child", new Amount(1));
              return new Once<>(cx -> Poll.ready(child), child);
            });
    conformance.expectValue("be a future", Objects::nonNull);
    assertThat(broken(conformance)).containsExactly(Law.CHILDREN_CANCELLED);
    assertThat(broken(conformance.handsBackChildren())).isEmpty();
  }

  @Test
  void aTimerEntryThatStaysArmedIsRetained() {
    FutureConformance<Boolean> conformance =
        FutureConformance.<Boolean>of("sleeper", kit -> new ForgetfulSleep()).expectValue(true);
    assertThat(broken(conformance)).containsExactly(Law.NOTHING_RETAINED);
  }

  @Test
  void aLawThatIsLeftOutIsNotChecked() {
    FutureConformance<Amount> conformance =
        pair(Pair.Fault.DESCRIBES_ONE_CHILD).without(Law.DESCRIBED, "the right child is a secret");
    assertThat(broken(conformance)).isEmpty();
    assertThat(conformance.checks()).extracting(LawCheck::law).doesNotContain(Law.DESCRIBED);
  }

  @Test
  void aSuiteWithoutExpectationIsRefused() {
    FutureConformance<Amount> conformance =
        FutureConformance.of("pair", kit -> kit.future("child", new Amount(1)));
    assertThatThrownBy(conformance::check)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("pair");
  }

  @Test
  void theMessageTellsSubjectLawAndHowItWasPolled() {
    assertThatThrownBy(() -> pair(Pair.Fault.WRAPS_EXCEPTIONS).check())
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("FAILURE: pair hands on an exception of every step")
        .hasMessageContaining("did not come out unchanged")
        .hasMessageContaining("step 0 throws an exception")
        .hasMessageContaining("left: left");
  }

  private static FutureConformance<Amount> pair(Pair.Fault fault) {
    return FutureConformance.of(
            "pair",
            kit ->
                new Pair(
                    fault,
                    kit.future("left", new Amount(1)),
                    kit.future("right", new Amount(2)),
                    kit.biFunction(Amount::plus)))
        .expectValue(new Amount(3))
        .discardsWhatItHolds();
  }

  /** The laws whose checks fail; each must name itself. */
  static Set<Law> broken(List<LawCheck> checks) {
    Set<Law> broken = EnumSet.noneOf(Law.class);
    for (LawCheck check : checks) {
      try {
        check.run();
      } catch (AssertionError breach) {
        assertThat(breach).hasMessageStartingWith(check.law() + ": " + check.name());
        broken.add(check.law());
      }
    }
    return broken;
  }

  private static Set<Law> broken(FutureConformance<?> conformance) {
    return broken(conformance.checks());
  }

  // ---- subjects

  /** A future of one answer, with at most one child. */
  private static final class Once<T> implements Future<T> {
    private PollFunction<T> body;
    private final Future<?> child;
    private Discard discard;

    Once(PollFunction<T> body) {
      this(body, null);
    }

    Once(PollFunction<T> body, Future<?> child) {
      this.body = body;
      this.child = child;
    }

    @Override
    public Poll<T> poll(Context cx) throws Exception {
      if (body == null) {
        throw new PollAfterEndException("once");
      }
      discard = cx.discard();
      try {
        Poll<T> answer = body.poll(cx);
        if (answer.isReady()) {
          body = null;
        }
        return answer;
      } catch (Throwable failure) {
        body = null;
        throw failure;
      }
    }

    @Override
    public void cancel() {
      if (body != null && child != null) {
        try {
          child.cancel();
        } catch (RuntimeException failure) {
          discard.uncaught(failure, "once");
        }
      }
      body = null;
    }

    @Override
    public void describe(Description description) {
      description.name("once").child("child", child);
    }
  }

  @FunctionalInterface
  private interface PollFunction<T> {
    Poll<T> poll(Context cx) throws Exception;
  }

  /** Keeps its value after it has given it away. */
  private static final class Hoarder implements Future<Amount> {
    private final Amount hoarded;
    private boolean over;

    Hoarder(Amount hoarded) {
      this.hoarded = hoarded;
    }

    @Override
    public Poll<Amount> poll(Context cx) {
      if (over) {
        throw new PollAfterEndException("hoarder");
      }
      over = true;
      return Poll.ready(hoarded);
    }

    @Override
    public void cancel() {
      over = true;
    }
  }

  /** A sleep that leaves its timer entry behind when it is cancelled. */
  private static final class ForgetfulSleep extends TimerEntry implements Future<Boolean> {
    private boolean over;

    ForgetfulSleep() {
      super(1_000);
    }

    @Override
    public Poll<Boolean> poll(Context cx) {
      if (over) {
        throw new PollAfterEndException("sleep");
      }
      boolean due = hasElapsed(cx);
      over = due;
      return due ? Poll.ready(true) : Poll.pending();
    }

    @Override
    public void cancel() {
      over = true;
    }
  }

  private static final class Bell implements Future<Boolean> {
    private final boolean wakes;
    private final boolean believesEveryPoll;
    private boolean rung;
    private boolean polled;
    private boolean over;
    private Waker waker;

    Bell(ConformanceKit kit, boolean wakes, boolean believesEveryPoll) {
      this.wakes = wakes;
      this.believesEveryPoll = believesEveryPoll;
      kit.event("the bell rings", this::ring);
    }

    private void ring() {
      rung = true;
      if (wakes && waker != null) {
        waker.wake();
      }
    }

    @Override
    public Poll<Boolean> poll(Context cx) {
      if (over) {
        throw new PollAfterEndException("bell");
      }
      if (rung || (polled && believesEveryPoll)) {
        cancel();
        return Poll.ready(rung);
      }
      polled = true;
      waker = cx.waker();
      return Poll.pending();
    }

    @Override
    public void cancel() {
      over = true;
      waker = null;
    }
  }
}
