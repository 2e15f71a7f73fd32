package dev.pollux.streams.reactor;

import dev.pollux.streams.schedule.Job;
import dev.pollux.streams.schedule.SerialQueue;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.Scannable;

/** A job of Reactor's: what {@code schedule} answers. */
final class ScheduledJob extends Job implements Disposable, Scannable {

  private final JobOwner owner;
  private final long periodNanos;
  private final @Nullable Place place;

  ScheduledJob(
      Runnable body, SerialQueue queue, long periodNanos, JobOwner owner, @Nullable Place place) {
    super(body, queue);
    this.owner = owner;
    this.periodNanos = periodNanos;
    this.place = place;
  }

  @Override
  protected long periodNanos() {
    return periodNanos;
  }

  /** As the built-in schedulers: at a fixed rate it goes on, without a pause it does not. */
  @Override
  protected boolean onFailure(Throwable failure) {
    FailureHooks.handle(failure, owner);
    return periodNanos > 0;
  }

  @Override
  protected void onEnd() {
    if (place != null) {
      place.leave();
    }
    owner.ended(this);
  }

  @Override
  @SuppressWarnings("rawtypes") // as Reactor declares it
  public @Nullable Object scanUnsafe(Attr key) {
    if (key == Attr.PARENT) {
      return owner.shown();
    }
    if (key == Attr.TERMINATED || key == Attr.CANCELLED) {
      return isDisposed();
    }
    if (key == Attr.RUN_STYLE) {
      return Attr.RunStyle.ASYNC;
    }
    if (key == Attr.NAME) {
      return owner.shown().name() + ".job";
    }
    return null;
  }
}
