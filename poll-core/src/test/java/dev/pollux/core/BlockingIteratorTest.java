package dev.pollux.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pollux.spi.BlockOn;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.CompletionException;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class BlockingIteratorTest {

  private final IteratorCrank crank = new IteratorCrank();

  /** Runs a future on the calling thread; it must not need anybody else. */
  private final BlockOn runtime =
      new BlockOn() {
        @Override
        public <T> T blockOn(Future<T> future) throws Exception {
          runs++;
          if (refuses) {
            throw new IllegalStateException("a worker must not block");
          }
          if (interrupted) {
            crank.poll(future);
            future.cancel();
            throw new InterruptedException();
          }
          return crank.run(future);
        }
      };

  private int runs;
  private boolean refuses;
  private boolean interrupted;

  @Test
  void theElementsComeInAForLoop() {
    List<Integer> seen = new ArrayList<>();
    for (int capacity : new int[] {1, 2, 7, 1000}) {
      seen.clear();
      try (CloseableIterable<Integer> elements =
          AsyncIterators.range(0, 300).toIterable(runtime, capacity)) {
        for (int element : elements) {
          seen.add(element);
        }
      }
      assertThat(seen).hasSize(300).startsWith(0, 1, 2).endsWith(298, 299);
    }
  }

  @Test
  void nothingIsPulledBeforeItIsAskedForAndNoMoreThanTheCapacity() {
    for (int capacity = 1; capacity <= 3; capacity++) {
      int[] pulled = {0};
      AsyncIterator<Integer> source =
          AsyncIterators.range(0, 10)
              .map(
                  x -> {
                    pulled[0]++;
                    return x;
                  });
      CloseableIterable<Integer> elements =
          capacity == 1 ? source.toIterable(runtime) : source.toIterable(runtime, capacity);
      Iterator<Integer> iterator = elements.iterator();
      assertThat(pulled[0]).isZero();
      assertThat(iterator.hasNext()).isTrue();
      assertThat(iterator.hasNext()).isTrue();
      assertThat(pulled[0]).isEqualTo(capacity);
      assertThat(iterator.next()).isZero();
      assertThat(iterator.next()).isEqualTo(1);
      assertThat(pulled[0]).isEqualTo(capacity == 1 ? 2 : capacity);
      elements.close();
    }
  }

  @Test
  void whatIsThereIsNotHeldBackForMore() {
    ScriptedIterator<Integer> source =
        new ScriptedIterator<>(List.of(1, 2, ScriptedIterator.STUCK));
    Iterator<Integer> iterator = source.toIterable(runtime, 10).iterator();
    assertThat(iterator.next()).isEqualTo(1);
    assertThat(iterator.next()).isEqualTo(2);
  }

  @Test
  void atTheEndNextThrowsAndNothingIsPolledAgain() {
    CloseableIterable<Integer> elements = AsyncIterators.of(1).toIterable(runtime);
    Iterator<Integer> iterator = elements.iterator();
    assertThat(iterator.next()).isEqualTo(1);
    assertThat(iterator.hasNext()).isFalse();
    assertThat(iterator.hasNext()).isFalse();
    assertThatThrownBy(iterator::next).isInstanceOf(NoSuchElementException.class);
    assertThat(runs).isEqualTo(2);
  }

  @Test
  void itIsIteratedOnce() {
    CloseableIterable<Integer> elements = AsyncIterators.of(1).toIterable(runtime);
    assertThat(elements.iterator()).isNotNull();
    assertThatThrownBy(elements::iterator).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void closeCancelsTheIteratorAndDiscardsWhatIsHeld() {
    ScriptedIterator<Integer> source = ScriptedIterator.of(1, 2, 3, 4);
    CloseableIterable<Integer> elements = source.toIterable(runtime, 3);
    Iterator<Integer> iterator = elements.iterator();
    assertThat(iterator.next()).isEqualTo(1);
    elements.close();
    elements.close();
    assertThat(source.cancels).isEqualTo(1);
    assertThat(crank.discarded).containsExactlyInAnyOrder(2, 3);
    assertThatThrownBy(iterator::hasNext).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void closeBeforeTheFirstElementCancelsToo() {
    ScriptedIterator<Integer> source = ScriptedIterator.of(1);
    source.toIterable(runtime).close();
    assertThat(source.cancels).isEqualTo(1);
    assertThat(runs).isZero();
  }

  @Test
  void aFailureComesAfterTheElementsBeforeIt() {
    RuntimeException unchecked = new RuntimeException("unchecked");
    Iterator<Integer> iterator =
        new ScriptedIterator<Integer>(List.of(1, 2, unchecked)).toIterable(runtime, 5).iterator();
    assertThat(iterator.next()).isEqualTo(1);
    assertThat(iterator.next()).isEqualTo(2);
    assertThatThrownBy(iterator::hasNext).isSameAs(unchecked);
    assertThat(iterator.hasNext()).isFalse();

    Exception checked = new Exception("checked");
    for (int capacity : new int[] {1, 5}) {
      Iterator<Integer> wrapped =
          new ScriptedIterator<Integer>(List.of(1, checked))
              .toIterable(runtime, capacity)
              .iterator();
      assertThat(wrapped.next()).isEqualTo(1);
      assertThatThrownBy(wrapped::next)
          .isInstanceOf(CompletionException.class)
          .cause()
          .isSameAs(checked);
    }
  }

  @Test
  void aRefusalOfTheRuntimeLeavesTheIteratorAsItIs() {
    Iterator<Integer> iterator = AsyncIterators.of(1).toIterable(runtime).iterator();
    refuses = true;
    assertThatThrownBy(iterator::hasNext)
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("a worker must not block");
    refuses = false;
    assertThat(iterator.next()).isEqualTo(1);
  }

  @Test
  void anInterruptLosesNothing() {
    ScriptedIterator<Integer> source = new ScriptedIterator<>(List.of(ScriptedIterator.STUCK, 1));
    Iterator<Integer> iterator = source.toIterable(runtime).iterator();
    interrupted = true;
    assertThatThrownBy(iterator::hasNext)
        .isInstanceOf(CompletionException.class)
        .hasCauseInstanceOf(InterruptedException.class);
    assertThat(Thread.interrupted()).isTrue();
    assertThat(source.cancels).isZero();
    interrupted = false;
    source.release();
    assertThat(iterator.next()).isEqualTo(1);
  }

  @Test
  void aStreamGivesTheElementsAndItsCloseCancels() {
    assertThat(AsyncIterators.range(0, 300).toStream(runtime).collect(Collectors.toList()))
        .hasSize(300)
        .endsWith(298, 299);
    ScriptedIterator<Integer> source = ScriptedIterator.of(1, 2, 3, 4);
    try (Stream<Integer> stream = source.toStream(runtime, 2)) {
      assertThat(stream.findFirst()).contains(1);
      assertThat(source.cancels).isZero();
    }
    assertThat(source.cancels).isEqualTo(1);
    assertThat(crank.discarded).containsExactly(2);
  }

  @Test
  void aParallelStreamReadsNothingAhead() {
    ScriptedIterator<Integer> source = ScriptedIterator.of(1, 2, 3, 4);
    int[] most = {0};
    int sum =
        source
            .map(
                x -> {
                  most[0]++;
                  return x;
                })
            .toStream(runtime)
            .parallel()
            .peek(x -> most[0]--)
            .mapToInt(x -> x)
            .sum();
    assertThat(sum).isEqualTo(10);
    assertThat(most[0]).isZero();
  }
}
