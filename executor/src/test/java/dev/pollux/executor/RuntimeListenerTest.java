package dev.pollux.executor;

import static dev.pollux.time.Time.sleep;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pollux.core.Futures;
import dev.pollux.core.JoinHandle;
import dev.pollux.core.RuntimeShutdownException;
import dev.pollux.core.TaskFailedException;
import dev.pollux.core.TaskInfo;
import dev.pollux.executor.Waiting.Gate;
import dev.pollux.spi.RuntimeListener;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class RuntimeListenerTest {

  private final List<Throwable> uncaught = Collections.synchronizedList(new ArrayList<>());
  private final Recorder recorder = new Recorder();
  private final CurrentThreadRuntime runtime =
      PolluxRuntime.builder()
          .pausedClock()
          .uncaughtFailureHandler((failure, origin) -> uncaught.add(failure))
          .listener(new Thrower())
          .listener(recorder)
          .listener(new Thrower())
          .currentThread();

  @AfterEach
  void everyTaskThatWasSpawnedHasEnded() {
    runtime.close();
    assertThat(recorder.count("spawned")).isEqualTo(recorder.count("ended"));
    assertThat(uncaught).as("each throw is reported").isNotEmpty();
  }

  @Test
  void theLifeOfATaskIsSeenInOrder() throws Exception {
    Gate gate = new Gate();
    JoinHandle<String> handle = runtime.spawn("watched", gate);
    while (runtime.tryTick()) {}
    gate.open();
    while (runtime.tryTick()) {}
    assertThat(handle.join()).isEqualTo("open");
    assertThat(recorder.of(handle))
        .containsExactly(
            "spawned",
            "poll started",
            "poll ended",
            "poll started",
            "ended COMPLETED",
            "poll ended");
  }

  @Test
  void theOutcomeIsTold() throws Exception {
    JoinHandle<Object> failing = runtime.spawn(Futures.failed(new IOException("disk")));
    JoinHandle<Object> cancelled = runtime.spawn(Futures.pending());
    JoinHandle<Object> shutDown = runtime.spawn(Futures.pending());
    cancelled.requestCancel();
    assertThatThrownBy(() -> runtime.blockOn(failing)).isInstanceOf(TaskFailedException.class);
    runtime.close();
    assertThat(recorder.of(failing)).contains("ended FAILED");
    assertThat(recorder.of(cancelled)).contains("ended CANCELLED");
    assertThat(recorder.of(shutDown)).contains("ended CANCELLED");
    int before = recorder.count("spawned");
    assertThatThrownBy(() -> runtime.spawn(Futures.ready(1)))
        .isInstanceOf(RuntimeShutdownException.class);
    assertThat(recorder.count("ended") - recorder.count("spawned")).isZero();
    assertThat(recorder.count("spawned")).isGreaterThanOrEqualTo(before);
  }

  @Test
  void aListenerThatThrowsHurtsNeitherTheTaskNorTheOtherListeners() throws Exception {
    assertThat(runtime.blockOn(Futures.ready(1))).isEqualTo(1);
    assertThat(recorder.count("spawned")).isEqualTo(1);
    assertThat(recorder.count("ended")).isEqualTo(1);
    assertThat(uncaught)
        .isNotEmpty()
        .allSatisfy(thrown -> assertThat(thrown).isInstanceOf(AssertionError.class));
  }

  @Test
  void everySleepOfTheThreadEnds() throws Exception {
    runtime.blockOn(runtime.spawnBlocking(() -> 1));
    runtime.blockOn(sleep(Duration.ofHours(1)));
    assertThat(recorder.count("parked")).isEqualTo(recorder.count("unparked"));
  }

  /** Writes down what it hears. */
  private static final class Recorder implements RuntimeListener {
    private final List<String> events = Collections.synchronizedList(new ArrayList<>());
    private final ThreadLocal<Long> polled = new ThreadLocal<>();

    List<String> of(TaskInfo task) {
      String prefix = task.id() + " ";
      synchronized (events) {
        return events.stream()
            .filter(event -> event.startsWith(prefix))
            .map(event -> event.substring(prefix.length()))
            .toList();
      }
    }

    int count(String what) {
      synchronized (events) {
        return (int)
            events.stream()
                .filter(event -> event.substring(event.indexOf(' ') + 1).startsWith(what))
                .count();
      }
    }

    @Override
    public void taskSpawned(TaskInfo task) {
      events.add(task.id() + " spawned");
    }

    @Override
    public void pollStarted(TaskInfo task) {
      assertThat(polled.get()).isNull();
      polled.set(task.id());
      events.add(task.id() + " poll started");
    }

    @Override
    public void pollEnded(TaskInfo task) {
      assertThat(polled.get()).isEqualTo(task.id());
      polled.remove();
      events.add(task.id() + " poll ended");
    }

    @Override
    public void taskEnded(TaskInfo task, Outcome outcome) {
      events.add(task.id() + " ended " + outcome);
    }

    @Override
    public void threadParked() {
      events.add("- parked");
    }

    @Override
    public void threadUnparked() {
      events.add("- unparked");
    }
  }

  /** Throws whatever it hears. */
  private static final class Thrower implements RuntimeListener {
    @Override
    public void taskSpawned(TaskInfo task) {
      throw new AssertionError("spawned");
    }

    @Override
    public void pollStarted(TaskInfo task) {
      throw new AssertionError("poll started");
    }

    @Override
    public void pollEnded(TaskInfo task) {
      throw new AssertionError("poll ended");
    }

    @Override
    public void taskEnded(TaskInfo task, Outcome outcome) {
      throw new AssertionError("ended");
    }

    @Override
    public void threadParked() {
      throw new AssertionError("parked");
    }

    @Override
    public void threadUnparked() {
      throw new AssertionError("unparked");
    }
  }
}
