package dev.pollux.benchmarks;

import dev.pollux.core.Future;
import dev.pollux.core.Futures;
import dev.pollux.core.Item;
import dev.pollux.core.JoinHandle;
import dev.pollux.core.Next;
import dev.pollux.executor.MultiThreadRuntime;
import dev.pollux.executor.PolluxRuntime;
import dev.pollux.sync.Broadcast;
import dev.pollux.sync.Mpmc;
import dev.pollux.sync.TrySend;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Channels of many receivers: a broadcast to 8 and an {@code Mpmc} between 2 and 2. The score of
 * the broadcast is for one value and one receiver, that of the {@code Mpmc} for one value.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
    value = 5,
    jvmArgs = {"-Xms800m", "-Xmx800m", "-Xmn400m", "-XX:+AlwaysPreTouch"})
public class SharedChannelBenchmark {

  static final int RECEIVERS = 8;
  static final int CAPACITY = 1024;
  static final int BATCHES = 100;
  static final int VALUES = 100_000;

  private final MultiThreadRuntime runtime = PolluxRuntime.multiThread();
  private final Broadcast<Integer> broadcast = Broadcast.create(CAPACITY);
  private final List<Broadcast.Receiver<Integer>> receivers = new ArrayList<>();
  private final Mpmc<Integer> mpmc = Mpmc.bounded(CAPACITY);

  /** Subscribes those that are read on the measuring thread. */
  @Setup(Level.Trial)
  public void subscribe() {
    for (int i = 0; i < RECEIVERS; i++) {
      receivers.add(broadcast.subscribe());
    }
  }

  /** Ends the runtime. */
  @TearDown
  public void close() {
    runtime.close();
  }

  /** A task sends to 8 that wait, and goes on when all have got a batch of 1,024. */
  @Benchmark
  @OperationsPerInvocation(RECEIVERS * CAPACITY * BATCHES)
  public long broadcastToEightTasks() throws Exception {
    Broadcast<Integer> channel = Broadcast.create(CAPACITY);
    Mpmc<Integer> batches = Mpmc.unbounded();
    List<JoinHandle<Long>> sums = new ArrayList<>();
    for (int i = 0; i < RECEIVERS; i++) {
      sums.add(
          runtime.spawn(
              new ChannelTasks.SumInBatches(
                  channel.subscribe().failing(), batches.sender(), CAPACITY)));
    }
    runtime
        .spawn(
            new ChannelTasks.BroadcastInBatches(
                channel.sender(), batches.receiver(), RECEIVERS, CAPACITY, BATCHES))
        .detach();
    return total(sums, (long) RECEIVERS * CAPACITY * BATCHES);
  }

  /** A thread sends 1,024 values, and reads them by 8 receivers: without tasks. */
  @Benchmark
  @OperationsPerInvocation(RECEIVERS * CAPACITY)
  public long broadcastToEightOnOneThread() {
    for (int i = 0; i < CAPACITY; i++) {
      broadcast.sender().send(1);
    }
    long sum = 0;
    for (Broadcast.Receiver<Integer> receiver : receivers) {
      for (Next<Integer> next = receiver.tryRecv();
          next instanceof Item<Integer> item;
          next = receiver.tryRecv()) {
        sum += item.value();
      }
    }
    return sum;
  }

  /** Two tasks send to two, with room for 1,024. */
  @Benchmark
  @OperationsPerInvocation(VALUES)
  public long mpmc() throws Exception {
    return mpmcOf(CAPACITY);
  }

  /** Two tasks send to two, with room for one. */
  @Benchmark
  @OperationsPerInvocation(VALUES)
  public long mpmcOfCapacityOne() throws Exception {
    return mpmcOf(1);
  }

  /** A thread sends and receives in turns: without tasks. */
  @Benchmark
  @OperationsPerInvocation(CAPACITY)
  public long mpmcOnOneThread() {
    long sum = 0;
    for (int i = 0; i < CAPACITY; i++) {
      sum += mpmc.sender().trySend(i) == TrySend.SENT ? 1 : 0;
      sum += mpmc.receiver().tryRecv().value();
    }
    return sum;
  }

  private long mpmcOf(int capacity) throws Exception {
    Mpmc<Integer> channel = Mpmc.bounded(capacity);
    List<JoinHandle<Long>> sums = new ArrayList<>();
    sums.add(runtime.spawn(new ChannelTasks.Sum(channel.receiver().another())));
    sums.add(runtime.spawn(new ChannelTasks.Sum(channel.receiver())));
    runtime.spawn(new ChannelTasks.Sends(channel.sender().another(), VALUES / 2)).detach();
    runtime.spawn(new ChannelTasks.Sends(channel.sender(), VALUES / 2)).detach();
    return total(sums, VALUES);
  }

  private long total(List<JoinHandle<Long>> sums, long expected) throws Exception {
    long total = 0;
    Future<List<Long>> all = Futures.joinAll(sums);
    for (long sum : runtime.blockOn(all)) {
      total += sum;
    }
    if (total != expected) {
      throw new IllegalStateException("the sum is " + total + " in place of " + expected);
    }
    return total;
  }
}
