package dev.pollux.executor.blocking;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pollux.executor.task.BlockingJob;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The queue against a list. */
class JobQueueTest {

  private final JobQueue queue = new JobQueue();
  private final BlockingPool pool = new OuterRuntime().pool(OuterRuntime.upTo(1));

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void theQueueDoesWhatAListDoes(long seed) {
    Random random = new Random(seed);
    List<BlockingJob<?>> model = new ArrayList<>();
    List<BlockingJob<?>> gone = new ArrayList<>();
    for (int step = 0; step < 10_000; step++) {
      switch (random.nextInt(5)) {
        case 0, 1 -> {
          BlockingJob<?> job = new BlockingJob<>(() -> 1, "job", null, pool);
          queue.addLast(job);
          model.add(job);
        }
        case 2 -> {
          BlockingJob<?> expected = model.isEmpty() ? null : model.remove(0);
          assertThat(queue.pollFirst() == expected).as("seed %s, step %s", seed, step).isTrue();
          addIfPresent(gone, expected);
        }
        case 3 -> {
          if (!model.isEmpty()) {
            BlockingJob<?> job = model.remove(random.nextInt(model.size()));
            assertThat(queue.remove(job)).as("seed %s, step %s", seed, step).isTrue();
            addIfPresent(gone, job);
          }
        }
        default -> {
          if (!gone.isEmpty()) {
            BlockingJob<?> job = gone.get(random.nextInt(gone.size()));
            assertThat(queue.remove(job)).as("seed %s, step %s", seed, step).isFalse();
            assertThat(job.nextInQueue()).isNull();
            assertThat(job.previousInQueue()).isNull();
          }
        }
      }
      assertThat(queue.size()).as("seed %s, step %s", seed, step).isEqualTo(model.size());
      assertThat(queue.isEmpty()).isEqualTo(model.isEmpty());
    }
    for (BlockingJob<?> job : model) {
      assertThat(queue.pollFirst() == job).isTrue();
    }
    assertThat(queue.pollFirst() == null).isTrue();
  }

  private static void addIfPresent(List<BlockingJob<?>> jobs, BlockingJob<?> job) {
    if (job != null) {
      jobs.add(job);
    }
  }
}
