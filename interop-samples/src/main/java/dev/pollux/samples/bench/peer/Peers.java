package dev.pollux.samples.bench.peer;

import java.util.List;
import java.util.Optional;

/** The peers, in the order in which they run. */
public final class Peers {

  private static final List<Peer> ALL =
      List.of(
          Threads.VIRTUAL,
          Threads.OF_THE_SYSTEM,
          ForkJoin.PEER,
          ScheduledExecutor.PEER,
          ReactorTasks.PEER,
          RxTasks.PEER,
          KotlinTasks.PEER,
          NettyWheel.PEER);

  private Peers() {}

  /** All of them. */
  public static List<Peer> all() {
    return ALL;
  }

  /** The one of that name. */
  public static Optional<Peer> named(String name) {
    return ALL.stream().filter(peer -> peer.name().equals(name)).findFirst();
  }
}
