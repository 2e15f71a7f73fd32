package dev.pollux.io.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.pollux.core.AsyncIterator;
import dev.pollux.core.Future;
import dev.pollux.core.Futures;
import dev.pollux.core.JoinHandle;
import dev.pollux.executor.PolluxRuntime;
import dev.pollux.io.Io;
import dev.pollux.io.driver.NioDriver;
import dev.pollux.testing.FutureConformance;
import dev.pollux.testing.Law;
import dev.pollux.testing.PollHarness;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.URI;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class UnixSocketTest {

  @TempDir Path directory;

  static Stream<Runtimes> runtimes() {
    return Runtimes.all();
  }

  private static ByteBuffer bytes(String text) {
    return StandardCharsets.US_ASCII.encode(text);
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.US_ASCII);
  }

  /** Sends back what comes, up to its end, and closes. */
  private static Future<Void> echo(UnixStream stream) {
    return Io.copy(stream, stream)
        .flatMap(count -> stream.shutdown())
        .map(
            done -> {
              try {
                stream.close();
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
              return null;
            });
  }

  private static Future<String> ask(Path path, String text) {
    return UnixStream.connect(path)
        .flatMap(
            stream ->
                stream
                    .writeAll(bytes(text))
                    .flatMap(done -> stream.shutdown())
                    .flatMap(done -> stream.readToEnd(1_000))
                    .map(
                        answer -> {
                          try {
                            stream.close();
                          } catch (IOException e) {
                            throw new UncheckedIOException(e);
                          }
                          return text(answer);
                        }));
  }

  @ParameterizedTest
  @MethodSource("runtimes")
  void connectionsAreAcceptedAndServed(Runtimes kind) throws Exception {
    Path path = directory.resolve("s");
    try (PolluxRuntime runtime = kind.open();
        UnixListener listener = UnixListener.bind(path)) {
      JoinHandle<Void> server =
          runtime.spawn(listener.incoming().take(10).concurrent(10).forEach(UnixSocketTest::echo));
      List<JoinHandle<String>> clients = new ArrayList<>();
      for (int i = 0; i < 9; i++) {
        clients.add(runtime.spawn(ask(path, "hello " + i)));
      }
      Elsewhere<String> blocking = Elsewhere.run(() -> askBlocking(path, "from a thread"));
      for (int i = 0; i < 9; i++) {
        assertThat(runtime.blockOn(clients.get(i))).isEqualTo("hello " + i);
      }
      runtime.blockOn(server);
      assertThat(blocking.result()).isEqualTo("from a thread");
      assertThat(listener.accepted()).isEqualTo(10);
    }
    assertThat(path).doesNotExist();
  }

  private static String askBlocking(Path path, String text) throws IOException {
    try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      channel.connect(UnixDomainSocketAddress.of(path));
      channel.write(bytes(text));
      channel.shutdownOutput();
      ByteBuffer answer = ByteBuffer.allocate(100);
      while (channel.read(answer) >= 0) {}
      return StandardCharsets.US_ASCII.decode(answer.flip()).toString();
    }
  }

  @Test
  void theEndsKnowTheirAddresses() throws Exception {
    Path path = directory.resolve("s");
    try (PolluxRuntime runtime = PolluxRuntime.currentThread();
        UnixListener listener = UnixListener.bind(path)) {
      UnixStream client = runtime.blockOn(UnixStream.connect(path));
      UnixStream server = runtime.blockOn(listener.accept());
      assertThat(listener.localAddress().getPath()).isEqualTo(path);
      assertThat(client.remoteAddress().getPath()).isEqualTo(path);
      assertThat(client.localAddress().getPath().toString()).isEmpty();
      assertThat(server.localAddress().getPath()).isEqualTo(path);
      assertThat(client).hasToString("UnixStream[to " + path + "]");
      assertThat(server).hasToString("UnixStream[at " + path + "]");
      assertThat(listener).hasToString("UnixListener[" + path + "]");
      client.setOption(StandardSocketOptions.SO_SNDBUF, 10_000);
      assertThat(client.option(StandardSocketOptions.SO_SNDBUF)).isGreaterThanOrEqualTo(10_000);
      assertThat(client.supportedOptions()).contains(StandardSocketOptions.SO_SNDBUF);
      assertThatThrownBy(() -> client.setOption(StandardSocketOptions.TCP_NODELAY, true))
          .isInstanceOf(UnsupportedOperationException.class);
      client.close();
      assertThat(client.isOpen()).isFalse();
      assertThat(runtime.blockOn(server.readToEnd(10))).isEmpty();
      server.close();
    }
  }

  @Test
  void whoWaitsIsToldOfTheClose() throws Exception {
    Path path = directory.resolve("s");
    try (PolluxRuntime runtime = PolluxRuntime.multiThread()) {
      UnixListener listener = UnixListener.bind(path);
      JoinHandle<UnixStream> accept = runtime.spawn(listener.accept());
      AsyncIterator<UnixStream> incoming = listener.incoming();
      JoinHandle<Long> count = runtime.spawn(incoming.count());
      listener.close();
      listener.close();
      assertThatThrownBy(() -> runtime.blockOn(accept))
          .hasCauseInstanceOf(ClosedChannelException.class);
      assertThat(runtime.blockOn(count)).isZero();
    }
  }

  @Test
  void theFileIsRemovedByTheCloseUnlessItIsToBeKept() throws Exception {
    Path path = directory.resolve("s");
    UnixListener first = UnixListener.bind(path);
    assertThat(path).exists();
    first.close();
    assertThat(path).doesNotExist();
    UnixListener kept = UnixListener.bind(path);
    kept.keepFile();
    kept.close();
    assertThat(path).exists();
  }

  @Test
  void theFileOfAnotherIsNotRemoved() throws Exception {
    Path path = directory.resolve("s");
    UnixListener first = UnixListener.bind(path);
    Files.move(path, directory.resolve("moved"));
    try (UnixListener second = UnixListener.bind(path)) {
      first.close();
      assertThat(path).exists();
      assertThat(second.isOpen()).isTrue();
    }
    assertThat(path).doesNotExist();
    first = UnixListener.bind(path);
    Files.delete(path);
    first.close(); // it has gone already
  }

  @Test
  void failuresNameTheFile() throws Exception {
    Path path = directory.resolve("s");
    Path nowhere = directory.resolve("none").resolve("s");
    Path tooLong = directory.resolve("x".repeat(150));
    try (PolluxRuntime runtime = PolluxRuntime.currentThread()) {
      UnixListener stale = UnixListener.bind(path);
      stale.keepFile();
      assertThatThrownBy(() -> UnixListener.bind(path))
          .isInstanceOf(BindException.class)
          .hasMessageContaining(path.toString());
      stale.close();
      assertThatThrownBy(() -> runtime.blockOn(UnixStream.connect(path)))
          .isInstanceOf(ConnectException.class)
          .hasMessageContaining(path.toString());
      for (Path bad : List.of(nowhere, tooLong)) {
        assertThatThrownBy(() -> UnixListener.bind(bad))
            .isInstanceOf(SocketException.class)
            .hasMessageContaining(bad.toString());
        assertThatThrownBy(() -> runtime.blockOn(UnixStream.connect(bad)))
            .isInstanceOf(SocketException.class)
            .hasMessageContaining(bad.toString());
      }
    }
  }

  @Test
  void aBacklogThatIsFullRefuses() throws Exception {
    Path path = directory.resolve("s");
    List<UnixStream> waiting = new ArrayList<>();
    try (PolluxRuntime runtime = PolluxRuntime.currentThread();
        UnixListener listener = UnixListener.bind(path, 1)) {
      assertThatThrownBy(
              () -> {
                for (int i = 0; i < 100; i++) {
                  waiting.add(runtime.blockOn(UnixStream.connect(path)));
                }
              })
          .isInstanceOf(SocketException.class);
      runtime.blockOn(listener.accept()).close();
      waiting.add(runtime.blockOn(UnixStream.connect(path)));
    } finally {
      for (UnixStream stream : waiting) {
        stream.close();
      }
    }
  }

  @Test
  void badInputIsRefused() throws Exception {
    assertThatThrownBy(() -> UnixListener.bind(directory.resolve("s"), 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("backlog must be at least 1, was 0");
    assertThatThrownBy(() -> UnixStream.connect(Path.of("")).cancel())
        .isInstanceOf(IllegalArgumentException.class);
    URI zip = URI.create("jar:" + directory.resolve("z.zip").toUri());
    try (FileSystem other = FileSystems.newFileSystem(zip, Map.of("create", "true"))) {
      assertThatThrownBy(() -> UnixListener.bind(other.getPath("s")))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("default file system");
    }
  }

  @Test
  void theEndOfTheRuntimeClosesTheConnection() throws Exception {
    Path path = directory.resolve("s");
    UnixStream client;
    try (UnixListener listener = UnixListener.bind(path)) {
      try (PolluxRuntime runtime = PolluxRuntime.currentThread()) {
        client = runtime.blockOn(UnixStream.connect(path));
        runtime.spawn(client.readToEnd(10)).detach();
        for (int i = 0; i < 3; i++) {
          runtime.blockOn(Futures.yieldNow());
        }
      }
      assertThat(client.isOpen()).isFalse();
      assertThat(listener.isOpen()).isTrue();
    }
  }

  @TestFactory
  Stream<DynamicTest> theReadConforms() throws IOException {
    Path path = directory.resolve("s");
    NioDriver driver = new NioDriver();
    UnixListener listener = UnixListener.bind(path, 1_000);
    PollHarness harness = PollHarness.create().offer(NioDriver.class, driver);
    return FutureConformance.of(
            "read",
            kit -> {
              try {
                UnixStream client = harness.poll(UnixStream.connect(path)).value();
                UnixStream server = harness.poll(listener.accept()).value();
                kit.offer(NioDriver.class, driver);
                kit.event(
                    "bytes come",
                    () -> {
                      try {
                        assertThat(harness.poll(client.writeAll(bytes("12345"))).isReady())
                            .isTrue();
                      } catch (Exception e) {
                        throw new IllegalStateException(e);
                      }
                      driver.park(TimeUnit.SECONDS.toNanos(1));
                    });
                return server.read(ByteBuffer.allocate(10));
              } catch (Exception e) {
                throw new IllegalStateException(e);
              }
            })
        .expectValue(5)
        .without(
            Law.NOTHING_RETAINED,
            "a read that is given up leaves its waker in the stream until the next event")
        .checks()
        .stream()
        .map(check -> dynamicTest(check.law().toString(), check::run))
        .onClose(
            () -> {
              try {
                listener.close();
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
              driver.close();
            });
  }
}
