package smoke;

import dev.pollux.core.AsyncIterators;
import dev.pollux.core.Future;
import dev.pollux.core.Poll;
import dev.pollux.core.Poller;
import dev.pollux.core.Waker;
import dev.pollux.executor.PolluxRuntime;
import dev.pollux.io.Io;
import dev.pollux.io.net.TcpListener;
import dev.pollux.io.net.TcpStream;
import dev.pollux.spi.Services;
import dev.pollux.streams.Streams;
import dev.pollux.time.Time;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.reactivestreams.Publisher;

/** Uses each shipped module by its name. The arguments name the optional modules that must be there. */
public final class Main {
  private static final List<String> SHIPPED =
      List.of("dev.pollux.core", "dev.pollux.executor", "dev.pollux.io", "dev.pollux.streams");

  private Main() {}

  public static void main(String[] args) throws Exception {
    Set<String> modules =
        ModuleLayer.boot().modules().stream().map(Module::getName).collect(Collectors.toSet());
    for (String name : SHIPPED) {
      check(modules.contains(name), name + " is not a module of this application");
    }
    for (String name : List.of("org.jspecify", "com.google.errorprone.annotations")) {
      check(modules.contains(name) == List.of(args).contains(name), name + " is (not) there");
    }

    Future<Integer> answer = cx -> Poll.ready(42);
    Poll<Integer> poll = new Poller(new Services() {}, 1, true).poll(answer, Waker.noop());
    check(poll.isReady() && poll.value() == 42, "polled " + poll);

    try (PolluxRuntime runtime = PolluxRuntime.currentThread()) {
      Publisher<Integer> out = Streams.toPublisher(() -> AsyncIterators.range(0, 1000), runtime);
      int sum = runtime.blockOn(Streams.fromPublisher(out, 64).fold(0, Integer::sum));
      check(sum == 499_500, "the bridge carried a sum of " + sum);
      runtime.blockOn(Time.sleep(Duration.ofMillis(1)));
      int blocking = runtime.blockOn(runtime.spawnBlocking(() -> 7));
      check(blocking == 7, "the blocking pool answered " + blocking);
      echo(runtime);
    }

    System.out.println("smoke: " + modules.stream().filter(SHIPPED::contains).sorted().toList());
  }

  /** What was said comes back from a server of its own. */
  private static void echo(PolluxRuntime runtime) throws Exception {
    ByteBuffer said = ByteBuffer.wrap(new byte[] {1, 2, 3});
    ByteBuffer heard = ByteBuffer.allocate(said.remaining());
    try (TcpListener listener = TcpListener.bind(new InetSocketAddress("127.0.0.1", 0))) {
      runtime.spawn(listener.accept().flatMap(stream -> Io.copy(stream, stream))).detach();
      try (TcpStream stream = runtime.blockOn(TcpStream.connect(listener.localAddress()))) {
        runtime.blockOn(stream.writeAll(said));
        runtime.blockOn(stream.readExact(heard));
      }
    }
    check(heard.flip().equals(said.flip()), "heard " + heard);
  }

  private static void check(boolean holds, String otherwise) {
    if (!holds) {
      throw new AssertionError(otherwise);
    }
  }
}
