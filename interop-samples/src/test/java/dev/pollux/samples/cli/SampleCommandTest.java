package dev.pollux.samples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pollux.samples.sample.Sample;
import dev.pollux.samples.sample.Samples;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class SampleCommandTest {

  @Test
  void listHasALineForEach() {
    Ended list = CapturedTerminal.run("sample", "--list");
    assertThat(list.exitCode()).isEqualTo(0);
    assertThat(list.err()).isEmpty();
    assertThat(list.outLines()).hasSameSizeAs(Samples.all());
    for (Sample sample : Samples.all()) {
      assertThat(list.row(sample.name())).contains(sample.what());
    }
  }

  @Test
  void runsThoseThatAreNamed() {
    Ended ended = CapturedTerminal.run("sample", "mutiny", "kotlin");
    assertThat(ended.err()).isEmpty();
    assertThat(ended.exitCode()).isEqualTo(0);
    assertThat(ended.outLines()).contains("mutiny: as expected").endsWith("kotlin: as expected");
  }

  @Test
  void aNameThatIsWrongIsRefusedBeforeAnythingRuns() {
    Ended refused = CapturedTerminal.run("sample", "mutiny", "none");
    assertThat(refused.exitCode()).isEqualTo(2);
    assertThat(refused.errLines())
        .containsExactly("pollux sample: there is no sample none; see pollux sample --list");
    assertThat(refused.out()).isEmpty();
  }

  @Test
  void withoutANameThereIsNothingToDo() {
    Ended refused = CapturedTerminal.run("sample");
    assertThat(refused.exitCode()).isEqualTo(2);
    assertThat(refused.errLines())
        .containsExactly("pollux sample: name a sample; see pollux sample --list");
  }
}
