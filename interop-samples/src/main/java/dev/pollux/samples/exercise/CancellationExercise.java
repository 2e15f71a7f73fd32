package dev.pollux.samples.exercise;

import static java.util.Objects.requireNonNull;

import dev.pollux.core.Future;
import dev.pollux.core.Futures;
import dev.pollux.structure.CancellationToken;
import dev.pollux.testing.ConformanceKit;
import dev.pollux.testing.FutureConformance;
import dev.pollux.testing.Law;
import dev.pollux.testing.LawCheck;
import dev.pollux.testing.PendingOnce;
import dev.pollux.testing.PollHarness;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;

/**
 * Exercise 4: an operation that a cancel leaves half done, two ways to mend it, and the test that
 * finds it.
 *
 * <p>Read {@link Journal} first. Here it is cancelled after every number of polls: by hand, so that
 * each state can be seen, and then by the test kit.
 */
final class CancellationExercise {

  static final Exercise EXERCISE =
      new Exercise(
          4,
          "a cancel that leaves a counter and a list apart, the fix, and the test that finds it",
          CancellationExercise::run);

  /** A way to append. */
  private interface Append extends BiFunction<Journal, String, Future<Void>> {}

  /** Answers at the second poll: one place to be cancelled for each write and each flush. */
  private static final class SlowDevice implements Journal.Device {

    private final List<String> places = new ArrayList<>();

    @Override
    public Future<Void> write(int place, String entry) {
      return new PendingOnce<>(Futures.done().inspect(done -> put(place, entry)));
    }

    private void put(int place, String entry) {
      while (places.size() <= place) {
        places.add("");
      }
      places.set(place, entry);
    }

    @Override
    public Future<Void> flush() {
      return new PendingOnce<>(Futures.done());
    }
  }

  private CancellationExercise() {}

  private static void run(Narration out, CancellationToken stop) throws Exception {
    out.say(
        "An append counts the entry, writes it, lists it, and flushes. A write and a flush are"
            + " awaited. Whoever waits for the append may go away at any time: a timeout, a race that"
            + " another has won, a client that hangs up. So it is cancelled here, after each number"
            + " of polls that it can get.");
    out.check(
        "in pieces, torn after polls", tornAfter(out, Journal::appendInPieces), List.of(1, 2));
    if (stop.isCancelled()) {
      return;
    }
    out.say(
        "The fix: await first, and change the state afterwards, in one poll. Nobody can look at it, or"
            + " cancel it, in between.");
    out.check("at once, torn after polls", tornAfter(out, Journal::appendAtOnce), List.of());
    overwrites(out);
    out.say(
        "The other fix leaves the append as it is, and shields it: its first poll makes a task of it,"
            + " which goes on when the waiter is cancelled. The states below are those after that task"
            + " has ended.");
    out.check("shielded, torn after polls", tornAfter(out, Journal::appendShielded), List.of());
    out.say(
        "Nobody needs to think of these places. State what must hold, and the test kit cancels the"
            + " future after every number of polls, and fails every step of it. This is what it says of"
            + " the first append:");
    Optional<String> found = breach("append in pieces", Journal::appendInPieces);
    found.stream()
        .flatMap(String::lines)
        .limit(2) // what follows are the futures that were in flight
        .forEach(line -> out.line("  " + line.strip()));
    out.check("it broke at the first poll", found.orElse("").contains("CANCELLED after 1 polls"));
    out.check("it has nothing against the fix", breach("at once", Journal::appendAtOnce).isEmpty());
  }

  /** Cancels it after no poll, after one, and so on, until it is over before it is cancelled. */
  private static List<Integer> tornAfter(Narration out, Append append) throws Exception {
    List<Integer> torn = new ArrayList<>();
    boolean isOver = false;
    for (int polls = 0; !isOver; polls++) {
      PollHarness harness = PollHarness.create(); // one call of it is one poll
      Journal journal = new Journal(new SlowDevice());
      Future<Void> future = append.apply(journal, "a");
      for (int i = 0; i < polls; i++) {
        isOver = harness.poll(future).isReady();
        harness.runTasks(); // what is shielded goes on beside it
      }
      future.cancel();
      while (harness.liveTasks() > 0) { // and to its end
        harness.runTasks();
      }
      if (!journal.isConsistent()) {
        torn.add(polls);
      }
      out.row(
          "  " + (isOver ? "done" : "cancelled") + " after " + polls,
          journal + (journal.isConsistent() ? "" : "  <- torn"));
    }
    return torn;
  }

  /** What a cancelled append has left on the device does no harm. */
  private static void overwrites(Narration out) throws Exception {
    PollHarness harness = PollHarness.create();
    SlowDevice device = new SlowDevice();
    Journal journal = new Journal(device);
    Future<Void> abandoned = journal.appendAtOnce("abandoned");
    for (int i = 0; i < 2; i++) {
      harness.poll(abandoned); // written, and waiting for the flush
    }
    abandoned.cancel();
    out.check("on the device after a cancel", device.places, List.of("abandoned"));
    harness.runToCompletion(journal.appendAtOnce("next"), 3);
    out.check("and after the next append", device.places, journal.entries());
  }

  /** What the test kit has to complain of. */
  private static Optional<String> breach(String name, Append append) {
    LawCheck check =
        FutureConformance.of(name, kit -> append.apply(watched(kit), "a"))
            .expectValue(null)
            .checks()
            .stream()
            .filter(candidate -> candidate.law() == Law.INVARIANT)
            .findFirst()
            .orElseThrow();
    try {
      check.run();
      return Optional.empty();
    } catch (AssertionError breach) {
      return Optional.of(requireNonNull(breach.getMessage()));
    }
  }

  /** A journal on a device of the kit, which knows how to be slow and how to fail. */
  @SuppressWarnings("NullAway") // a Void is null
  private static Journal watched(ConformanceKit kit) {
    Journal journal =
        new Journal(
            new Journal.Device() {
              @Override
              public Future<Void> write(int place, String entry) {
                return kit.future("write", "written").flatMap(written -> Futures.done());
              }

              @Override
              public Future<Void> flush() {
                return kit.future("flush", "flushed").flatMap(flushed -> Futures.done());
              }
            });
    kit.invariant("the journal is consistent", journal::isConsistent);
    return journal;
  }
}
