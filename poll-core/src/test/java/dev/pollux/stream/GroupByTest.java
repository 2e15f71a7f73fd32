package dev.pollux.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pollux.core.AsyncIterator;
import dev.pollux.core.Description;
import dev.pollux.testing.PollHarness;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class GroupByTest {

  private final PollHarness outer = PollHarness.create();
  private final PollHarness inner = PollHarness.create();
  private final Pushed source = new Pushed();

  private AsyncIterator<Group<Integer, Integer>> tens(Grouping grouping) {
    return source.iterator().groupBy(x -> x / 10, grouping);
  }

  private Group<Integer, Integer> next(AsyncIterator<Group<Integer, Integer>> groups)
      throws Exception {
    return outer.pollNext(groups).value();
  }

  @Test
  void aGroupIsGivenWithItsFirstElementAndHasAllOfItsKey() throws Exception {
    AsyncIterator<Group<Integer, Integer>> groups = tens(Grouping.groups(2).holding(4));
    source.push(11, 21, 12, 22);
    source.end();
    Group<Integer, Integer> ones = next(groups);
    Group<Integer, Integer> twos = next(groups);
    assertThat(ones.key()).isEqualTo(1);
    assertThat(twos.key()).isEqualTo(2);
    assertThat(inner.runToEnd(ones, 9)).containsExactly(11, 12);
    assertThat(outer.pollNext(groups).isEnd()).isTrue();
    assertThat(inner.runToEnd(twos, 9)).containsExactly(21, 22);
    assertThat(ones.key()).isEqualTo(1);
  }

  @Test
  void aGroupDrivesAndWakesTheOthers() throws Exception {
    AsyncIterator<Group<Integer, Integer>> groups = tens(Grouping.groups(2));
    source.push(11);
    Group<Integer, Integer> ones = next(groups);
    assertThat(inner.pollNext(ones).value()).isEqualTo(11);
    assertThat(outer.pollNext(groups).isPending()).isTrue();
    assertThat(inner.pollNext(ones).isPending()).isTrue();
    source.push(21);
    assertThat(inner.woken()).isTrue();
    assertThat(inner.pollNext(ones).isPending()).isTrue();
    assertThat(outer.woken()).isTrue();
    Group<Integer, Integer> twos = next(groups);
    groups.cancel();
    ones.cancel();
    assertThat(source.cancelled).isFalse();
    twos.cancel();
    assertThat(source.cancelled).isTrue();
    assertThat(outer.discarded()).containsExactly(21);
  }

  @Test
  void oneGroupTooManyFailsAndIsNamed() throws Exception {
    AsyncIterator<Group<Integer, Integer>> groups = tens(Grouping.groups(1));
    source.push(11, 42);
    Group<Integer, Integer> ones = next(groups);
    assertThatThrownBy(() -> outer.pollNext(groups))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("groupBy has 1 groups open, and one more came: 4");
    assertThat(source.cancelled).isTrue();
    assertThat(outer.discarded()).containsExactly(42);
    assertThat(inner.pollNext(ones).value()).isEqualTo(11);
    assertThatThrownBy(() -> inner.pollNext(ones)).hasMessageContaining("one more came: 4");
  }

  @Test
  void oneGroupTooManyWaitsUntilOneIsCancelled() throws Exception {
    AsyncIterator<Group<Integer, Integer>> groups =
        tens(Grouping.groups(1).onTooMany(Grouping.TooMany.WAIT));
    source.push(11, 42, 12);
    Group<Integer, Integer> ones = next(groups);
    assertThat(outer.pollNext(groups).isPending()).isTrue();
    assertThat(Description.ofIterator(groups).toString())
        .contains("waits for one of 1 groups to be cancelled, for another: 4");
    assertThat(inner.pollNext(ones).value()).isEqualTo(11);
    assertThat(inner.pollNext(ones).isPending()).isTrue();
    assertThat(Description.ofIterator(ones).toString()).contains("for another: 4");
    assertThat(outer.woken()).isFalse();
    ones.cancel();
    assertThat(outer.woken()).isTrue();
    Group<Integer, Integer> fours = next(groups);
    assertThat(fours.key()).isEqualTo(4);
    fours.cancel();
    assertThat(next(groups).key()).isEqualTo(1); // a key that was there before
    assertThat(outer.discarded()).containsExactly(42);
    groups.cancel();
  }

  @Test
  void theGroupThatIsIdleForLongestIsEnded() throws Exception {
    AsyncIterator<Group<Integer, Integer>> groups =
        tens(Grouping.groups(2).onTooMany(Grouping.TooMany.END_IDLE));
    source.push(11);
    Group<Integer, Integer> ones = next(groups);
    assertThat(inner.pollNext(ones).value()).isEqualTo(11);
    source.push(21);
    Group<Integer, Integer> twos = next(groups);
    PollHarness third = PollHarness.create();
    assertThat(third.pollNext(twos).value()).isEqualTo(21);
    source.push(12);
    assertThat(inner.pollNext(ones).value()).isEqualTo(12); // now the twos are older
    assertThat(third.pollNext(twos).isPending()).isTrue();
    source.push(31);
    Group<Integer, Integer> threes = next(groups);
    assertThat(threes.key()).isEqualTo(3);
    assertThat(third.woken()).isTrue();
    assertThat(twos.knownEnded()).isTrue();
    assertThat(third.pollNext(twos).isEnd()).isTrue();
    // None is idle: it waits.
    source.push(13, 41);
    assertThat(outer.pollNext(groups).isPending()).isTrue();
    assertThat(source.given).isEqualTo(6);
    assertThat(inner.pollNext(ones).value()).isEqualTo(13);
    assertThat(outer.woken()).isTrue();
    assertThat(next(groups).key()).isEqualTo(4);
    assertThat(inner.pollNext(ones).isEnd()).isTrue();
    groups.cancel();
    threes.cancel();
  }

  @Test
  void aGroupThatIsFullStopsTheOthersAndIsNamed() throws Exception {
    AsyncIterator<Group<Integer, Integer>> groups = tens(Grouping.groups(2));
    source.push(11, 21, 12);
    Group<Integer, Integer> ones = next(groups);
    Group<Integer, Integer> twos = next(groups);
    assertThat(outer.pollNext(groups).isPending()).isTrue();
    assertThat(Description.ofIterator(groups).toString())
        .contains("waits for group 1, which holds all that it may");
    source.push(22);
    assertThat(source.given).isEqualTo(3);
    assertThat(inner.pollNext(ones).value()).isEqualTo(11);
    assertThat(outer.woken()).isTrue();
    assertThat(inner.pollNext(twos).value()).isEqualTo(21);
    assertThat(inner.pollNext(twos).value()).isEqualTo(22);
    assertThat(inner.pollNext(ones).value()).isEqualTo(12);
    groups.cancel();
    ones.cancel();
    twos.cancel();
    assertThat(outer.discarded()).isEmpty();
  }

  @Test
  void whatComesForAGroupThatIsFullIsDropped() throws Exception {
    AsyncIterator<Group<Integer, Integer>> groups =
        tens(Grouping.groups(2).onFull(Grouping.Full.DROP_NEWEST));
    source.push(11, 12, 21, 13);
    source.end();
    Group<Integer, Integer> ones = next(groups);
    Group<Integer, Integer> twos = next(groups);
    assertThat(outer.pollNext(groups).isEnd()).isTrue();
    assertThat(outer.discarded()).containsExactly(12, 13);
    assertThat(inner.runToEnd(ones, 9)).containsExactly(11);
    assertThat(inner.runToEnd(twos, 9)).containsExactly(21);
  }

  @Test
  void aGroupThatIsFullFailsTheStream() throws Exception {
    AsyncIterator<Group<Integer, Integer>> groups =
        tens(Grouping.groups(2).onFull(Grouping.Full.FAIL));
    source.push(11, 12);
    Group<Integer, Integer> ones = next(groups);
    assertThatThrownBy(() -> outer.pollNext(groups))
        .hasMessage("groupBy holds 1 elements of a group, and one more came: 1");
    assertThat(outer.discarded()).containsExactly(12);
    assertThat(inner.pollNext(ones).value()).isEqualTo(11);
    assertThatThrownBy(() -> inner.pollNext(ones)).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void groupsThatWereNotGivenGoWithTheirIterator() throws Exception {
    AsyncIterator<Group<Integer, Integer>> groups = tens(Grouping.groups(9).holding(2));
    source.push(11, 21, 31, 12);
    Group<Integer, Integer> ones = next(groups);
    assertThat(inner.pollNext(ones).value()).isEqualTo(11);
    assertThat(inner.pollNext(ones).value()).isEqualTo(12);
    groups.cancel();
    assertThat(outer.discarded()).containsExactly(21, 31);
    source.push(22, 13);
    assertThat(inner.pollNext(ones).value()).isEqualTo(13); // nobody gets 22
    assertThat(outer.discarded()).containsExactly(21, 31, 22);
    ones.cancel();
    assertThat(source.cancelled).isTrue();
  }

  @Test
  void aKeyThatIsNullFailsTheStream() {
    AsyncIterator<Group<Integer, Integer>> groups =
        source.iterator().groupBy(x -> (Integer) null, Grouping.groups(1));
    source.push(1);
    assertThatThrownBy(() -> outer.pollNext(groups))
        .isInstanceOf(NullPointerException.class)
        .hasMessage("groupBy: the key function answered null");
    assertThat(source.cancelled).isTrue();
  }

  @Test
  void argumentsAreChecked() {
    assertThatThrownBy(() -> Grouping.groups(0)).hasMessage("groups must be at least 1, was 0");
    assertThatThrownBy(() -> Grouping.groups(1).holding(0))
        .hasMessage("perGroup must be at least 1, was 0");
    assertThatThrownBy(() -> source.iterator().groupBy(x -> x, null))
        .hasMessageContaining("grouping");
    assertThatThrownBy(() -> source.iterator().groupBy(null, Grouping.groups(1)))
        .hasMessageContaining("key");
    assertThat(Grouping.groups(2).holding(3))
        .hasToString("Grouping[2 groups of 3, too many: FAIL, full: WAIT]");
  }

  @Test
  void noMoreIsHeldThanWasSaidAndEveryGroupIsInOrder() throws Exception {
    for (int seed = 0; seed < 200; seed++) {
      Random random = new Random(seed);
      int max = 1 + random.nextInt(3);
      int perGroup = 1 + random.nextInt(3);
      Grouping.TooMany tooMany =
          random.nextBoolean() ? Grouping.TooMany.WAIT : Grouping.TooMany.END_IDLE;
      Pushed counted = new Pushed();
      AsyncIterator<Group<Integer, Integer>> groups =
          counted
              .iterator()
              .groupBy(x -> x % 5, Grouping.groups(max).holding(perGroup).onTooMany(tooMany));
      for (int i = 0; i < 60; i++) {
        counted.push(i);
      }
      counted.end();
      List<Group<Integer, Integer>> open = new ArrayList<>();
      int[] last = {-1, -1, -1, -1, -1};
      boolean ended = false;
      PollHarness harness = PollHarness.create();
      int got = 0;
      int steps = 0;
      while (!ended || !open.isEmpty()) {
        assertThat(steps++).as("seed " + seed).isLessThan(5_000);
        if (!ended && random.nextInt(3) == 0) {
          var next = harness.pollNext(groups);
          ended = next.isEnd();
          if (next.isItem()) {
            open.add(next.value());
          }
        } else if (!open.isEmpty()) {
          Group<Integer, Integer> group = open.get(random.nextInt(open.size()));
          if (random.nextInt(20) == 0) {
            group.cancel();
            open.remove(group);
          } else {
            var next = harness.pollNext(group);
            if (next.isItem()) {
              got++;
              assertThat(next.value() % 5).isEqualTo(group.key());
              assertThat(next.value()).isGreaterThan(last[group.key()]);
              last[group.key()] = next.value();
            } else if (next.isEnd()) {
              open.remove(group);
            }
          }
        }
        int held = counted.given - got - harness.discarded().size();
        assertThat(held).as("seed " + seed).isBetween(0, max * perGroup + 1);
      }
      assertThat(got + harness.discarded().size()).as("seed " + seed).isEqualTo(60);
    }
  }
}
