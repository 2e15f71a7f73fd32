package dev.pollux.core;

import dev.pollux.operator.Cancel;
import dev.pollux.spi.Unpolled;
import org.jspecify.annotations.Nullable;

/**
 * Ends as the first of its futures to end does; the others are cancelled before it answers.
 *
 * @param <T> the output
 * @cancellation cancels every future, newest first
 * @threading confined to the polling task
 */
final class Race<T extends @Nullable Object> implements Future<T> {

  /** Null once over. */
  private @Nullable Future<? extends T> @Nullable [] racers;

  private @Nullable Discard discard;

  /** Takes {@code racers} over. */
  Race(Future<? extends T>[] racers) {
    this.racers = racers;
  }

  @Override
  @SuppressWarnings("unchecked") // an answer is read only
  public Poll<T> poll(Context cx) throws Exception {
    @Nullable Future<? extends T>[] racers = this.racers;
    if (racers == null) {
      throw new PollAfterEndException("race");
    }
    if (discard == null) {
      Unpolled.used(this);
      discard = cx.discard();
    }
    int at = cx.nextInt(racers.length);
    for (int turns = racers.length; turns > 0; turns--) {
      Poll<? extends T> answer;
      try {
        answer = racers[at].poll(cx);
      } catch (Throwable failure) {
        racers[at] = null;
        cancel();
        throw failure;
      }
      if (answer.isReady()) {
        racers[at] = null;
        cancel();
        return (Poll<T>) answer;
      }
      at = at + 1 == racers.length ? 0 : at + 1;
    }
    return Poll.pending();
  }

  @Override
  public void cancel() {
    Unpolled.used(this);
    @Nullable Future<? extends T>[] racers = this.racers;
    Discard discard = this.discard;
    this.racers = null;
    this.discard = null;
    if (racers != null) {
      Cancel.newestFirst(racers, discard);
    }
  }

  @Override
  public void describe(Description description) {
    description.name("race");
    @Nullable Future<? extends T>[] racers = this.racers;
    if (racers != null) {
      for (int i = 0; i < racers.length; i++) {
        description.child(Integer.toString(i), racers[i]);
      }
    }
  }
}
