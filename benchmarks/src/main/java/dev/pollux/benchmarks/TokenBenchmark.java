package dev.pollux.benchmarks;

import dev.pollux.core.Future;
import dev.pollux.core.Futures;
import dev.pollux.core.Poller;
import dev.pollux.core.Waker;
import dev.pollux.spi.Services;
import dev.pollux.structure.CancelRegistration;
import dev.pollux.structure.CancellationToken;
import dev.pollux.structure.TaskTracker;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;

/** Tokens and trackers; the score is for one token, or one future. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
    value = 5,
    jvmArgs = {"-Xms800m", "-Xmx800m", "-Xmn400m", "-XX:+AlwaysPreTouch"})
public class TokenBenchmark {

  private static final int TOKENS = 100_000;

  /** Polls with a waker that does nothing. */
  @State(Scope.Thread)
  public static class Polls {
    private final Poller poller = new Poller(new Services() {}, 1, false);
    private final Waker waker = () -> {};

    boolean isPending(Future<?> future) throws Exception {
      return poller.poll(future, waker).isPending();
    }
  }

  /** A tree of 100,000 tokens with a waiter each, made anew for each cancel. */
  @State(Scope.Thread)
  public static class Tree {

    /** Whether each is a child of the root, or of the one before. */
    @Param({"wide", "deep"})
    private String shape = "wide";

    private CancellationToken root = CancellationToken.create();

    /** Makes the tree. */
    @Setup(Level.Invocation)
    public void make(Polls polls) throws Exception {
      root = CancellationToken.create();
      CancellationToken last = root;
      for (int i = 0; i < TOKENS; i++) {
        CancellationToken token = last.child();
        if (!polls.isPending(token.whenCancelled())) {
          throw new AssertionError("nobody has cancelled " + token);
        }
        if (shape.equals("deep")) {
          last = token;
        }
      }
    }
  }

  /** What the short-lived children have in common. */
  @State(Scope.Benchmark)
  public static class Shared {
    private final CancellationToken parent = CancellationToken.create();
    private final TaskTracker tracker = new TaskTracker();
  }

  /** Cancels them all by the root. */
  @Benchmark
  @OperationsPerInvocation(TOKENS)
  public void cancelTree(Tree tree) {
    tree.root.cancel();
  }

  /** A child that nobody waits on. */
  @Benchmark
  public CancellationToken child(Shared shared) {
    return shared.parent.child();
  }

  /** A child with a waiter that gives up: a request that runs to its end. */
  @Benchmark
  public boolean childWaitGiveUp(Shared shared, Polls polls) throws Exception {
    Future<Void> waiter = shared.parent.child().whenCancelled();
    boolean pending = polls.isPending(waiter);
    waiter.cancel();
    return pending;
  }

  /** The same by a callback that is closed. */
  @Benchmark
  public boolean childRegisterClose(Shared shared) {
    CancelRegistration registration = shared.parent.child().onCancel(() -> {});
    registration.close();
    return registration.hasStarted();
  }

  /** A look at a token three below the root. */
  @Benchmark
  public boolean isCancelled(Deep deep) {
    return deep.token.isCancelled();
  }

  /** A token as deep as they come in practice. */
  @State(Scope.Benchmark)
  public static class Deep {
    private final CancellationToken token = CancellationToken.create().child().child().child();
  }

  /** A future that is ready, tracked and polled. */
  @Benchmark
  public void trackAndPoll(Shared shared, Polls polls, Blackhole hole) throws Exception {
    hole.consume(polls.isPending(shared.tracker.track(Futures.done())));
  }

  /** The same without the tracker. */
  @Benchmark
  public void pollUntracked(Polls polls, Blackhole hole) throws Exception {
    hole.consume(polls.isPending(Futures.done()));
  }
}
