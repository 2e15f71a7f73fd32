package dev.pollux.io.net;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pollux.core.Context;
import dev.pollux.core.Future;
import dev.pollux.core.Poll;
import dev.pollux.executor.PolluxRuntime;
import dev.pollux.io.AsyncRead;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A server that echoes, by polls only, on every kind of runtime. */
final class TcpEchoTest {

  static Stream<Runtimes> runtimes() {
    return Runtimes.all();
  }

  /** Reads and writes back until the peer ends, then ends too. */
  static final class Echo implements Future<Long> {
    private final TcpStream stream;
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(1024).limit(0);
    private long bytes;
    private boolean ended;

    Echo(TcpStream stream) {
      this.stream = stream;
    }

    @Override
    public Poll<Long> poll(Context cx) throws IOException {
      while (true) {
        while (buffer.hasRemaining()) {
          int written = stream.pollWrite(cx, buffer);
          if (written == AsyncRead.NOT_READY) {
            return Poll.pending();
          }
          bytes += written;
        }
        if (ended) {
          if (!stream.pollShutdown(cx)) {
            return Poll.pending();
          }
          stream.close();
          return Poll.ready(bytes);
        }
        buffer.clear();
        int count;
        try {
          count = stream.pollRead(cx, buffer);
        } finally {
          buffer.flip();
        }
        if (count == AsyncRead.NOT_READY) {
          return Poll.pending();
        }
        ended = count == AsyncRead.EOF;
      }
    }

    @Override
    public void cancel() {
      try {
        stream.close();
      } catch (IOException e) {
        throw new AssertionError(e);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("runtimes")
  void blockingPeersGetBackWhatTheySent(Runtimes kind) throws Exception {
    try (PolluxRuntime runtime = kind.open();
        TcpListener listener =
            TcpListener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))) {
      List<Elsewhere<String>> peers = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        String text = "hello " + i;
        peers.add(Elsewhere.run(() -> exchange(listener, text)));
      }
      long bytes =
          runtime.blockOn(
              listener
                  .incoming()
                  .take(8)
                  .concurrent(8)
                  .mapUnordered(Echo::new)
                  .fold(0L, Long::sum));
      long sent = 0;
      for (int i = 0; i < 8; i++) {
        assertThat(peers.get(i).result()).isEqualTo("hello " + i);
        sent += ("hello " + i).length();
      }
      assertThat(bytes).isEqualTo(sent);
      assertThat(listener.accepted()).isEqualTo(8);
    }
  }

  private static String exchange(TcpListener listener, String text) throws IOException {
    try (Socket socket = new Socket()) {
      socket.connect(listener.localAddress());
      socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
      socket.shutdownOutput();
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
