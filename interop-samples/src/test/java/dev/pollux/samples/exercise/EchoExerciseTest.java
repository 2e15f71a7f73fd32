package dev.pollux.samples.exercise;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pollux.samples.echo.ServerKind;
import dev.pollux.structure.CancellationToken;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class EchoExerciseTest {

  private static final int CONNECTIONS = 200;

  private final Exercise exercise = EchoExercise.upTo(CONNECTIONS, Duration.ofMillis(100));

  @Test
  void holdsAsManyConnectionsWithEachKindOfServer() throws Exception {
    Told told = Told.by(exercise);
    assertThat(told.isGood()).as(told.text()).isTrue();
    List<ServerKind> kinds = EchoExercise.kinds();
    assertThat(told.lines())
        .filteredOn(line -> line.startsWith("connections held"))
        .hasSameSizeAs(kinds);
    List<String> full =
        told.lines().stream()
            .filter(line -> line.matches(" +" + CONNECTIONS + " +\\d+ .*"))
            .toList();
    assertThat(full).as(told.text()).hasSameSizeAs(kinds);
    assertThat(threads(full.get(0)))
        .isLessThan(CONNECTIONS + Runtime.getRuntime().availableProcessors());
    assertThat(threads(full.get(1))).isGreaterThanOrEqualTo(CONNECTIONS);
    assertThat(told.text()).isASCII();
    assertThat(told.lines()).allMatch(line -> line.length() <= 100);
  }

  private static int threads(String line) {
    return Integer.parseInt(line.trim().split(" +", -1)[1]);
  }

  @Test
  void startsNoServerWhenNobodyWantsIt() throws Exception {
    CancellationToken stop = CancellationToken.create();
    stop.cancel();
    assertThat(Told.by(exercise, stop).text()).doesNotContain("connections  threads");
  }
}
