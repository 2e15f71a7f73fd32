package dev.pollux.io.driver;

import static dev.pollux.io.driver.Registration.IN;
import static java.nio.channels.SelectionKey.OP_READ;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pollux.core.UncaughtFailureHandler;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.Pipe;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How a thread sleeps in the driver, and what selectors have done to others. */
@Timeout(60)
class NioDriverTest {

  private static final long FOREVER = -1;

  private final List<NioDriver> drivers = new ArrayList<>();

  private NioDriver driver(NioDriver.SelectorSource source) {
    NioDriver driver = new NioDriver(source);
    drivers.add(driver);
    return driver;
  }

  @AfterEach
  void close() {
    drivers.forEach(NioDriver::close);
  }

  private static Pipe pipe() throws IOException {
    Pipe pipe = Pipe.open();
    pipe.source().configureBlocking(false);
    return pipe;
  }

  private static void put(Pipe pipe) throws IOException {
    pipe.sink().write(ByteBuffer.wrap(new byte[] {1}));
  }

  /** Runs {@code body} on a thread of its own. */
  private static FutureTask<Void> elsewhere(ThrowingRunnable body) {
    FutureTask<Void> task =
        new FutureTask<>(
            () -> {
              body.run();
              return null;
            });
    Thread thread = new Thread(task, "elsewhere");
    thread.setDaemon(true);
    thread.start();
    return task;
  }

  @FunctionalInterface
  private interface ThrowingRunnable {
    void run() throws Exception;
  }

  // ---- sleeping

  @Test
  void withoutAChannelNoSelectorIsOpened() {
    AtomicInteger opened = new AtomicInteger();
    NioDriver driver =
        driver(
            () -> {
              opened.incrementAndGet();
              return Selector.open();
            });

    driver.park(0);
    driver.park(1_000_000);
    driver.unpark();
    driver.park(FOREVER);

    assertThat(opened).hasValue(0);
    assertThat(driver.counts().selects()).isZero();
  }

  @Test
  void sleepsAtLeastAsLongAsItIsTold() throws IOException {
    NioDriver driver = driver(Selector::open);
    Registration registration = new Registration(pipe().source(), true);
    new Waiting(driver, registration, IN).exhaust();

    for (long nanos : new long[] {1, 400_000, 1_500_000, 5_000_000}) {
      long begun = System.nanoTime();
      driver.park(nanos);
      assertThat(System.nanoTime() - begun).isGreaterThanOrEqualTo(nanos);
    }
  }

  @Test
  void aPermitEndsOneSleep() throws Exception {
    for (boolean withChannel : new boolean[] {false, true}) {
      NioDriver driver = driver(Selector::open);
      if (withChannel) {
        new Waiting(driver, new Registration(pipe().source(), true), IN).exhaust();
      }

      driver.unpark();
      driver.unpark();
      driver.park(0); // a mere look leaves the permit
      driver.park(FOREVER);
      FutureTask<Void> sleep = elsewhere(() -> driver.park(FOREVER));
      assertThat(sleep.isDone()).isFalse();
      driver.unpark();
      sleep.get(30, TimeUnit.SECONDS);
    }
  }

  @Test
  void aSleeperIsWokenOnceAtMost() throws Exception {
    NioDriver driver = driver(Selector::open);
    new Waiting(driver, new Registration(pipe().source(), true), IN).exhaust();
    FutureTask<Void> sleep = elsewhere(() -> driver.park(FOREVER));
    while (driver.counts().selects() == 0) {
      Thread.onSpinWait();
    }

    for (int i = 0; i < 1_000; i++) {
      driver.unpark();
      driver.nudge();
    }
    sleep.get(30, TimeUnit.SECONDS);

    assertThat(driver.counts().wakeups()).isLessThanOrEqualTo(1);
  }

  @Test
  void theFirstChannelReachesAThreadThatSleepsWithoutASelector() throws Exception {
    NioDriver driver = driver(Selector::open);
    FutureTask<Void> sleep = elsewhere(() -> driver.park(FOREVER));
    Pipe pipe = pipe();
    Waiting reader = new Waiting(driver, new Registration(pipe.source(), true), IN);

    reader.exhaust();
    put(pipe);
    sleep.get(30, TimeUnit.SECONDS);

    assertThat(reader.isWoken()).isTrue();
  }

  @Test
  void anotherChannelReachesAThreadThatSleepsInTheSelector() throws Exception {
    NioDriver driver = driver(Selector::open);
    new Waiting(driver, new Registration(pipe().source(), true), IN).exhaust();
    FutureTask<Void> sleep = elsewhere(() -> driver.park(FOREVER));
    while (driver.counts().selects() == 0) {
      Thread.onSpinWait();
    }
    Pipe pipe = pipe();
    Waiting reader = new Waiting(driver, new Registration(pipe.source(), true), IN);

    reader.exhaust();
    put(pipe);
    sleep.get(30, TimeUnit.SECONDS);

    assertThat(reader.isWoken()).isTrue();
  }

  @Test
  void aChannelThatIsClosedGivesItsDescriptorBackThoughTheSelectorSleeps() throws Exception {
    NioDriver driver = driver(Selector::open);
    new Waiting(driver, new Registration(pipe().source(), true), IN).exhaust();
    Pipe pipe = pipe();
    Registration registration = new Registration(pipe.source(), true);
    new Waiting(driver, registration, IN).exhaust();
    FutureTask<Void> sleep = elsewhere(() -> driver.park(FOREVER));
    while (driver.counts().selects() == 0) {
      Thread.onSpinWait();
    }

    registration.close();

    while (pipe.source().isRegistered()) {
      Thread.onSpinWait();
    }
    assertThat(driver).hasToString("NioDriver[1 channels]");
    driver.unpark();
    sleep.get(30, TimeUnit.SECONDS);
  }

  // ---- what nobody makes use of

  @Test
  void sleepsThoughSomethingIsReadyThatNobodyWants() throws Exception {
    NioDriver driver = driver(Selector::open);
    Pipe unwanted = pipe();
    Waiting slow = new Waiting(driver, new Registration(unwanted.source(), true), IN);
    slow.exhaust();
    put(unwanted);
    driver.park(FOREVER);
    assertThat(slow.isWoken()).isTrue();

    driver.park(FOREVER); // told again: perhaps somebody can help
    FutureTask<Void> sleep = elsewhere(() -> driver.park(FOREVER));
    while (driver.counts().interestChanges() < 2) {
      Thread.onSpinWait();
    }

    assertThat(sleep.isDone()).isFalse();
    Pipe wanted = pipe();
    Waiting quick = new Waiting(driver, new Registration(wanted.source(), true), IN);
    quick.exhaust();
    put(wanted);
    sleep.get(30, TimeUnit.SECONDS);
    assertThat(quick.isWoken()).isTrue();
    assertThat(driver.counts().selects()).isLessThan(10);
  }

  @Test
  void whatNobodyWantsIsNotReportedForEverThoughThereAreAlwaysNews() throws Exception {
    FakeSelector selector = new FakeSelector();
    NioDriver driver = driver(() -> selector);
    FakeSelector.Channel unwanted = new FakeSelector.Channel();
    FakeSelector.Channel wanted = new FakeSelector.Channel();
    Waiting slow = new Waiting(driver, new Registration(unwanted, true), IN);
    Waiting quick = new Waiting(driver, new Registration(wanted, true), IN);
    slow.exhaust();
    selector.otherwise =
        (all, action, millis) ->
            FakeSelector.reporting(unwanted).run(all, action, millis)
                + FakeSelector.reporting(wanted).run(all, action, millis);

    for (int i = 0; i < 2 * NioDriver.MOST_DISTURBED_LOOKS + 2; i++) {
      quick.exhaust();
      driver.park(FOREVER);
      assertThat(quick.isWoken()).isTrue();
    }

    assertThat(unwanted.interest(selector)).isZero();
    assertThat(wanted.interest(selector)).isEqualTo(OP_READ);
    assertThat(driver.counts().interestChanges()).isEqualTo(3); // one each, and the rest
    slow.exhaust();
    assertThat(unwanted.interest(selector)).isEqualTo(OP_READ);
  }

  // ---- hazards

  @Test
  void aSelectorThatReturnsForNoReasonIsReplaced() throws Exception {
    for (int answer = 0; answer <= 1; answer++) { // whatever it says
      FakeSelector bad = new FakeSelector();
      FakeSelector good = new FakeSelector();
      List<Selector> both = new ArrayList<>(List.of(bad, good));
      NioDriver driver = driver(() -> both.remove(0));
      FakeSelector.Channel channel = new FakeSelector.Channel();
      Waiting reader = new Waiting(driver, new Registration(channel, true), IN);
      reader.exhaust();
      bad.otherwise = FakeSelector.prematurely(answer);
      good.script.add(FakeSelector.reporting(channel));

      driver.park(FOREVER);

      assertThat(reader.isWoken()).isTrue();
      assertThat(bad.selects).isEqualTo(NioDriver.MOST_PREMATURE_RETURNS);
      assertThat(bad.isOpen()).isFalse();
      assertThat(channel.interest(good)).isEqualTo(OP_READ);
      assertThat(driver.counts().rebuilds()).isEqualTo(1);
    }
  }

  @Test
  void aChannelThatIsClosedWhileItIsReportedIsNoFailure() throws Exception {
    FakeSelector selector = new FakeSelector();
    NioDriver driver = driver(() -> selector);
    FakeSelector.Channel first = new FakeSelector.Channel();
    FakeSelector.Channel second = new FakeSelector.Channel();
    Registration closed = new Registration(first, true);
    new Waiting(driver, closed, IN).exhaust();
    Waiting reader = new Waiting(driver, new Registration(second, true), IN);
    reader.exhaust();
    selector.script.add(
        (all, action, millis) -> {
          SelectionKey key = first.keyFor(all);
          try {
            closed.close(); // another worker, since the selector has looked
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
          action.accept(key);
          return 1 + FakeSelector.reporting(second).run(all, action, millis);
        });

    driver.park(FOREVER);

    assertThat(reader.isWoken()).isTrue();
    assertThat(closed.isClosed()).isTrue();
  }

  @Test
  void aSelectorThatHasNewsNowAndThenIsKept() throws Exception {
    FakeSelector selector = new FakeSelector();
    NioDriver driver = driver(() -> selector);
    FakeSelector.Channel channel = new FakeSelector.Channel();
    Waiting reader = new Waiting(driver, new Registration(channel, true), IN);

    for (int round = 0; round < 20; round++) {
      reader.exhaust();
      for (int i = 0; i < 100; i++) {
        selector.script.add(FakeSelector.prematurely(0));
      }
      selector.script.add(FakeSelector.reporting(channel));
      driver.park(FOREVER);
      assertThat(reader.isWoken()).isTrue();
    }

    assertThat(driver.counts().rebuilds()).isZero();
  }

  @Test
  void withoutADescriptorForAnotherTheOldSelectorGoesOn() throws Exception {
    FakeSelector only = new FakeSelector();
    AtomicInteger asked = new AtomicInteger();
    NioDriver driver =
        driver(
            () -> {
              if (asked.getAndIncrement() > 0) {
                throw new IOException("too many open files");
              }
              return only;
            });
    FakeSelector.Channel channel = new FakeSelector.Channel();
    Waiting reader = new Waiting(driver, new Registration(channel, true), IN);
    reader.exhaust();
    for (int i = 0; i < NioDriver.MOST_PREMATURE_RETURNS; i++) {
      only.script.add(FakeSelector.prematurely(0));
    }
    only.script.add(FakeSelector.reporting(channel));

    List<Throwable> reported = Collections.synchronizedList(new ArrayList<>());
    UncaughtFailureHandler before =
        UncaughtFailureHandler.setProcessDefault((failure, origin) -> reported.add(failure));
    try {
      driver.park(FOREVER);
    } finally {
      UncaughtFailureHandler.setProcessDefault(before);
    }

    assertThat(reader.isWoken()).isTrue();
    assertThat(reported).hasSize(1);
    assertThat(asked).hasValue(2);
    assertThat(only.isOpen()).isTrue();
  }

  @Test
  void interruptsEndTheSleepAndNothingElse() throws Exception {
    NioDriver driver = driver(Selector::open);
    Pipe pipe = pipe();
    Waiting reader = new Waiting(driver, new Registration(pipe.source(), true), IN);
    reader.exhaust();

    for (int i = 0; i < 2 * NioDriver.MOST_PREMATURE_RETURNS; i++) {
      Thread.currentThread().interrupt();
      driver.park(FOREVER);
      assertThat(Thread.interrupted()).isTrue(); // it is the caller's
    }

    assertThat(driver.counts().rebuilds()).isZero();
    assertThat(pipe.source().isOpen()).isTrue();
    put(pipe);
    driver.park(FOREVER);
    assertThat(reader.isWoken()).isTrue();
  }

  @Test
  void keysThatComeAndGoLeaveNothing() throws Exception {
    NioDriver driver = driver(Selector::open);
    for (int i = 0; i < 2_000; i++) {
      Pipe pipe = pipe();
      Registration registration = new Registration(pipe.source(), true);
      Waiting reader = new Waiting(driver, registration, IN);
      reader.exhaust();
      if (i % 3 == 0) {
        put(pipe);
      }
      registration.close();
      pipe.sink().close();
      if (i % 100 == 99) {
        driver.park(1);
      }
    }
    driver.park(1);

    assertThat(driver).hasToString("NioDriver[0 channels]");
    assertThat(driver.counts().rebuilds()).isZero();
  }

  @Test
  void aChannelThatSomebodyElseClosesIsNoticed() throws Exception {
    NioDriver driver = driver(Selector::open);
    Pipe pipe = pipe();
    Registration foreign = new Registration(pipe.source(), false);
    Waiting reader = new Waiting(driver, foreign, IN);
    reader.exhaust();

    pipe.source().close(); // and nobody tells
    driver.park(FOREVER);

    assertThat(reader.isWoken()).isTrue();
    assertThatThrownBy(reader::ask).isInstanceOf(ClosedChannelException.class);
  }

  @Test
  void aChannelThatIsClosedBetweenTwoLooksIsNoticedAtTheNext() throws Exception {
    NioDriver driver = driver(Selector::open);
    Pipe pipe = pipe();
    Waiting reader = new Waiting(driver, new Registration(pipe.source(), false), IN);
    reader.exhaust();
    driver.park(1); // a look
    pipe.source().close();
    driver.park(1); // too early for another, and the key goes

    driver.park(FOREVER);

    assertThat(reader.isWoken()).isTrue();
    assertThatThrownBy(reader::ask).isInstanceOf(ClosedChannelException.class);
  }

  @Test
  void whoRegistersWhileTheSelectorIsReplacedIsInTheNewOne() throws Exception {
    FakeSelector bad = new FakeSelector();
    FakeSelector good = new FakeSelector();
    List<Selector> both = new ArrayList<>(List.of(bad, good));
    NioDriver driver = driver(() -> both.remove(0));
    FakeSelector.Channel first = new FakeSelector.Channel();
    FakeSelector.Channel second = new FakeSelector.Channel();
    new Waiting(driver, new Registration(first, true), IN).exhaust();
    bad.otherwise = FakeSelector.prematurely(0);
    good.script.add(FakeSelector.reporting(first));
    bad.beforeKey =
        () -> {
          try {
            elsewhere(() -> driver.park(FOREVER)).get(30, TimeUnit.SECONDS);
          } catch (Exception e) {
            throw new AssertionError(e);
          }
        };
    Waiting reader = new Waiting(driver, new Registration(second, true), IN);

    reader.exhaust();

    assertThat(driver.counts().rebuilds()).isEqualTo(1);
    assertThat(second.interest(good)).isEqualTo(OP_READ);
    good.script.add(FakeSelector.reporting(second));
    driver.park(FOREVER);
    assertThat(reader.isWoken()).isTrue();
  }

  @Test
  void theLongestOfTimesIsNoShortOne() throws Exception {
    FakeSelector selector = new FakeSelector();
    NioDriver driver = driver(() -> selector);
    FakeSelector.Channel channel = new FakeSelector.Channel();
    new Waiting(driver, new Registration(channel, true), IN).exhaust();
    List<Long> asked = new ArrayList<>();
    selector.script.add(
        (all, action, millis) -> {
          asked.add(millis);
          return FakeSelector.reporting(channel).run(all, action, millis);
        });

    driver.park(Long.MAX_VALUE);

    assertThat(asked).containsExactly(Long.MAX_VALUE / 1_000_000 + 1);
  }

  @Test
  void closingEndsEverything() throws Exception {
    NioDriver driver = driver(Selector::open);
    Pipe owned = pipe();
    Pipe foreign = pipe();
    Waiting one = new Waiting(driver, new Registration(owned.source(), true), IN);
    Waiting two = new Waiting(driver, new Registration(foreign.source(), false), IN);
    one.exhaust();
    two.exhaust();

    driver.close();

    assertThat(one.isWoken()).isTrue();
    assertThat(two.isWoken()).isTrue();
    assertThat(owned.source().isOpen()).isFalse();
    SelectableChannel kept = foreign.source();
    assertThat(kept.isOpen()).isTrue();
    assertThat(kept.isRegistered()).isFalse();
  }
}
