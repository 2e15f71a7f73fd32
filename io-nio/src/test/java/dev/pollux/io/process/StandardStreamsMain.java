package dev.pollux.io.process;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.pollux.core.Future;
import dev.pollux.core.JoinHandle;
import dev.pollux.core.Poll;
import dev.pollux.executor.PolluxRuntime;
import dev.pollux.io.AsyncWrite;
import dev.pollux.io.BufReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;

/** What {@link StandardStreamsTest} runs in a virtual machine of its own. */
final class StandardStreamsMain {

  private StandardStreamsMain() {}

  public static void main(String[] arguments) throws Exception {
    try (PolluxRuntime runtime = PolluxRuntime.builder().workers(2).multiThread()) {
      switch (arguments[0]) {
        case "wait" -> readFor(runtime);
        case "echo" -> echo(runtime);
        case "flood" -> flood(runtime);
        case "order" -> order(runtime);
        case "leave" -> leave(runtime);
        case "torn" -> torn(runtime);
        default -> throw new IllegalArgumentException(arguments[0]);
      }
    }
  }

  /** Waits for input, and ends without it. */
  private static void readFor(PolluxRuntime runtime) throws Exception {
    JoinHandle<Integer> read = runtime.spawn(StandardStreams.in().read(ByteBuffer.allocate(1)));
    runtime.blockOn(write(StandardStreams.out(), "ready\n"));
    String answer =
        runtime.blockOn(
            read.timeout(Duration.ofMillis(1)).map(count -> "read").recover(failure -> "gave up"));
    runtime.blockOn(write(StandardStreams.out(), answer + "\n"));
  }

  private static void echo(PolluxRuntime runtime) throws Exception {
    BufReader in = StandardStreams.in().bufferedReader(100);
    AsyncWrite out = StandardStreams.out();
    runtime.blockOn(in.lines(100).forEachAsync(line -> write(out, "<" + line + ">\n")));
    runtime.blockOn(write(out, "end\n"));
  }

  /** Writes more than anybody reads, and ends. */
  private static void flood(PolluxRuntime runtime) throws Exception {
    ByteBuffer much = ByteBuffer.allocate(1 << 20);
    JoinHandle<Void> write = runtime.spawn(StandardStreams.out().writeAll(much));
    while (much.position() < 128 << 10) { // what a pipe and a buffer hold
      Thread.onSpinWait();
    }
    runtime.blockOn(write(StandardStreams.err(), "ready\n"));
    write.cancel();
  }

  private static void order(PolluxRuntime runtime) throws Exception {
    AsyncWrite out = StandardStreams.out();
    for (int i = 0; i < 100; i++) {
      System.out.print(2 * i + " ");
      runtime.blockOn(write(out, 2 * i + 1 + " "));
    }
  }

  /** Takes a line, and leaves the rest to a child. */
  private static void leave(PolluxRuntime runtime) throws Exception {
    ByteBuffer line = ByteBuffer.allocate(4);
    runtime.blockOn(StandardStreams.in().readExact(line));
    runtime.blockOn(write(StandardStreams.out(), "first " + UTF_8.decode(line.flip())));
    int code =
        runtime.blockOn(
            ChildCommand.of("/bin/sh", "-c", "read x; echo second $x")
                .stdin(ChildStream.INHERIT)
                .status());
    System.exit(code);
  }

  /** Writes until it hears that nobody reads. */
  private static void torn(PolluxRuntime runtime) throws Exception {
    AsyncWrite out = StandardStreams.out();
    String heard;
    while (true) {
      try {
        runtime.blockOn(write(out, "a\n"));
      } catch (IOException failure) {
        heard = failure.getMessage();
        break;
      }
    }
    Poll<Void> again = Poll.pending();
    try {
      again = Poll.ready(runtime.blockOn(out.flush()));
    } catch (IOException failure) {
      heard += ", again";
    }
    runtime.blockOn(write(StandardStreams.err(), heard + again.isReady() + "\n"));
  }

  private static Future<Void> write(AsyncWrite out, String text) {
    return out.writeAll(UTF_8.encode(text)).flatMap(written -> out.flush());
  }
}
