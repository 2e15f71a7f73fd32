package dev.pollux.executor;

import static dev.pollux.executor.MultiThreading.awaitDormant;
import static dev.pollux.executor.MultiThreading.awaitOpen;
import static dev.pollux.executor.MultiThreading.awaitQuiet;
import static dev.pollux.executor.Waiting.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pollux.core.Futures;
import dev.pollux.core.JoinHandle;
import dev.pollux.core.Poll;
import dev.pollux.core.Waker;
import dev.pollux.executor.EventDriver.Events;
import dev.pollux.executor.MultiThreading.Uncaught;
import dev.pollux.executor.Waiting.Spinner;
import dev.pollux.spi.Driver;
import dev.pollux.time.Time;
import java.io.IOException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/** Several workers with one I/O driver that the service loader finds. */
@ParameterizedClass(name = "{0} workers")
@ValueSource(ints = {1, 2, 8})
@Timeout(60)
class MultiThreadDriverTest {

  private final Uncaught uncaught = new Uncaught();
  private final int workers;
  private MultiThreadRuntime runtime;
  private EventDriver driver;
  @TempDir private Path folder;

  MultiThreadDriverTest(int workers) {
    this.workers = workers;
  }

  @BeforeEach
  void build() throws Exception {
    runtime = withDriver(builder());
    driver = EventDriver.MADE.get(0);
  }

  private RuntimeBuilder builder() {
    return PolluxRuntime.builder()
        .name("driven")
        .workers(workers)
        .eventInterval(10)
        .uncaughtFailureHandler(uncaught::add);
  }

  private MultiThreadRuntime withDriver(RuntimeBuilder builder) throws Exception {
    Path provider = Files.writeString(folder.resolve("provider"), EventDriver.class.getName());
    URL entry = provider.toUri().toURL();
    ClassLoader child =
        new ClassLoader(MultiThreadDriverTest.class.getClassLoader()) {
          @Override
          public Enumeration<URL> getResources(String name) throws IOException {
            return name.equals("META-INF/services/" + Driver.class.getName())
                ? Collections.enumeration(List.of(entry))
                : super.getResources(name);
          }
        };
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    EventDriver.MADE.clear();
    thread.setContextClassLoader(child);
    try {
      return builder.multiThread();
    } finally {
      thread.setContextClassLoader(before);
      assertThat(EventDriver.MADE).hasSize(1);
    }
  }

  @AfterEach
  void close() {
    runtime.close();
    assertThat(driver.closes).isEqualTo(1);
    assertThat(driver.misuse).isEmpty();
    uncaught.assertNone();
  }

  /** A task that waits for an event. */
  private JoinHandle<String> waitsFor(Event event) {
    return runtime.spawn(
        cx -> {
          event.waker = cx.waker();
          assertThat(cx.service(Events.class)).isPresent();
          return event.happened ? Poll.ready("happened") : Poll.pending();
        });
  }

  private static final class Event {
    volatile Waker waker;
    volatile boolean happened;
  }

  /** Has the driver find the event. */
  private void happens(Event event) {
    event.happened = true;
    driver.post(event.waker);
  }

  @Test
  void anEventWakesAnIdleRuntime() throws Exception {
    for (int i = 0; i < 5; i++) {
      Event event = new Event();
      JoinHandle<String> handle = waitsFor(event);
      await(() -> event.waker != null);
      awaitDormant(runtime);
      happens(event);
      assertThat(handle.join()).isEqualTo("happened");
    }
  }

  @Test
  void eventsAreSeenWhileAllWorkersAreBusy() throws Exception {
    Spinner spinner = new Spinner();
    List<JoinHandle<String>> spinning = new ArrayList<>();
    for (int i = 0; i < 2 * workers; i++) {
      spinning.add(runtime.spawn(new Waiting.Follower(spinner)));
    }
    for (int i = 0; i < 5; i++) {
      Event event = new Event();
      JoinHandle<String> handle = waitsFor(event);
      await(() -> event.waker != null);
      happens(event);
      assertThat(handle.join(Duration.ofSeconds(30))).isEqualTo("happened");
    }
    spinner.stop = true;
    for (JoinHandle<String> handle : spinning) {
      assertThat(handle.join()).isEqualTo("stopped");
    }
  }

  @Test
  void eventsAreSeenWhileAllWorkersButOneAreStuck() throws Exception {
    Event event = new Event();
    JoinHandle<String> handle = waitsFor(event);
    await(() -> event.waker != null);
    awaitDormant(runtime);
    CountDownLatch stuck = new CountDownLatch(workers - 1);
    CountDownLatch release = new CountDownLatch(1);
    List<JoinHandle<Void>> blockers = new ArrayList<>();
    for (int i = 0; i < workers - 1; i++) {
      blockers.add(
          runtime.spawn(
              cx -> {
                stuck.countDown();
                awaitOpen(release);
                return Poll.done();
              }));
    }
    awaitOpen(stuck);
    happens(event);
    assertThat(handle.join(Duration.ofSeconds(30))).isEqualTo("happened");
    release.countDown();
    for (JoinHandle<Void> blocker : blockers) {
      blocker.join();
    }
  }

  @Test
  void eventsAreSeenWhileTheTaskOfTheEventBeforeIsStuck() throws Exception {
    if (workers == 1) {
      return;
    }
    // The worker that was in the driver runs what it woke, and gets stuck in it.
    for (int round = 0; round < 3; round++) {
      Event first = new Event();
      Event second = new Event();
      CountDownLatch seen = new CountDownLatch(1);
      JoinHandle<Void> blocker =
          runtime.spawn(
              cx -> {
                first.waker = cx.waker();
                if (!first.happened) {
                  return Poll.pending();
                }
                happens(second);
                awaitOpen(seen);
                return Poll.done();
              });
      JoinHandle<Void> other =
          runtime.spawn(
              cx -> {
                second.waker = cx.waker();
                if (!second.happened) {
                  return Poll.pending();
                }
                seen.countDown();
                return Poll.done();
              });
      await(() -> first.waker != null && second.waker != null);
      awaitDormant(runtime);
      happens(first);
      blocker.join();
      other.join();
    }
  }

  @Test
  void timersEndThoughTheWorkerSleepsInTheDriver() throws Exception {
    List<JoinHandle<Void>> sleeps = new ArrayList<>();
    for (int i = 0; i < 10 * workers; i++) {
      sleeps.add(runtime.spawn(Time.sleep(Duration.ofMillis(i % 7))));
    }
    for (JoinHandle<Void> handle : sleeps) {
      handle.join();
    }
  }

  @Test
  void anIdleRuntimeWithADriverMakesNoWakeUp() throws Exception {
    assertThat(runtime.spawn(Futures.ready(1)).join()).isEqualTo(1);
    awaitQuiet(runtime, Duration.ofMillis(100)); // each sleep is counted, those in the driver too
  }

  @Test
  void tasksAndPinnedTasksWakeAWorkerThatSleepsInTheDriver() throws Exception {
    for (int i = 0; i < 5; i++) {
      awaitDormant(runtime);
      assertThat(runtime.spawn(Futures.ready(i)).join()).isEqualTo(i);
      awaitDormant(runtime);
      for (int worker = 0; worker < workers; worker++) {
        assertThat(runtime.spawnPinned(() -> Futures.ready("pinned")).join()).isEqualTo("pinned");
      }
    }
  }

  @Test
  void blockingInPlaceLeavesTheDriverToTheOthers() throws Exception {
    Event event = new Event();
    JoinHandle<String> handle = waitsFor(event);
    await(() -> event.waker != null);
    CountDownLatch blocked = new CountDownLatch(workers);
    CountDownLatch release = new CountDownLatch(1);
    List<JoinHandle<Void>> blockers = new ArrayList<>();
    for (int i = 0; i < workers; i++) {
      blockers.add(
          runtime.spawn(
              cx -> {
                runtime.blockInPlace(
                    () -> {
                      blocked.countDown();
                      awaitOpen(release);
                      return null;
                    });
                return Poll.done();
              }));
    }
    awaitOpen(blocked);
    awaitDormant(runtime);
    happens(event);
    assertThat(handle.join(Duration.ofSeconds(30))).isEqualTo("happened");
    release.countDown();
    for (JoinHandle<Void> blocker : blockers) {
      blocker.join();
    }
  }

  // ---- failures and the end

  @Test
  void aDriverThatFailsIsReportedOnceAndTheRuntimeGoesOn() throws Exception {
    try {
      driver.failsToPark = new IllegalStateException("epoll");
      for (int i = 0; i < 3; i++) {
        assertThat(runtime.spawn(Time.sleep(Duration.ofMillis(1))).join()).isNull();
      }
      awaitDormant(runtime);
      assertThat(uncaught.failures()).hasSize(1);
      assertThat(uncaught.origins().get(0)).contains("driver").contains("\"driven\"");
    } finally {
      uncaught.forget();
    }
  }

  @Test
  void aDriverThatFailsToCloseIsReported() {
    driver.failsToClose = new IllegalStateException("epoll");
    runtime.close();
    assertThat(runtime.isClosed()).isTrue();
    assertThat(uncaught.origins()).singleElement().asString().contains("\"driven\"");
    uncaught.forget();
  }

  @Test
  void nobodyParksInADriverThatIsClosed() throws Exception {
    // Looks at events after each poll: also after one that outlasts the shutdown.
    MultiThreadRuntime keen = withDriver(builder().eventInterval(1));
    EventDriver its = EventDriver.MADE.get(0);
    CountDownLatch stuck = new CountDownLatch(1);
    CountDownLatch release = new CountDownLatch(1);
    JoinHandle<Void> blocker =
        keen.spawn(
            cx -> {
              stuck.countDown();
              awaitOpen(release);
              return Poll.done();
            });
    awaitOpen(stuck);
    assertThat(keen.shutdown(Duration.ofMillis(5)).isComplete()).isFalse();
    assertThat(its.closes).isEqualTo(1);
    release.countDown();
    blocker.join();
    await(() -> keen.metrics().workerThreads() == 0);
    assertThat(its.misuse).isEmpty();
  }

  @Test
  void shutdownNowClosesTheDriverWhenNobodyIsInIt() throws Exception {
    for (int i = 0; i < 10; i++) {
      MultiThreadRuntime hasty = withDriver(builder());
      EventDriver its = EventDriver.MADE.get(0);
      await(() -> its.isParked());
      hasty.shutdownNow();
      await(() -> hasty.metrics().workerThreads() == 0);
      assertThat(its.closes).isEqualTo(1);
      assertThat(its.misuse).isEmpty();
    }
  }

  @Test
  void theDriverOfARuntimeThatGetsNoThreadsIsClosed() {
    assertThatThrownBy(() -> withDriver(builder().threadFactory(body -> null)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("\"driven\"");
    assertThat(EventDriver.MADE.get(0).closes).isEqualTo(1);
  }
}
