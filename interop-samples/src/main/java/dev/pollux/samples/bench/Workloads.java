package dev.pollux.samples.bench;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The workloads, in the order in which they run. */
public final class Workloads {

  private static final List<Workload> ALL =
      List.of(
          SpawnJoin.WORKLOAD,
          SpawnFromOutside.WORKLOAD,
          Yield.WORKLOAD,
          PingPongs.WORKLOAD,
          ChainedSpawn.WORKLOAD,
          Channels.LARGE_CAPACITY,
          Channels.CAPACITY_1,
          Channels.PINNED,
          Channels.FOUR_PRODUCERS,
          Mutexes.UNCONTENDED,
          Mutexes.CONTENDED,
          Mutexes.HELD,
          Semaphores.UNCONTENDED,
          Semaphores.CONTENDED,
          Semaphores.HELD,
          Oneshots.IN_ONE_TASK,
          Oneshots.PAIR,
          Broadcast8.WORKLOAD,
          NotifyPair.WORKLOAD,
          Watch8.WORKLOAD,
          Timers.WORKLOAD,
          TimerCancel.WORKLOAD,
          Memory.WORKLOAD,
          WakeFromOutside.WORKLOAD,
          TimerLateness.WORKLOAD,
          StuckWorker.WORKLOAD,
          StreamSync.WORKLOAD,
          StreamAsync.WORKLOAD,
          StreamFlatMap.WORKLOAD,
          Pipeline5.POLL_NEXT,
          Pipeline5.POLL_EACH,
          BridgeRoundTrip.WORKLOAD);

  /** Those that take so much that they run only if asked for. */
  private static final List<Workload> BY_NAME_ONLY = List.of(Memory.TEN_MILLION, Memory.MOST_UNITS);

  private Workloads() {}

  /** All that run if none is asked for by name. */
  public static List<Workload> all() {
    return ALL;
  }

  /** Those that run only if asked for. */
  public static List<Workload> byNameOnly() {
    return BY_NAME_ONLY;
  }

  /** The one of that name. */
  public static Optional<Workload> named(String name) {
    return Stream.concat(ALL.stream(), BY_NAME_ONLY.stream())
        .filter(workload -> workload.name().equals(name))
        .findFirst();
  }
}
