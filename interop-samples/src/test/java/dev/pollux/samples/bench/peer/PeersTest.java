package dev.pollux.samples.bench.peer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pollux.samples.bench.Meter;
import dev.pollux.samples.bench.Results;
import dev.pollux.samples.bench.Settings;
import dev.pollux.samples.bench.Workloads;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Each workload of each peer comes to its right result, which it checks itself. */
@Timeout(120)
class PeersTest {

  private static final Scale SMALL = new Scale(500);
  private static final Scale TINY = new Scale(500_000);

  /** What a peer may report, as Pollux's workload does. */
  private static final Map<String, List<String>> METRICS =
      Map.ofEntries(
          Map.entry("spawn_join", List.of("ns_per_task")),
          Map.entry("spawn_from_outside", List.of("ns_per_task")),
          Map.entry("yield", List.of("ns_per_yield")),
          Map.entry("ping_pong", List.of("ns_per_pair")),
          Map.entry("chained_spawn", List.of("ns_per_hop")),
          Map.entry("channel_1024", List.of("ns_per_item")),
          Map.entry("channel_1", List.of("ns_per_item")),
          Map.entry("notify_pair", List.of("ns_per_round_trip")),
          Map.entry("mutex_uncontended", List.of("ns_per_lock")),
          Map.entry("mutex_contended", List.of("ns_per_lock")),
          Map.entry("mutex_held", List.of("ns_per_lock")),
          Map.entry("semaphore_uncontended", List.of("ns_per_acquire")),
          Map.entry("semaphore_contended", List.of("ns_per_acquire")),
          Map.entry("semaphore_held", List.of("ns_per_acquire")),
          Map.entry("timers", List.of("over_ideal_ms", "cpu_ms")),
          Map.entry("timer_cancel", List.of("batch_ns_per_op", "single_ns_per_op")),
          Map.entry("memory", List.of("heap_bytes_per_task", "rss_bytes_per_task")),
          Map.entry("most_units", List.of("units_tried")), // the bound comes first here
          Map.entry("stream_sync", List.of("ns_per_element")),
          Map.entry("stream_async", List.of("ns_per_element")),
          Map.entry("stream_flatmap", List.of("ns_per_inner")));

  private static Stream<Arguments> works() {
    return Peers.all().stream()
        .filter(peer -> peer.isOn(Runtime.version().feature()))
        .flatMap(peer -> peer.workloads().stream().map(name -> Arguments.of(peer, name)));
  }

  @ParameterizedTest
  @MethodSource("works")
  void aWorkComesToItsResultAndReportsItsMetrics(Peer peer, String workload) throws Exception {
    assertThat(Workloads.named(workload)).as("Pollux has it too").isPresent();
    List<String> metrics = new ArrayList<>();
    Results results =
        (name, metric, value) -> {
          assertThat(name).isEqualTo(workload);
          assertThat(value).isFinite();
          metrics.add(metric);
        };
    // Of timers even a few sleep up to a second; most_units must find its bound before the heap's.
    Scale scale = List.of("timers", "most_units").contains(workload) ? TINY : SMALL;
    peer.run(workload, new Meter(new Settings(2, 2, 0, 0), workload, results), scale);
    metrics.removeIf(metric -> metric.endsWith(Results.LEAST) || metric.endsWith(Results.GREATEST));
    assertThat(metrics).isNotEmpty().doesNotHaveDuplicates();
    assertThat(METRICS.get(workload)).containsAll(metrics);
  }

  @Test
  void namesAreUnique() {
    assertThat(Peers.all()).extracting(Peer::name).doesNotHaveDuplicates().doesNotContain("pollux");
    for (Peer peer : Peers.all()) {
      assertThat(peer.workloads()).as(peer.name()).isNotEmpty().doesNotHaveDuplicates();
      assertThat(Peers.named(peer.name())).contains(peer);
    }
    assertThat(Peers.named("none")).isEmpty();
  }

  @Test
  void onlyVirtualThreadsNeedANewerJdk() {
    assertThat(Peers.all()).filteredOn(peer -> !peer.isOn(17)).containsExactly(Threads.VIRTUAL);
    assertThat(Peers.all()).allMatch(peer -> peer.isOn(21));
  }

  @Test
  void aWorkThatThePeerHasNotIsRefused() {
    assertThat(NettyWheel.PEER.has("yield")).isFalse();
    assertThatThrownBy(() -> NettyWheel.PEER.run("yield", (workload, metric, value) -> {}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("netty has no yield");
  }

  @Test
  void aWrongResultIsRefused() {
    PeerWork<NothingToClose> wrong =
        PeerWorks.spawnJoin(10, (peer, count) -> new Counted(1, count - 1));
    Peer peer =
        Peer.of("wrong", "a peer that loses a task", 17, NothingToClose::new, List.of(wrong));
    assertThatThrownBy(() -> peer.run("spawn_join", (workload, metric, value) -> {}))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("wrong result of spawn_join: 9, not 10");
  }

  @Test
  void whereTheBoundIsNotReachedItIsTheEnd() throws Exception {
    assertThat(mostUnits(2)).isEqualTo(Map.of("units", 20.0));
    assertThat(mostUnits(3)).isEqualTo(Map.of("units_tried", 30.0));
  }

  /** What is reported of a peer that has room for that many tens, and tries three. */
  private static Map<String, Double> mostUnits(int tens) throws Exception {
    AtomicInteger left = new AtomicInteger(tens);
    PeerWork<NothingToClose> work =
        PeerWorks.mostUnits(
            10,
            30,
            (peer, count) -> {
              if (left.getAndDecrement() == 0) {
                throw new OutOfMemoryError("no room");
              }
              return count;
            });
    Map<String, Double> reported = new HashMap<>();
    Peer.of("small", "a peer with little room", 17, NothingToClose::new, List.of(work))
        .run("most_units", (workload, metric, value) -> reported.put(metric, value));
    return reported;
  }

  private static final class NothingToClose implements RunningPeer {
    @Override
    public void close() {}
  }
}
