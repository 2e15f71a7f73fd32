package dev.pollux.tck;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.testng.IExecutionListener;
import org.testng.ITestListener;
import org.testng.ITestResult;

/**
 * Counts the tests of each suite, and leaves the counts to {@link CensusTest}, which is run after
 * all suites, in a process of its own. TestNG finds it as a service.
 */
public final class Census implements ITestListener, IExecutionListener {

  /** A line for each suite: its class, the tests run (skipped ones included), those skipped. */
  static final Path FILE = Path.of("target", "tck-census.tsv");

  private final Map<String, int[]> counts = new TreeMap<>();

  @Override
  public synchronized void onTestSuccess(ITestResult result) {
    count(result)[0]++;
  }

  @Override
  public synchronized void onTestFailure(ITestResult result) {
    count(result)[0]++;
  }

  @Override
  public synchronized void onTestSkipped(ITestResult result) {
    int[] count = count(result);
    count[0]++;
    count[1]++;
  }

  private int[] count(ITestResult result) {
    return counts.computeIfAbsent(
        result.getTestClass().getRealClass().getSimpleName(), suite -> new int[2]);
  }

  @Override
  public synchronized void onExecutionFinish() {
    counts.remove(CensusTest.class.getSimpleName());
    if (counts.isEmpty()) {
      return; // the run of CensusTest itself
    }
    List<String> lines =
        counts.entrySet().stream()
            .map(entry -> entry.getKey() + "\t" + entry.getValue()[0] + "\t" + entry.getValue()[1])
            .toList();
    try {
      Files.createDirectories(FILE.getParent());
      Files.write(FILE, lines);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }
}
