package dev.pollux.samples.sample;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What Pollux adds to the start of a web application: the time from the start of the virtual
 * machine to the answer to the first request, with and without it.
 *
 * <p>Each start has a virtual machine of its own. The two kinds take turns, so that a machine that
 * is busy for a while is so for both.
 */
final class WebStartSample {

  private static final int STARTS = 5;

  static final Sample SAMPLE =
      new Sample(
          "web-start",
          "how long the application of web takes to its first answer, with Pollux and without",
          findings -> run(findings, STARTS));

  private static final int AIM_MILLIS = 150;

  private WebStartSample() {}

  static void run(Findings findings, int starts) throws Exception {
    long[] without = new long[starts];
    long[] with = new long[starts];
    for (int i = 0; i < starts; i++) {
      without[i] = millisToAnswer("without", "nothing installed");
      with[i] = millisToAnswer(WebStart.WITH_POLLUX, "in force");
    }
    findings.row("starts of each", starts);
    findings.row("to the first answer without Pollux", text(without));
    findings.row("to the first answer with Pollux", text(with));
    findings.row(
        "what Pollux adds",
        median(with) - median(without) + " ms, which should be less than " + AIM_MILLIS);
  }

  private static long millisToAnswer(String kind, String expected)
      throws IOException, InterruptedException {
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            System.getProperty("java.class.path"),
            WebStart.class.getName(),
            kind);
    long begun = System.nanoTime();
    Process process = builder.redirectError(Redirect.INHERIT).start();
    try (BufferedReader out =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      @Nullable String answer = out.readLine();
      long elapsed = System.nanoTime() - begun;
      if (answer == null || !answer.startsWith("200 ") || !answer.contains(expected)) {
        throw new IllegalStateException("the application answered " + answer);
      }
      process.waitFor(); // so that its end does not disturb the next start
      return TimeUnit.NANOSECONDS.toMillis(elapsed);
    } finally {
      process.destroyForcibly();
    }
  }

  private static String text(long[] millis) {
    long least = Arrays.stream(millis).min().orElseThrow();
    long most = Arrays.stream(millis).max().orElseThrow();
    return "%d ms, from %d to %d".formatted(median(millis), least, most);
  }

  private static long median(long[] millis) {
    long[] sorted = millis.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }
}
