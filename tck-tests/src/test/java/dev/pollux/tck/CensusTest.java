package dev.pollux.tck;

import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.testng.annotations.Test;

/** Holds what the suites ran against what they should have run. */
public class CensusTest {

  /** Tests run (skipped ones included) and skipped, of a suite. */
  private record Count(int run, int skipped) {}

  /**
   * A suite that runs on each of {@link Workers} counts three times. What is skipped: tests that
   * the TCK only names ({@code untested_}); those of subscribing more than once for what is made
   * for one subscriber; and those that need more elements than a publisher can have.
   */
  private static final Map<String, Count> EXPECTED =
      new TreeMap<>(
          Map.ofEntries(
              entry("OneAheadPublisherTest", new Count(114, 21)),
              entry("OneAheadFlowPublisherTest", new Count(114, 21)),
              entry("ExactPublisherTest", new Count(114, 21)),
              entry("ExactFlowPublisherTest", new Count(38, 7)),
              entry("ExactUnknownEndPublisherTest", new Count(38, 7)),
              entry("OneShotPublisherTest", new Count(38, 12)),
              entry("OneShotFlowPublisherTest", new Count(38, 12)),
              entry("RoundTripPublisherTest", new Count(114, 21)),
              entry("FuturePublisherTest", new Count(114, 78)),
              entry("BroadcastPublisherTest", new Count(114, 24)),
              entry("SharedPublisherTest", new Count(114, 24)),
              entry("ProcessorTest", new Count(204, 81)),
              entry("FlowProcessorTest", new Count(204, 81)),
              entry("SubscriberBlackboxTest", new Count(78, 45)),
              entry("FlowSubscriberBlackboxTest", new Count(26, 15)),
              entry("SubscriberWhiteboxTest", new Count(81, 39)),
              entry("FlowSubscriberWhiteboxTest", new Count(27, 13)),
              // Reactor and RxJava
              entry("FluxPublisherTest", new Count(38, 7)),
              entry("ExactFluxPublisherTest", new Count(38, 7)),
              entry("FluxRoundTripTest", new Count(38, 7)),
              entry("MonoPublisherTest", new Count(38, 26)),
              entry("FluxSubscriberBlackboxTest", new Count(26, 15)),
              entry("FluxSubscriberWhiteboxTest", new Count(27, 13)),
              entry("FlowablePublisherTest", new Count(38, 7)),
              entry("ExactFlowablePublisherTest", new Count(38, 7)),
              entry("FlowableRoundTripTest", new Count(38, 7)),
              entry("MaybePublisherTest", new Count(38, 26)),
              entry("FlowableSubscriberBlackboxTest", new Count(26, 15)),
              entry("FlowableSubscriberWhiteboxTest", new Count(27, 13))));

  /** The table of {@code docs/tck.md}. */
  private static String table() {
    StringBuilder table = new StringBuilder("| suite | run | of these skipped |\n|---|---|---|\n");
    EXPECTED.forEach(
        (suite, count) ->
            table.append("| `%s` | %d | %d |\n".formatted(suite, count.run(), count.skipped())));
    int run = EXPECTED.values().stream().mapToInt(Count::run).sum();
    int skipped = EXPECTED.values().stream().mapToInt(Count::skipped).sum();
    return table.append("| in all | %d | %d |\n".formatted(run, skipped)).toString();
  }

  @Test
  public void thePageShowsTheTable() throws IOException {
    assertThat(Files.readString(Path.of("..", "docs", "tck.md"))).contains(table());
  }

  @Test
  public void everySuiteRanWhatItShould() throws IOException {
    assertThat(Census.FILE).as("the counts of the suites, which leave them there").exists();
    List<String> lines = Files.readAllLines(Census.FILE);
    Files.delete(Census.FILE); // so that the next run can't be satisfied with these
    Map<String, Count> counted = new TreeMap<>();
    for (String line : lines) {
      String[] columns = line.split("\t", -1);
      counted.put(
          columns[0], new Count(Integer.parseInt(columns[1]), Integer.parseInt(columns[2])));
    }
    counted.forEach(
        (suite, count) ->
            System.out.printf(
                "TCK %-28s %3d run, %2d skipped%n", suite, count.run(), count.skipped()));
    int run = counted.values().stream().mapToInt(Count::run).sum();
    int skipped = counted.values().stream().mapToInt(Count::skipped).sum();
    System.out.printf("TCK %-28s %3d run, %2d skipped%n", "in all", run, skipped);
    assertThat(counted).isEqualTo(EXPECTED);
  }
}
