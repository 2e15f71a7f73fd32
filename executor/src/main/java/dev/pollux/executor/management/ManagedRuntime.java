package dev.pollux.executor.management;

import static java.util.Objects.requireNonNull;

import dev.pollux.executor.DurationHistogram;
import dev.pollux.executor.PolluxRuntimeMXBean;
import dev.pollux.executor.RuntimeDump;
import dev.pollux.executor.RuntimeMetrics;
import java.lang.management.ManagementFactory;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import javax.management.InstanceAlreadyExistsException;
import javax.management.InstanceNotFoundException;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;

/** A runtime as the platform's management server shows it. */
public final class ManagedRuntime implements PolluxRuntimeMXBean {

  private final String name;
  private final Supplier<RuntimeMetrics> metrics;
  private final IntFunction<RuntimeDump> dump;

  private ManagedRuntime(
      String name, Supplier<RuntimeMetrics> metrics, IntFunction<RuntimeDump> dump) {
    this.name = requireNonNull(name);
    this.metrics = requireNonNull(metrics);
    this.dump = requireNonNull(dump);
  }

  /**
   * Registers a runtime.
   *
   * @param name of the runtime; another runtime may have the same
   * @param metrics counts
   * @param dump dumps so many tasks
   * @return takes the registration back
   */
  public static Runnable register(
      String name, Supplier<RuntimeMetrics> metrics, IntFunction<RuntimeDump> dump) {
    MBeanServer server = ManagementFactory.getPlatformMBeanServer();
    ManagedRuntime bean = new ManagedRuntime(name, metrics, dump);
    try {
      for (int number = 1; ; number++) {
        ObjectName as = nameOf(name, number);
        try {
          server.registerMBean(bean, as);
          return () -> unregister(server, as);
        } catch (InstanceAlreadyExistsException taken) {
          // then with the next number
        }
      }
    } catch (JMException refused) {
      throw new IllegalStateException(
          "the management server refuses runtime \"" + name + '"', refused);
    }
  }

  private static ObjectName nameOf(String name, int number) throws JMException {
    String suffix = number == 1 ? "" : ",number=" + number;
    return new ObjectName("dev.pollux:type=PolluxRuntime,name=" + ObjectName.quote(name) + suffix);
  }

  private static void unregister(MBeanServer server, ObjectName name) {
    try {
      server.unregisterMBean(name);
    } catch (InstanceNotFoundException gone) {
      // somebody else has taken it out
    } catch (JMException failure) {
      throw new IllegalStateException("the management server keeps " + name, failure);
    }
  }

  @Override
  public String getName() {
    return name;
  }

  @Override
  public String dump(int mostTasks) {
    return dump.apply(mostTasks).toString();
  }

  private static long[][] rows(DurationHistogram histogram) {
    return histogram.buckets().stream()
        .map(bucket -> new long[] {bucket.fromNanos(), bucket.toNanos(), bucket.count()})
        .toArray(long[][]::new);
  }

  @Override
  public int getWorkers() {
    return metrics.get().workers();
  }

  @Override
  public int getLiveTasks() {
    return metrics.get().liveTasks();
  }

  @Override
  public int getInjectQueueDepth() {
    return metrics.get().injectQueueDepth();
  }

  @Override
  public int getLocalQueueDepth() {
    return metrics.get().localQueueDepth();
  }

  @Override
  public int getTimersPending() {
    return metrics.get().timersPending();
  }

  @Override
  public int getWorkerThreads() {
    return metrics.get().workerThreads();
  }

  @Override
  public int getBlockingThreads() {
    return metrics.get().blockingThreads();
  }

  @Override
  public int getIdleBlockingThreads() {
    return metrics.get().idleBlockingThreads();
  }

  @Override
  public int getBlockingQueueDepth() {
    return metrics.get().blockingQueueDepth();
  }

  @Override
  public long getSpawnedTasks() {
    return metrics.get().spawnedTasks();
  }

  @Override
  public long getCompletedTasks() {
    return metrics.get().completedTasks();
  }

  @Override
  public long getFailedTasks() {
    return metrics.get().failedTasks();
  }

  @Override
  public long getCancelledTasks() {
    return metrics.get().cancelledTasks();
  }

  @Override
  public long getPolls() {
    return metrics.get().polls();
  }

  @Override
  public long getLifoPolls() {
    return metrics.get().lifoPolls();
  }

  @Override
  public long getSteals() {
    return metrics.get().steals();
  }

  @Override
  public long getStolenTasks() {
    return metrics.get().stolenTasks();
  }

  @Override
  public long getInjectedTasks() {
    return metrics.get().injectedTasks();
  }

  @Override
  public long getOverflows() {
    return metrics.get().overflows();
  }

  @Override
  public long getRescues() {
    return metrics.get().rescues();
  }

  @Override
  public long getParks() {
    return metrics.get().parks();
  }

  @Override
  public long getIdleWakes() {
    return metrics.get().idleWakes();
  }

  @Override
  public long getUnparks() {
    return metrics.get().unparks();
  }

  @Override
  public long getBudgetForcedYields() {
    return metrics.get().budgetForcedYields();
  }

  @Override
  public long getBusyTimeNanos() {
    return metrics.get().busyTime().toNanos();
  }

  @Override
  public long getPollTimeP50Nanos() {
    return metrics.get().pollTimes().percentile(50).toNanos();
  }

  @Override
  public long getPollTimeP99Nanos() {
    return metrics.get().pollTimes().percentile(99).toNanos();
  }

  @Override
  public long getPollTimeMaxNanos() {
    return metrics.get().pollTimes().max().toNanos();
  }

  @Override
  public long[][] getPollTimeBuckets() {
    return rows(metrics.get().pollTimes());
  }

  @Override
  public long getScheduleLatencyP50Nanos() {
    return metrics.get().scheduleLatencies().percentile(50).toNanos();
  }

  @Override
  public long getScheduleLatencyP99Nanos() {
    return metrics.get().scheduleLatencies().percentile(99).toNanos();
  }

  @Override
  public long getScheduleLatencyMaxNanos() {
    return metrics.get().scheduleLatencies().max().toNanos();
  }

  @Override
  public long[][] getScheduleLatencyBuckets() {
    return rows(metrics.get().scheduleLatencies());
  }
}
