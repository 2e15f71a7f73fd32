package dev.pollux.samples.bench.peer;

import dev.pollux.samples.bench.Meter;
import dev.pollux.samples.bench.Results;
import dev.pollux.samples.bench.Settings;
import java.util.List;
import java.util.Optional;

/** Another runtime or library, measured by the workloads that it has. */
public final class Peer {

  /** Runs one work in a fresh peer. */
  @FunctionalInterface
  private interface Run {
    void run(Meter meter, Scale scale) throws Exception;
  }

  /**
   * A work that is ready to run.
   *
   * @param workload the name of Pollux's workload
   * @param run runs it
   */
  private record Ready(String workload, Run run) {}

  private final String name;
  private final String what;
  private final int leastJdk;
  private final List<Ready> works;

  private Peer(String name, String what, int leastJdk, List<Ready> works) {
    this.name = name;
    this.what = what;
    this.leastJdk = leastJdk;
    this.works = works;
  }

  /** Makes the peer while it runs. */
  @FunctionalInterface
  interface Opening<P> {
    P open() throws Exception;
  }

  /**
   * Makes a peer.
   *
   * @param name by which it is asked for
   * @param what one line that says what stands for it
   * @param leastJdk the first JDK that has it
   * @param opening makes what runs the works, closed after each
   * @param works what it is measured by
   */
  static <P extends AutoCloseable> Peer of(
      String name, String what, int leastJdk, Opening<P> opening, List<PeerWork<P>> works) {
    List<Ready> ready =
        works.stream()
            .map(
                work ->
                    new Ready(
                        work.workload(),
                        (meter, scale) -> {
                          try (P peer = opening.open()) {
                            work.body().run(peer, meter, scale);
                          }
                        }))
            .toList();
    return new Peer(name, what, leastJdk, ready);
  }

  /** By which it is asked for. */
  public String name() {
    return name;
  }

  /** One line that says what stands for it. */
  public String what() {
    return what;
  }

  /** Whether a JDK of that feature version has it. */
  public boolean isOn(int jdk) {
    return jdk >= leastJdk;
  }

  /** The first JDK that has it. */
  public int leastJdk() {
    return leastJdk;
  }

  /** Whether it has that workload. */
  public boolean has(String workload) {
    return work(workload).isPresent();
  }

  /** The names of the workloads that it has. */
  public List<String> workloads() {
    return works.stream().map(Ready::workload).toList();
  }

  /**
   * Runs a workload in this virtual machine, and hands what was measured to {@code results}.
   *
   * @throws IllegalArgumentException if it doesn't have that
   * @throws IllegalStateException if a result is wrong
   */
  public void run(String workload, Results results) throws Exception {
    run(workload, new Meter(Settings.fromEnvironment(), workload, results), Scale.FULL);
  }

  void run(String workload, Meter meter, Scale scale) throws Exception {
    Ready work =
        work(workload)
            .orElseThrow(() -> new IllegalArgumentException(name + " has no " + workload));
    work.run().run(meter, scale);
  }

  private Optional<Ready> work(String workload) {
    return works.stream().filter(one -> one.workload().equals(workload)).findFirst();
  }

  @Override
  public String toString() {
    return name;
  }
}
