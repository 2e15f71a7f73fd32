package dev.pollux.samples.stress;

import java.nio.file.Path;
import java.util.List;

/**
 * One program that runs for long, and passes if it ends with exit code 0.
 *
 * @param name what it is, for the line that says how it ended
 * @param command the program and its arguments
 * @param directory where it runs
 * @param log takes its output
 * @param telling how the lines of the log begin that say why it failed
 */
public record LongRun(
    String name, List<String> command, Path directory, Path log, List<String> telling) {

  /**
   * The jcstress tests, as long as jcstress thinks fit.
   *
   * @param home the root of the project
   * @param pattern a regular expression found in the names of the tests
   * @param mode one of the modes of jcstress
   */
  public static LongRun races(Path home, String pattern, String mode) {
    Path directory = home.resolve("target/stress/races");
    List<String> command =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            System.getProperty("java.class.path"),
            "dev.pollux.benchmarks.stress.StressRunner",
            "full",
            pattern,
            "-m",
            mode);
    return new LongRun(
        "races", command, directory, directory.resolve("output.txt"), List.of("FAILED", "stress:"));
  }

  /**
   * The multi-thread runtime under tasks that do at random everything that a task can do.
   *
   * @param home the root of the project
   * @param seconds how long
   */
  public static LongRun chaos(Path home, int seconds) {
    return new LongRun(
        "chaos",
        List.of(
            "mvn",
            "-B",
            "-ntp",
            "-pl",
            "executor",
            "-am",
            "test",
            "-Dtest=MultiThreadChaosTest",
            "-Dsurefire.failIfNoSpecifiedTests=false",
            "-Dpollux.chaos.seconds=" + seconds),
        home,
        home.resolve("target/stress/chaos.log"),
        List.of("[ERROR]"));
  }

  /**
   * A round of the tests of the library, and of the Reactive Streams TCK over its bridges. What
   * they draw at random is drawn anew in each.
   *
   * @param home the root of the project
   * @param number of the round
   */
  public static LongRun tests(Path home, int number) {
    return new LongRun(
        "tests, round " + number,
        List.of("mvn", "-B", "-ntp", "-pl", "tck-tests", "-am", "test"),
        home,
        home.resolve("target/stress/tests-" + number + ".log"),
        List.of("[ERROR]"));
  }

  /**
   * A round of the Reactive Streams TCK over the bridges, without other tests. How many tests its
   * suites have is left to {@link #tests}.
   *
   * @param home the root of the project
   * @param number of the round
   */
  public static LongRun tck(Path home, int number) {
    return new LongRun(
        "TCK, round " + number,
        List.of(
            "mvn",
            "-B",
            "-ntp",
            "-pl",
            "tck-tests",
            "-am",
            "test",
            "-Dtest=dev/pollux/tck/*Test,!CensusTest",
            "-Dsurefire.failIfNoSpecifiedTests=false"),
        home,
        home.resolve("target/stress/tck-" + number + ".log"),
        List.of("[ERROR]"));
  }

  /**
   * Pipelines of Reactor and RxJava, drawn at random, on their own schedulers and on ours.
   *
   * @param home the root of the project
   * @param rounds how many of each library
   */
  public static LongRun trust(Path home, int rounds) {
    return new LongRun(
        "trust",
        List.of(
            "mvn",
            "-B",
            "-ntp",
            "-pl",
            "interop-samples",
            "-am",
            "test",
            "-Dtest=WholeLibraryTrustTest",
            "-Dsurefire.failIfNoSpecifiedTests=false",
            "-Dpollux.trust.rounds=" + rounds),
        home,
        home.resolve("target/stress/trust.log"),
        List.of("[ERROR]"));
  }
}
