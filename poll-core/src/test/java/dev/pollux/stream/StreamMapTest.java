package dev.pollux.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pollux.core.AsyncIterator;
import dev.pollux.core.AsyncIterators;
import dev.pollux.core.Next;
import dev.pollux.core.PollAfterEndException;
import dev.pollux.testing.PollHarness;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class StreamMapTest {

  private final PollHarness harness = PollHarness.create();
  private final List<String> cancelled = new ArrayList<>();
  private final HandFed<Integer> a = new HandFed<>("a", cancelled);
  private final HandFed<Integer> b = new HandFed<>("b", cancelled);
  private final StreamMap<String, Integer> map = new StreamMap<>();

  @Test
  void givesTheElementsWithTheirKeysAndPollsOnlyWhatWasWoken() throws Exception {
    map.add("a", a);
    map.add("b", b);
    assertThat(harness.pollNext(map).isPending()).isTrue();
    b.feed(1);
    assertThat(harness.woken()).isTrue();
    assertThat(harness.pollNext(map).value()).isEqualTo(Map.entry("b", 1));
    assertThat(a.polls).isEqualTo(1);
    assertThat(map.keys()).containsExactly("a", "b");
    assertThat(map).hasToString("StreamMap[a, b]");
    map.cancel();
    assertThat(cancelled).containsExactly("b", "a");
    assertThat(map.size()).isZero();
    AsyncIterator<Integer> late = AsyncIterators.of(1);
    assertThatThrownBy(() -> map.add("c", late)).isInstanceOf(IllegalStateException.class);
    late.cancel();
  }

  @Test
  void oneThatIsAddedWakesTheTask() throws Exception {
    map.add("a", a);
    assertThat(harness.pollNext(map).isPending()).isTrue();
    map.add("b", b.feed(7));
    assertThat(harness.woken()).isTrue();
    assertThat(harness.pollNext(map).value()).isEqualTo(Map.entry("b", 7));
    map.cancel();
  }

  @Test
  void oneThatHasEndedIsOutAndAnEmptyMapIsOver() throws Exception {
    map.add("a", a.feed(1).end());
    map.add("b", b);
    assertThat(harness.pollNext(map).value()).isEqualTo(Map.entry("a", 1));
    assertThat(harness.pollNext(map).isPending()).isTrue();
    assertThat(map.containsKey("a")).isFalse();
    assertThat(map.keys()).containsExactly("b");
    b.end();
    assertThat(harness.pollNext(map).isEnd()).isTrue();
    assertThatThrownBy(() -> harness.pollNext(map)).isInstanceOf(PollAfterEndException.class);
  }

  @Test
  void oneThatIsTakenOutIsReadOnByItsNewOwner() throws Exception {
    map.add("a", a);
    map.add("b", b);
    assertThat(harness.pollNext(map).isPending()).isTrue();
    AsyncIterator<? extends Integer> taken = map.remove("a").orElseThrow();
    assertThat(map.remove("a")).isEmpty();
    assertThat(cancelled).isEmpty();
    a.feed(1);
    assertThat(harness.woken()).isFalse(); // its waker leads nowhere any more
    assertThat(harness.pollNext(taken).value()).isEqualTo(1);
    assertThat(harness.pollNext(taken).isPending()).isTrue();
    a.feed(2);
    assertThat(harness.woken()).isTrue();
    map.add("a", taken);
    assertThat(harness.pollNext(map).value()).isEqualTo(Map.entry("a", 2));
    map.cancel();
    assertThat(cancelled).containsExactly("a", "b");
  }

  @Test
  void anotherUnderTheSameKeyTakesThePlace() throws Exception {
    map.add("key", a.feed(1));
    map.add("key", b.feed(2));
    assertThat(cancelled).containsExactly("a");
    assertThat(map.size()).isEqualTo(1);
    assertThat(harness.pollNext(map).value()).isEqualTo(Map.entry("key", 2));
    map.cancel();
  }

  @Test
  void aFailureCancelsTheOthers() throws Exception {
    map.add("a", a);
    map.add("b", b.fail(new IOException("torn")));
    assertThatThrownBy(() -> harness.pollNext(map)).isInstanceOf(IOException.class);
    assertThat(cancelled).containsExactly("a");
    assertThatThrownBy(() -> harness.pollNext(map)).isInstanceOf(PollAfterEndException.class);
  }

  @Test
  void aStreamMayAddOthersWhileItIsPolledButTakeNoneOut() throws Exception {
    map.add(
        "a",
        AsyncIterators.pollFn(
            cx -> {
              if (!map.containsKey("b")) {
                map.add("b", b.feed(2));
                return Next.item(1);
              }
              var unused = map.remove("b");
              return Next.end();
            }));
    assertThat(harness.pollNext(map).value()).isEqualTo(Map.entry("a", 1));
    assertThat(harness.pollNext(map).value()).isEqualTo(Map.entry("b", 2));
    assertThatThrownBy(() -> harness.pollNext(map))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("a stream can't be taken out of a StreamMap while that is polled: key b");
    assertThat(cancelled).containsExactly("b");
  }
}
