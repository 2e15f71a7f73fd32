package dev.pollux.samples.exercise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pollux.core.Future;
import dev.pollux.core.Futures;
import dev.pollux.testing.ConformanceKit;
import dev.pollux.testing.FutureConformance;
import dev.pollux.testing.PendingOnce;
import dev.pollux.testing.PollHarness;
import java.util.function.Function;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class JournalTest {

  /** Needs two polls for each answer. */
  private static final Journal.Device SLOW =
      device(place -> new PendingOnce<>(Futures.done()), () -> new PendingOnce<>(Futures.done()));

  private static Journal.Device device(
      Function<Integer, Future<Void>> write, Supplier<Future<Void>> flush) {
    return new Journal.Device() {
      @Override
      public Future<Void> write(int place, String entry) {
        return write.apply(place);
      }

      @Override
      public Future<Void> flush() {
        return flush.get();
      }
    };
  }

  private static Journal watched(ConformanceKit kit) {
    Journal journal =
        new Journal(device(place -> kit.future("write", null), () -> kit.future("flush", null)));
    kit.invariant("the journal is consistent", journal::isConsistent);
    return journal;
  }

  @Test
  void allWaysAppend() throws Exception {
    Journal journal = new Journal(SLOW);
    PollHarness harness = PollHarness.create();
    harness.runToCompletion(journal.appendInPieces("one"), 3);
    harness.runToCompletion(journal.appendAtOnce("two"), 3);
    Future<Void> three = journal.appendShielded("three");
    assertThat(harness.poll(three).isPending()).isTrue();
    while (harness.liveTasks() > 0) {
      harness.runTasks();
    }
    assertThat(harness.poll(three).isReady()).isTrue();
    assertThat(journal.entries()).containsExactly("one", "two", "three");
    assertThat(journal.isConsistent()).isTrue();
  }

  @Test
  void anAppendInPiecesBreaksTheInvariantAndNothingElse() {
    FutureConformance<Void> conformance =
        FutureConformance.of("in pieces", kit -> watched(kit).appendInPieces("a"))
            .expectValue(null);
    assertThatThrownBy(conformance::check)
        .isInstanceOf(AssertionError.class)
        .hasMessageStartingWith("INVARIANT: in pieces")
        .hasMessageContaining("CANCELLED after 1 polls")
        .hasNoSuppressedExceptions();
  }

  @Test
  void anAppendAtOnceKeepsTheWholeContract() {
    FutureConformance.of("at once", kit -> watched(kit).appendAtOnce("a"))
        .expectValue(null)
        .check();
  }

  @Test
  void aCancelBetweenWriteAndFlushTearsWhatIsDoneInPieces() throws Exception {
    Journal journal = new Journal(SLOW);
    PollHarness harness = PollHarness.create();
    Future<Void> append = journal.appendInPieces("a");
    harness.poll(append);
    append.cancel();
    assertThat(journal.isConsistent()).isFalse();
    assertThat(journal).hasToString("count 1, entries [], flushed 0");
  }
}
