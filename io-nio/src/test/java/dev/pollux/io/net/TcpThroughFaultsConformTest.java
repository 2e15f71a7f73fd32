package dev.pollux.io.net;

import dev.pollux.core.Futures;
import dev.pollux.executor.PolluxRuntime;
import dev.pollux.io.AsyncByteStreamConformance;
import dev.pollux.io.Duplex;
import dev.pollux.io.testing.FaultProxy;
import dev.pollux.io.testing.Faults;
import java.io.IOException;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;

/** TCP streams keep the contract of byte streams whatever the network does, if it loses nothing. */
@Timeout(300)
final class TcpThroughFaultsConformTest {

  private static final Map<Runtimes, PolluxRuntime> RUNTIMES = new EnumMap<>(Runtimes.class);

  private static final Map<String, Faults> NETWORKS =
      Map.of(
          "split", Faults.none().split(50),
          "delayed", Faults.none().delay(30_000, Duration.ofMillis(4)),
          "throttled", Faults.none().throttle(1_000_000),
          "bad",
              Faults.none().split(2_000).delay(50_000, Duration.ofMillis(2)).throttle(3_000_000));

  private final Queue<FaultProxy> proxies = new ConcurrentLinkedQueue<>();

  @BeforeAll
  static void openRuntimes() {
    Runtimes.all().forEach(kind -> RUNTIMES.put(kind, kind.open()));
  }

  @AfterAll
  static void closeRuntimes() {
    RUNTIMES.values().forEach(PolluxRuntime::close);
    RUNTIMES.clear();
  }

  @AfterEach
  void closeProxies() throws IOException {
    for (FaultProxy proxy : proxies) {
      proxy.close();
    }
  }

  @TestFactory
  Stream<DynamicTest> streamsConform() {
    return NETWORKS.entrySet().stream()
        .flatMap(
            network ->
                RUNTIMES.entrySet().stream()
                    .flatMap(
                        entry ->
                            AsyncByteStreamConformance.of(
                                    network.getKey() + " tcp on " + entry.getKey(),
                                    entry.getValue(),
                                    () -> connected(entry.getValue(), network.getValue()))
                                .tests()));
  }

  private Duplex connected(PolluxRuntime runtime, Faults faults) throws Exception {
    try (TcpListener listener = TcpListener.bind(Crank.anyPort())) {
      FaultProxy proxy = FaultProxy.open(listener.localAddress(), 1, faults);
      proxies.add(proxy);
      return runtime.blockOn(
          Futures.join(TcpStream.connect(proxy.address()), listener.accept(), Duplex::new));
    }
  }
}
