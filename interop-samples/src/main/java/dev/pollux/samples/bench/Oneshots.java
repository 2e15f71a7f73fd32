package dev.pollux.samples.bench;

import dev.pollux.benchmarks.OneshotRequest;
import dev.pollux.benchmarks.OneshotValues;
import dev.pollux.executor.PolluxRuntime;

/** Values sent by a oneshot each: within a task, and as the requests and replies of two. */
final class Oneshots {

  private static final int VALUES = 1_000_000;
  private static final int ROUND_TRIPS = 100_000;

  static final Workload IN_ONE_TASK =
      new Workload(
          "oneshot",
          "a task makes a oneshot, sends and receives, 1,000,000 times",
          Heap.USUAL,
          Workload.ON_BOTH,
          Oneshots::runInOneTask);

  static final Workload PAIR =
      new Workload(
          "oneshot_pair",
          "a task asks another 100,000 times, by a oneshot each way",
          Heap.USUAL,
          Workload.ON_BOTH,
          Oneshots::runPair);

  private Oneshots() {}

  private static void runInOneTask(Meter meter, PolluxRuntime runtime) throws Exception {
    long sum = (long) VALUES * (VALUES - 1) / 2;
    meter.measure(
        "ns_per_value",
        VALUES,
        runtime,
        () -> Stopwatch.nanos(runtime, meter, new OneshotValues(VALUES), sum));
    meter.measure(
        "combinators_ns_per_value",
        VALUES,
        runtime,
        () ->
            Stopwatch.nanos(
                runtime, meter, Rounds.of(VALUES, () -> OneshotValues.sent(1)), VALUES));
  }

  private static void runPair(Meter meter, PolluxRuntime runtime) throws Exception {
    long sum = (long) ROUND_TRIPS * (ROUND_TRIPS + 1) / 2;
    meter.measure(
        "ns_per_round_trip",
        ROUND_TRIPS,
        runtime,
        () -> Stopwatch.nanos(runtime, meter, OneshotRequest.clientAndServer(ROUND_TRIPS), sum));
  }
}
