package dev.pollux.samples.echo;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Twice as many connections in each step, until one fails.
 *
 * @threading confined to one thread
 */
final class Ramp {

  /**
   * Where it ends.
   *
   * @param held connections that all worked
   * @param wanted connections of the step that failed
   * @param connected how many of these there were when the first had failed
   * @param errors what failed
   * @param limit what there can't be more for
   */
  record End(int held, int wanted, int connected, Map<Trouble, Integer> errors, Limit limit) {

    @Override
    public String toString() {
      return "limit: %s (%s); %d connections worked, on the way to %d there were %d"
          .formatted(limit.resource(), limit.why(), held, wanted, connected);
    }
  }

  private final LoadRun run;
  private final Consumer<? super LoadReport> steps;
  private final List<LoadReport> done = new ArrayList<>();

  Ramp(LoadRun run, Consumer<? super LoadReport> steps) {
    this.run = run;
    this.steps = steps;
  }

  /**
   * Goes up.
   *
   * @param first connections of the first step, at least 1
   * @param most no step has more
   * @return where it ended; null if {@code most} connections worked
   */
  @Nullable End climb(int first, int most) throws Exception {
    int held = 0;
    int wanted = Math.min(first, most);
    while (true) {
      LoadReport report = run.tryMeasure(wanted);
      if (report == null || !report.errors().isEmpty()) {
        Map<Trouble, Integer> errors = run.load().troubles().counts();
        return new End(held, wanted, run.load().up(), errors, run.limit());
      }
      done.add(report);
      steps.accept(report);
      held = wanted;
      if (held == most) {
        return null;
      }
      wanted = (int) Math.min(most, 2L * wanted);
    }
  }

  /** The steps that worked. */
  List<LoadReport> steps() {
    return List.copyOf(done);
  }
}
