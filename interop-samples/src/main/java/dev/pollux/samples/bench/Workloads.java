package dev.pollux.samples.bench;

import java.util.List;
import java.util.Optional;

/** All workloads, in the order in which they run. */
public final class Workloads {

  private static final List<Workload> ALL =
      List.of(
          SpawnJoin.WORKLOAD,
          SpawnFromOutside.WORKLOAD,
          Yield.WORKLOAD,
          PingPong.WORKLOAD,
          ChainedSpawn.WORKLOAD,
          Timers.WORKLOAD,
          TimerCancel.WORKLOAD,
          Memory.WORKLOAD,
          StreamSync.WORKLOAD,
          StreamFlatMap.WORKLOAD,
          Pipeline5.POLL_NEXT,
          Pipeline5.POLL_EACH,
          BridgeRoundTrip.WORKLOAD);

  private Workloads() {}

  /** All of them. */
  public static List<Workload> all() {
    return ALL;
  }

  /** The one of that name. */
  public static Optional<Workload> named(String name) {
    return ALL.stream().filter(workload -> workload.name().equals(name)).findFirst();
  }
}
