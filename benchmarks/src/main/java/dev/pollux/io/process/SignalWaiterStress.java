package dev.pollux.io.process;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.pollux.core.Next;
import dev.pollux.core.Poller;
import dev.pollux.core.Waker;
import dev.pollux.spi.Services;
import java.util.Optional;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;
import org.openjdk.jcstress.infra.results.JJ_Result;

/** A signal that comes while somebody decides to wait for it. */
public final class SignalWaiterStress {

  private SignalWaiterStress() {}

  /** A signal of which nobody but the test tells, and a task that has not been polled before. */
  abstract static class Fixture implements Services, SignalSource, SignalSource.Installed {

    final SignalListeners listeners = new SignalListeners("INT", this);
    final Poller poller = new Poller(this, 1, false);

    @Override
    public <S> Optional<S> service(Class<S> type) {
      return Optional.empty();
    }

    @Override
    public void check(String name) {}

    @Override
    public Installed install(String name, Arrivals arrivals) {
      return this;
    }

    @Override
    public void restore() {}

    @Override
    public void raise(String name) {}
  }

  /** Remembers that it was woken. */
  static final class Waiting implements Waker {

    private volatile boolean woken;

    boolean isWoken() {
      return woken;
    }

    @Override
    public void wake() {
      woken = true;
    }
  }

  /** It is polled by another task than before, which is the one to wake. */
  @JCStressTest
  @Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "The poll has seen the signal.")
  @Outcome(id = "0, 1", expect = ACCEPTABLE, desc = "The poll has not, and its task was woken.")
  @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "It has, and its task was woken as well.")
  @Outcome(expect = FORBIDDEN, desc = "It waits for a signal that has come.")
  @State
  public static class PollVsSignal extends Fixture {

    private final AwaitSignal waiter = new AwaitSignal(listeners);
    private final Waiting task = new Waiting();

    /** It listens already. */
    public PollVsSignal() {
      poll(new Waiting());
    }

    private int poll(Waiting waker) {
      try {
        return poller.poll(waiter, waker).isReady() ? 1 : 0;
      } catch (Exception failure) {
        throw new AssertionError(failure);
      }
    }

    @Actor
    public void polls(II_Result r) {
      r.r1 = poll(task);
    }

    @Actor
    public void comes() {
      listeners.came();
    }

    @Arbiter
    public void arbiter(II_Result r) {
      r.r2 = task.isWoken() ? 1 : 0;
    }
  }

  /** Two signals come while elements are taken: each is counted in one of them. */
  @JCStressTest
  @Outcome(
      id = {"0, 2", "1, 1", "2, 0"},
      expect = ACCEPTABLE,
      desc = "Both were told, or those that were not have woken.")
  @Outcome(expect = FORBIDDEN, desc = "One is lost, or told twice, or nobody was woken for it.")
  @State
  public static class NextVsSignals extends Fixture {

    private final SignalArrivals arrivals = new SignalArrivals(listeners);
    private final Waiting task = new Waiting();

    /** It listens already. */
    public NextVsSignals() {
      next(new Waiting());
    }

    /** How many an element tells of; 0 if there is none. */
    private long next(Waiting waker) {
      try {
        Next<Long> next = poller.pollNext(arrivals, waker);
        return next.isItem() ? next.value() : 0;
      } catch (Exception failure) {
        throw new AssertionError(failure);
      }
    }

    @Actor
    public void polls(JJ_Result r) {
      r.r1 = next(task);
    }

    @Actor
    public void comes() {
      listeners.came();
      listeners.came();
    }

    @Arbiter
    public void arbiter(JJ_Result r) {
      r.r2 = r.r1 > 0 || task.isWoken() ? next(task) : -1;
    }
  }
}
