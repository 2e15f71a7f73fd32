package dev.pollux.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collector;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class TerminalFutureTest {

  private record Terminal(String name, Function<AsyncIterator<Integer>, Future<?>> assembly) {

    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Terminal> terminals() {
    return Stream.of(
        new Terminal("fold", it -> it.fold(0, Integer::sum)),
        new Terminal("collect", it -> it.collect(Collectors.toList())),
        new Terminal("forEach", it -> it.forEach(x -> {})),
        new Terminal("count", AsyncIterator::count));
  }

  private final IteratorCrank crank = new IteratorCrank();

  @Test
  void eachGivesWhatItIsNamedFor() throws Exception {
    assertThat(crank.run(AsyncIterators.range(0, 1000).fold(0L, (sum, x) -> sum + x)))
        .isEqualTo(499_500L);
    assertThat(crank.run(AsyncIterators.range(0, 3).collect(Collectors.toList())))
        .containsExactly(0, 1, 2);
    List<Integer> seen = new ArrayList<>();
    assertThat(crank.run(AsyncIterators.range(0, 3).forEach(seen::add))).isNull();
    assertThat(seen).containsExactly(0, 1, 2);
    assertThat(crank.run(AsyncIterators.range(0, 1000).count())).isEqualTo(1000L);
  }

  @ParameterizedTest
  @MethodSource("terminals")
  void anEmptyIteratorGivesAnOutputToo(Terminal terminal) throws Exception {
    assertThat(crank.poll(terminal.assembly().apply(AsyncIterators.empty())).isReady()).isTrue();
  }

  @ParameterizedTest
  @MethodSource("terminals")
  void itAnswersOnceAndIsThenOver(Terminal terminal) throws Exception {
    Future<?> future = terminal.assembly().apply(AsyncIterators.range(0, 3));
    assertThat(crank.poll(future).isReady()).isTrue();
    assertThatThrownBy(() -> crank.poll(future))
        .isInstanceOf(PollAfterEndException.class)
        .hasMessageContaining(terminal.name());
    future.cancel();
  }

  @ParameterizedTest
  @MethodSource("terminals")
  void cancelReachesTheUpstreamOnce(Terminal terminal) throws Exception {
    for (int polls = 0; polls < 2; polls++) {
      ScriptedIterator<Integer> source = new ScriptedIterator<>(List.of(1, ScriptedIterator.STUCK));
      Future<?> future = terminal.assembly().apply(source);
      assertThat(source.polls).isZero();
      for (int i = 0; i < polls; i++) {
        assertThat(crank.poll(future).isPending()).isTrue();
        assertThat(Description.of(future).name()).isEqualTo(terminal.name());
        assertThat(Description.of(future).children()).hasSize(1);
      }
      future.cancel();
      future.cancel();
      assertThat(source.cancels).isEqualTo(1);
      assertThatThrownBy(() -> crank.poll(future)).isInstanceOf(PollAfterEndException.class);
    }
  }

  @ParameterizedTest
  @MethodSource("terminals")
  void aFailureOfTheUpstreamPassesUnchanged(Terminal terminal) {
    Exception failure = new Exception("upstream");
    Future<?> future = terminal.assembly().apply(new ScriptedIterator<>(List.of(1, failure)));
    assertThatThrownBy(() -> crank.poll(future)).isSameAs(failure);
    assertThatThrownBy(() -> crank.poll(future)).isInstanceOf(PollAfterEndException.class);
  }

  @Test
  void aFailureOfTheFunctionCancelsTheUpstream() {
    RuntimeException failure = new RuntimeException("user");
    List<Function<AsyncIterator<Integer>, Future<?>>> failing =
        List.of(
            it ->
                it.fold(
                    0,
                    (a, b) -> {
                      throw failure;
                    }),
            it ->
                it.forEach(
                    x -> {
                      throw failure;
                    }),
            it ->
                it.collect(
                    Collector.of(
                        () -> 1,
                        (a, x) -> {
                          throw failure;
                        },
                        (a, b) -> a)),
            it ->
                it.collect(
                    Collector.<Integer, Integer>of(
                        () -> {
                          throw failure;
                        },
                        (a, x) -> {},
                        (a, b) -> a)));
    for (Function<AsyncIterator<Integer>, Future<?>> assembly : failing) {
      ScriptedIterator<Integer> source = ScriptedIterator.of(1, 2);
      Future<?> future = assembly.apply(source);
      assertThatThrownBy(() -> crank.poll(future)).isSameAs(failure);
      assertThat(source.cancels).isEqualTo(1);
      assertThatThrownBy(() -> crank.poll(future)).isInstanceOf(PollAfterEndException.class);
    }
    assertThat(crank.uncaught).isEmpty();
  }

  @Test
  void aNullOutputIsRefused() {
    Future<Integer> fold = AsyncIterators.of(1).fold(0, (a, b) -> null);
    assertThatThrownBy(() -> crank.poll(fold)).isInstanceOf(NullPointerException.class);
    Future<Object> collect =
        AsyncIterators.of(1)
            .collect(Collectors.collectingAndThen(Collectors.toList(), all -> null));
    assertThatThrownBy(() -> crank.poll(collect)).isInstanceOf(NullPointerException.class);
  }

  @Test
  void aContainerThatIsNullIsTheCollectorsOwnAffair() throws Exception {
    int[] count = {0};
    Collector<Integer, Object, Integer> collector =
        Collector.of(() -> null, (none, x) -> count[0]++, (a, b) -> a, none -> count[0]);
    assertThat(crank.run(AsyncIterators.range(0, 300).collect(collector))).isEqualTo(300);
  }

  @Test
  void nextBorrowsTheIterator() throws Exception {
    ScriptedIterator<Integer> source =
        new ScriptedIterator<>(List.of(1, ScriptedIterator.STUCK, 2));
    assertThat(crank.run(source.next())).isEqualTo(Optional.of(1));
    Future<Optional<Integer>> given = source.next();
    assertThat(crank.poll(given).isPending()).isTrue();
    assertThat(Description.of(given).children()).hasSize(1);
    given.cancel();
    assertThat(source.cancels).isZero();
    assertThatThrownBy(() -> crank.poll(given)).isInstanceOf(PollAfterEndException.class);
    source.release();
    Future<Optional<Integer>> again = source.next();
    assertThat(crank.run(again)).isEqualTo(Optional.of(2));
    assertThatThrownBy(() -> crank.poll(again)).isInstanceOf(PollAfterEndException.class);
    assertThat(crank.run(source.next())).isEmpty();
  }

  @Test
  void aFailureOfTheIteratorFailsTheNext() {
    Exception failure = new Exception("upstream");
    Future<Optional<Integer>> next = new ScriptedIterator<Integer>(List.of(failure)).next();
    assertThatThrownBy(() -> crank.poll(next)).isSameAs(failure);
    assertThatThrownBy(() -> crank.poll(next)).isInstanceOf(PollAfterEndException.class);
  }
}
