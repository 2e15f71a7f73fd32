package dev.pollux.executor;

import static dev.pollux.executor.Waiting.await;
import static dev.pollux.executor.Waiting.elsewhere;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pollux.core.Futures;
import dev.pollux.core.Poll;
import dev.pollux.core.Waker;
import dev.pollux.executor.TestDriver.Readiness;
import dev.pollux.executor.Waiting.Elsewhere;
import dev.pollux.executor.Waiting.Gate;
import dev.pollux.executor.Waiting.Spinner;
import dev.pollux.spi.Driver;
import dev.pollux.spi.Parker;
import dev.pollux.spi.RuntimeListener;
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
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A runtime with an I/O driver that the service loader finds. */
@Timeout(60)
class DriverTest {

  private final List<String> uncaught = Collections.synchronizedList(new ArrayList<>());
  private CurrentThreadRuntime runtime;
  private TestDriver driver;

  private volatile Runnable onParked = () -> {};

  @BeforeEach
  void build(@TempDir Path folder) throws Exception {
    Path provider = Files.writeString(folder.resolve("provider"), TestDriver.class.getName());
    URL entry = provider.toUri().toURL();
    ClassLoader parent = DriverTest.class.getClassLoader();
    ClassLoader child =
        new ClassLoader(parent) {
          @Override
          public Enumeration<URL> getResources(String name) throws IOException {
            return name.equals("META-INF/services/" + Driver.class.getName())
                ? Collections.enumeration(List.of(entry))
                : super.getResources(name);
          }
        };
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    TestDriver.MADE.clear();
    thread.setContextClassLoader(child);
    try {
      runtime =
          PolluxRuntime.builder()
              .name("driven")
              .eventInterval(10)
              .listener(
                  new RuntimeListener() {
                    @Override
                    public void threadParked() {
                      onParked.run();
                    }
                  })
              .uncaughtFailureHandler((failure, origin) -> uncaught.add(origin + ": " + failure))
              .currentThread();
    } finally {
      thread.setContextClassLoader(before);
    }
    assertThat(TestDriver.MADE).hasSize(1);
    driver = TestDriver.MADE.get(0);
  }

  @AfterEach
  void close() {
    runtime.close();
    assertThat(driver.closes).isEqualTo(1);
    assertThat(driver.misuse).isEmpty();
  }

  @Test
  void withoutAProviderThereIsNoDriver() throws Exception {
    try (CurrentThreadRuntime bare = PolluxRuntime.currentThread()) {
      assertThat(TestDriver.MADE).hasSize(1);
      assertThat(service(bare, Readiness.class)).isEmpty();
    }
  }

  @Test
  void futuresFindTheServiceOfTheDriver() throws Exception {
    assertThat(service(runtime, Readiness.class))
        .hasValueSatisfying(service -> assertThat(service.driver()).isSameAs(driver));
    assertThat(service(runtime, Runnable.class)).isEmpty();
  }

  private static <S> Optional<S> service(CurrentThreadRuntime runtime, Class<S> type)
      throws Exception {
    return runtime.blockOn(cx -> Poll.ready(cx.service(type)));
  }

  @Test
  void anIdleRuntimeSleepsInTheDriverAndIsWokenThere() throws Exception {
    Gate gate = new Gate();
    Elsewhere<String> blocked = elsewhere(() -> runtime.blockOn(gate));
    await(() -> driver.parks.contains(Parker.FOREVER));
    gate.open();
    assertThat(blocked.result()).isEqualTo("open");
  }

  @Test
  void theDriverSleepsNoLongerThanTheNextDeadline() throws Exception {
    runtime.blockOn(Time.sleep(Duration.ofMillis(20)));
    assertThat(driver.parks).isNotEmpty();
    assertThat(driver.parks)
        .allSatisfy(nanos -> assertThat(nanos).isBetween(0L, Duration.ofMillis(21).toNanos()));
  }

  @Test
  void aBusyRuntimeLooksAtEventsAtEachInterval() throws Exception {
    Spinner spinner = new Spinner();
    runtime.spawn(spinner).detach();
    while (spinner.polls < 100) {
      runtime.tryTick();
    }
    spinner.stop = true;
    assertThat(driver.parks).hasSizeBetween(9, 11).containsOnly(0L);
  }

  @Test
  void aRuntimeThatAListenerKeepsAwakeLooksAtEvents() throws Exception {
    int sleeps = 100;
    AtomicInteger parked = new AtomicInteger();
    AtomicReference<Waker> root = new AtomicReference<>();
    onParked =
        () -> {
          parked.incrementAndGet();
          root.get().wake();
        };
    runtime.blockOn(
        cx -> {
          root.set(cx.waker());
          return parked.get() < sleeps ? Poll.pending() : Poll.ready("awake");
        });
    assertThat(driver.parks).hasSizeGreaterThanOrEqualTo(sleeps - 1).containsOnly(0L);
  }

  @Test
  void aDriverThatFailsEndsBlockOnAndItsFutureIsCancelled() throws Exception {
    IllegalStateException failure = new IllegalStateException("epoll");
    driver.failsToPark = failure;
    Gate gate = new Gate();
    assertThatThrownBy(() -> runtime.blockOn(gate)).isSameAs(failure);
    driver.failsToPark = null;
    assertThat(runtime.blockOn(Futures.ready(1))).as("goes on").isEqualTo(1);
    assertThat(gate.cancels).isEqualTo(1);
    assertThat(runtime.liveTasks()).isZero();
  }

  @Test
  void aDriverThatFailsToCloseIsReported() {
    driver.failsToClose = new IllegalStateException("epoll");
    runtime.close();
    assertThat(runtime.isClosed()).isTrue();
    assertThat(uncaught).singleElement().asString().contains("\"driven\"").contains("epoll");
  }
}
