package dev.pollux.io.process;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.pollux.core.Context;
import dev.pollux.core.Future;
import dev.pollux.core.Futures;
import dev.pollux.core.Poll;
import dev.pollux.executor.CurrentThreadRuntime;
import dev.pollux.executor.PolluxRuntime;
import dev.pollux.io.AsyncWrite;
import dev.pollux.io.process.GracefulShutdown.Report;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/** What {@link SignalsOfTheSystemTest} runs in a process of its own. */
public final class SignalProgram {

  /** More than what a pipe and a writer hold. */
  static final int LONG = 1 << 20;

  private SignalProgram() {}

  /** Does what the first argument says. */
  public static void main(String[] args) throws Exception {
    try (CurrentThreadRuntime runtime = PolluxRuntime.builder().currentThread()) {
      switch (args[0]) {
        case "wait" -> await(runtime);
        case "count" -> count(runtime);
        case "serve" -> serve(runtime, Futures.pending());
        case "heed" -> serve(runtime, Futures.done());
        case "last-words" -> lastWords(runtime);
        case "block" -> serve(runtime, Futures.lazy(SignalProgram::block));
        default -> throw new IllegalArgumentException(args[0]);
      }
    }
  }

  /** Says which signal has come, and goes on for ever. */
  private static void await(CurrentThreadRuntime runtime) throws Exception {
    say(
        runtime.blockOn(
            readyOnceWaiting(
                Futures.race(
                    Signals.ctrlC().map(come -> "ctrl-c"),
                    Signals.termination().map(come -> "termination")))));
    block();
  }

  /** Hears three HUPs, and leaves. */
  private static void count(CurrentThreadRuntime runtime) throws Exception {
    runtime.blockOn(
        readyOnceWaiting(
            Signals.signal("HUP").take(3).inspect(times -> say("hup " + times)).drain()));
    say("left");
    block();
  }

  /** One task that heeds the token, and {@code other}. */
  private static void serve(CurrentThreadRuntime runtime, Future<Void> other) throws Exception {
    try (GracefulShutdown shutdown =
        GracefulShutdown.builder().patience(Duration.ofMinutes(10)).build()) {
      shutdown.token().onCancel(() -> say("asked for"));
      shutdown.spawn(runtime, "heeds", shutdown.token().whenCancelled()).detach();
      shutdown
          .spawn(runtime, "other", readyOnceWaiting(Futures.yieldNow()).flatMap(ready -> other))
          .detach();
      Report report = runtime.blockOn(shutdown.whenFinished());
      say(report.cause() + " " + report.cutOff());
    }
    System.exit(7);
  }

  /** As a server that logs by its standard streams, and waits for input that never comes. */
  private static void lastWords(CurrentThreadRuntime runtime) throws Exception {
    AsyncWrite out = StandardStreams.out();
    int exitCode;
    try (GracefulShutdown shutdown = GracefulShutdown.onSignals()) {
      shutdown
          .spawn(
              runtime,
              "input",
              shutdown.token().runUntilCancelled(StandardStreams.in().read(ByteBuffer.allocate(1))))
          .detach();
      shutdown
          .spawn(
              runtime,
              "connection",
              write(out, "ready\n")
                  .flatMap(x -> shutdown.token().whenCancelled())
                  .flatMap(x -> write(out, "x".repeat(LONG) + "\n")))
          .detach();
      Report report = runtime.blockOn(shutdown.whenFinished());
      runtime.blockOn(write(out, report.cause() + " " + report.cutOff() + "\n"));
      exitCode = report.isComplete() ? 7 : 8;
    }
    runtime.close();
    System.exit(exitCode);
  }

  private static Future<Void> write(AsyncWrite out, String text) {
    return out.writeAll(UTF_8.encode(text)).flatMap(written -> out.flush());
  }

  /** Says so once {@code body} waits. */
  private static <T extends @Nullable Object> Future<T> readyOnceWaiting(Future<T> body) {
    return new Future<>() {
      private boolean said;

      @Override
      public Poll<T> poll(Context cx) throws Exception {
        Poll<T> answer = body.poll(cx);
        if (!said) {
          said = true;
          say("ready");
        }
        return answer;
      }

      @Override
      public void cancel() {
        body.cancel();
      }
    };
  }

  private static Void block() throws InterruptedException {
    new CountDownLatch(1).await();
    throw new AssertionError();
  }

  private static void say(Object text) {
    System.out.println(text);
    System.out.flush();
  }
}
