package dev.pollux.benchmarks;

import dev.pollux.core.Context;
import dev.pollux.core.Description;
import dev.pollux.core.Future;
import dev.pollux.core.Poll;
import dev.pollux.sync.Notify;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One of two tasks that notify each other in turns. The output is how often it was notified. */
public final class NotifyTurns implements Future<Long> {

  private final Notify own;
  private final Notify other;
  private final boolean begins;
  private final int rounds;
  private int done;
  private @Nullable Future<Void> notified;

  private NotifyTurns(Notify own, Notify other, boolean begins, int rounds) {
    this.own = own;
    this.other = other;
    this.begins = begins;
    this.rounds = rounds;
  }

  /** Both, of which each is notified {@code rounds} times. */
  public static List<Future<Long>> pair(int rounds) {
    Notify ping = new Notify();
    Notify pong = new Notify();
    return List.of(
        new NotifyTurns(pong, ping, true, rounds), new NotifyTurns(ping, pong, false, rounds));
  }

  @Override
  public Poll<Long> poll(Context cx) throws Exception {
    while (true) {
      if (notified == null) {
        if (done == rounds) {
          return Poll.ready((long) done);
        }
        if (begins) {
          other.notifyOne();
        }
        notified = own.notified();
      }
      if (notified.poll(cx).isPending()) {
        return Poll.pending();
      }
      notified = null;
      done++;
      if (!begins) {
        other.notifyOne();
      }
    }
  }

  @Override
  public void cancel() {
    if (notified != null) {
      notified.cancel();
    }
  }

  @Override
  public void describe(Description description) {
    description.name("notify turns").with("done", done);
    if (notified != null) {
      description.child("notified", notified);
    }
  }
}
