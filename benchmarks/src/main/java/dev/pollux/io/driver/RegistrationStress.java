package dev.pollux.io.driver;

import static dev.pollux.io.driver.Registration.IN;
import static dev.pollux.io.driver.Registration.OUT;
import static dev.pollux.io.driver.Registration.WAIT;
import static java.nio.channels.SelectionKey.OP_READ;
import static java.nio.channels.SelectionKey.OP_WRITE;
import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.pollux.core.Context;
import dev.pollux.core.Future;
import dev.pollux.core.Poll;
import dev.pollux.core.Poller;
import dev.pollux.core.Waker;
import dev.pollux.spi.Services;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;
import org.openjdk.jcstress.infra.results.II_Result;
import org.openjdk.jcstress.infra.results.I_Result;

/** Those who wait for a channel against the holder of the driver, and against a close. */
public final class RegistrationStress {

  private RegistrationStress() {}

  /** A registration with a driver whose selector reports nothing by itself. */
  abstract static class Fixture implements Services {
    final SilentSelector selector = new SilentSelector();
    final SilentSelector.Channel channel = new SilentSelector.Channel();
    final NioDriver driver = new NioDriver(() -> selector);
    final Registration registration = new Registration(channel, true);
    final Waiting reader = new Waiting(this, registration, IN);
    final Waiting writer = new Waiting(this, registration, OUT);

    @Override
    public <S> Optional<S> service(Class<S> type) {
      return driver.service(type);
    }
  }

  /** One who waits for a direction. */
  static final class Waiting implements Waker, Future<Integer> {
    private static final int CLOSED = -2;

    private final Registration registration;
    private final int direction;
    private final Poller poller;
    private final AtomicInteger wakes = new AtomicInteger();

    Waiting(Services services, Registration registration, int direction) {
      this.registration = registration;
      this.direction = direction;
      this.poller = new Poller(services, 1, false);
    }

    int ask() {
      return ask(this);
    }

    /** As {@link #ask()}, as one of many. */
    int ask(ReadinessWaiters.Waiter waiter) {
      return ask(cx -> Poll.ready(registration.pollReady(cx, direction, waiter)));
    }

    private int ask(Future<Integer> question) {
      try {
        return poller.poll(question, this).value();
      } catch (ClosedChannelException e) {
        return CLOSED;
      } catch (Exception failure) {
        throw new AssertionError(failure);
      }
    }

    /** Asks, tries in vain, and says so, until it has to wait. */
    Waiting exhaust() {
      for (int seen = ask(); seen >= 0; seen = ask()) {
        registration.exhausted(direction, seen);
      }
      return this;
    }

    /** Forgets the wakes so far. */
    void forget() {
      wakes.set(0);
    }

    boolean isWoken() {
      return wakes.get() > 0;
    }

    @Override
    public void wake() {
      wakes.incrementAndGet();
    }

    @Override
    public Poll<Integer> poll(Context cx) throws IOException {
      return Poll.ready(registration.pollReady(cx, direction));
    }
  }

  private static int told(int seen, Waiting waiting) {
    return seen != WAIT || waiting.isWoken() ? 1 : 0;
  }

  /** An event comes while somebody decides to wait: it is told, one way or the other. */
  @JCStressTest
  @Outcome(
      id = {"0, 1", "1, 1"},
      expect = ACCEPTABLE,
      desc = "It waited and was woken, or it tries.")
  @Outcome(expect = FORBIDDEN, desc = "It waits for an event that has come.")
  @State
  public static class EventVsWait extends Fixture {
    public EventVsWait() {
      reader.exhaust(); // armed
      registration.event(OP_READ);
      registration.exhausted(IN, reader.ask());
      reader.forget();
    }

    @Actor
    public void waits(II_Result r) {
      r.r1 = reader.ask() == WAIT ? 0 : 1;
    }

    @Actor
    public void event() {
      registration.event(OP_READ);
    }

    @Arbiter
    public void arbiter(II_Result r) {
      r.r2 = told(r.r1 == 0 ? WAIT : 0, reader);
    }
  }

  /** As {@link EventVsWait}, for one of many who wait for the direction. */
  @JCStressTest
  @Outcome(
      id = {"0, 1", "1, 1"},
      expect = ACCEPTABLE,
      desc = "It waited and was woken, or it tries.")
  @Outcome(expect = FORBIDDEN, desc = "It waits for an event that has come.")
  @State
  public static class EventVsOneOfMany extends Fixture {
    private final ReadinessWaiters.Waiter waiter = new ReadinessWaiters.Waiter();

    public EventVsOneOfMany() {
      new Waiting(this, registration, IN).exhaust(); // armed, by somebody else
    }

    @Actor
    public void waits(II_Result r) {
      r.r1 = reader.ask(waiter) == WAIT ? 0 : 1;
    }

    @Actor
    public void event() {
      registration.event(OP_READ);
    }

    @Arbiter
    public void arbiter(II_Result r) {
      r.r2 = told(r.r1 == 0 ? WAIT : 0, reader);
    }
  }

  /**
   * What nobody seemed to want is wanted after all: the selector is to report it, or it was told.
   */
  @JCStressTest
  @Outcome(id = "1", expect = ACCEPTABLE, desc = "There is interest in what is waited for.")
  @Outcome(expect = FORBIDDEN, desc = "It waits for what nobody reports.")
  @State
  public static class RestVsWait extends Fixture {
    public RestVsWait() {
      reader.exhaust();
      for (int i = 0; i < 3; i++) {
        registration.event(OP_READ);
      }
    }

    @Actor
    public void rest() {
      registration.rest();
    }

    @Actor
    public void waits() {
      reader.exhaust();
    }

    @Arbiter
    public void arbiter(I_Result r) {
      r.r1 = (channel.interest(selector) & OP_READ) != 0 ? 1 : 0;
    }
  }

  /** Both directions begin to wait at once, for the first time: the selector is to report both. */
  @JCStressTest
  @Outcome(id = "1", expect = ACCEPTABLE, desc = "There is interest in both.")
  @Outcome(expect = FORBIDDEN, desc = "One waits for what nobody reports.")
  @State
  public static class ReaderVsWriter extends Fixture {
    @Actor
    public void reader() {
      reader.exhaust();
    }

    @Actor
    public void writer() {
      writer.exhaust();
    }

    @Arbiter
    public void arbiter(I_Result r) {
      r.r1 = channel.interest(selector) == (OP_READ | OP_WRITE) ? 1 : 0;
    }
  }

  /** Closed while somebody decides to wait: it is told, and nothing stays registered. */
  @JCStressTest
  @Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "Told, and gone.")
  @Outcome(expect = FORBIDDEN, desc = "It waits for ever, or a key is left.")
  @State
  public static class CloseVsWait extends Fixture {
    private int last;

    @Actor
    public void waits() {
      for (last = reader.ask(); last >= 0; last = reader.ask()) {
        registration.exhausted(IN, last);
      }
    }

    @Actor
    public void close() {
      try {
        registration.close();
      } catch (IOException failure) {
        throw new AssertionError(failure);
      }
    }

    @Arbiter
    public void arbiter(II_Result r) {
      r.r1 = last == Waiting.CLOSED || reader.isWoken() ? 1 : 0;
      r.r2 = channel.interest(selector);
    }
  }

  /**
   * The driver ends while a channel is registered: the channel is closed, and who waits is told.
   */
  @JCStressTest
  @Outcome(id = "1, 0, 0", expect = ACCEPTABLE, desc = "Told, closed, and gone.")
  @Outcome(expect = FORBIDDEN, desc = "It waits for ever, or something is left.")
  @State
  public static class DriverEndVsWait extends Fixture {
    public DriverEndVsWait() {
      Registration other = new Registration(new SilentSelector.Channel(), true);
      new Waiting(this, other, OUT).exhaust(); // there is a selector
    }

    private int last;

    @Actor
    public void waits() {
      for (last = reader.ask(); last >= 0; last = reader.ask()) {
        registration.exhausted(IN, last);
      }
    }

    @Actor
    public void end() {
      driver.close();
    }

    @Arbiter
    public void arbiter(III_Result r) {
      r.r1 = last == Waiting.CLOSED || reader.isWoken() ? 1 : 0;
      r.r2 = channel.isOpen() ? 1 : 0;
      r.r3 = channel.interest(selector);
    }
  }

  /** The first channel comes while the holder lies down: it does not sleep without a selector. */
  @JCStressTest
  @Outcome(id = "1", expect = ACCEPTABLE, desc = "It sleeps in the selector, or looks again.")
  @Outcome(expect = FORBIDDEN, desc = "It sleeps where no channel is heard.")
  @State
  public static class FirstChannelVsSleep extends Fixture {
    private int bed;

    @Actor
    public void sleep() {
      bed = driver.chooseBed();
    }

    @Actor
    public void register() {
      reader.exhaust();
    }

    @Arbiter
    public void arbiter(I_Result r) {
      r.r1 = bed != NioDriver.IN_THREAD || driver.isToLookAgain() ? 1 : 0;
    }
  }

  /** An event for one direction while the other is exhausted: neither takes from the other. */
  @JCStressTest
  @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "The writer was told, the reader can wait.")
  @Outcome(expect = FORBIDDEN, desc = "The event was taken away.")
  @State
  public static class EventVsOtherDirection extends Fixture {
    public EventVsOtherDirection() {
      writer.exhaust();
      reader.exhaust();
      registration.event(OP_READ);
    }

    @Actor
    public void exhausts() {
      reader.exhaust();
    }

    @Actor
    public void event() {
      registration.event(OP_WRITE);
    }

    @Arbiter
    public void arbiter(II_Result r) {
      r.r1 = writer.isWoken() && writer.ask() != WAIT ? 1 : 0;
      r.r2 = reader.ask() == WAIT ? 1 : 0;
    }
  }
}
