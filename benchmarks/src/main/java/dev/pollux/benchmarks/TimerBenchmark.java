package dev.pollux.benchmarks;

import dev.pollux.core.Context;
import dev.pollux.core.Future;
import dev.pollux.core.Futures;
import dev.pollux.core.Poll;
import dev.pollux.executor.CurrentThreadRuntime;
import dev.pollux.executor.PolluxRuntime;
import dev.pollux.time.Sleep;
import dev.pollux.time.Time;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** Sleeps that are armed and cancelled before they are due; the score is for one sleep. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
    value = 5,
    jvmArgs = {"-Xms800m", "-Xmx800m", "-Xmn400m", "-XX:+AlwaysPreTouch"})
public class TimerBenchmark {

  private static final int SLEEPS = 10_000;
  private static final Duration[] DURATIONS = durations();

  private final CurrentThreadRuntime runtime = PolluxRuntime.currentThread();

  /** Ends the runtime. */
  @TearDown
  public void close() {
    runtime.close();
  }

  /** Each is cancelled before the next is armed, as a time-out that is not needed. */
  @Benchmark
  @OperationsPerInvocation(SLEEPS)
  public int createAndCancel() throws Exception {
    return runtime.blockOn(inOnePoll(TimerBenchmark::oneByOne));
  }

  /** All are armed, then all are cancelled. */
  @Benchmark
  @OperationsPerInvocation(SLEEPS)
  public int createAllThenCancelAll() throws Exception {
    return runtime.blockOn(inOnePoll(TimerBenchmark::allThenAll));
  }

  /** The part of it that asks what time it is. */
  @Benchmark
  public long nanoTime() {
    return System.nanoTime();
  }

  private static int oneByOne(Context cx) {
    int armed = 0;
    for (Duration duration : DURATIONS) {
      Sleep sleep = Time.sleep(duration);
      armed += sleep.poll(cx).isPending() ? 1 : 0;
      sleep.cancel();
    }
    return armed;
  }

  private static int allThenAll(Context cx) {
    Sleep[] sleeps = new Sleep[SLEEPS];
    int armed = 0;
    for (int i = 0; i < SLEEPS; i++) {
      sleeps[i] = Time.sleep(DURATIONS[i]);
      armed += sleeps[i].poll(cx).isPending() ? 1 : 0;
    }
    for (Sleep sleep : sleeps) {
      sleep.cancel();
    }
    return armed;
  }

  private interface Work {
    int run(Context cx);
  }

  private static Future<Integer> inOnePoll(Work work) {
    return Futures.pollFn(cx -> Poll.ready(work.run(cx)));
  }

  /** From 60 to 61 seconds, in no order. */
  private static Duration[] durations() {
    Duration[] durations = new Duration[SLEEPS];
    for (int i = 0; i < SLEEPS; i++) {
      durations[i] = Duration.ofMillis(60_000 + i * 7919L % 1000);
    }
    return durations;
  }
}
