package dev.pollux.samples.model;

import dev.pollux.core.AsyncIterator;
import dev.pollux.core.Context;
import dev.pollux.core.Description;
import dev.pollux.core.Next;
import dev.pollux.time.Sleep;
import dev.pollux.time.Time;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * A source that is pending at random, and fails the test if it is polled once it is over, or
 * cancelled twice.
 */
final class ScriptedSource implements AsyncIterator<Value> {

  private final Run run;
  private final List<Integer> numbers;
  private final @Nullable String failure;
  private final Random random;
  private final boolean slow;

  private int given;
  private @Nullable Sleep sleep;
  private boolean asked;
  private boolean over;

  ScriptedSource(
      Run run, List<Integer> numbers, @Nullable String failure, long seed, boolean slow) {
    this.run = run;
    this.numbers = numbers;
    this.failure = failure;
    this.random = new Random(seed);
    this.slow = slow;
  }

  @Override
  public Next<Value> pollNext(Context cx) {
    asked = true;
    if (over) {
      throw new AssertionError("polled though it was over");
    }
    Sleep sleep = this.sleep;
    if (sleep == null && random.nextInt(3) == 0) {
      if (!slow) {
        cx.waker().wake();
        return Next.pending();
      }
      sleep = Time.sleep(Duration.ofMillis(1 + random.nextInt(5)));
      this.sleep = sleep;
    }
    if (sleep != null) {
      if (sleep.poll(cx).isPending()) {
        return Next.pending();
      }
      this.sleep = null;
    }
    if (given == numbers.size()) {
      over = true;
      if (failure != null) {
        throw new PlannedFailure(failure);
      }
      return Next.end();
    }
    if (!cx.tryProceed()) {
      return Next.pending();
    }
    return Next.item(run.value(numbers.get(given++)));
  }

  @Override
  public void cancel() {
    if (over) {
      return;
    }
    over = true;
    if (sleep != null) {
      sleep.cancel();
    }
  }

  /** Whether it was let go of: read to its end, or cancelled. */
  boolean isReleased() {
    return over;
  }

  /** Whether it was polled at all. */
  boolean wasAsked() {
    return asked;
  }

  @Override
  public void describe(Description description) {
    description.name("scripted");
  }
}
