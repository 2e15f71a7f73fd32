package dev.pollux.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pollux.core.AsyncIterator;
import dev.pollux.core.AsyncIterators;
import dev.pollux.core.Description;
import dev.pollux.core.Next;
import dev.pollux.core.Turn;
import dev.pollux.testing.PollHarness;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class TimedTest {

  private static final Duration SECOND = Duration.ofSeconds(1);

  /** An operator that holds at most {@code limit} elements. */
  private record Operator(String name, int limit, Function<Timed<Integer>, AsyncIterator<?>> on) {
    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Operator> operators() {
    return Stream.of(
        new Operator("debounce", 1, timed -> timed.debounce(SECOND)),
        new Operator("sample", 1, timed -> timed.sample(SECOND)),
        new Operator("throttleFirst", 0, timed -> timed.throttleFirst(SECOND)),
        new Operator("spaced", 0, timed -> timed.spaced(SECOND)),
        new Operator("delayElements", 3, timed -> timed.delayElements(SECOND, 3)),
        new Operator("delayStart", 0, timed -> timed.delayStart(SECOND)),
        new Operator("timeoutEach", 0, timed -> timed.timeoutEach(Duration.ofHours(1))),
        new Operator("timeout", 0, timed -> timed.timeout(Duration.ofHours(1))),
        new Operator("takeFor", 0, timed -> timed.takeFor(Duration.ofHours(1))),
        new Operator("skipFor", 0, timed -> timed.skipFor(SECOND)),
        new Operator("stamped", 0, timed -> timed.stamped()),
        new Operator("gaps", 0, timed -> timed.gaps()));
  }

  private final PollHarness harness = PollHarness.create();

  private void advance(long millis) {
    harness.clock().advance(Duration.ofMillis(millis));
  }

  private void assertNothing(AsyncIterator<?> iterator) throws Exception {
    assertThat(harness.pollNext(iterator).isPending()).isTrue();
  }

  @ParameterizedTest
  @MethodSource("operators")
  void itHoldsNoMoreThanItSaysAndDiscardsTheRest(Operator operator) throws Exception {
    Random random = new Random(5);
    for (int round = 0; round < 50; round++) {
      ByHand<Integer> source = new ByHand<>();
      AsyncIterator<?> timed = operator.on().apply(source.timed());
      int given = 0;
      for (int step = 0; step < 30; step++) {
        for (int more = random.nextInt(3); more > 0; more--) {
          source.give(1_000 * round + step * 4 + more);
        }
        advance(random.nextInt(700));
        given += harness.pollNext(timed).isItem() ? 1 : 0;
        int held = source.pulled - given - harness.discarded().size();
        assertThat(held).isBetween(0, operator.limit());
      }
      int discarded = harness.discarded().size();
      int held = source.pulled - given - discarded;
      timed.cancel();
      assertThat(harness.discarded()).hasSize(discarded + held);
      assertThat(source.cancelled).isTrue();
      assertThat(harness.clock().armed()).isZero();
      harness.forget();
    }
  }

  @ParameterizedTest
  @MethodSource("operators")
  void aFailureLeavesNoTimerBehind(Operator operator) throws Exception {
    ByHand<Integer> source = ByHand.of(1);
    AsyncIterator<?> timed = operator.on().apply(source.timed());
    IOException failure = new IOException("torn");
    source.fail(failure);
    assertThatThrownBy(() -> run(timed)).isSameAs(failure);
    assertThat(harness.clock().armed()).isZero();
  }

  /** Moves the clock whenever nothing else is left to do. */
  private List<Object> run(AsyncIterator<?> iterator) throws Exception {
    List<Object> given = new ArrayList<>();
    while (true) {
      Next<?> next = harness.pollNext(iterator);
      if (next.isEnd()) {
        return given;
      }
      if (next.isItem()) {
        given.add(next.value());
      } else if (!harness.woken()) {
        assertThat(harness.clock().advanceToNext()).as("stuck").isTrue();
      }
    }
  }

  @ParameterizedTest
  @MethodSource("operators")
  void anEndlessUpstreamGivesWay(Operator operator) throws Exception {
    AsyncIterator<?> timed =
        operator.on().apply(AsyncIterators.range(0, Integer.MAX_VALUE).timed());
    for (int turn = 0; turn < 5; turn++) {
      assertThat(harness.pollEach(timed, item -> true)).isEqualTo(Turn.PENDING);
      advance(1_000);
      assertThat(harness.woken()).isTrue();
    }
    assertThat(Description.ofIterator(timed).name()).isEqualTo("timed." + operator.name());
    timed.cancel();
  }

  @Test
  void debounceGivesWhatIsFollowedByQuiet() throws Exception {
    ByHand<Integer> source = ByHand.of(1);
    AsyncIterator<Integer> timed = source.timed().debounce(SECOND);
    assertNothing(timed);
    advance(600);
    source.give(2);
    assertNothing(timed);
    assertThat(harness.discarded()).containsExactly(1);
    advance(999);
    assertThat(harness.woken()).isFalse();
    advance(1);
    assertThat(harness.woken()).isTrue();
    source.give(3); // the time is looked at first
    assertThat(harness.pollNext(timed)).isEqualTo(Next.item(2));
    assertNothing(timed);
    source.end();
    assertThat(harness.pollNext(timed)).isEqualTo(Next.item(3));
    assertThat(harness.pollNext(timed).isEnd()).isTrue();
    assertThat(harness.discarded()).containsExactly(1);
  }

  @Test
  void sampleGivesTheLatestAtTimesOfItsSchedule() throws Exception {
    ByHand<Integer> source = new ByHand<>();
    AsyncIterator<Integer> timed = source.timed().sample(SECOND);
    assertNothing(timed);
    assertThat(harness.clock().armed()).as("nothing is held").isZero();
    advance(2_300);
    source.give(1, 2);
    assertNothing(timed);
    advance(700);
    assertThat(harness.pollNext(timed)).isEqualTo(Next.item(2));
    source.give(3);
    assertNothing(timed);
    advance(999);
    assertNothing(timed);
    advance(1);
    assertThat(harness.pollNext(timed)).isEqualTo(Next.item(3));
    timed.cancel();
    assertThat(harness.discarded()).containsExactly(1);
  }

  @Test
  void throttleFirstDropsWithinThePause() throws Exception {
    ByHand<Integer> source = ByHand.of(1, 2);
    AsyncIterator<Integer> timed = source.timed().throttleFirst(SECOND);
    assertThat(harness.pollNext(timed)).isEqualTo(Next.item(1));
    assertNothing(timed);
    advance(999);
    source.give(3);
    assertNothing(timed);
    advance(1);
    source.give(4, 5);
    assertThat(harness.pollNext(timed)).isEqualTo(Next.item(4));
    assertNothing(timed);
    assertThat(harness.discarded()).containsExactly(2, 3, 5);
    timed.cancel();
  }

  @Test
  void spacedAsksForTheNextInTime() throws Exception {
    ByHand<Integer> source = ByHand.of(1, 2);
    AsyncIterator<Integer> timed = source.timed().spaced(SECOND);
    assertThat(harness.pollNext(timed)).isEqualTo(Next.item(1));
    advance(400);
    assertNothing(timed);
    assertThat(source.pulled).isEqualTo(1);
    advance(600);
    assertThat(harness.woken()).isTrue();
    assertThat(harness.pollNext(timed)).isEqualTo(Next.item(2));
    advance(5_000);
    assertNothing(timed);
    source.give(3);
    assertThat(harness.pollNext(timed)).isEqualTo(Next.item(3));
    timed.cancel();
  }

  @Test
  void delayedElementsKeepTheirDistances() throws Exception {
    ByHand<Integer> source = ByHand.of(1);
    AsyncIterator<Integer> timed = source.timed().delayElements(SECOND, 2);
    assertNothing(timed);
    advance(300);
    source.give(2, 3);
    assertNothing(timed);
    assertThat(source.pulled).isEqualTo(2);
    advance(700);
    assertThat(harness.pollNext(timed)).isEqualTo(Next.item(1));
    assertNothing(timed);
    assertThat(source.pulled).isEqualTo(3);
    IOException failure = new IOException("torn");
    source.fail(failure);
    advance(300);
    assertThat(harness.pollNext(timed)).isEqualTo(Next.item(2));
    assertNothing(timed);
    advance(700);
    assertThat(harness.pollNext(timed)).isEqualTo(Next.item(3));
    assertThatThrownBy(() -> harness.pollNext(timed)).isSameAs(failure);
    assertThat(harness.discarded()).isEmpty();
  }

  @Test
  void delayStartLeavesItsUpstreamAloneBefore() throws Exception {
    ByHand<Integer> source = ByHand.of(1);
    AsyncIterator<Integer> timed = source.timed().delayStart(SECOND);
    assertNothing(timed);
    advance(999);
    assertNothing(timed);
    assertThat(source.polls).isZero();
    advance(1);
    assertThat(harness.pollNext(timed)).isEqualTo(Next.item(1));
    timed.cancel();
  }

  @Test
  void timeoutEachCountsTheTimeThatIsWaited() throws Exception {
    ByHand<Integer> source = new ByHand<>();
    AsyncIterator<Integer> timed = source.timed().timeoutEach(Duration.ofSeconds(5), SECOND);
    assertNothing(timed);
    advance(4_999);
    source.give(1);
    assertThat(harness.pollNext(timed)).isEqualTo(Next.item(1));
    assertThat(harness.clock().armed()).isZero();
    advance(60_000); // nobody asks
    assertNothing(timed);
    advance(1_000);
    source.give(2); // it is there: it wins
    assertThat(harness.pollNext(timed)).isEqualTo(Next.item(2));
    assertNothing(timed);
    advance(1_000);
    assertThat(harness.woken()).isTrue();
    assertThatThrownBy(() -> harness.pollNext(timed))
        .isInstanceOf(TimeoutException.class)
        .hasMessage("no element within PT1S");
    assertThat(source.cancelled).isTrue();
  }

  @Test
  void timeoutCountsAll() throws Exception {
    ByHand<Integer> source = ByHand.of(1, 2);
    AsyncIterator<Integer> timed = source.timed().timeout(SECOND);
    assertThat(harness.pollNext(timed)).isEqualTo(Next.item(1));
    advance(1_000);
    assertThat(harness.woken()).isTrue();
    assertThatThrownBy(() -> harness.pollNext(timed))
        .isInstanceOf(TimeoutException.class)
        .hasMessage("the stream has not ended within PT1S");
    assertThat(source.pulled).isEqualTo(1);
    assertThat(source.cancelled).isTrue();
  }

  @Test
  void takeForEndsInTime() throws Exception {
    ByHand<Integer> source = ByHand.of(1, 2);
    AsyncIterator<Integer> timed = source.timed().takeFor(SECOND);
    assertThat(harness.pollNext(timed)).isEqualTo(Next.item(1));
    advance(1_000);
    assertThat(harness.pollEach(timed, item -> true)).isEqualTo(Turn.ENDED);
    assertThat(source.pulled).isEqualTo(1);
    assertThat(source.cancelled).isTrue();
  }

  @Test
  void skipForDropsWhatComesEarly() throws Exception {
    ByHand<Integer> source = ByHand.of(1);
    AsyncIterator<Integer> timed = source.timed().skipFor(SECOND);
    assertNothing(timed);
    advance(1_000);
    source.give(2, 3);
    assertThat(harness.pollNext(timed)).isEqualTo(Next.item(2));
    assertThat(harness.pollNext(timed)).isEqualTo(Next.item(3));
    assertThat(harness.discarded()).containsExactly(1);
    timed.cancel();
  }

  @Test
  void stampsAndGapsAreThoseOfTheTimer() throws Exception {
    ByHand<Integer> source = new ByHand<>();
    AsyncIterator<Gap<Stamped<Integer>>> timed = source.timed().stamped().timed().gaps();
    advance(100);
    assertNothing(timed);
    advance(5);
    source.give(1);
    assertThat(harness.pollNext(timed).value())
        .isEqualTo(new Gap<>(5_000_000, new Stamped<>(105_000_000, 1)));
    advance(7);
    source.give(2);
    assertThat(harness.pollNext(timed).value())
        .isEqualTo(new Gap<>(7_000_000, new Stamped<>(112_000_000, 2)));
    timed.cancel();
  }

  @Test
  void whatNeverComesIsNoMistake() throws Exception {
    Duration forever = Duration.ofSeconds(Long.MAX_VALUE);
    assertThat(run(AsyncIterators.of(1, 2).timed().debounce(forever))).containsExactly(2);
    assertThat(run(AsyncIterators.of(1, 2).timed().sample(forever))).containsExactly(2);
    assertThat(run(AsyncIterators.of(1, 2).timed().throttleFirst(forever))).containsExactly(1);
    assertThat(run(AsyncIterators.of(1, 2).timed().timeout(forever))).containsExactly(1, 2);
    assertThat(run(AsyncIterators.of(1, 2).chunked().ofTime(forever, 9)))
        .containsExactly(List.of(1, 2));
    AsyncIterator<Integer> never = AsyncIterators.of(1).timed().delayElements(forever, 1);
    assertNothing(never);
    assertThat(harness.clock().advanceToNext()).isFalse();
    never.cancel();
  }

  @Test
  void argumentsAreChecked() {
    Timed<Integer> timed = AsyncIterators.of(1).timed();
    List<Runnable> wrong =
        List.of(
            () -> timed.debounce(Duration.ZERO).cancel(),
            () -> timed.sample(Duration.ZERO).cancel(),
            () -> timed.throttleFirst(Duration.ZERO).cancel(),
            () -> timed.spaced(Duration.ZERO).cancel(),
            () -> timed.timeoutEach(Duration.ZERO).cancel(),
            () -> timed.timeoutEach(SECOND, Duration.ZERO).cancel(),
            () -> timed.timeout(Duration.ZERO).cancel());
    for (Runnable call : wrong) {
      assertThatThrownBy(call::run)
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining(" must be more than 0, was PT0S");
    }
    assertThatThrownBy(() -> timed.takeFor(SECOND.negated()).cancel())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("time must not be negative, was PT-1S");
    assertThatThrownBy(() -> timed.delayElements(SECOND, 0).cancel())
        .hasMessage("limit must be at least 1, was 0");
    timed.gaps().cancel();
    assertThatThrownBy(() -> timed.gaps().cancel())
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("timed() was used already");
  }
}
