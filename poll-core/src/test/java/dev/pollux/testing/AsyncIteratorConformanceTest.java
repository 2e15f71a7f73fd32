package dev.pollux.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pollux.core.AsyncIterator;
import dev.pollux.core.Context;
import dev.pollux.core.Description;
import dev.pollux.core.Discard;
import dev.pollux.core.Future;
import dev.pollux.core.Next;
import dev.pollux.core.Poll;
import dev.pollux.core.PollAfterEndException;
import java.io.IOException;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AsyncIteratorConformanceTest {

  @Test
  void aSoundIteratorKeepsEveryLaw() {
    assertThatCode(() -> doubling(Doubling.Fault.NONE).check()).doesNotThrowAnyException();
  }

  @ParameterizedTest
  @CsvSource({
    "LOSES_AN_ELEMENT, OUTCOME",
    "ENDS_AGAIN_AFTER_THE_END, OVER_IS_OVER",
    "POLLS_EACH_AFTER_CANCEL, CANCEL",
    "KEEPS_ITS_CHILD_RUNNING_AT_A_FAILURE, CHILDREN_CANCELLED",
    "POLLS_ITS_CHILD_AFTER_ITS_END, CHILDREN_POLLED",
    "LETS_A_CANCEL_THROW, THROWING_CANCEL",
    "KEEPS_THE_FIRST_WAKER, LATEST_WAKER",
    "STAYS_ON_ITS_FIRST_THREAD, ANY_THREAD",
    "WRAPS_EXCEPTIONS, FAILURE",
    "WRAPS_ERRORS, ERROR",
    "IS_NOT_DESCRIBED, DESCRIBED",
    "KEEPS_ITS_FUNCTION, NOTHING_RETAINED",
    "LOSES_AN_ELEMENT_IN_POLL_EACH, MIXED_POLLING",
    "IGNORES_THE_SINK, SINK_STOP",
    "SAYS_STOPPED_UNASKED, SINK_STOP",
    "SAYS_PENDING_WHEN_STOPPED, SINK_STOP",
    "SWALLOWS_WHAT_A_SINK_THROWS, THROWING_SINK",
    "REPORTS_NO_SINK, THROWING_SINK",
    "GOES_ON_AFTER_A_SINK_THREW, THROWING_SINK",
    "SAYS_THAT_IT_ENDED_TOO_EARLY, KNOWN_ENDED",
  })
  void aFaultIsFoundByTheCheckOfItsLawAlone(Doubling.Fault fault, Law law) {
    assertThat(broken(doubling(fault))).containsExactly(law);
  }

  @Test
  void anIteratorThatShowsItsChildNoWakerIsFoundWhereverAWakeIsAwaited() {
    assertThat(broken(doubling(Doubling.Fault.SHOWS_NO_WAKER)))
        .containsExactly(Law.WAKE_UP, Law.LATEST_WAKER, Law.BUDGET);
  }

  @Test
  void anElementTooManyBeforeAFailureIsFound() {
    assertThat(broken(doubling(Doubling.Fault.GIVES_AN_ELEMENT_MORE_BEFORE_A_FAILURE)))
        .containsExactly(Law.FAILURE, Law.ERROR);
  }

  @Test
  void aFunctionThatThrowsOutOfTheSinkIsFound() {
    assertThat(broken(doubling(Doubling.Fault.LETS_ITS_FUNCTION_THROW_INTO_THE_SINK)))
        .containsExactly(Law.FAILURE, Law.ERROR);
  }

  @Test
  void aSourceThatKeepsToItsBudgetKeepsEveryLaw() {
    assertThat(broken(counting(true).expectBeginning(0, 1, 2, 3, 4))).isEmpty();
  }

  @Test
  void aSourceThatTakesNoBudgetIsFound() {
    assertThat(broken(counting(false).expectBeginning(0, 1, 2, 3, 4))).containsExactly(Law.BUDGET);
  }

  private static AsyncIteratorConformance<Integer> counting(boolean budgeted) {
    return AsyncIteratorConformance.of("counting", kit -> new Counting(budgeted));
  }

  /** The numbers from zero, for ever. */
  private static final class Counting implements AsyncIterator<Integer> {
    private final boolean budgeted;
    private int next;
    private boolean over;

    Counting(boolean budgeted) {
      this.budgeted = budgeted;
    }

    @Override
    public Next<Integer> pollNext(Context cx) {
      if (over) {
        throw new PollAfterEndException("counting");
      }
      return budgeted && !cx.tryProceed() ? Next.pending() : Next.item(next++);
    }

    @Override
    public void cancel() {
      over = true;
    }

    @Override
    public void describe(Description description) {
      description.name("counting").with("next", next);
    }
  }

  @Test
  void anExpectedFailureComesAfterItsElements() {
    AsyncIteratorConformance<Amount> conformance =
        AsyncIteratorConformance.of(
            "doubling",
            kit ->
                new Doubling(
                    Doubling.Fault.NONE,
                    kit.failingIterator("source", new IOException("torn"), new Amount(1)),
                    kit.function(amount -> amount.plus(amount))));
    assertThat(broken(conformance.expectFailure(IOException.class, new Amount(2)))).isEmpty();
    assertThat(broken(conformance.expectElements(new Amount(2)))).containsExactly(Law.OUTCOME);
  }

  @Test
  void anIteratorMayBePendingForEver() {
    AsyncIteratorConformance<Amount> conformance =
        AsyncIteratorConformance.of("pending", kit -> new Single(kit.pendingFuture("child")));
    assertThat(broken(conformance.expectNever())).isEmpty();
    assertThat(broken(doubling(Doubling.Fault.NONE).expectNever())).containsExactly(Law.OUTCOME);
  }

  @Test
  void elementsMayComeInAnyOrder() {
    AsyncIteratorConformance<Amount> conformance =
        doubling(Doubling.Fault.NONE).expectElements(new Amount(6), new Amount(2), new Amount(4));
    assertThat(broken(conformance)).containsExactly(Law.OUTCOME);
    assertThat(broken(conformance.inAnyOrder())).isEmpty();
  }

  @Test
  void aLawThatIsLeftOutIsNotChecked() {
    assertThat(
            broken(
                doubling(Doubling.Fault.IS_NOT_DESCRIBED)
                    .without(Law.DESCRIBED, "the child is a secret")))
        .isEmpty();
  }

  @Test
  void theMessageTellsHowItWasRead() {
    assertThatThrownBy(() -> doubling(Doubling.Fault.IGNORES_THE_SINK).check())
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("SINK_STOP: doubling stops where the sink stops")
        .hasMessageContaining("read by pollEach, the sink stops after 1");
  }

  private static AsyncIteratorConformance<Amount> doubling(Doubling.Fault fault) {
    return AsyncIteratorConformance.of(
            "doubling",
            kit ->
                new Doubling(
                    fault,
                    kit.iterator("source", new Amount(1), new Amount(2), new Amount(3)),
                    kit.function(amount -> amount.plus(amount))))
        .expectElements(new Amount(2), new Amount(4), new Amount(6));
  }

  private static Set<Law> broken(AsyncIteratorConformance<?> conformance) {
    return FutureConformanceTest.broken(conformance.checks());
  }

  /** A future as an iterator of one element. */
  private static final class Single implements AsyncIterator<Amount> {
    private final Future<Amount> future;
    private Discard discard;
    private boolean taken;
    private boolean over;

    Single(Future<Amount> future) {
      this.future = future;
    }

    @Override
    public Next<Amount> pollNext(Context cx) throws Exception {
      discard = cx.discard();
      if (over) {
        throw new PollAfterEndException("single");
      }
      if (taken) {
        over = true;
        return Next.end();
      }
      Poll<Amount> answer = future.poll(cx);
      taken = answer.isReady();
      return taken ? Next.item(answer.value()) : Next.pending();
    }

    @Override
    public void cancel() {
      over = true;
      Cancelling.child(future::cancel, discard);
    }

    @Override
    public void describe(Description description) {
      description.name("single").child("future", future);
    }
  }
}
