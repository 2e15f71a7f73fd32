package dev.pollux.samples.sample;

import dev.pollux.core.AsyncIterator;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The same job in three libraries, one that pulls and two that push: {@link Script} says what the
 * source has and what its reader wants, {@link NumberSource} is the source of all three, and what
 * is counted at both ends is printed side by side.
 *
 * <p>All of it runs on one thread, and every tick is one turn of a loop, so that each run prints
 * the same; but for the bytes, which depend on what is compiled.
 */
final class PullVsPushSample {

  static final Sample SAMPLE =
      new Sample(
          "pull-vs-push",
          "AsyncIterator, Reactor and RxJava side by side: what each requests, holds and drops",
          PullVsPushSample::run);

  private static final List<Way> STRAIGHT =
      List.of(
          Way.pollux("nothing", (numbers, crank) -> numbers),
          Way.reactor("nothing", (numbers, crank) -> numbers),
          Way.rxJava("nothing", (numbers, crank) -> numbers));

  private static final List<Way> BOUNDARY =
      List.of(
          Way.pollux("spawned(256)", (numbers, crank) -> spawned(numbers, 256, crank)),
          Way.reactor("publishOn(s)", (numbers, crank) -> numbers.publishOn(crank.reactor())),
          Way.rxJava("observeOn(s)", (numbers, crank) -> numbers.observeOn(crank.rxJava())));

  private static final List<Way> SMALL_BOUNDARY =
      List.of(
          Way.pollux("spawned(1)", (numbers, crank) -> spawned(numbers, 1, crank)),
          Way.reactor("publishOn(s, 1)", (numbers, crank) -> numbers.publishOn(crank.reactor(), 1)),
          Way.rxJava(
              "observeOn(s, true, 1)",
              (numbers, crank) -> numbers.observeOn(crank.rxJava(), true, 1)));

  private static final List<Way> TENS =
      List.of(
          Way.pollux("spawned(10)", (numbers, crank) -> spawned(numbers, 10, crank)),
          Way.reactor("limitRate(10)", (numbers, crank) -> numbers.limitRate(10)),
          Way.rxJava("rebatchRequests(10)", (numbers, crank) -> numbers.rebatchRequests(10)));

  private final Findings findings;
  private final HandCrank crank;

  private PullVsPushSample(Findings findings, HandCrank crank) {
    this.findings = findings;
    this.crank = crank;
  }

  private static AsyncIterator<Integer> spawned(
      AsyncIterator<Integer> numbers, int capacity, HandCrank crank) {
    return numbers.spawned(capacity, crank.runtime());
  }

  private static void run(Findings findings) throws Exception {
    try (HandCrank crank = new HandCrank()) {
      PullVsPushSample sample = new PullVsPushSample(findings, crank);
      sample.slowReader();
      sample.cancelHalfWay();
      sample.failureInTheMiddle();
      sample.changingDemand();
      new RushedReading(findings, crank).run();
    }
  }

  private void slowReader() throws Exception {
    findings.title("A slow reader of 1,000 numbers, which takes one at a tick");
    List<Ledger> straight = table(Script.SLOW, STRAIGHT);
    findings.check("all hold one at most", SideBySide.all(straight, l -> l.mostInFlight() == 1));
    List<Ledger> boundary = table(Script.SLOW, BOUNDARY);
    findings.check(
        "each holds what its boundary does",
        SideBySide.column(boundary, Ledger::mostInFlight),
        List.of(256, 256, 128));
    List<Ledger> small = table(Script.SLOW, SMALL_BOUNDARY);
    findings.check(
        "told to, each holds one or two", SideBySide.all(small, l -> l.mostInFlight() <= 2));
    List<Ledger> every = new ArrayList<>(straight);
    every.addAll(boundary);
    every.addAll(small);
    findings.check(
        "every reader has taken all, in order",
        SideBySide.all(every, l -> l.taken() == 1_000 && l.isInOrder() && l.failure() == null));
  }

  private void cancelHalfWay() throws Exception {
    findings.title("A cancel half-way, after 500 of 1,000; the close of the source fails");
    List<Ledger> straight = table(Script.CANCELLED, STRAIGHT);
    findings.check("nothing was made in vain", SideBySide.all(straight, l -> l.made() == 500));
    List<Ledger> boundary = table(Script.CANCELLED, BOUNDARY);
    findings.check(
        "made in vain: what the boundary held",
        SideBySide.all(boundary, l -> l.made() > 500 && l.made() - 500 <= l.mostInFlight()));
    findings.check(
        "a hook was told of each, but in RxJava",
        boundary.get(0).inFlight() == 0
            && boundary.get(1).inFlight() == 0
            && boundary.get(2).told() == 0);
    findings.check(
        "a hook was told of the close that failed",
        SideBySide.all(straight, l -> l.failuresTold() == 1)
            && SideBySide.all(boundary, l -> l.failuresTold() == 1));
  }

  private void failureInTheMiddle() throws Exception {
    findings.title("A source that fails after 500 numbers");
    List<Ledger> straight = table(Script.FAILING, STRAIGHT);
    findings.check(
        "the failure came after exactly those",
        SideBySide.all(
            straight, l -> l.taken() == 500 && l.failure() == SourceFailedException.OF_SOURCE));
    List<Ledger> boundary = table(Script.FAILING, BOUNDARY);
    findings.check(
        "so it does in Pollux and Reactor",
        SideBySide.all(boundary.subList(0, 2), l -> l.taken() == 500 && l.failure() != null));
    Ledger rxJava = boundary.get(2);
    findings.check(
        "in RxJava it overtakes what is held",
        rxJava.failure() != null && rxJava.taken() < 500 && rxJava.told() == 0);
    List<Ledger> told = table(Script.FAILING, SMALL_BOUNDARY);
    findings.check(
        "it does not if it is told to wait",
        SideBySide.all(told, l -> l.taken() == 500 && l.failure() != null));
  }

  private void changingDemand() throws Exception {
    findings.title("A reader that takes 1 at a tick, then 10, then none, then 100: 1,000 in all");
    List<Ledger> straight = table(Script.CHANGING, STRAIGHT);
    findings.check(
        "the source saw the reader's own demand",
        straight.get(0).requests() == 1_001 // the last is answered by the end
            && SideBySide.all(
                straight.subList(1, 3), l -> l.requests() == 154 && l.requestedSum() == 1_000));
    List<Ledger> boundary = table(Script.CHANGING, BOUNDARY);
    findings.check(
        "at a boundary it saw the boundary's",
        SideBySide.all(boundary.subList(1, 3), l -> l.requests() <= 11));
    List<Ledger> tens = table(Script.CHANGING, TENS);
    findings.check(
        "told so, it saw requests of ten at most",
        SideBySide.all(tens, l -> l.requestedSum() <= 10L * l.requests() && l.taken() == 1_000));
  }

  private List<Ledger> table(Script script, List<Way> ways) throws Exception {
    List<Ledger> ledgers = new ArrayList<>();
    List<String> bytes = new ArrayList<>();
    for (Way way : ways) {
      ledgers.add(way.run(script, crank));
      double each = Allocated.bytesEach(() -> way.run(script, crank));
      bytes.add(String.format(Locale.ROOT, "%.0f", each / ledgers.get(ledgers.size() - 1).taken()));
    }
    SideBySide.print(findings, ways.stream().map(Way::name).toList(), ledgers, bytes);
    return ledgers;
  }
}
