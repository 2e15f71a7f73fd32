package dev.pollux.samples.sample;

import dev.pollux.stream.Overflow;
import io.reactivex.rxjava3.core.BackpressureOverflowStrategy;
import io.reactivex.rxjava3.core.BackpressureStrategy;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import reactor.core.publisher.BufferOverflowStrategy;
import reactor.core.publisher.FluxSink;

/**
 * The part of {@link PullVsPushSample} about a source that can't wait: four numbers come at each
 * tick, whoever wants them, and the reader takes one. Here somebody must hold or drop, and the
 * libraries differ in whether one has to say how much.
 */
final class RushedReading {

  private static final int CAPACITY = 16;

  private static final List<RushedWay> AS_IT_COMES =
      List.of(
          RushedWay.pollux("pipe(16, WAIT)", CAPACITY, Overflow.WAIT),
          RushedWay.reactor(
              "create()", FluxSink.OverflowStrategy.BUFFER, (numbers, ledger) -> numbers),
          RushedWay.rxJava(
              "create(BUFFER)", BackpressureStrategy.BUFFER, (numbers, ledger) -> numbers));

  private static final List<RushedWay> BOUNDED =
      List.of(
          RushedWay.pollux("DROP_OLDEST, 16", CAPACITY, Overflow.DROP_OLDEST),
          RushedWay.reactor(
              "DROP_OLDEST, 16",
              FluxSink.OverflowStrategy.IGNORE,
              (numbers, ledger) ->
                  numbers.onBackpressureBuffer(CAPACITY, BufferOverflowStrategy.DROP_OLDEST)),
          RushedWay.rxJava(
              "DROP_OLDEST, 16",
              BackpressureStrategy.MISSING,
              (numbers, ledger) ->
                  numbers.onBackpressureBuffer(
                      CAPACITY, () -> {}, BackpressureOverflowStrategy.DROP_OLDEST, ledger::told)));

  private static final List<RushedWay> NOTHING_HELD =
      List.of(
          RushedWay.pollux("DROP_NEWEST, 1", 1, Overflow.DROP_NEWEST),
          RushedWay.reactor(
              "create(DROP)", FluxSink.OverflowStrategy.DROP, (numbers, ledger) -> numbers),
          RushedWay.rxJava(
              "onBackpressureDrop",
              BackpressureStrategy.MISSING,
              (numbers, ledger) -> numbers.onBackpressureDrop(ledger::told)));

  private final Findings findings;
  private final HandCrank crank;

  RushedReading(Findings findings, HandCrank crank) {
    this.findings = findings;
    this.crank = crank;
  }

  void run() throws Exception {
    findings.title(
        "A source that can't wait: four numbers come at each tick, the reader takes one");
    List<Ledger> asItComes = table(AS_IT_COMES);
    findings.check(
        "Pollux holds what it was told to", asItComes.get(0).mostInFlight() <= CAPACITY + 1);
    findings.check(
        "the others hold without a limit",
        SideBySide.all(asItComes.subList(1, 3), l -> l.mostInFlight() > 700 && l.taken() == 1_000));
    List<Ledger> bounded = table(BOUNDED);
    findings.check(
        "with a limit, so do they",
        SideBySide.all(bounded, l -> l.mostInFlight() <= CAPACITY + 1 && l.told() > 700));
    List<Ledger> nothingHeld = table(NOTHING_HELD);
    List<Ledger> every = new ArrayList<>(asItComes);
    every.addAll(bounded);
    every.addAll(nothingHeld);
    findings.check(
        "each was taken, or a hook was told",
        SideBySide.all(every, l -> l.inFlight() == 0 && l.made() == l.taken() + l.told()));
  }

  private List<Ledger> table(List<RushedWay> ways) throws Exception {
    List<Ledger> ledgers = new ArrayList<>();
    List<String> bytes = new ArrayList<>();
    for (RushedWay way : ways) {
      ledgers.add(way.run(crank));
      double each = Allocated.bytesEach(() -> way.run(crank));
      bytes.add(String.format(Locale.ROOT, "%.0f", each / NumberSource.MOST));
    }
    SideBySide.print(findings, ways.stream().map(RushedWay::name).toList(), ledgers, bytes);
    return ledgers;
  }
}
