package dev.pollux.samples.bench.peer;

import dev.pollux.samples.bench.Filling;
import dev.pollux.samples.bench.LiveMemory;
import dev.pollux.samples.bench.Meter;
import dev.pollux.samples.bench.Millis;
import java.util.ArrayList;
import java.util.List;

/**
 * The workloads that peers have: names, sizes and metrics as Pollux's, and what each repetition
 * must come to.
 */
final class PeerWorks {

  /** As many tasks as Pollux spawns in one repetition. */
  static final int TASKS = 100_000;

  /** As many items as Pollux sends one by one. */
  static final int ITEMS_ONE_BY_ONE = 200_000;

  /** As many chains as Pollux spawns in one repetition. */
  static final int CHAINS = 100;

  /** As many tasks as Pollux puts to sleep. */
  static final int MILLION = 1_000_000;

  /** As often as two tasks of Pollux notify each other. */
  static final int ROUND_TRIPS = 100_000;

  /** As many permits as Pollux's semaphore has. */
  static final int PERMITS = 2;

  private static final int ITEMS = 1_000_000;
  private static final int HOLDERS = 8;
  private static final int YIELDING = 1000;
  private static final int YIELDS = 200;
  private static final int PAIRS = 1000;
  private static final int DEPTH = 1000;
  private static final int LARGE = 1024;
  private static final int SIZE = 1_000_000;
  private static final int SIDE = 1000;
  private static final int FIRST = 1000;
  private static final double NANOS_PER_MILLI = 1e6;
  private static final double IDEAL_MILLIS = 1000;

  private PeerWorks() {}

  /** Some spawn fewer tasks than Pollux. Counted are the tasks. */
  static <P> PeerWork<P> spawnJoin(int tasks, PeerWork.Once<P> once) {
    return counting("spawn_join", "ns_per_task", tasks, once);
  }

  /** The same from the measuring thread. */
  static <P> PeerWork<P> spawnFromOutside(int tasks, PeerWork.Once<P> once) {
    return counting("spawn_from_outside", "ns_per_task", tasks, once);
  }

  /** So many tasks yield so often each. Counted are the yields. */
  static <P> PeerWork<P> yields(PeerWork.OnceEach<P> once) {
    return new PeerWork<>(
        "yield",
        (peer, meter, scale) -> {
          int tasks = scale.of(YIELDING);
          long yields = (long) tasks * YIELDS;
          meter.measure(
              "ns_per_yield", yields, () -> checked(meter, once.run(peer, tasks, YIELDS), yields));
        });
  }

  /** So many tasks have a child that answers. Counted are the right answers. */
  static <P> PeerWork<P> pingPong(PeerWork.Once<P> once) {
    return counting("ping_pong", "ns_per_pair", PAIRS, once);
  }

  /** So many chains of so many tasks, each of which spawns the next. Counted are the hops. */
  static <P> PeerWork<P> chainedSpawn(int chains, PeerWork.OnceEach<P> once) {
    return new PeerWork<>(
        "chained_spawn",
        (peer, meter, scale) -> {
          int count = scale.of(chains);
          int depth = scale.of(DEPTH);
          long hops = (long) count * depth;
          meter.measure(
              "ns_per_hop", hops, () -> checked(meter, once.run(peer, count, depth), hops));
        });
  }

  /** So many items through a channel of that capacity, summed. */
  static <P> PeerWork<P> channel1024(PeerWork.OnceEach<P> once) {
    return channel("channel_1024", ITEMS, LARGE, once);
  }

  /** The same with capacity 1; some send fewer items than Pollux. */
  static <P> PeerWork<P> channel1(int items, PeerWork.OnceEach<P> once) {
    return channel("channel_1", items, 1, once);
  }

  private static <P> PeerWork<P> channel(
      String workload, int items, int capacity, PeerWork.OnceEach<P> once) {
    return new PeerWork<>(
        workload,
        (peer, meter, scale) -> {
          int count = scale.of(items);
          long sum = sum(count);
          meter.measure(
              "ns_per_item", count, () -> checked(meter, once.run(peer, count, capacity), sum));
        });
  }

  /** So many round trips between two. Counted are the notifications, two for each. */
  static <P> PeerWork<P> notifyPair(int roundTrips, PeerWork.Once<P> once) {
    return new PeerWork<>(
        "notify_pair",
        (peer, meter, scale) -> {
          int trips = scale.of(roundTrips);
          meter.measure(
              "ns_per_round_trip", trips, () -> checked(meter, once.run(peer, trips), 2L * trips));
        });
  }

  /** One takes a lock and gives it back. Counted are the times. */
  static <P> PeerWork<P> uncontended(String workload, PeerWork.OnceEach<P> once) {
    return lock(workload, 1, 1_000_000, once);
  }

  /** Several take a lock and give it back; they hold it for an increment. */
  static <P> PeerWork<P> contended(String workload, PeerWork.OnceEach<P> once) {
    return lock(workload, HOLDERS, 50_000, once);
  }

  /** The same, and they yield while they hold it. */
  static <P> PeerWork<P> held(String workload, PeerWork.OnceEach<P> once) {
    return lock(workload, HOLDERS, 25_000, once);
  }

  private static <P> PeerWork<P> lock(
      String workload, int holders, int times, PeerWork.OnceEach<P> once) {
    return new PeerWork<>(
        workload,
        (peer, meter, scale) -> {
          int each = scale.of(times);
          long all = (long) holders * each;
          String metric = workload.startsWith("mutex_") ? "ns_per_lock" : "ns_per_acquire";
          meter.measure(metric, all, () -> checked(meter, once.run(peer, holders, each), all));
        });
  }

  /** So many sleep, by {@link Millis}, and are waited for. Counted are those that woke up. */
  static <P> PeerWork<P> timers(PeerWork.Once<P> once) {
    return new PeerWork<>(
        "timers",
        (peer, meter, scale) -> {
          int count = scale.of(Millis.COUNT);
          List<Double> over = new ArrayList<>();
          List<Double> cpu = new ArrayList<>();
          checked(meter, once.run(peer, count), count); // the warm-up
          for (int i = 0; i < meter.repetitions(); i++) {
            long begunNanos = meter.cpuNanos();
            long nanos = checked(meter, once.run(peer, count), count);
            over.add(nanos / NANOS_PER_MILLI - IDEAL_MILLIS);
            cpu.add((meter.cpuNanos() - begunNanos) / NANOS_PER_MILLI);
          }
          meter.report("over_ideal_ms", over);
          meter.report("cpu_ms", cpu);
        });
  }

  /** So many timers armed and cancelled, all and then all, or one by one. Counted are those. */
  static <P> PeerWork<P> timerCancel(PeerWork.Once<P> batch, PeerWork.Once<P> single) {
    return new PeerWork<>(
        "timer_cancel",
        (peer, meter, scale) -> {
          int count = scale.of(Millis.COUNT);
          meter.measure(
              "batch_ns_per_op", count, () -> checked(meter, batch.run(peer, count), count));
          meter.measure(
              "single_ns_per_op", count, () -> checked(meter, single.run(peer, count), count));
        });
  }

  /** So many asleep: live heap and resident memory for each. */
  static <P> PeerWork<P> memory(PeerWork.Sleepers<P> sleepers) {
    return new PeerWork<>(
        "memory", (peer, meter, scale) -> memory(peer, meter, scale.of(MILLION), sleepers, true));
  }

  /**
   * The same where what counts is outside the heap, so that the heap's part alone would mislead;
   * fewer of them.
   */
  static <P> PeerWork<P> memoryOutsideHeap(int count, PeerWork.Sleepers<P> sleepers) {
    return new PeerWork<>(
        "memory", (peer, meter, scale) -> memory(peer, meter, scale.of(count), sleepers, false));
  }

  private static <P> void memory(
      P peer, Meter meter, int count, PeerWork.Sleepers<P> sleepers, boolean isInHeap)
      throws Exception {
    int few = Math.min(FIRST, count);
    meter.check(sleepers.putToSleep(peer, few), few);
    long heapBefore = LiveMemory.heapBytes();
    long residentBefore = LiveMemory.residentBytes();
    meter.check(sleepers.putToSleep(peer, count), count);
    long heap = LiveMemory.heapBytes() - heapBefore;
    long resident = LiveMemory.residentBytes() - residentBefore;
    if (isInHeap) {
      meter.report("heap_bytes_per_task", (double) heap / count);
    }
    if (LiveMemory.isResidentKnown()) {
      meter.report("rss_bytes_per_task", (double) resident / count);
    } else if (!isInHeap) {
      throw new IllegalStateException("resident memory is not known on this system");
    }
  }

  /**
   * As many asleep as fit, but at most so many. Where there was room for more, the metric is
   * another, so that the bound is not ranked as if it were the end.
   */
  static <P> PeerWork<P> mostUnits(int batch, int most, PeerWork.Sleepers<P> sleepers) {
    return new PeerWork<>(
        "most_units",
        (peer, meter, scale) -> {
          int bound = scale.of(most);
          int units =
              Filling.most(
                  scale.of(batch),
                  bound,
                  count -> meter.check(sleepers.putToSleep(peer, count), count));
          meter.report(units < bound ? "units" : "units_tried", units);
        });
  }

  /** A range, map, filter, map, take, summed; over {@code size} elements. */
  static <P> PeerWork<P> streamSync(PeerWork.Once<P> once) {
    return stream("stream_sync", once);
  }

  /** The same, its first stage by another thread than the rest. */
  static <P> PeerWork<P> streamAsync(PeerWork.Once<P> once) {
    return stream("stream_async", once);
  }

  private static <P> PeerWork<P> stream(String workload, PeerWork.Once<P> once) {
    return new PeerWork<>(
        workload,
        (peer, meter, scale) -> {
          int size = scale.of(SIZE);
          long half = size / 2; // 3 * (2 + 4 + ...), as many as that
          meter.measure(
              "ns_per_element",
              size,
              () -> checked(meter, once.run(peer, size), 3 * half * (half + 1)));
        });
  }

  /** So many ranges of so many elements, flattened and summed. */
  static <P> PeerWork<P> streamFlatMap(PeerWork.Once<P> once) {
    return new PeerWork<>(
        "stream_flatmap",
        (peer, meter, scale) -> {
          int side = scale.of(SIDE);
          meter.measure(
              "ns_per_inner",
              (long) side * side,
              () -> checked(meter, once.run(peer, side), side * sum(side)));
        });
  }

  private static <P> PeerWork<P> counting(
      String workload, String metric, int count, PeerWork.Once<P> once) {
    return new PeerWork<>(
        workload,
        (peer, meter, scale) -> {
          int scaled = scale.of(count);
          meter.measure(metric, scaled, () -> checked(meter, once.run(peer, scaled), scaled));
        });
  }

  private static long checked(Meter meter, Counted counted, long expected) {
    meter.check(counted.value(), expected);
    return counted.nanos();
  }

  private static long sum(int items) {
    return (long) items * (items - 1) / 2;
  }
}
