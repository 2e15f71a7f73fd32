package dev.pollux.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pollux.core.AsyncIterator;
import dev.pollux.core.AsyncIterators;
import dev.pollux.core.Description;
import dev.pollux.core.Future;
import dev.pollux.sync.LaggedException;
import dev.pollux.testing.PollHarness;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class EmitterTest {

  private final PollHarness reader = PollHarness.create();
  private final PollHarness first = PollHarness.create();
  private final PollHarness second = PollHarness.create();
  private final List<String> told = new ArrayList<>();

  private static Emitter.Pipe<Integer> pipe(int capacity, Overflow overflow) {
    return Emitter.pipe(capacity, overflow);
  }

  private void bind(Emitter.Pipe<Integer> pipe) throws Exception {
    assertThat(reader.pollNext(pipe.elements()).isPending()).isTrue();
  }

  @ParameterizedTest
  @EnumSource
  void whatIsEmittedIsGivenInOrderAndThenTheEnd(Overflow overflow) throws Exception {
    Emitter.Pipe<Integer> pipe = pipe(3, overflow);
    bind(pipe);
    assertThat(pipe.emitter().emit(1)).isEqualTo(Emission.EMITTED);
    assertThat(reader.woken()).isTrue();
    assertThat(pipe.emitter().emit(2)).isEqualTo(Emission.EMITTED);
    assertThat(first.poll(pipe.emitter().send(3)).isReady()).isTrue();
    pipe.emitter().onCancel(() -> told.add("cancel"));
    pipe.emitter().end();
    assertThat(pipe.emitter().isOver()).isTrue();
    assertThat(pipe.emitter().emit(4)).isEqualTo(Emission.OVER);
    assertThat(pipe.emitter().fail(new IOException())).isFalse();
    assertThat(reader.runToEnd(pipe.elements(), 9)).containsExactly(1, 2, 3);
    assertThat(told).isEmpty();
    assertThat(reader.discarded()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void aFailureComesAfterWhatIsHeld(Overflow overflow) throws Exception {
    Emitter.Pipe<Integer> pipe = pipe(1, overflow);
    IOException failure = new IOException("torn");
    pipe.emitter().emit(1);
    assertThat(pipe.emitter().fail(failure)).isTrue();
    pipe.emitter().end();
    assertThat(reader.pollNext(pipe.elements()).value()).isEqualTo(1);
    assertThat(pipe.elements().knownEnded()).isFalse();
    assertThatThrownBy(() -> reader.pollNext(pipe.elements())).isSameAs(failure);
  }

  @ParameterizedTest
  @EnumSource
  void aFailureThatNobodyReadsIsReported(Overflow overflow) throws Exception {
    Emitter.Pipe<Integer> pipe = pipe(1, overflow);
    bind(pipe);
    pipe.emitter().emit(1);
    IOException failure = new IOException("torn");
    assertThat(pipe.emitter().fail(failure)).isTrue();
    pipe.elements().cancel();
    pipe.elements().cancel();
    assertThat(reader.discarded()).containsExactly(1);
    assertThat(reader.uncaught()).containsExactly(failure);
  }

  @Test
  void aFailureBehindOneForLaggingIsReported() throws Exception {
    Emitter.Pipe<Integer> pipe = pipe(1, Overflow.LAG);
    bind(pipe);
    pipe.emitter().emit(1);
    pipe.emitter().emit(2);
    IOException failure = new IOException("torn");
    assertThat(pipe.emitter().fail(failure)).isTrue();
    assertThatThrownBy(() -> reader.pollNext(pipe.elements())).isInstanceOf(LaggedException.class);
    assertThat(reader.uncaught()).containsExactly(failure);
  }

  @Test
  void aFailureThatWasReadIsNotReported() throws Exception {
    Emitter.Pipe<Integer> pipe = pipe(1, Overflow.WAIT);
    bind(pipe);
    IOException failure = new IOException("torn");
    assertThat(pipe.emitter().fail(failure)).isTrue();
    assertThatThrownBy(() -> reader.pollNext(pipe.elements())).isSameAs(failure);
    pipe.elements().cancel();
    assertThat(reader.uncaught()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void aReaderThatIsCancelledTellsTheEmitterOnce(Overflow overflow) throws Exception {
    Emitter.Pipe<Integer> pipe = pipe(2, overflow);
    bind(pipe);
    pipe.emitter().onCancel(() -> told.add("one"));
    pipe.emitter()
        .onCancel(
            () -> {
              throw new IllegalArgumentException("the action's");
            });
    pipe.emitter().onCancel(() -> told.add("two"));
    pipe.emitter().emit(1);
    pipe.emitter().emit(2);
    pipe.elements().cancel();
    pipe.elements().cancel();
    assertThat(told).containsExactly("one", "two");
    assertThat(reader.uncaught()).singleElement().isInstanceOf(IllegalArgumentException.class);
    assertThat(reader.discarded()).containsExactly(1, 2);
    assertThat(pipe.emitter().emit(3)).isEqualTo(Emission.OVER);
    pipe.emitter().onCancel(() -> told.add("late"));
    assertThat(told).endsWith("late");
  }

  @Test
  void aSendWaitsForRoomInTheOrderOfTheCalls() throws Exception {
    Emitter.Pipe<Integer> pipe = pipe(1, Overflow.WAIT);
    assertThat(pipe.emitter().emit(1)).isEqualTo(Emission.EMITTED);
    assertThat(pipe.emitter().emit(9)).isEqualTo(Emission.FULL);
    Future<Void> two = pipe.emitter().send(2);
    Future<Void> three = pipe.emitter().send(3);
    assertThat(first.poll(two).isPending()).isTrue();
    assertThat(second.poll(three).isPending()).isTrue();
    assertThat(Description.of(two).toString()).contains("send waits for room in Emitter[1 of 1");
    assertThat(reader.pollNext(pipe.elements()).value()).isEqualTo(1);
    assertThat(first.woken()).isTrue();
    assertThat(second.woken()).isFalse();
    assertThat(pipe.emitter().emit(9)).isEqualTo(Emission.FULL); // nobody overtakes
    assertThat(first.poll(two).isReady()).isTrue();
    assertThat(reader.pollNext(pipe.elements()).value()).isEqualTo(2);
    assertThat(second.woken()).isTrue();
    three.cancel(); // it was moved up, which counts
    assertThat(reader.pollNext(pipe.elements()).value()).isEqualTo(3);
    assertThat(second.discarded()).isEmpty();
    pipe.elements().cancel();
  }

  @Test
  void aSendThatIsCancelledLetsTheNextOneUp() throws Exception {
    Emitter.Pipe<Integer> pipe = pipe(1, Overflow.WAIT);
    pipe.emitter().emit(1);
    Future<Void> two = pipe.emitter().send(2);
    Future<Void> three = pipe.emitter().send(3);
    assertThat(first.poll(two).isPending()).isTrue();
    assertThat(second.poll(three).isPending()).isTrue();
    two.cancel();
    assertThat(first.discarded()).containsExactly(2);
    assertThat(reader.pollNext(pipe.elements()).value()).isEqualTo(1);
    assertThat(second.woken()).isTrue();
    assertThat(second.poll(three).isReady()).isTrue();
    assertThat(reader.pollNext(pipe.elements()).value()).isEqualTo(3);
    pipe.elements().cancel();
  }

  @Test
  void sendsThatWaitFailWithTheEnd() throws Exception {
    for (boolean byEnd : new boolean[] {true, false}) {
      Emitter.Pipe<Integer> pipe = pipe(1, Overflow.WAIT);
      first.forget();
      pipe.emitter().emit(1);
      Future<Void> two = pipe.emitter().send(2);
      assertThat(first.poll(two).isPending()).isTrue();
      if (byEnd) {
        pipe.emitter().end();
      } else {
        pipe.elements().cancel();
      }
      assertThat(first.woken()).isTrue();
      assertThatThrownBy(() -> first.poll(two))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("over or was ended");
      assertThat(first.discarded()).containsExactly(2);
      pipe.elements().cancel();
    }
  }

  @Test
  void oneTooManyFailsTheStream() throws Exception {
    Emitter.Pipe<Integer> pipe = pipe(1, Overflow.FAIL);
    pipe.emitter().onCancel(() -> told.add("cancel"));
    bind(pipe);
    pipe.emitter().emit(1);
    assertThat(pipe.emitter().emit(2)).isEqualTo(Emission.DROPPED);
    assertThat(told).containsExactly("cancel");
    assertThat(reader.discarded()).containsExactly(2);
    assertThat(pipe.emitter().emit(3)).isEqualTo(Emission.OVER);
    assertThat(reader.pollNext(pipe.elements()).value()).isEqualTo(1);
    assertThatThrownBy(() -> reader.pollNext(pipe.elements()))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("an emitter holds 1 elements");
    assertThat(told).hasSize(1);
  }

  @Test
  void theOldestGoesOrTheNewest() throws Exception {
    Emitter.Pipe<Integer> oldest = pipe(2, Overflow.DROP_OLDEST);
    bind(oldest);
    for (int i = 1; i <= 4; i++) {
      assertThat(oldest.emitter().emit(i)).isEqualTo(Emission.EMITTED);
    }
    oldest.emitter().end();
    assertThat(reader.runToEnd(oldest.elements(), 9)).containsExactly(3, 4);
    assertThat(reader.discarded()).containsExactly(1, 2);
    reader.forget();

    Emitter.Pipe<Integer> newest = pipe(2, Overflow.DROP_NEWEST);
    bind(newest);
    newest.emitter().emit(1);
    newest.emitter().emit(2);
    assertThat(newest.emitter().emit(3)).isEqualTo(Emission.DROPPED);
    newest.emitter().end();
    assertThat(reader.runToEnd(newest.elements(), 9)).containsExactly(1, 2);
    assertThat(reader.discarded()).containsExactly(3);
  }

  @Test
  void aReaderThatLagsIsToldHowMuch() throws Exception {
    Emitter.Pipe<Integer> pipe = pipe(2, Overflow.LAG);
    pipe.emitter().onCancel(() -> told.add("cancel"));
    bind(pipe);
    for (int i = 1; i <= 5; i++) {
      assertThat(pipe.emitter().emit(i)).isEqualTo(Emission.EMITTED);
    }
    assertThatThrownBy(() -> reader.pollNext(pipe.elements()))
        .isInstanceOfSatisfying(
            LaggedException.class, lagged -> assertThat(lagged.missed()).isEqualTo(3));
    assertThat(told).containsExactly("cancel");
    assertThat(reader.discarded()).containsExactly(1, 2, 3, 4, 5);
    assertThat(pipe.emitter().emit(6)).isEqualTo(Emission.OVER);
  }

  @Test
  void itIsStartedAtTheFirstPoll() throws Exception {
    AsyncIterator<Integer> elements =
        AsyncIterators.emitter(
            2,
            Overflow.WAIT,
            emitter -> {
              told.add("started");
              emitter.emit(1);
              emitter.end();
            });
    assertThat(told).isEmpty();
    assertThat(reader.runToEnd(elements, 9)).containsExactly(1);
    assertThat(told).containsExactly("started");
    AsyncIterators.<Integer>emitter(1, Overflow.WAIT, emitter -> told.add("never")).cancel();
    assertThat(told).hasSize(1);
    RuntimeException failure = new RuntimeException("no");
    AsyncIterator<Integer> failing =
        AsyncIterators.emitter(
            1,
            Overflow.WAIT,
            emitter -> {
              emitter.emit(7);
              emitter.onCancel(() -> told.add("cancelled"));
              throw failure;
            });
    assertThatThrownBy(() -> reader.pollNext(failing)).isSameAs(failure);
    assertThat(told).endsWith("cancelled");
    assertThat(reader.discarded()).containsExactly(7);
  }

  @Test
  void noMoreIsHeldThanWasSaid() throws Exception {
    for (Overflow overflow : Overflow.values()) {
      for (int seed = 0; seed < 50; seed++) {
        Random random = new Random(seed);
        int capacity = 1 + random.nextInt(3);
        Emitter.Pipe<Integer> pipe = pipe(capacity, overflow);
        PollHarness harness = PollHarness.create();
        assertThat(harness.pollNext(pipe.elements()).isPending()).isTrue(); // binds the discard
        int emitted = 0;
        int got = 0;
        try {
          for (int i = 0; i < 100; i++) {
            if (random.nextBoolean()) {
              Emission answer = pipe.emitter().emit(i);
              emitted += answer == Emission.EMITTED || answer == Emission.DROPPED ? 1 : 0;
            } else if (harness.pollNext(pipe.elements()).isItem()) {
              got++;
            }
            assertThat(emitted - got - harness.discarded().size()).isLessThanOrEqualTo(capacity);
          }
        } catch (IllegalStateException | LaggedException expected) {
          assertThat(overflow).isIn(Overflow.FAIL, Overflow.LAG);
        }
        pipe.elements().cancel();
      }
    }
  }

  @Test
  void argumentsAreChecked() {
    assertThatThrownBy(() -> pipe(0, Overflow.WAIT))
        .hasMessage("capacity must be at least 1, was 0");
    assertThatThrownBy(() -> pipe(1, null)).hasMessageContaining("overflow");
    assertThatThrownBy(() -> AsyncIterators.emitter(1, Overflow.WAIT, null))
        .hasMessageContaining("start");
    Emitter.Pipe<Integer> pipe = pipe(1, Overflow.WAIT);
    assertThatThrownBy(() -> pipe.emitter().emit(null)).hasMessageContaining("value");
    assertThatThrownBy(() -> pipe.emitter().send(null)).hasMessageContaining("value");
    assertThatThrownBy(() -> pipe.emitter().fail(null)).hasMessageContaining("failure");
    assertThatThrownBy(() -> pipe.emitter().onCancel(null)).hasMessageContaining("action");
    pipe.elements().cancel();
  }
}
