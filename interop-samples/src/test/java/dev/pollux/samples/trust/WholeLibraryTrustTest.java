package dev.pollux.samples.trust;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pollux.executor.PolluxRuntime;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Isolated;

/**
 * Pipelines of Reactor and RxJava, drawn at random, emit the same with ours installed as with their
 * own schedulers, however they are cancelled, fail and are asked for more. {@code
 * -Dpollux.trust.rounds} says how many of each; {@code -Dpollux.trust.seed} which.
 */
@Isolated("the schedulers are those of the process")
@Timeout(3600)
class WholeLibraryTrustTest {

  private static final int ROUNDS = Integer.getInteger("pollux.trust.rounds", 500);

  @Test
  void reactor() throws Exception {
    trust(new ReactorLibrary());
  }

  @Test
  void rxJava() throws Exception {
    trust(new RxJavaLibrary());
  }

  private static void trust(Library library) throws Exception {
    long seed = Long.getLong("pollux.trust.seed", ThreadLocalRandom.current().nextInt());
    try (PolluxRuntime runtime = PolluxRuntime.builder().workers(2).multiThread()) {
      List<String> faults = Trial.run(library, runtime, seed, ROUNDS);
      assertThat(faults).as("from seed " + seed).isEmpty();
    }
  }
}
