package dev.pollux.samples.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The server and the load, in processes of their own. */
@Timeout(180)
class EchoTest {

  private static final String[] SHORTLY = {"--seconds", "0.2", "--warm-up", "0.1"};

  private final JsonMapper mapper = JsonMapper.builder().build();

  @TempDir private Path directory;

  private static Ended load(String... options) {
    return load(new CapturedTerminal(false), options);
  }

  private static Ended load(CapturedTerminal terminal, String... options) {
    String[] args = new String[1 + SHORTLY.length + options.length];
    args[0] = "echo-load";
    System.arraycopy(SHORTLY, 0, args, 1, SHORTLY.length);
    System.arraycopy(options, 0, args, 1 + SHORTLY.length, options.length);
    return terminal.runHere(args);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--connections=3",
        "--connections=20 --current-thread --client-threads=2 --size=1",
        "--connections=5 --threads --size=300000",
        "--connections=5 --workers=2 --size=300000",
        "--connections=3 --tls",
        "--connections=20 --tls --workers=2 --client-threads=2 --size=30000"
      })
  void aLoadOfItsOwnServerIsMeasured(String options) {
    Ended ended = load(options.split(" ", -1));
    assertThat(ended.err()).isEmpty();
    assertThat(ended.exitCode()).isEqualTo(0);
    assertThat(Long.parseLong(ended.row("requests").orElseThrow())).isPositive();
    assertThat(ended.row("errors")).contains("none");
    assertThat(ended.row("latency, 99 %").orElseThrow()).matches("[0-9.]+ ms");
    assertThat(ended.row("server memory/connection")).contains("too few to tell");
    assertThat(ended.outLines()).hasSize(15);
  }

  @Test
  void theResultsAreJsonIfAskedFor() {
    assumeTrue(Files.exists(Path.of("/proc/self/status")), "memory is not known elsewhere");
    Ended ended = load("--json", "--connections", "600");
    assertThat(ended.err()).isEmpty();
    assertThat(ended.exitCode()).isEqualTo(0);
    assertThat(ended.outLines()).hasSize(1);
    JsonNode result = mapper.readTree(ended.out());
    assertThat(result.get("connected").asInt()).isEqualTo(600);
    assertThat(result.get("requests").asLong()).isPositive();
    assertThat(result.get("p99_us").asDouble())
        .isBetween(result.get("p50_us").asDouble(), result.get("max_us").asDouble());
    assertThat(result.get("errors").isEmpty()).isTrue();
    assertThat(result.get("server_rss_bytes").asLong()).isGreaterThan(1_000_000);
    assertThat(result.get("server_bytes_per_connection").asLong()).isBetween(0L, 200_000L);
    assertThat(result.get("complete").asBoolean()).isTrue();
  }

  @Test
  void aServerWithTlsIsTrustedIfItIsSaidSo() throws Exception {
    Path certificate = directory.resolve("certificate.pem");
    try (ChildProcess server =
        ChildProcess.start(
            directory,
            Map.of(),
            List.of(),
            List.of("echo", "--tls", "--save-certificate=" + certificate))) {
      String port = "--port=" + port(server);
      Ended trusted = load(port, "--tls", "--trust=" + certificate, "--connections=2");
      assertThat(trusted.err()).isEmpty();
      assertThat(trusted.exitCode()).isEqualTo(0);
      Ended insecure = load(port, "--tls", "--insecure", "--connections=2");
      assertThat(insecure.err()).isEmpty();
      assertThat(insecure.exitCode()).isEqualTo(0);
      Ended unknown = load(port, "--tls", "--connections=2");
      assertThat(unknown.exitCode()).isEqualTo(1);
      assertThat(unknown.err())
          .startsWith("pollux echo-load: connections failed: 2 not trusted; the first: ");
      Ended plain = load(port, "--connections=1", "--json");
      assertThat(plain.exitCode()).isEqualTo(1);
    }
  }

  @Test
  void aCertificateAndItsKeyAreReadAgain() throws Exception {
    Ended missing = CapturedTerminal.run("echo", "--tls", "--certificate=none.pem", "--key=none");
    assertThat(missing.exitCode()).isEqualTo(1);
    assertThat(missing.errLines()).containsExactly("pollux echo: there is no file none.pem");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "echo --key=k | echo: --certificate, --key and --save-certificate are for --tls",
        "echo --tls --key=k | echo: --certificate and --key belong together",
        "echo --tls --threads | echo: --tls is for a runtime, not for --threads",
        "echo-load --tls --threads | echo-load: --tls is for a runtime, not for --threads",
        "echo-load --insecure | echo-load: --trust and --insecure are for --port and --tls",
        "echo-load --port=1 --trust=f | echo-load: --trust and --insecure are for --port and --tls",
        "echo-load --port=1 --tls --trust=f --insecure"
            + "| echo-load: --trust is of no use with --insecure"
      })
  void optionsOfTlsThatDoNotFitAreRefused(String arguments, String complaint) {
    Ended refused = CapturedTerminal.run(arguments.split(" ", -1));
    assertThat(refused.exitCode()).isEqualTo(2);
    assertThat(refused.errLines()).containsExactly("pollux " + complaint);
  }

  @Test
  void aRampGoesUpAsFarAsItMay() {
    Ended ended = load("--ramp", "--connections", "3", "--most", "10");
    assertThat(ended.err()).isEmpty();
    assertThat(ended.exitCode()).isEqualTo(0);
    assertThat(ended.outLines())
        .extracting(line -> line.trim().split(" +", 2)[0])
        .containsExactly("connections", "3", "6", "10", "no");
    assertThat(ended.outLines()).endsWith("no limit up to 10 connections");
  }

  @Test
  void aRampNamesTheLimitOfTheClient() throws Exception {
    assumeTrue(Files.exists(Path.of("/proc/self/limits")), "the limit is not known elsewhere");
    // A child that may open more would be no smaller than its parent.
    List<String> limited = List.of("sh", "-c", "ulimit -n 400 && exec \"$@\"", "sh");
    List<String> args =
        List.of(
            "echo-load", "--ramp", "--json", "--connections=60", "--seconds=0.1", "--warm-up=0.1");
    try (ChildProcess child = ChildProcess.start(directory, Map.of(), limited, List.of(), args)) {
      Ended ended = child.await();
      assertThat(ended.err()).isEmpty();
      assertThat(ended.exitCode()).isEqualTo(0);
      JsonNode limit = mapper.readTree(ended.out()).get("limit");
      assertThat(limit.get("resource").asString()).isEqualTo("descriptors of the client");
      assertThat(limit.get("why").asString()).contains("400");
      assertThat(limit.get("connected").asInt()).isBetween(limit.get("held").asInt(), 399);
      assertThat(limit.get("wanted").asInt()).isEqualTo(2 * limit.get("held").asInt());
    }
  }

  @Test
  void aLoadBesideHostileClientsIsMeasuredTwice() {
    String[] options = {"--hostile=20", "--connections=3", "--seed=1", "--most-ratio=100000"};
    Ended ended = load(options);
    assertThat(ended.err()).isEmpty();
    assertThat(ended.exitCode()).isEqualTo(0);
    assertThat(ended.row("hostile clients").orElseThrow()).startsWith("20: 4 slow loris");
    assertThat(ended.row("99 %, beside to alone").orElseThrow()).matches("[0-9.]+");
    assertThat(ended.row("errors")).contains("none");
    assertThat(Long.parseLong(ended.row("  idle too long").orElseThrow())).isPositive();
    assertThat(Long.parseLong(ended.row("of these thrown out").orElseThrow())).isPositive();
  }

  @Test
  void whoHasToWaitTooLongBesideHostileClientsIsTold() {
    Ended ended = load("--hostile=1", "--connections=3", "--most-ratio=0.001", "--json");
    assertThat(ended.exitCode()).isEqualTo(1);
    assertThat(ended.err())
        .startsWith("pollux echo-load: requests had to wait too long beside hostile clients: ");
    JsonNode result = mapper.readTree(ended.out());
    assertThat(result.get("hostile").asInt()).isEqualTo(1);
    assertThat(result.get("p99_ratio").asDouble()).isPositive();
    assertThat(result.get("beside").get("requests").asLong()).isPositive();
    assertThat(result.get("refusals").get("trickle").asLong()).isPositive();
  }

  @Test
  void aRampNamesTheLimitOfTheServerWhichGoesOnWhenItIsOver() throws Exception {
    assumeTrue(Files.exists(Path.of("/proc/self/limits")), "the limit is not known elsewhere");
    List<String> limited = List.of("sh", "-c", "ulimit -n 300 && exec \"$@\"", "sh");
    try (ChildProcess server =
        ChildProcess.start(directory, Map.of(), limited, List.of(), List.of("echo"))) {
      String port = "--port=" + port(server);
      Ended ended = load("--ramp", "--connections=100", port, "--pid=" + server.pid());
      assertThat(ended.exitCode()).as(ended.toString()).isEqualTo(0);
      assertThat(ended.outLines().get(ended.outLines().size() - 1))
          .startsWith("limit: descriptors of the server (a process may have 300 open)");
      Ended after = load(port, "--connections=10");
      assertThat(after.err()).isEmpty();
      assertThat(after.exitCode()).isEqualTo(0);
      assertThat(after.row("server memory")).contains("unknown");
    }
  }

  @ParameterizedTest
  @CsvSource({"CLOSE, closed by the server", "WRONG, wrong bytes came back"})
  void aServerThatIsNoneIsTold(BadServer.Way way, String words) throws Exception {
    try (BadServer server = new BadServer(way)) {
      Ended ended = load("--port=" + server.port(), "--connections=2");
      assertThat(ended.exitCode()).isEqualTo(1);
      assertThat(ended.errLines()).hasSize(1);
      assertThat(ended.err()).startsWith("pollux echo-load: connections failed: 2 " + words);
      assertThat(ended.out()).isEmpty();
    }
  }

  @Test
  void whereNobodyListensItIsRefused() throws Exception {
    int port;
    try (ServerSocket closed = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = closed.getLocalPort();
    }
    Ended ended = load("--port=" + port, "--connections=2", "--json");
    assertThat(ended.exitCode()).isEqualTo(1);
    assertThat(ended.err()).startsWith("pollux echo-load: connections failed: 2 refused");
    JsonNode result = mapper.readTree(ended.out());
    assertThat(result.get("connected").asInt()).isZero();
    assertThat(result.get("errors").get("refused").asInt()).isEqualTo(2);
  }

  @Test
  void aPortThatIsTakenIsRefused() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Ended ended = CapturedTerminal.run("echo", "--port", "" + taken.getLocalPort());
      assertThat(ended.exitCode()).isEqualTo(1);
      assertThat(ended.errLines()).hasSize(1);
      assertThat(ended.err())
          .startsWith("pollux echo: can't listen on 127.0.0.1 port " + taken.getLocalPort());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"--multi-thread", "--current-thread", "--threads"})
  void anInterruptedServerDrainsAndSaysWhatItHasDone(String kind) throws Exception {
    assumeFalse(ChildProcess.ignoresInterrupts(), "the signal would be ignored");
    try (ChildProcess server =
            ChildProcess.start(directory, Map.of(), List.of(), List.of("echo", kind));
        Socket peer = new Socket(InetAddress.getLoopbackAddress(), port(server))) {
      peer.getOutputStream().write(new byte[1000]);
      InputStream in = peer.getInputStream();
      assertThat(in.readNBytes(1000)).hasSize(1000);
      server.interrupt();
      assertThat(in.read()).isEqualTo(-1);
      peer.shutdownOutput();
      Ended ended = server.await();
      assertThat(ended.exitCode()).as(ended.toString()).isEqualTo(130);
      assertThat(ended.err()).isEmpty();
      assertThat(ended.row("connections")).contains("1");
      assertThat(ended.row("drained")).contains("1");
      assertThat(ended.row("bytes sent back")).contains("1000");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"--multi-thread", "--current-thread"})
  void theSecondSignalCutsOffWhoDoesNotEnd(String kind) throws Exception {
    assumeFalse(ChildProcess.ignoresInterrupts(), "the signal would be ignored");
    try (ChildProcess server =
            ChildProcess.start(directory, Map.of(), List.of(), List.of("echo", kind));
        Socket peer = new Socket(InetAddress.getLoopbackAddress(), port(server))) {
      peer.getOutputStream().write(1);
      InputStream in = peer.getInputStream();
      assertThat(in.read()).isEqualTo(1);
      server.terminate();
      assertThat(in.read()).isEqualTo(-1); // and this peer does not end
      server.interrupt();
      Ended ended = server.await();
      assertThat(ended.exitCode()).as(ended.toString()).isEqualTo(143);
      assertThat(ended.row("cut off")).contains("1");
    }
  }

  @Test
  void anInterruptedLoadPrintsWhatWasMeasured() throws Exception {
    assumeFalse(ChildProcess.ignoresInterrupts(), "the signal would be ignored");
    List<String> args = List.of("echo-load", "--connections=3", "--seconds=600", "--warm-up=0");
    List<String> terminal = List.of("-Dpollux.terminal=true");
    try (ChildProcess child = ChildProcess.start(directory, Map.of(), terminal, args)) {
      child.awaitComplaint("of 600 s"); // the line of progress: it measures
      child.interrupt();
      Ended ended = child.await();
      assertThat(ended.exitCode()).as(ended.toString()).isEqualTo(130);
      assertThat(Long.parseLong(ended.row("requests").orElseThrow())).isPositive();
      assertThat(ended.row("errors")).contains("none");
      assertThat(ended.outLines()).endsWith("interrupted");
      assertThat(ended.err()).startsWith("\recho-load: ").doesNotContain("\tat ");
    }
  }

  private static int port(ChildProcess server) throws IOException, InterruptedException {
    String line = server.awaitFirstLine();
    assertThat(line).matches("LISTENING [0-9]+");
    return Integer.parseInt(line.substring("LISTENING ".length()));
  }
}
