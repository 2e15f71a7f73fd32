package dev.pollux.benchmarks.stress;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.openjdk.jcstress.JCStress;
import org.openjdk.jcstress.Options;
import org.openjdk.jcstress.infra.Status;
import org.openjdk.jcstress.infra.collectors.DiskReadCollector;
import org.openjdk.jcstress.infra.collectors.InProcessCollector;
import org.openjdk.jcstress.infra.collectors.TestResult;
import org.openjdk.jcstress.infra.runners.TestList;

/**
 * Runs jcstress tests and judges them more strictly than jcstress does: a forbidden outcome fails,
 * and so do an error, a test that was selected but left no result, and a selection of nothing.
 *
 * <p>Usage: {@code StressRunner quick|full [PATTERN [jcstress option...]]}. The pattern is a
 * regular expression found anywhere in the name of a test class. {@code quick} runs each test once
 * in one JVM configuration, in about a second or two; {@code full} leaves the choice to jcstress
 * and the options. The exit code is 0 if all passed, 1 if not, and 2 if the arguments are wrong.
 *
 * <p>Reports go to {@code jcstress-report} in the working directory.
 */
public final class StressRunner {
  private StressRunner() {}

  /** Runs what the arguments select, and exits. */
  public static void main(String[] args) throws Exception {
    if (args.length == 0 || !(args[0].equals("quick") || args[0].equals("full"))) {
      System.err.println("usage: StressRunner quick|full [PATTERN [jcstress option...]]");
      System.exit(2);
    }
    List<String> options = new ArrayList<>(args[0].equals("quick") ? quick() : List.of());
    options.addAll(Arrays.asList(args).subList(Math.min(args.length, 2), args.length));
    System.exit(run(args.length > 1 ? args[1] : "", options) ? 0 : 1);
  }

  /**
   * Runs the tests whose names contain the pattern and prints the verdict. The test of the known
   * race runs only if the pattern names it.
   */
  private static boolean run(String pattern, List<String> options) throws Exception {
    // jcstress searches with one pattern; the known race is taken out of it unless asked for.
    String known = KnownRaceStress.class.getSimpleName();
    String filter =
        pattern.contains(known) ? pattern : "^(?!.*\\." + known + "$)(?=.*(" + pattern + ")).*$";
    Set<String> selected = selectedTests(filter);
    if (selected.isEmpty()) {
      System.out.println("FAILED no test matches \"" + pattern + "\"");
      return false;
    }
    List<String> all = new ArrayList<>(List.of("-t", filter, "-r", "jcstress-report"));
    all.addAll(options);

    Options parsed = new Options(all.toArray(String[]::new));
    if (!parsed.parse()) {
      return false;
    }
    List<String> failures = new ArrayList<>();
    Path results = Path.of(parsed.getResultFile());
    boolean failedByJcstress = false;
    try {
      new JCStress(parsed).run();
    } catch (AssertionError verdict) {
      // How jcstress ends a run with failures; the results below say which.
      failedByJcstress = true;
    }
    int configurations = 0;
    Set<String> missing = new TreeSet<>(selected);
    for (TestResult result : read(results)) {
      configurations++;
      missing.remove(result.getName());
      if (result.status() != Status.NORMAL) {
        failures.add(result.getName() + ": " + result.status() + " " + result.getMessages());
      } else if (!result.grading().isPassed) {
        failures.add(result.getName() + ": " + result.grading().failureMessages);
      }
    }
    missing.forEach(name -> failures.add(name + ": left no result"));
    failures.forEach(failure -> System.out.println("FAILED " + failure));
    System.out.printf(
        "stress: %d tests, %d results, %d failed%n",
        selected.size(), configurations, failures.size());
    return failures.isEmpty() && !failedByJcstress;
  }

  private static Set<String> selectedTests(String filter) {
    Set<String> names = new TreeSet<>(TestList.tests());
    names.removeIf(Pattern.compile(filter).asPredicate().negate());
    return names;
  }

  private static Iterable<TestResult> read(Path results) throws Exception {
    if (Files.notExists(results)) {
      return List.of();
    }
    InProcessCollector collector = new InProcessCollector();
    DiskReadCollector reader = new DiskReadCollector(results.toString(), collector);
    reader.dump();
    reader.close();
    Files.delete(results);
    return collector.getTestResults();
  }

  private static List<String> quick() {
    List<String> options =
        new ArrayList<>(
            List.of("-f", "1", "-iters", "3", "-time", "100", "-sc", "false", "-af", "NONE"));
    String jvmArgs = "-XX:+UseParallelGC -Xmx256m -ea";
    if (Runtime.version().feature() >= 24) {
      jvmArgs += " --enable-native-access=ALL-UNNAMED";
    }
    options.addAll(List.of("-jvmArgs", jvmArgs));
    return options;
  }
}
