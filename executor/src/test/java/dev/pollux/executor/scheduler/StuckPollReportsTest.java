package dev.pollux.executor.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pollux.core.Poller;
import dev.pollux.core.TaskInfo;
import dev.pollux.executor.task.Task;
import dev.pollux.spi.RuntimeListener;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.ResourceBundle;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What is written to the log, and which frames. */
class StuckPollReportsTest {

  private static final StackTraceElement SLEEP =
      new StackTraceElement(Thread.class.getName(), "sleep", "Thread.java", -2);
  private static final StackTraceElement USER =
      new StackTraceElement("app.Reader", "poll", "Reader.java", 12);
  private static final StackTraceElement BELOW =
      new StackTraceElement("app.Main", "main", "Main.java", 3);

  private final RecordingLogger logger = new RecordingLogger();
  private final List<Object> heard = new ArrayList<>();
  private final Listeners listeners =
      new Listeners(
          "shop",
          List.of(
              new RuntimeListener() {
                @Override
                public void pollStuck(
                    TaskInfo task, Duration soFar, List<StackTraceElement> frames) {
                  heard.add(soFar);
                }
              }),
          (failure, origin) -> heard.add(failure));
  private final StuckPollReports reports = new StuckPollReports("shop", listeners, logger);
  private final StuckPoll poll =
      new StuckPoll(
          new WatchdogTest.Named("reader"), new Thread("shop-worker-1"), List.of(SLEEP, USER));

  private void tell(long nowSeconds) {
    reports.tell(poll, TimeUnit.MILLISECONDS.toNanos(100), TimeUnit.SECONDS.toNanos(nowSeconds));
  }

  @Test
  void theLogNamesTheTaskTheTimeTheThreadAndTheFrames() {
    tell(0);
    assertThat(logger.lines)
        .containsExactly(
            "WARNING task 7 \"reader\" of runtime \"shop\" has not come back from a poll for 100"
                + " ms, and holds up thread shop-worker-1"
                + System.lineSeparator()
                + "\tat "
                + SLEEP
                + System.lineSeparator()
                + "\tat app.Reader.poll(Reader.java:12)");
  }

  @Test
  void theLogIsNotFlooded() {
    for (int i = 0; i < 100; i++) {
      tell(i / 2);
    }
    assertThat(heard).as("listeners hear of each").hasSize(100);
    assertThat(logger.lines).hasSize(StuckPollReports.MOST_PER_MINUTE);
    tell(60);
    assertThat(logger.lines)
        .hasSize(StuckPollReports.MOST_PER_MINUTE + 1)
        .last()
        .asString()
        .contains("(90 such reports before this one were not logged");
    tell(61);
    assertThat(logger.lines).last().asString().doesNotContain("not logged");
  }

  @Test
  void aMinuteBeginsWithItsFirstReport() {
    tell(0);
    tell(1000);
    for (int i = 0; i < 9; i++) {
      tell(1059);
    }
    assertThat(logger.lines).hasSize(11);
    tell(1059);
    assertThat(logger.lines).hasSize(11);
    tell(1060);
    assertThat(logger.lines).hasSize(12);
  }

  // ---- frames

  private static StackTraceElement ours(Class<?> type, String method) {
    return new StackTraceElement(type.getName(), method, type.getSimpleName() + ".java", 1);
  }

  private static List<StackTraceElement> cut(StackTraceElement... frames) {
    return StuckPoll.withoutOurs(frames);
  }

  @Test
  void whatLiesBelowThePollOfTheFutureIsCutOff() {
    assertThat(
            cut(
                SLEEP,
                USER,
                ours(Poller.class, "poll"),
                ours(Task.class, "run"),
                ours(Worker.class, "poll"),
                BELOW))
        .containsExactly(SLEEP, USER);
  }

  @Test
  void whatATaskDoesAfterItsPollIsSeenToo() {
    assertThat(
            cut(
                SLEEP,
                USER,
                ours(Task.class, "discardOutput"),
                ours(Task.class, "complete"),
                ours(Task.class, "run"),
                ours(Worker.class, "poll")))
        .containsExactly(SLEEP, USER);
  }

  @Test
  void aTurnInsideATurnIsKept() {
    List<StackTraceElement> inner =
        List.of(USER, ours(Poller.class, "cancel"), ours(Task.class, "run"), USER);
    StackTraceElement[] all =
        Stream.concat(
                inner.stream(), Stream.of(ours(Poller.class, "poll"), ours(Task.class, "run")))
            .toArray(StackTraceElement[]::new);
    assertThat(cut(all)).isEqualTo(inner);
  }

  @Test
  void aStackWithoutATurnIsLeftAsItIs() {
    assertThat(cut(SLEEP, BELOW)).containsExactly(SLEEP, BELOW);
    assertThat(cut()).isEmpty();
    assertThat(cut(ours(Poller.class, "poll"), ours(Task.class, "run"))).isEmpty();
  }

  private static final class RecordingLogger implements System.Logger {
    private final List<String> lines = new ArrayList<>();

    @Override
    public String getName() {
      return "recording";
    }

    @Override
    public boolean isLoggable(Level level) {
      return true;
    }

    @Override
    public void log(Level level, ResourceBundle bundle, String msg, Throwable thrown) {
      lines.add(level + " " + msg);
    }

    @Override
    public void log(Level level, ResourceBundle bundle, String format, Object... params) {
      lines.add(level + " " + format);
    }
  }
}
