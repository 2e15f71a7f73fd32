package dev.pollux.executor;

import static dev.pollux.executor.MultiThreading.awaitOpen;
import static dev.pollux.executor.Waiting.await;
import static dev.pollux.time.Time.sleep;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pollux.core.Budget;
import dev.pollux.core.Future;
import dev.pollux.core.Futures;
import dev.pollux.core.JoinHandle;
import dev.pollux.core.Poll;
import dev.pollux.executor.MultiThreading.Uncaught;
import dev.pollux.executor.Waiting.Elsewhere;
import dev.pollux.executor.Waiting.Gate;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import jdk.jfr.EventType;
import jdk.jfr.FlightRecorder;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedFrame;
import jdk.jfr.consumer.RecordingFile;
import jdk.jfr.consumer.RecordingStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** What a recording holds of a runtime. */
@ParameterizedClass
@EnumSource
@Timeout(120)
class FlightRecorderTest {

  private static final List<String> ALL =
      List.of(
          "TaskSpawn",
          "TaskEnd",
          "TaskCancel",
          "Poll",
          "LongPoll",
          "BudgetYield",
          "WorkerPark",
          "BlockingJob");

  @TempDir private Path directory;

  private final Uncaught uncaught = new Uncaught();
  private final PolluxRuntime runtime;
  private final Recording recording = new Recording();

  FlightRecorderTest(Flavour flavour) {
    this.runtime =
        flavour.build(
            PolluxRuntime.builder()
                .name("recorded")
                .captureSpawnSites(true)
                .uncaughtFailureHandler(uncaught::add));
  }

  @AfterEach
  void nothingFails() {
    recording.close();
    runtime.close();
    uncaught.assertNone();
  }

  private void enable(String... events) {
    for (String event : events) {
      recording.enable("dev.pollux." + event).withThreshold(Duration.ZERO);
    }
  }

  private List<RecordedEvent> events() throws Exception {
    recording.stop();
    return eventsSoFar();
  }

  private List<RecordedEvent> eventsSoFar() throws Exception {
    Path file = directory.resolve("events.jfr");
    recording.dump(file);
    return RecordingFile.readAllEvents(file).stream()
        .filter(event -> event.getEventType().getName().startsWith("dev.pollux."))
        .toList();
  }

  /** The events, once the polls of a task are among them: a poll is over after its task can be. */
  private List<RecordedEvent> eventsWithPolls(int count, JoinHandle<?> task) throws Exception {
    long limit = System.nanoTime() + TimeUnit.SECONDS.toNanos(Waiting.LIMIT_SECONDS);
    while (of(only(eventsSoFar(), "Poll"), task.id()).size() < count) {
      assertThat(System.nanoTime()).as("waited too long for a poll").isLessThan(limit);
    }
    return events();
  }

  /** The events of one type. */
  private static List<RecordedEvent> only(List<RecordedEvent> events, String type) {
    return events.stream()
        .filter(event -> event.getEventType().getName().equals("dev.pollux." + type))
        .toList();
  }

  private static List<RecordedEvent> of(List<RecordedEvent> events, long taskId) {
    return events.stream().filter(event -> event.getLong("taskId") == taskId).toList();
  }

  private static void assertNames(RecordedEvent event, JoinHandle<?> task, String name) {
    assertThat(event.getString("runtime")).isEqualTo("recorded");
    assertThat(event.getLong("taskId")).isEqualTo(task.id());
    assertThat(event.getString("taskName")).isEqualTo(name);
    assertThat(event.getString("spawnSite")).contains("FlightRecorderTest.");
  }

  private static boolean wasCalledBy(RecordedEvent event, String method) {
    return event.getStackTrace().getFrames().stream()
        .map(RecordedFrame::getMethod)
        .anyMatch(
            called ->
                called.getName().equals(method)
                    && called.getType().getName().equals(FlightRecorderTest.class.getName()));
  }

  private JoinHandle<Integer> spawnOne() {
    return runtime.spawn("one", Futures.ready(1));
  }

  @Test
  void spawnsAndEndsOfTasks() throws Exception {
    enable("TaskSpawn", "TaskEnd");
    recording.start();
    JoinHandle<Integer> one = spawnOne();
    assertThat(runtime.blockOn(one)).isEqualTo(1);
    JoinHandle<Object> failing = runtime.spawn(Futures.failed(new IllegalStateException("no")));
    assertThat(runtime.blockOn(failing.recover(failure -> "failed"))).isEqualTo("failed");
    List<RecordedEvent> events = events();
    RecordedEvent spawn = of(only(events, "TaskSpawn"), one.id()).get(0);
    assertNames(spawn, one, "one");
    assertThat(wasCalledBy(spawn, "spawnOne")).isTrue();
    assertThat(spawn.getThread().getJavaName()).isEqualTo(Thread.currentThread().getName());
    RecordedEvent end = of(only(events, "TaskEnd"), one.id()).get(0);
    assertNames(end, one, "one");
    assertThat(end.getString("outcome")).isEqualTo("COMPLETED");
    RecordedEvent failed = of(only(events, "TaskEnd"), failing.id()).get(0);
    assertThat(failed.getString("outcome")).isEqualTo("FAILED");
    assertThat(failed.getString("taskName")).isNull();
    assertThat(events)
        .extracting(event -> event.getEventType().getName())
        .containsOnly("dev.pollux.TaskSpawn", "dev.pollux.TaskEnd");
    assertThat(only(events, "TaskEnd")).hasSize(only(events, "TaskSpawn").size());
  }

  private static void cancel(JoinHandle<?> task) {
    task.requestCancel();
    task.requestCancel();
  }

  @Test
  void requestsToCancel() throws Exception {
    enable("TaskCancel");
    JoinHandle<Object> waiting = runtime.spawn("waiting", Futures.pending());
    recording.start();
    cancel(waiting);
    runtime.blockOn(waiting.recover(failure -> "cancelled"));
    RecordedEvent cancel = of(events(), waiting.id()).get(0);
    assertNames(cancel, waiting, "waiting");
    assertThat(wasCalledBy(cancel, "cancel")).isTrue();
  }

  private static Future<Integer> polledFor(Duration time) {
    return cx -> {
      long end = System.nanoTime() + time.toNanos();
      while (System.nanoTime() - end < 0) {
        LockSupport.parkNanos(end - System.nanoTime());
      }
      return Poll.ready(1);
    };
  }

  @Test
  void pollsOverTheThreshold() throws Exception {
    recording.enable("dev.pollux.Poll").withThreshold(Duration.ofMillis(30));
    recording.start();
    JoinHandle<Integer> slow = runtime.spawn("slow", polledFor(Duration.ofMillis(60)));
    assertThat(runtime.blockOn(slow)).isEqualTo(1);
    List<RecordedEvent> polls = of(eventsWithPolls(1, slow), slow.id());
    assertThat(polls).hasSize(1);
    assertNames(polls.get(0), slow, "slow");
    assertThat(polls.get(0).getDuration()).isGreaterThanOrEqualTo(Duration.ofMillis(59));
    assertThat(polls.get(0).getThread().getJavaName()).isNotNull();
  }

  @Test
  void everyPollIfTheThresholdIsZero() throws Exception {
    enable("Poll");
    recording.start();
    JoinHandle<Void> yielding = runtime.spawn("yielding", Futures.yieldNow());
    runtime.blockOn(yielding);
    assertThat(of(eventsWithPolls(2, yielding), yielding.id())).hasSize(2);
  }

  @Test
  void theThresholdOfAPollIsTwentyMillisecondsByDefault() throws Exception {
    recording.enable("dev.pollux.Poll").withoutStackTrace();
    recording.start();
    JoinHandle<Integer> slow = runtime.spawn("slow", polledFor(Duration.ofMillis(25)));
    JoinHandle<Void> quick = runtime.spawn("quick", Futures.yieldNow());
    runtime.blockOn(slow);
    runtime.blockOn(quick);
    List<RecordedEvent> events = eventsWithPolls(1, slow);
    assertThat(of(events, slow.id())).hasSize(1);
    assertThat(events).allMatch(event -> event.getDuration().compareTo(Duration.ofMillis(20)) >= 0);
  }

  @Test
  void pollsThatUseUpTheirBudget() throws Exception {
    enable("BudgetYield");
    recording.start();
    int[] units = {0};
    JoinHandle<String> greedy =
        runtime.spawn(
            "greedy",
            (Future<String>)
                cx -> {
                  while (units[0]++ <= Budget.UNITS) {
                    if (!cx.tryProceed()) {
                      return Poll.pending();
                    }
                  }
                  return Poll.ready("full");
                });
    assertThat(runtime.blockOn(greedy)).isEqualTo("full");
    List<RecordedEvent> yields = of(events(), greedy.id());
    assertThat(yields).hasSize(1);
    assertNames(yields.get(0), greedy, "greedy");
  }

  @Test
  void sleepsOfThreads() throws Exception {
    enable("WorkerPark");
    recording.start();
    runtime.blockOn(sleep(Duration.ofMillis(200)));
    runtime.close(); // which ends the sleeps of the others
    List<RecordedEvent> parks = events();
    assertThat(parks).isNotEmpty();
    assertThat(parks).allMatch(park -> park.getString("runtime").equals("recorded"));
    assertThat(parks).anyMatch(park -> park.getDuration().compareTo(Duration.ofMillis(10)) > 0);
  }

  @Test
  void blockingJobs() throws Exception {
    enable("BlockingJob");
    JoinHandle<Integer> before = runtime.spawnBlocking("before", () -> 0);
    assertThat(runtime.blockOn(before)).isZero();
    recording.start();
    JoinHandle<Integer> job =
        runtime.spawnBlocking(
            "job",
            () -> {
              LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
              return 1;
            });
    assertThat(runtime.blockOn(job)).isEqualTo(1);
    List<RecordedEvent> events = events();
    assertThat(of(events, before.id())).isEmpty();
    RecordedEvent event = of(events, job.id()).get(0);
    assertNames(event, job, "job");
    assertThat(event.getString("outcome")).isEqualTo("COMPLETED");
    assertThat(event.getDuration("queuedTime")).isPositive();
    assertThat(event.getDuration("runTime")).isPositive();
    assertThat(event.getDuration()).isPositive().isLessThan(Duration.ofMinutes(2));
    assertThat(event.getThread().getJavaName()).startsWith("recorded-blocking-");
  }

  @Test
  void aJobThatIsTakenBackDidNotRun() throws Exception {
    enable("BlockingJob");
    recording.start();
    try (PolluxRuntime one =
        PolluxRuntime.builder().name("one").maxBlockingThreads(1).multiThread()) {
      CountDownLatch open = new CountDownLatch(1);
      JoinHandle<Void> first =
          one.spawnBlocking(
              () -> {
                awaitOpen(open);
                return null;
              });
      JoinHandle<Integer> second = one.spawnBlocking("second", () -> 2);
      second.requestCancel();
      open.countDown();
      one.blockOn(first);
      RecordedEvent event =
          events().stream()
              .filter(job -> "second".equals(job.getString("taskName")))
              .findFirst()
              .orElseThrow();
      assertThat(event.getString("outcome")).isEqualTo("CANCELLED");
      assertThat(event.getDuration("queuedTime")).isPositive();
      assertThat(event.getDuration("runTime")).isZero();
      assertThat(event.getDuration()).isLessThan(Duration.ofMinutes(2));
    }
  }

  // ---- long polls

  /** Blocks its thread until told. */
  private static Future<String> blocksUntil(CountDownLatch enough) {
    return cx -> {
      awaitOpen(enough);
      return Poll.ready("done");
    };
  }

  private boolean isWatched() {
    return Thread.getAllStackTraces().keySet().stream()
        .anyMatch(thread -> thread.getName().equals("recorded-watchdog"));
  }

  @Test
  void longPollsAreSampled() throws Exception {
    assertThat(isWatched()).isFalse();
    CountDownLatch enough = new CountDownLatch(1);
    BlockingQueue<RecordedEvent> seen = new LinkedBlockingQueue<>();
    try (RecordingStream stream = new RecordingStream()) {
      stream.enable("dev.pollux.LongPoll").withThreshold(Duration.ofMillis(50));
      stream.onEvent("dev.pollux.LongPoll", seen::add);
      stream.setReuse(false);
      stream.startAsync();
      await(() -> isWatched());
      JoinHandle<String> stuck = runtime.spawn("stuck", blocksUntil(enough));
      Elsewhere<String> end = Waiting.elsewhere(() -> runtime.blockOn(stuck));
      RecordedEvent event = seen.poll(Waiting.LIMIT_SECONDS, TimeUnit.SECONDS);
      enough.countDown();
      assertThat(end.result()).isEqualTo("done");
      assertNames(event, stuck, "stuck");
      assertThat(event.getDuration("ranFor")).isGreaterThanOrEqualTo(Duration.ofMillis(50));
      assertThat(event.getDuration()).isGreaterThanOrEqualTo(Duration.ofMillis(50));
      assertThat(event.getThread("workerThread").getJavaName()).isNotEmpty();
      assertThat(event.getThread().getJavaName()).isEqualTo("recorded-watchdog");
      assertThat(event.getString("frames"))
          .contains("awaitOpen")
          .contains("FlightRecorderTest.")
          .doesNotContain("Poller")
          .doesNotContain("Task.run");
    }
    await(() -> !isWatched());
  }

  // ---- on and off

  @Test
  void nothingIsRecordedUnlessItIsEnabled() throws Exception {
    recording.enable("jdk.ThreadStart");
    recording.start();
    assertThat(runtime.blockOn(spawnOne())).isEqualTo(1);
    assertThat(runtime.blockOn(runtime.spawnBlocking(() -> 1))).isEqualTo(1);
    assertThat(isWatched()).isFalse();
    assertThat(events()).isEmpty();
  }

  @Test
  void everyEventIsOffByDefaultAndDescribed() throws Exception {
    enable("TaskEnd");
    recording.start();
    assertThat(runtime.blockOn(spawnOne())).isEqualTo(1);
    List<EventType> types =
        FlightRecorder.getFlightRecorder().getEventTypes().stream()
            .filter(type -> ALL.contains(type.getName().replace("dev.pollux.", "")))
            .toList();
    assertThat(types).hasSize(ALL.size());
    for (EventType type : types) {
      assertThat(type.getCategoryNames()).containsExactly("Pollux");
      assertThat(type.getLabel()).isNotBlank();
      assertThat(type.getDescription()).isNotBlank();
      assertThat(type.isEnabled()).isEqualTo(type.getName().endsWith("TaskEnd"));
    }
  }

  @Test
  void aPollThatBeganBeforeTheRecordingIsNotInIt() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch enough = new CountDownLatch(1);
    JoinHandle<String> across =
        runtime.spawn(
            (Future<String>)
                cx -> {
                  begun.countDown();
                  awaitOpen(enough);
                  return Poll.ready("done");
                });
    Elsewhere<String> end = Waiting.elsewhere(() -> runtime.blockOn(across));
    awaitOpen(begun);
    enable("Poll", "TaskEnd", "WorkerPark");
    recording.start();
    enough.countDown();
    assertThat(end.result()).isEqualTo("done");
    JoinHandle<Integer> one = spawnOne();
    assertThat(runtime.blockOn(one)).isEqualTo(1);
    List<RecordedEvent> events = eventsWithPolls(1, one);
    assertThat(of(only(events, "Poll"), across.id())).isEmpty();
    assertThat(of(only(events, "TaskEnd"), across.id())).hasSize(1);
    assertThat(of(only(events, "Poll"), one.id())).hasSize(1);
    assertThat(events).allMatch(event -> event.getDuration().compareTo(Duration.ofMinutes(2)) < 0);
  }

  @Test
  void recordingsComeAndGoWhileTheRuntimeRuns() throws Exception {
    Gate gate = new Gate();
    JoinHandle<String> waiting = runtime.spawn(gate);
    assertThat(runtime.blockOn(spawnOne())).isEqualTo(1);
    for (int round = 0; round < 3; round++) {
      try (Recording again = new Recording()) {
        again.enable("dev.pollux.TaskEnd");
        again.start();
        JoinHandle<Integer> inside = spawnOne();
        assertThat(runtime.blockOn(inside)).isEqualTo(1);
        again.stop();
        JoinHandle<Integer> outside = spawnOne();
        assertThat(runtime.blockOn(outside)).isEqualTo(1);
        Path file = directory.resolve(round + ".jfr");
        again.dump(file);
        List<RecordedEvent> events = only(RecordingFile.readAllEvents(file), "TaskEnd");
        assertThat(of(events, inside.id())).hasSize(1);
        assertThat(of(events, outside.id())).isEmpty();
      }
    }
    gate.open();
    assertThat(runtime.blockOn(waiting)).isEqualTo("open");
  }

  @Test
  void anEventThatIsEnabledLaterInARecordingIsFoundOut() throws Exception {
    recording.enable("jdk.ThreadStart");
    recording.start();
    enable("LongPoll"); // with no threshold at all
    await(this::isWatched);
    recording.disable("dev.pollux.LongPoll");
    await(() -> !isWatched());
  }
}
