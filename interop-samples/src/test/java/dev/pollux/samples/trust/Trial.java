package dev.pollux.samples.trust;

import dev.pollux.executor.PolluxRuntime;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Runs pipelines of a library on its own schedulers and on ours, and says what is different. */
final class Trial {

  /** Pipelines that run at once. */
  private static final int AT_ONCE = 32;

  private final Library library;
  private final PolluxRuntime runtime;
  private final ExecutorService elsewhere;
  private volatile String whose = "";
  private final Queue<String> dropped = new ConcurrentLinkedQueue<>();

  private Trial(Library library, PolluxRuntime runtime, ExecutorService elsewhere) {
    this.library = library;
    this.runtime = runtime;
    this.elsewhere = elsewhere;
  }

  /**
   * Runs the pipelines of {@code rounds} seeds.
   *
   * @return what went wrong
   */
  static List<String> run(Library library, PolluxRuntime runtime, long firstSeed, int rounds)
      throws Exception {
    ExecutorService elsewhere = Executors.newFixedThreadPool(2);
    Trial trial = new Trial(library, runtime, elsewhere);
    List<String> faults = new ArrayList<>();
    AutoCloseable watch =
        library.watch(
            failure -> {
              if (!mayDrop(failure)) {
                trial.dropped.add(trial.whose + " dropped: " + failure);
              }
            });
    try {
      for (int done = 0; done < rounds && faults.size() < 10; done += AT_ONCE) {
        List<Plan> plans = new ArrayList<>();
        for (int i = done; i < Math.min(rounds, done + AT_ONCE); i++) {
          plans.add(Plan.of(firstSeed + i));
        }
        faults.addAll(trial.compare(plans));
      }
    } finally {
      watch.close();
      elsewhere.shutdownNow();
    }
    faults.addAll(trial.dropped);
    return faults;
  }

  /**
   * An element that meets a cancel finds the worker disposed, and Reactor drops the rejection, on
   * its own schedulers too. One that is not cancelled would lack elements, or its end.
   */
  private static boolean mayDrop(Throwable failure) {
    return Recorder.isInjected(failure) || failure instanceof RejectedExecutionException;
  }

  private List<String> compare(List<Plan> plans) throws Exception {
    List<String> faults = new ArrayList<>();
    List<Outcome> all =
        outcomes("undisturbed", plans.stream().map(Plan::undisturbed).toList(), faults);
    List<Outcome> theirs = outcomes("own", plans, faults);
    List<Outcome> ours;
    AutoCloseable installed = library.install(runtime);
    try {
      ours = outcomes("Pollux", plans, faults);
    } finally {
      installed.close();
    }
    for (int i = 0; i < plans.size(); i++) {
      Plan plan = plans.get(i);
      Outcome expected = all.get(i);
      theirs
          .get(i)
          .fault(plan, expected)
          .ifPresent(fault -> faults.add("own: " + plan + " " + fault));
      ours.get(i)
          .fault(plan, expected)
          .ifPresent(fault -> faults.add("Pollux: " + plan + " " + fault));
    }
    return faults;
  }

  private List<Outcome> outcomes(String whose, List<Plan> plans, List<String> faults)
      throws InterruptedException {
    this.whose = whose;
    List<AtomicInteger> sources = new ArrayList<>();
    List<Recorder> recorders = new ArrayList<>();
    for (Plan plan : plans) {
      AtomicInteger live = new AtomicInteger();
      sources.add(live);
      Recorder recorder = new Recorder(plan, elsewhere);
      recorders.add(recorder);
      library.assemble(plan, live).subscribe(recorder);
    }
    List<Outcome> outcomes = new ArrayList<>();
    for (Recorder recorder : recorders) {
      outcomes.add(recorder.outcome());
    }
    long limit = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    for (int i = 0; i < plans.size(); i++) {
      Plan plan = plans.get(i);
      // What is replayed goes on without subscribers, or waits for one.
      boolean ends = plan.stages().stream().noneMatch(stage -> stage.step() == Plan.Step.REPLAY);
      while (ends && sources.get(i).get() != 0 && System.nanoTime() < limit) {
        TimeUnit.MILLISECONDS.sleep(1);
      }
      if (ends && sources.get(i).get() != 0) {
        faults.add(whose + ": " + sources.get(i) + " sources were left running by " + plan);
      }
    }
    return outcomes;
  }
}
