package dev.pollux.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pollux.core.AsyncIterator;
import dev.pollux.core.AsyncIterators;
import dev.pollux.core.Description;
import dev.pollux.testing.PollHarness;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class WindowedTest {

  private final PollHarness outer = PollHarness.create();
  private final PollHarness inner = PollHarness.with(outer.clock());
  private final Pushed source = new Pushed();

  private static AsyncIterator<List<Integer>> lists(AsyncIterator<AsyncIterator<Integer>> windows) {
    return windows.flatMap(window -> window.collect(Collectors.toList()).toAsyncIterator());
  }

  private AsyncIterator<Integer> next(AsyncIterator<AsyncIterator<Integer>> windows)
      throws Exception {
    return outer.pollNext(windows).value();
  }

  @Test
  void windowsOfASizeFollowEachOther() throws Exception {
    assertThat(outer.runToEnd(lists(AsyncIterators.range(0, 7).windowed().ofSize(3)), 99))
        .containsExactly(List.of(0, 1, 2), List.of(3, 4, 5), List.of(6));
    assertThat(outer.runToEnd(lists(AsyncIterators.range(0, 6).windowed().ofSize(3)), 99))
        .containsExactly(List.of(0, 1, 2), List.of(3, 4, 5));
    assertThat(outer.runToEnd(lists(AsyncIterators.range(0, 2).windowed().ofSize(1)), 99))
        .containsExactly(List.of(0), List.of(1));
    assertThat(outer.runToEnd(lists(AsyncIterators.range(0, 0).windowed().ofSize(1)), 99))
        .isEmpty();
  }

  @Test
  void theElementThatEndsAWindowIsItsLast() throws Exception {
    assertThat(
            outer.runToEnd(lists(AsyncIterators.range(0, 6).windowed().until(x -> x % 3 == 0)), 99))
        .containsExactly(List.of(0), List.of(1, 2, 3), List.of(4, 5));
  }

  @Test
  void theNextWindowWaitsForTheOneThatIsOpen() throws Exception {
    AsyncIterator<AsyncIterator<Integer>> windows = source.iterator().windowed().ofSize(2);
    source.push(1, 2, 3);
    AsyncIterator<Integer> first = next(windows);
    assertThat(outer.pollNext(windows).isPending()).isTrue();
    assertThat(source.given).isEqualTo(1);
    assertThat(Description.ofIterator(windows).toString())
        .contains("waits for the window that is open");
    assertThat(inner.pollNext(first).value()).isEqualTo(1);
    assertThat(outer.woken()).isFalse();
    assertThat(inner.pollNext(first).value()).isEqualTo(2);
    assertThat(outer.woken()).isTrue(); // that was its last
    AsyncIterator<Integer> second = next(windows);
    assertThat(first.knownEnded()).isTrue();
    assertThat(inner.pollNext(first).isEnd()).isTrue();
    assertThat(inner.pollNext(second).value()).isEqualTo(3);
    windows.cancel();
    assertThat(source.cancelled).isFalse();
    second.cancel();
    assertThat(source.cancelled).isTrue();
  }

  @Test
  void theRestOfAWindowThatIsCancelledIsDiscarded() throws Exception {
    AsyncIterator<AsyncIterator<Integer>> windows = source.iterator().windowed().ofSize(3);
    source.push(1, 2, 3, 4);
    AsyncIterator<Integer> first = next(windows);
    assertThat(inner.pollNext(first).value()).isEqualTo(1);
    first.cancel();
    assertThat(inner.pollNext(next(windows)).value()).isEqualTo(4);
    assertThat(outer.discarded()).containsExactly(2, 3);
    windows.cancel();
  }

  @Test
  void aWindowThatWasNotGivenGoesWithItsIterator() throws Exception {
    AsyncIterator<AsyncIterator<Integer>> windows = source.iterator().windowed().ofSize(3);
    assertThat(outer.pollNext(windows).isPending()).isTrue();
    source.push(1);
    windows.cancel();
    assertThat(source.cancelled).isTrue();
  }

  @Test
  void theTimeOfAWindowRunsFromItsFirstElement() throws Exception {
    AsyncIterator<AsyncIterator<Integer>> windows =
        source.iterator().windowed().ofTime(Duration.ofSeconds(1));
    outer.pollNext(windows);
    outer.clock().advance(Duration.ofSeconds(5));
    source.push(1);
    AsyncIterator<Integer> first = next(windows);
    outer.clock().advance(Duration.ofMillis(600));
    assertThat(inner.pollNext(first).value()).isEqualTo(1);
    source.push(2);
    assertThat(inner.pollNext(first).value()).isEqualTo(2);
    assertThat(inner.pollNext(first).isPending()).isTrue();
    assertThat(outer.pollNext(windows).isPending()).isTrue();
    outer.clock().advance(Duration.ofMillis(399));
    assertThat(inner.woken()).isFalse();
    outer.clock().advance(Duration.ofMillis(1));
    assertThat(inner.woken()).isTrue();
    source.push(3); // in the same poll: it is of the next
    assertThat(inner.pollNext(first).isEnd()).isTrue();
    assertThat(outer.woken()).isTrue();
    AsyncIterator<Integer> second = next(windows);
    assertThat(inner.pollNext(second).value()).isEqualTo(3);
    assertThat(outer.clock().armed()).isEqualTo(1);
    windows.cancel();
    second.cancel();
    assertThat(outer.clock().armed()).isZero();
    assertThat(source.cancelled).isTrue();
  }

  @Test
  void aWindowEndsByItsSizeOrItsTime() throws Exception {
    AsyncIterator<AsyncIterator<Integer>> windows =
        source.iterator().windowed().ofSizeOrTime(2, Duration.ofSeconds(1));
    source.push(1, 2, 3);
    AsyncIterator<Integer> first = next(windows);
    assertThat(inner.pollNext(first).value()).isEqualTo(1);
    assertThat(outer.clock().armed()).isEqualTo(1);
    assertThat(inner.pollNext(first).value()).isEqualTo(2);
    assertThat(outer.clock().armed()).isZero();
    assertThat(inner.pollNext(first).isEnd()).isTrue();
    AsyncIterator<Integer> second = next(windows);
    assertThat(inner.pollNext(second).value()).isEqualTo(3);
    outer.clock().advance(Duration.ofSeconds(1));
    source.push(4);
    assertThat(inner.pollNext(second).isEnd()).isTrue();
    source.end();
    assertThat(inner.runToEnd(next(windows), 9)).containsExactly(4);
    assertThat(outer.pollNext(windows).isEnd()).isTrue();
    assertThat(outer.clock().armed()).isZero();
  }

  @Test
  void theTimeOfAWindowThatIsCancelledRunsOn() throws Exception {
    AsyncIterator<AsyncIterator<Integer>> windows =
        source.iterator().windowed().ofTime(Duration.ofSeconds(1));
    source.push(1, 2);
    next(windows).cancel();
    assertThat(outer.pollNext(windows).isPending()).isTrue();
    assertThat(outer.discarded()).containsExactly(1, 2);
    outer.clock().advance(Duration.ofSeconds(1));
    assertThat(outer.woken()).isTrue();
    source.push(3);
    assertThat(inner.pollNext(next(windows)).value()).isEqualTo(3);
    windows.cancel();
  }

  @Test
  void aPredicateThatThrowsFailsTheWindowAndTheWindows() throws Exception {
    RuntimeException failure = new RuntimeException("no");
    AsyncIterator<AsyncIterator<Integer>> windows =
        source
            .iterator()
            .windowed()
            .until(
                x -> {
                  if (x == 2) {
                    throw failure;
                  }
                  return false;
                });
    source.push(1, 2);
    AsyncIterator<Integer> first = next(windows);
    assertThat(inner.pollNext(first).value()).isEqualTo(1);
    assertThatThrownBy(() -> inner.pollNext(first)).isSameAs(failure);
    assertThatThrownBy(() -> outer.pollNext(windows)).isSameAs(failure);
    assertThat(source.cancelled).isTrue();
  }

  @Test
  void noMoreThanOneElementIsHeld() throws Exception {
    for (int seed = 0; seed < 200; seed++) {
      Random random = new Random(seed);
      Pushed counted = new Pushed();
      AsyncIterator<AsyncIterator<Integer>> windows =
          counted.iterator().windowed().ofSize(1 + random.nextInt(4));
      for (int i = 0; i < 40; i++) {
        counted.push(i);
      }
      counted.end();
      PollHarness harness = PollHarness.create();
      List<AsyncIterator<Integer>> open = new ArrayList<>();
      boolean ended = false;
      int got = 0;
      while (!ended || !open.isEmpty()) {
        if (!ended && random.nextBoolean()) {
          var next = harness.pollNext(windows);
          ended = next.isEnd();
          if (next.isItem()) {
            open.add(next.value());
          }
        } else if (!open.isEmpty()) {
          AsyncIterator<Integer> window = open.get(random.nextInt(open.size()));
          if (random.nextInt(8) == 0) {
            window.cancel();
            open.remove(window);
          } else {
            var next = harness.pollNext(window);
            got += next.isItem() ? 1 : 0;
            if (next.isEnd()) {
              open.remove(window);
            }
          }
        }
        assertThat(counted.given - got - harness.discarded().size())
            .as("seed " + seed)
            .isBetween(0, 1);
      }
      assertThat(got + harness.discarded().size()).isEqualTo(40);
    }
  }

  @Test
  void argumentsAreChecked() {
    assertThatThrownBy(() -> source.iterator().windowed().ofSize(0))
        .hasMessage("size must be at least 1, was 0");
    assertThatThrownBy(() -> source.iterator().windowed().ofTime(Duration.ZERO))
        .hasMessage("duration must be more than 0, was PT0S");
    assertThatThrownBy(() -> source.iterator().windowed().ofTime(null))
        .isInstanceOf(NullPointerException.class)
        .hasMessage("duration");
    assertThatThrownBy(() -> source.iterator().windowed().until(null))
        .hasMessageContaining("predicate");
    Windowed<Integer> used = source.iterator().windowed();
    used.ofSize(1).cancel();
    assertThatThrownBy(() -> used.ofSize(1)).isInstanceOf(IllegalStateException.class);
  }
}
