package dev.pollux.samples.exercise;

import static java.util.stream.Collectors.toMap;

import dev.pollux.executor.MultiThreadRuntime;
import dev.pollux.executor.PolluxRuntime;
import dev.pollux.executor.RuntimeDump;
import dev.pollux.executor.RuntimeMetrics;
import dev.pollux.executor.TaskDump;
import dev.pollux.structure.CancellationToken;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Exercise 5: an application under load is profiled. Which task takes the most time of the workers,
 * and which has been pending the longest, and for what?
 *
 * <p>{@link Shop} is the application. It is looked at in three ways: by the metrics and a listener
 * of the runtime, {@link PollTimes}; by the flight recorder, {@link PollRecording}; and by two
 * dumps.
 */
final class ProfileExercise {

  static final Exercise EXERCISE =
      new Exercise(
          5,
          "profile an application: the task with the most poll time, the one pending longest",
          ProfileExercise::run);

  /** How often each task of the application that moves does so, between two looks. */
  private static final int ROUNDS = 20;

  private static final String HOTTEST = "statistics";
  private static final String LONGEST_PENDING = "audit";

  private ProfileExercise() {}

  private static void run(Narration out, CancellationToken stop) throws Exception {
    out.say(
        "The application has five tasks: orders, prices, statistics, audit and heartbeat. It is slow, and"
            + " one of its answers never comes.");
    if (stop.isCancelled()) {
      return;
    }
    PollTimes times = new PollTimes();
    try (PollRecording recording = new PollRecording();
        MultiThreadRuntime runtime =
            PolluxRuntime.builder().name("shop").workers(2).listener(times).multiThread()) {
      Shop shop = new Shop();
      shop.open(runtime);
      boolean moved = shop.awaitRounds(ROUNDS);
      RuntimeDump first = runtime.dump();
      moved &= shop.awaitRounds(ROUNDS);
      RuntimeDump second = runtime.dump();
      metrics(out, runtime.metrics());
      listener(out, times);
      flightRecorder(out, recording.read("shop"));
      dumps(out, first, second);
      out.check("the application went on meanwhile", moved);
    }
  }

  private static void metrics(Narration out, RuntimeMetrics metrics) {
    out.say(
        "The metrics are always on. They say that something is wrong, for a poll should take microseconds,"
            + " but not where.");
    out.row("polls", metrics.polls());
    out.row("the longest", millis(metrics.pollTimes().max().toNanos()) + " ms");
  }

  private static void listener(Narration out, PollTimes times) {
    out.say("A listener of 20 lines adds up the time of the polls of each task.");
    table(out, times);
    out.check("the most poll time", times.hottest().orElse("none"), HOTTEST);
    out.check("pending the longest", times.longestPending().orElse("none"), LONGEST_PENDING);
  }

  private static void flightRecorder(Narration out, PollTimes times) {
    out.say(
        "The flight recorder has an event for each poll, dev.pollux.Poll. It needs no line of code, and can"
            + " be switched on while the application runs: jcmd PID JFR.start.");
    table(out, times);
    out.check("the most poll time, by JFR", times.hottest().orElse("none"), HOTTEST);
    out.check(
        "pending the longest, by JFR", times.longestPending().orElse("none"), LONGEST_PENDING);
  }

  private static void table(Narration out, PollTimes times) {
    out.line("task             polls   total ms   longest ms   ago ms");
    Map<String, PollTimes.Polled> tasks = times.tasks();
    long newest = tasks.values().stream().mapToLong(PollTimes.Polled::lastEndNanos).max().orElse(0);
    tasks.entrySet().stream()
        .sorted((a, b) -> Long.compare(b.getValue().totalNanos(), a.getValue().totalNanos()))
        .forEach(
            entry -> {
              PollTimes.Polled task = entry.getValue();
              out.line(
                  String.format(
                      Locale.ROOT,
                      "%-15s %6d %10s %12s %8s",
                      entry.getKey(),
                      task.polls(),
                      millis(task.totalNanos()),
                      millis(task.longestNanos()),
                      millis(newest - task.lastEndNanos())));
            });
  }

  private static void dumps(Narration out, RuntimeDump first, RuntimeDump second) {
    out.say(
        "A dump has the turns of each task, and needs nothing to be switched on before. Of two dumps, whose"
            + " turns stand still is pending; and the tree below it says for what.");
    Map<Long, TaskDump> before = first.tasks().stream().collect(toMap(TaskDump::id, task -> task));
    List<String> still = new ArrayList<>();
    for (TaskDump task : second.tasks()) {
      TaskDump earlier = before.get(task.id());
      if (task.state() == TaskDump.State.WAITING
          && earlier != null
          && earlier.turns() == task.turns()) {
        still.add(task.name().orElse("?"));
        task.toString().lines().forEach(out::line);
      }
    }
    out.check("turns that stand still", String.join(", ", still), LONGEST_PENDING);
    out.check(
        "what it waits for",
        second.tasks().stream()
            .filter(task -> task.name().orElse("").equals(LONGEST_PENDING))
            .allMatch(
                task ->
                    task.waitsFor().orElseThrow().toString().contains("Oneshot.Receiver waits")));
  }

  private static String millis(long nanos) {
    return String.format(Locale.ROOT, "%.3f", nanos / 1e6);
  }
}
