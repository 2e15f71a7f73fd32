package dev.pollux.io.net;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pollux.core.Context;
import dev.pollux.core.Future;
import dev.pollux.core.JoinHandle;
import dev.pollux.core.Poll;
import dev.pollux.executor.PolluxRuntime;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.DatagramChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Several tasks wait for the same socket, give up at random, and begin anew. Each datagram goes to
 * one of them; a wake-up that is lost stops all.
 */
@Tag("stress")
@Timeout(120)
class SeveralReceiversStressTest {

  private static final int DATAGRAMS = 3_000;

  private static final long LIMIT_SECONDS = 60;

  private final long seed = System.nanoTime();

  static Stream<Runtimes> runtimes() {
    return Runtimes.all();
  }

  @ParameterizedTest
  @MethodSource("runtimes")
  void eachDatagramGoesToOneReceiver(Runtimes kind) throws Exception {
    receive(kind, 6, 16);
  }

  @ParameterizedTest
  @MethodSource("runtimes")
  void nobodyElseLooksAfterOneReceiver(Runtimes kind) throws Exception {
    receive(kind, 1, 1);
  }

  /**
   * @param mostUnderWay so many datagrams fit into the socket
   */
  private void receive(Runtimes kind, int tasks, int mostUnderWay) throws Exception {
    InetSocketAddress anyPort = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    AtomicIntegerArray received = new AtomicIntegerArray(DATAGRAMS);
    Semaphore window = new Semaphore(mostUnderWay);
    UdpSocket socket = UdpSocket.bind(anyPort);
    InetSocketAddress target = socket.localAddress();
    Elsewhere<Void> sender =
        Elsewhere.run(
            () -> {
              try (DatagramChannel channel = DatagramChannel.open().bind(anyPort)) {
                ByteBuffer bytes = ByteBuffer.allocate(4);
                for (int i = 0; i < DATAGRAMS; i++) {
                  assertThat(window.tryAcquire(LIMIT_SECONDS, TimeUnit.SECONDS))
                      .as("a wake-up was lost, or a datagram, after %s; seed %s", i, seed)
                      .isTrue();
                  channel.send(bytes.clear().putInt(i).flip(), target);
                }
                assertThat(window.tryAcquire(mostUnderWay, LIMIT_SECONDS, TimeUnit.SECONDS))
                    .as("a wake-up was lost, or a datagram, at the end; seed %s", seed)
                    .isTrue();
              } finally {
                socket.close();
              }
              return null;
            });
    try (PolluxRuntime runtime = kind.open()) {
      List<JoinHandle<Integer>> receivers = new ArrayList<>();
      for (int i = 0; i < tasks; i++) {
        receivers.add(
            runtime.spawn(new FickleReceiver(socket, received, window, new Random(seed + i))));
      }
      int total = 0;
      for (JoinHandle<Integer> receiver : receivers) {
        total += runtime.blockOn(receiver);
      }
      sender.result();
      assertThat(total).as("seed %s", seed).isEqualTo(DATAGRAMS);
    }
    for (int i = 0; i < DATAGRAMS; i++) {
      assertThat(received.get(i)).as("datagram %s, seed %s", i, seed).isEqualTo(1);
    }
  }

  /** Receives until the close, and changes its mind in between. */
  private static final class FickleReceiver implements Future<Integer> {
    private final UdpSocket socket;
    private final AtomicIntegerArray received;
    private final Semaphore window;
    private final Random random;
    private final ByteBuffer buffer = ByteBuffer.allocate(8);
    private Future<Datagram> receive;
    private int count;

    FickleReceiver(UdpSocket socket, AtomicIntegerArray received, Semaphore window, Random random) {
      this.socket = socket;
      this.received = received;
      this.window = window;
      this.random = random;
      this.receive = socket.receiveFrom(buffer);
    }

    @Override
    public Poll<Integer> poll(Context cx) throws Exception {
      try {
        while (true) {
          Poll<Datagram> answer = receive.poll(cx);
          if (answer.isReady()) {
            received.incrementAndGet(answer.value().data().getInt());
            count++;
            window.release();
            receive = socket.receiveFrom(buffer.clear());
          } else if (random.nextInt(3) == 0) {
            receive.cancel();
            receive = socket.receiveFrom(buffer.clear());
          } else {
            return Poll.pending();
          }
        }
      } catch (ClosedChannelException closed) {
        return Poll.ready(count);
      }
    }

    @Override
    public void cancel() {
      receive.cancel();
    }
  }
}
