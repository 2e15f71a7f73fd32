package dev.pollux.samples.bench;

import dev.pollux.benchmarks.NotifyTurns;
import dev.pollux.core.Future;
import dev.pollux.executor.PolluxRuntime;
import dev.pollux.sync.Notify;
import java.util.List;

/** Two tasks notify each other in turns. */
final class NotifyPair {

  private static final int ROUND_TRIPS = 100_000;

  static final Workload WORKLOAD =
      new Workload(
          "notify_pair",
          "two tasks notify each other 100,000 times",
          Heap.USUAL,
          Workload.ON_BOTH,
          NotifyPair::run);

  private NotifyPair() {}

  private static void run(Meter meter, PolluxRuntime runtime) throws Exception {
    meter.measure(
        "ns_per_round_trip",
        ROUND_TRIPS,
        runtime,
        () -> Stopwatch.nanos(runtime, meter, NotifyTurns.pair(ROUND_TRIPS), 2L * ROUND_TRIPS));
    meter.measure(
        "combinators_ns_per_round_trip",
        ROUND_TRIPS,
        runtime,
        () -> Stopwatch.nanos(runtime, meter, byCombinators(), 2L * ROUND_TRIPS));
  }

  private static List<Future<Long>> byCombinators() {
    Notify ping = new Notify();
    Notify pong = new Notify();
    return List.of(
        Rounds.of(
            ROUND_TRIPS,
            () -> {
              ping.notifyOne();
              return pong.notified();
            }),
        Rounds.of(
            ROUND_TRIPS,
            () ->
                ping.notified()
                    .map(
                        notified -> {
                          pong.notifyOne();
                          return 1;
                        })));
  }
}
