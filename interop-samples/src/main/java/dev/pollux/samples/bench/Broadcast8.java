package dev.pollux.samples.bench;

import dev.pollux.benchmarks.Broadcasts;
import dev.pollux.executor.PolluxRuntime;

/** A task broadcasts to eight others, each of which gets all. */
final class Broadcast8 {

  private static final int RECEIVERS = 8;
  private static final int BATCHES = 400;
  private static final int BATCH = 512;

  static final Workload WORKLOAD =
      new Workload(
          "broadcast_8",
          "a task broadcasts 204,800 items to 8, capacity 1,024",
          Heap.USUAL,
          Workload.ON_BOTH,
          Broadcast8::run);

  private Broadcast8() {}

  private static void run(Meter meter, PolluxRuntime runtime) throws Exception {
    measure("ns_per_item_and_receiver", false, meter, runtime);
    measure("recv_ns_per_item_and_receiver", true, meter, runtime);
  }

  private static void measure(String metric, boolean byFutures, Meter meter, PolluxRuntime runtime)
      throws Exception {
    long items = (long) BATCHES * BATCH;
    meter.measure(
        metric,
        items * RECEIVERS,
        runtime,
        () ->
            Stopwatch.nanos(
                runtime,
                meter,
                Broadcasts.senderAndReceivers(RECEIVERS, BATCHES, BATCH, byFutures),
                RECEIVERS * (items * (items - 1) / 2)));
  }
}
