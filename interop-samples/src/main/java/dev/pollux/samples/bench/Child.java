package dev.pollux.samples.bench;

import java.io.IOException;
import java.util.List;

/** Measures once, elsewhere. */
@FunctionalInterface
public interface Child {

  /**
   * Has a contender run a workload, and returns what it printed.
   *
   * @throws ChildFailedException if it ends with another exit code than 0
   * @throws java.util.concurrent.CancellationException if it was stopped from outside
   * @throws IOException if it can't be started
   */
  List<Tsv> run(Contender contender, Workload workload)
      throws ChildFailedException, IOException, InterruptedException;
}
