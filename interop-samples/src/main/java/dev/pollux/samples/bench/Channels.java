package dev.pollux.samples.bench;

import dev.pollux.benchmarks.FeedEach;
import dev.pollux.benchmarks.PollNextSum;
import dev.pollux.benchmarks.SendEach;
import dev.pollux.core.AsyncIterators;
import dev.pollux.core.Future;
import dev.pollux.core.Futures;
import dev.pollux.core.JoinHandle;
import dev.pollux.executor.PolluxRuntime;
import dev.pollux.sync.Mpsc;
import java.util.ArrayList;
import java.util.List;

/**
 * Producers send the numbers from 0 through a channel, and a consumer adds them up. Each work runs
 * in three ways: the producers feed and the consumer polls, without a future for an item; the
 * producers await a future for each; both are made by combinators.
 */
final class Channels {

  private static final int LARGE = 1024;
  private static final int ITEMS = 1_000_000;
  private static final int ITEMS_ONE_BY_ONE = 200_000;

  static final Workload LARGE_CAPACITY =
      new Workload(
          "channel_1024",
          "a task sends 1,000,000 items to another, capacity 1,024",
          Heap.USUAL,
          Workload.ON_BOTH,
          (meter, runtime) -> run(meter, runtime, 1, ITEMS, LARGE));

  static final Workload CAPACITY_1 =
      new Workload(
          "channel_1",
          "a task sends 200,000 items to another, capacity 1",
          Heap.USUAL,
          Workload.ON_BOTH,
          (meter, runtime) -> run(meter, runtime, 1, ITEMS_ONE_BY_ONE, 1));

  static final Workload PINNED =
      new Workload(
          "channel_pinned_1024",
          "the same as channel_1024 between two threads, with a runtime on each",
          Heap.USUAL,
          List.of(RuntimeKind.CURRENT_THREAD),
          Channels::runPinned);

  static final Workload FOUR_PRODUCERS =
      new Workload(
          "mpsc_4x1",
          "4 tasks send 250,000 items each to another, capacity 1,024",
          Heap.USUAL,
          Workload.ON_BOTH,
          (meter, runtime) -> run(meter, runtime, 4, ITEMS / 4, LARGE));

  private Channels() {}

  /** A way to produce and to consume. */
  private enum Way {
    FEED("ns_per_item"),
    SEND("send_ns_per_item"),
    COMBINATORS("combinators_ns_per_item");

    private final String metric;

    Way(String metric) {
      this.metric = metric;
    }

    /** Sends {@code count} items, closes the sender, and outputs 0. */
    Future<Long> producer(Mpsc.Sender<Integer> sender, int count) {
      return switch (this) {
        case FEED -> new FeedEach(sender, count);
        case SEND -> new SendEach(sender, count);
        case COMBINATORS ->
            sender
                .sendAll(AsyncIterators.range(0, count))
                .map(
                    done -> {
                      sender.close();
                      return 0L;
                    });
      };
    }

    /** Outputs the sum of what it received. */
    Future<Long> consumer(Mpsc.Receiver<Integer> receiver) {
      return this == COMBINATORS
          ? receiver.fold(0L, (sum, item) -> sum + item)
          : new PollNextSum(receiver);
    }
  }

  private static long sum(int items) {
    return (long) items * (items - 1) / 2;
  }

  private static void run(Meter meter, PolluxRuntime runtime, int producers, int each, int capacity)
      throws Exception {
    for (Way way : Way.values()) {
      meter.measure(
          way.metric,
          (long) producers * each,
          runtime,
          () ->
              Stopwatch.nanos(
                  runtime, meter, ends(way, producers, each, capacity), producers * sum(each)));
    }
  }

  private static List<Future<Long>> ends(Way way, int producers, int each, int capacity) {
    Mpsc<Integer> channel = Mpsc.bounded(capacity);
    List<Future<Long>> ends = new ArrayList<>();
    for (int i = 1; i < producers; i++) {
      ends.add(way.producer(channel.sender().another(), each));
    }
    ends.add(way.producer(channel.sender(), each));
    ends.add(way.consumer(channel.receiver()));
    return ends;
  }

  @SuppressWarnings("try") // the driver is at work while it is open
  private static void runPinned(Meter meter, PolluxRuntime runtime) throws Exception {
    try (PolluxRuntime other = RuntimeKind.CURRENT_THREAD.open();
        DrivingThread driver = new DrivingThread(other)) {
      for (Way way : Way.values()) {
        meter.measure(
            way.metric,
            ITEMS,
            runtime,
            () -> Stopwatch.nanos(runtime, meter, fromOther(other, way), sum(ITEMS)));
      }
    }
  }

  /** Receives here what is produced by a task over there. */
  private static Future<Long> fromOther(PolluxRuntime other, Way way) {
    return Futures.defer(
        () -> {
          Mpsc<Integer> channel = Mpsc.bounded(LARGE);
          JoinHandle<Long> producer = other.spawn(way.producer(channel.sender(), ITEMS));
          return way.consumer(channel.receiver())
              .flatMap(sum -> producer.map(nothing -> sum + nothing));
        });
  }
}
