package dev.pollux.executor.micrometer;

import static java.util.Objects.requireNonNull;

import dev.pollux.executor.DurationHistogram;
import dev.pollux.executor.PolluxRuntime;
import dev.pollux.executor.RuntimeMetrics;
import dev.pollux.executor.WorkerMetrics;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.TimeGauge;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.lang.ref.WeakReference;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * What a runtime counts, as meters of Micrometer: each figure of {@link RuntimeMetrics}.
 *
 * <pre>{@code
 * RuntimeMeters meters = new RuntimeMeters(runtime);
 * meters.bindTo(registry);
 * }</pre>
 *
 * <p>All meters have the tag {@code runtime}, the name of the runtime. Timers and gauges of times
 * are given in the base unit of the registry.
 *
 * <table>
 *   <caption>The meters</caption>
 *   <tr><th>name</th><th>kind</th><th>more tags</th><th>what</th></tr>
 *   <tr><td>{@code pollux.tasks.spawned}</td><td>counter</td><td></td><td>tasks accepted</td></tr>
 *   <tr><td>{@code pollux.tasks.ended}</td><td>counter</td>
 *       <td>{@code end}: completed, failed, cancelled</td><td>tasks that ended</td></tr>
 *   <tr><td>{@code pollux.tasks.live}</td><td>gauge</td><td></td><td>tasks that have not ended</td></tr>
 *   <tr><td>{@code pollux.inject.depth}</td><td>gauge</td><td></td>
 *       <td>tasks in the queue that the workers share</td></tr>
 *   <tr><td>{@code pollux.unparks}</td><td>counter</td><td></td>
 *       <td>sleeping workers woken by other threads</td></tr>
 *   <tr><td>{@code pollux.workers}</td><td>gauge</td><td></td><td>the number of workers</td></tr>
 *   <tr><td>{@code pollux.worker.threads}</td><td>gauge</td><td></td>
 *       <td>threads that run workers or stand by for it</td></tr>
 *   <tr><td>{@code pollux.blocking.threads}</td><td>gauge</td><td></td>
 *       <td>threads of the blocking pool</td></tr>
 *   <tr><td>{@code pollux.blocking.threads.idle}</td><td>gauge</td><td></td>
 *       <td>those of them that wait for a job</td></tr>
 *   <tr><td>{@code pollux.blocking.depth}</td><td>gauge</td><td></td>
 *       <td>blocking jobs that wait for a thread</td></tr>
 *   <tr><td>{@code pollux.poll.time}</td><td>timer</td><td></td><td>how long polls took</td></tr>
 *   <tr><td>{@code pollux.poll.time.percentile}</td><td>gauge</td>
 *       <td>{@code phi}: 0.5, 0.95, 0.99, 0.999</td><td>the same, since the start</td></tr>
 *   <tr><td>{@code pollux.poll.time.max}</td><td>gauge</td><td></td>
 *       <td>the longest poll since the start</td></tr>
 *   <tr><td>{@code pollux.poll.time.upto}</td><td>counter</td>
 *       <td>{@code le}: seconds, 0.00001 to 10 by powers of ten</td>
 *       <td>polls that took no longer</td></tr>
 *   <tr><td>{@code pollux.schedule.latency}, {@code .percentile}, {@code .max}, {@code .upto}</td>
 *       <td>the same</td><td>the same</td>
 *       <td>how long tasks were queued before their poll</td></tr>
 *   <tr><td>{@code pollux.worker.busy}</td><td>counter, seconds</td><td>{@code worker}: 0, 1, ...</td>
 *       <td>how long the worker was awake</td></tr>
 *   <tr><td>{@code pollux.worker.polls}</td><td>counter</td><td>{@code worker}</td>
 *       <td>polls of tasks</td></tr>
 *   <tr><td>{@code pollux.worker.polls.lifo}</td><td>counter</td><td>{@code worker}</td>
 *       <td>those whose task came from the LIFO slot</td></tr>
 *   <tr><td>{@code pollux.worker.steals}</td><td>counter</td><td>{@code worker}</td>
 *       <td>times that it took tasks from another</td></tr>
 *   <tr><td>{@code pollux.worker.tasks.stolen}</td><td>counter</td><td>{@code worker}</td>
 *       <td>tasks taken that way</td></tr>
 *   <tr><td>{@code pollux.worker.tasks.injected}</td><td>counter</td><td>{@code worker}</td>
 *       <td>tasks taken from the shared queue</td></tr>
 *   <tr><td>{@code pollux.worker.overflows}</td><td>counter</td><td>{@code worker}</td>
 *       <td>times that its queue was full</td></tr>
 *   <tr><td>{@code pollux.worker.rescues}</td><td>counter</td><td>{@code worker}</td>
 *       <td>times that it took over from a stuck worker</td></tr>
 *   <tr><td>{@code pollux.worker.parks}</td><td>counter</td><td>{@code worker}</td>
 *       <td>times that it went to sleep</td></tr>
 *   <tr><td>{@code pollux.worker.wakes.idle}</td><td>counter</td><td>{@code worker}</td>
 *       <td>times that it woke and found nothing to do</td></tr>
 *   <tr><td>{@code pollux.worker.yields.forced}</td><td>counter</td><td>{@code worker}</td>
 *       <td>times that a future gave way because its budget was used up</td></tr>
 *   <tr><td>{@code pollux.worker.depth}</td><td>gauge</td><td>{@code worker}</td>
 *       <td>tasks in its own queues</td></tr>
 *   <tr><td>{@code pollux.worker.timers}</td><td>gauge</td><td>{@code worker}</td>
 *       <td>timers in its wheel</td></tr>
 * </table>
 *
 * <p>A {@code .upto} counter may be up to a fifth too long in its limit, as the histogram is. What
 * is read within 100 ms comes from one look at the runtime, so that its parts fit together.
 *
 * <p>Neither the meters nor this object hold the runtime: once it is collected, gauges read NaN and
 * counters stay where they were. As everywhere in Micrometer, a meter of the same name and tags
 * that the registry has already stays as it is: give runtimes of the same name a tag more.
 *
 * <p>Source: {@code ExecutorServiceMetrics} of Micrometer; the figures are those of Tokio's {@code
 * RuntimeMetrics}.
 *
 * @threading any thread
 */
public final class RuntimeMeters implements MeterBinder, AutoCloseable {

  private static final long KEPT_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
  private static final String[] PERCENTILES = {"0.5", "0.95", "0.99", "0.999"};
  private static final String[] LIMITS = {"0.00001", "0.0001", "0.001", "0.01", "0.1", "1", "10"};

  /** A meter that this object has put into a registry. */
  private record Bound(MeterRegistry registry, Meter meter) {}

  private final WeakReference<PolluxRuntime> runtime;
  private final Tags tags;
  private final Looks looks;
  private final Queue<Bound> bound = new ConcurrentLinkedQueue<>();

  /** The meters of {@code runtime}. */
  public RuntimeMeters(PolluxRuntime runtime) {
    this(runtime, Tags.empty());
  }

  /**
   * The meters of {@code runtime}, with further tags.
   *
   * @param runtime what is measured
   * @param tags tags of all meters; one of the name {@code runtime} replaces the runtime's name
   */
  public RuntimeMeters(PolluxRuntime runtime, Iterable<Tag> tags) {
    this(runtime, tags, KEPT_NANOS);
  }

  /** For tests, which want to see what they have just done. */
  RuntimeMeters(PolluxRuntime runtime, Iterable<Tag> tags, long keptNanos) {
    requireNonNull(runtime, "runtime");
    requireNonNull(tags, "tags");
    this.runtime = new WeakReference<>(runtime);
    this.tags = Tags.of("runtime", runtime.name()).and(tags);
    this.looks = new Looks(keptNanos);
  }

  /**
   * Puts the meters into {@code registry}, until {@link #close()}. May be called for several
   * registries; does nothing for one that has them, and if the runtime was collected.
   */
  @Override
  public void bindTo(MeterRegistry registry) {
    requireNonNull(registry, "registry");
    @Nullable PolluxRuntime runtime = this.runtime.get();
    if (runtime != null) {
      new Binding(registry, runtime).bind();
    }
  }

  /**
   * Takes the meters out of all registries that they were bound to; they may be bound anew. Meters
   * of the same names and tags that others had bound before stay.
   */
  @Override
  public void close() {
    for (Bound next = bound.poll(); next != null; next = bound.poll()) {
      @Nullable Meter unused = next.registry().remove(next.meter());
    }
  }

  /** The last look at the runtime, which the meters share. Holds no runtime. */
  private static final class Looks {

    /** What was seen, and when. */
    private record Look(RuntimeMetrics seen, long atNanos) {}

    private final long keptNanos;
    private volatile @Nullable Look last; // two that look at once: either is good

    Looks(long keptNanos) {
      this.keptNanos = keptNanos;
    }

    RuntimeMetrics look(PolluxRuntime runtime) {
      long now = System.nanoTime();
      Look look = last;
      if (look == null || now - look.atNanos() >= keptNanos) {
        look = new Look(runtime.metrics(), now);
        last = look;
      }
      return look.seen();
    }
  }

  /** Puts the meters of one runtime into one registry. */
  private final class Binding {
    private final MeterRegistry registry;
    private final PolluxRuntime runtime;
    private final Set<Meter> there = Collections.newSetFromMap(new IdentityHashMap<>());

    Binding(MeterRegistry registry, PolluxRuntime runtime) {
      this.registry = registry;
      this.runtime = runtime;
      there.addAll(registry.getMeters());
    }

    void bind() {
      bindTasks();
      bindThreads();
      bindHistogram("pollux.poll.time", "How long polls took", RuntimeMetrics::pollTimes);
      bindHistogram(
          "pollux.schedule.latency",
          "How long tasks were queued before their poll",
          RuntimeMetrics::scheduleLatencies);
      int workers = looks.look(runtime).workers();
      for (int worker = 0; worker < workers; worker++) {
        bindWorker(worker);
      }
    }

    private void bindTasks() {
      count("pollux.tasks.spawned", "Tasks accepted", tags, RuntimeMetrics::spawnedTasks);
      String ended = "Tasks that ended";
      count("pollux.tasks.ended", ended, end("completed"), RuntimeMetrics::completedTasks);
      count("pollux.tasks.ended", ended, end("failed"), RuntimeMetrics::failedTasks);
      count("pollux.tasks.ended", ended, end("cancelled"), RuntimeMetrics::cancelledTasks);
      gauge("pollux.tasks.live", "Tasks that have not ended", tags, RuntimeMetrics::liveTasks);
      gauge(
          "pollux.inject.depth",
          "Tasks in the queue that the workers share",
          tags,
          RuntimeMetrics::injectQueueDepth);
    }

    private Tags end(String how) {
      return tags.and("end", how);
    }

    private void bindThreads() {
      count(
          "pollux.unparks",
          "Sleeping workers woken by other threads",
          tags,
          RuntimeMetrics::unparks);
      gauge("pollux.workers", "The number of workers", tags, RuntimeMetrics::workers);
      gauge(
          "pollux.worker.threads",
          "Threads that run workers or stand by for it",
          tags,
          RuntimeMetrics::workerThreads);
      gauge(
          "pollux.blocking.threads",
          "Threads of the blocking pool",
          tags,
          RuntimeMetrics::blockingThreads);
      gauge(
          "pollux.blocking.threads.idle",
          "Threads of the blocking pool that wait for a job",
          tags,
          RuntimeMetrics::idleBlockingThreads);
      gauge(
          "pollux.blocking.depth",
          "Blocking jobs that wait for a thread",
          tags,
          RuntimeMetrics::blockingQueueDepth);
    }

    private void bindHistogram(
        String name, String what, Function<RuntimeMetrics, DurationHistogram> histogram) {
      Looks looks = RuntimeMeters.this.looks; // not this object, which holds the runtime
      add(
          FunctionTimer.builder(
                  name,
                  runtime,
                  measured -> histogram.apply(looks.look(measured)).count(),
                  measured -> totalNanos(histogram.apply(looks.look(measured))),
                  TimeUnit.NANOSECONDS)
              .description(what)
              .tags(tags)
              .register(registry));
      for (String phi : PERCENTILES) {
        double percent = Double.parseDouble(phi) * 100;
        nanos(
            name + ".percentile",
            what + ", since the start",
            tags.and("phi", phi),
            seen -> histogram.apply(seen).percentile(percent).toNanos());
      }
      nanos(
          name + ".max",
          what + " at most, since the start",
          tags,
          seen -> histogram.apply(seen).max().toNanos());
      for (String limit : LIMITS) {
        long nanos = Math.round(Double.parseDouble(limit) * 1e9);
        count(
            name + ".upto",
            what + ": those that were no longer than le seconds",
            tags.and("le", limit),
            seen -> countUpTo(histogram.apply(seen), nanos));
      }
    }

    private void bindWorker(int worker) {
      Tags tags = RuntimeMeters.this.tags.and("worker", Integer.toString(worker));
      add(
          FunctionCounter.builder(
                  "pollux.worker.busy",
                  runtime,
                  reading(seen -> seen.perWorker().get(worker).busyTime().toNanos() / 1e9))
              .description("How long the worker was awake")
              .baseUnit("seconds")
              .tags(tags)
              .register(registry));
      count(worker, "polls", "Polls of tasks", WorkerMetrics::polls);
      count(
          worker,
          "polls.lifo",
          "Polls of tasks that came from the LIFO slot",
          WorkerMetrics::lifoPolls);
      count(worker, "steals", "Times that it took tasks from another", WorkerMetrics::steals);
      count(worker, "tasks.stolen", "Tasks taken from others", WorkerMetrics::stolenTasks);
      count(
          worker,
          "tasks.injected",
          "Tasks taken from the shared queue",
          WorkerMetrics::injectedTasks);
      count(worker, "overflows", "Times that its queue was full", WorkerMetrics::overflows);
      count(
          worker, "rescues", "Times that it took over from a stuck worker", WorkerMetrics::rescues);
      count(worker, "parks", "Times that it went to sleep", WorkerMetrics::parks);
      count(
          worker,
          "wakes.idle",
          "Times that it woke and found nothing to do",
          WorkerMetrics::idleWakes);
      count(
          worker,
          "yields.forced",
          "Times that a future gave way because its budget was used up",
          WorkerMetrics::budgetForcedYields);
      gauge(
          "pollux.worker.depth",
          "Tasks in its own queues",
          tags,
          seen -> seen.perWorker().get(worker).queueDepth());
      gauge(
          "pollux.worker.timers",
          "Timers in its wheel",
          tags,
          seen -> seen.perWorker().get(worker).timersPending());
    }

    private void count(int worker, String name, String what, ToLongFunction<WorkerMetrics> part) {
      count(
          "pollux.worker." + name,
          what,
          tags.and("worker", Integer.toString(worker)),
          seen -> part.applyAsLong(seen.perWorker().get(worker)));
    }

    private void count(String name, String what, Tags tags, ToDoubleFunction<RuntimeMetrics> part) {
      add(
          FunctionCounter.builder(name, runtime, reading(part))
              .description(what)
              .tags(tags)
              .register(registry));
    }

    private void gauge(String name, String what, Tags tags, ToDoubleFunction<RuntimeMetrics> part) {
      add(
          Gauge.builder(name, runtime, reading(part))
              .description(what)
              .tags(tags)
              .register(registry));
    }

    private void nanos(String name, String what, Tags tags, ToDoubleFunction<RuntimeMetrics> part) {
      add(
          TimeGauge.builder(name, runtime, TimeUnit.NANOSECONDS, reading(part))
              .description(what)
              .tags(tags)
              .register(registry));
    }

    /** Holds the looks, and neither this object nor the runtime. */
    private ToDoubleFunction<PolluxRuntime> reading(ToDoubleFunction<RuntimeMetrics> part) {
      Looks looks = RuntimeMeters.this.looks;
      return measured -> part.applyAsDouble(looks.look(measured));
    }

    private void add(Meter meter) {
      if (there.add(meter)) {
        bound.add(new Bound(registry, meter));
      }
    }
  }

  /**
   * Each duration taken as the middle of its bucket, or the begin of the endless one. Not the mean
   * times the count: a mean is whole nanoseconds, so one short poll could make that fall, and a
   * total that falls is read as a restart.
   */
  static double totalNanos(DurationHistogram histogram) {
    double total = 0;
    for (DurationHistogram.Bucket bucket : histogram.buckets()) {
      boolean isEndless = bucket.toNanos() == Long.MAX_VALUE;
      double span = isEndless ? 0 : bucket.toNanos() - bucket.fromNanos();
      total += (bucket.fromNanos() + span / 2) * bucket.count();
    }
    return total;
  }

  /** How many are in buckets that begin below {@code nanos} and end there, or near it. */
  private static long countUpTo(DurationHistogram histogram, long nanos) {
    return histogram.buckets().stream()
        .filter(bucket -> bucket.fromNanos() <= nanos)
        .mapToLong(DurationHistogram.Bucket::count)
        .sum();
  }
}
