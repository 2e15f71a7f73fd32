package dev.pollux.samples.cli;

import dev.pollux.samples.bench.Contender;
import dev.pollux.samples.bench.RuntimeKind;
import dev.pollux.samples.bench.Workload;
import dev.pollux.samples.bench.peer.Peer;
import dev.pollux.samples.bench.peer.Peers;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Who is measured beside Pollux.
 *
 * @param peers those that the JDK has
 * @param leftOut a sentence for each that it has not
 */
record BenchPeers(List<Peer> peers, List<String> leftOut) {

  private static final String NONE = "none";

  /** Nobody. */
  static final BenchPeers NOBODY = new BenchPeers(List.of(), List.of());

  /** All that a JDK of that feature version has. */
  static BenchPeers all(int jdk) {
    return new BenchPeers(
        Peers.all().stream().filter(peer -> peer.isOn(jdk)).toList(),
        Peers.all().stream()
            .filter(peer -> !peer.isOn(jdk))
            .map(peer -> "left out: " + missing(peer, jdk))
            .toList());
  }

  /**
   * Those of the names, in the order of {@link Peers#all()}; {@code none} and Pollux, which is
   * always measured, may be named too.
   *
   * @throws CommandException if there is no such peer, or none on a JDK of that feature version
   */
  static BenchPeers named(List<String> names, int jdk) throws CommandException {
    List<Peer> named = new ArrayList<>();
    for (String name : names) {
      if (!name.equals(NONE) && !name.equals(Contender.POLLUX)) {
        named.add(peer(name, jdk));
      }
    }
    if (names.contains(NONE) && !named.isEmpty()) {
      throw new CommandException(
          ExitCode.USAGE, "bench: --peer " + NONE + " and " + named.get(0) + " exclude each other");
    }
    return new BenchPeers(Peers.all().stream().filter(named::contains).toList(), List.of());
  }

  private static Peer peer(String name, int jdk) throws CommandException {
    Optional<Peer> peer = Peers.named(name);
    if (peer.isEmpty()) {
      throw new CommandException(
          ExitCode.NO_SUCH_WORKLOAD,
          "bench: there is no peer " + name + "; see pollux bench --help");
    }
    if (!peer.get().isOn(jdk)) {
      throw new CommandException(ExitCode.NO_SUCH_WORKLOAD, "bench: " + missing(peer.get(), jdk));
    }
    return peer.get();
  }

  private static String missing(Peer peer, int jdk) {
    return "%s need JDK %d or newer, the measuring one is %d"
        .formatted(peer.name(), peer.leastJdk(), jdk);
  }

  boolean isEmpty() {
    return peers.isEmpty();
  }

  /** Whether somebody else than Pollux has that workload. */
  boolean have(Workload workload) {
    return peers.stream().anyMatch(peer -> peer.has(workload.name()));
  }

  /** Pollux and those, to be measured in machines of their own. */
  List<Contender> contenders(@Nullable RuntimeKind runtime) {
    List<Contender> contenders = new ArrayList<>();
    contenders.add(
        new Contender(
            Contender.POLLUX,
            workload -> true,
            workload ->
                inChild(
                    workload,
                    "--runtime",
                    (runtime == null ? workload.usualRuntime() : runtime).toString())));
    for (Peer peer : peers) {
      contenders.add(
          new Contender(
              peer.name(),
              workload -> peer.has(workload.name()),
              workload -> inChild(workload, "--peer", peer.name())));
    }
    return contenders;
  }

  private static List<String> inChild(Workload workload, String option, String value) {
    return List.of(
        Main.class.getName(),
        "bench",
        "--in-process",
        "--tsv",
        option,
        value,
        "--workload",
        workload.name());
  }
}
