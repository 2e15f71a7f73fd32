package dev.pollux.samples.guide;

import dev.pollux.core.AtomicWaker;
import dev.pollux.core.Context;
import dev.pollux.core.Description;
import dev.pollux.core.Discard;
import dev.pollux.core.Future;
import dev.pollux.core.Poll;
import dev.pollux.core.PollAfterEndException;
import dev.pollux.core.Settled;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;

/**
 * The session that a dialer opens: a leaf over an API that calls back.
 *
 * @cancellation aborts the attempt; a session that has come, or comes all the same, is closed
 */
final class Dial implements Future<Dialer.Session> {

  /** What the callback and the task share. The API may keep it for longer than the future lives. */
  private static final class Outcome implements BiConsumer<Dialer.Session, Exception> {

    static final Settled<Dialer.Session> LEFT = Settled.of(null, null);

    final AtomicWaker waker = new AtomicWaker();
    final Discard discard;

    /** Null, then the answer; {@code LEFT} once the task wants no more. */
    private final AtomicReference<Settled<Dialer.Session>> word = new AtomicReference<>();

    Outcome(Discard discard) {
      this.discard = discard;
    }

    @Override
    public void accept(Dialer.Session session, Exception failure) {
      Settled<Dialer.Session> answer = Settled.of(session, failure);
      if (word.compareAndSet(null, answer)) { // first the condition,
        waker.wake(); // second the wake-up
      } else {
        discard.discard(answer); // nobody is left to receive it
      }
    }

    boolean isSettled() {
      return word.get() != null;
    }

    Settled<Dialer.Session> leave() {
      waker.clear();
      return word.getAndSet(LEFT);
    }
  }

  private Dialer dialer; // null once over
  private final String host;
  private Outcome outcome; // from the first poll to the end
  private Dialer.Attempt attempt;

  Dial(Dialer dialer, String host) {
    this.dialer = dialer;
    this.host = host;
  }

  @Override
  public Poll<Dialer.Session> poll(Context cx) throws Exception {
    if (dialer == null) {
      throw new PollAfterEndException("dial");
    }
    if (outcome == null) {
      begin(cx.discard());
    }
    outcome.waker.register(cx.waker()); // first the waker,
    if (!outcome.isSettled()) { // second the look
      return Poll.pending();
    }
    Settled<Dialer.Session> answer = outcome.leave();
    end();
    return Poll.ready(answer.value()); // throws if it is a failure
  }

  /** Nothing is done before the first poll. */
  private void begin(Discard discard) {
    Outcome begun = new Outcome(discard);
    try {
      attempt = dialer.dial(host, begun);
    } catch (Throwable failure) {
      end();
      throw failure;
    }
    outcome = begun;
  }

  @Override
  public void cancel() {
    Outcome left = outcome;
    Dialer.Attempt begun = attempt;
    end();
    if (left == null) {
      return; // never begun, or over
    }
    left.discard.discard(left.leave()); // what has come and was not taken
    try {
      begun.abort();
    } catch (Throwable failure) {
      left.discard.uncaught(failure, "the abort of a dial");
    }
  }

  private void end() {
    dialer = null;
    outcome = null;
    attempt = null;
  }

  @Override
  public void describe(Description description) {
    description.name("dial").with("host", host).waitsFor("the callback of the dialer");
  }
}
