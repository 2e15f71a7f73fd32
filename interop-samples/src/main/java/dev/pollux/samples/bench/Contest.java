package dev.pollux.samples.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Measures several contenders by the same workload in turns: one machine of each, then the next of
 * each, so that what the machine below does meanwhile meets all of them.
 *
 * @threading confined to one thread
 */
public final class Contest {

  private final List<Contender> contenders;
  private final int forks;
  private final Child child;
  private final Watcher watcher;

  /** Is told of what begins. */
  @FunctionalInterface
  public interface Watcher {
    /**
     * A machine is about to be started.
     *
     * @param workload what it will run
     * @param round the how manieth of that contender and workload it is, from 1
     * @param contender who
     */
    void begins(Workload workload, int round, Contender contender);
  }

  /**
   * Makes a contest.
   *
   * @param contenders who is measured, in this order
   * @param forks how many machines each has for a workload, at least 1
   * @param child measures
   * @param watcher is told of each machine
   */
  public Contest(List<Contender> contenders, int forks, Child child, Watcher watcher) {
    this.contenders = List.copyOf(contenders);
    this.forks = forks;
    this.child = child;
    this.watcher = watcher;
  }

  /** How many machines it takes to measure those, if none fails. */
  public int machines(List<Workload> workloads) {
    return workloads.stream().mapToInt(workload -> contenders(workload).size() * forks).sum();
  }

  private List<Contender> contenders(Workload workload) {
    return contenders.stream().filter(contender -> contender.has().test(workload)).toList();
  }

  /**
   * Measures all that have the workload. Whoever fails once is not started again; the others go on.
   *
   * @throws java.util.concurrent.CancellationException if it was stopped from outside
   * @throws IOException if a machine can't be started
   */
  public Standing measure(Workload workload) throws IOException, InterruptedException {
    List<Contender> all = contenders(workload);
    Map<Contender, List<List<Tsv>>> measured = new LinkedHashMap<>();
    Map<Contender, String> failed = new LinkedHashMap<>();
    for (int round = 1; round <= forks; round++) {
      for (Contender contender : all) {
        if (failed.containsKey(contender)) {
          continue;
        }
        watcher.begins(workload, round, contender);
        try {
          List<Tsv> lines = child.run(contender, workload);
          measured.computeIfAbsent(contender, first -> new ArrayList<>()).add(lines);
        } catch (ChildFailedException failure) {
          failed.put(contender, String.valueOf(failure.getMessage()));
        }
      }
    }
    return new Standing(workload, all.stream().map(one -> score(one, measured, failed)).toList());
  }

  private static Score score(
      Contender contender,
      Map<Contender, List<List<Tsv>>> measured,
      Map<Contender, String> failed) {
    String failure = failed.get(contender);
    return failure == null
        ? Score.of(contender.name(), measured.getOrDefault(contender, List.of()))
        : Score.failed(contender.name(), failure);
  }
}
