package dev.pollux.samples.exercise;

import dev.pollux.core.Futures;
import dev.pollux.structure.CancellationToken;
import java.util.ArrayList;
import java.util.List;

/**
 * Exercise 1: a single-threaded executor from scratch, with two tasks that take turns.
 *
 * <p>Read {@link MiniExecutor} first: it is the answer. Then {@link Walker}, a future that gives
 * way to others, and {@link Letter}, one that waits for another thread.
 */
final class MiniExecutorExercise {

  static final Exercise EXERCISE =
      new Exercise(
          1,
          "a minimal single-threaded executor, and two tasks that take turns on it",
          MiniExecutorExercise::run);

  private MiniExecutorExercise() {}

  private static void run(Narration out, CancellationToken stop) throws Exception {
    takeTurns(out);
    if (!stop.isCancelled()) {
      wakeFromOutside(out);
    }
  }

  private static void takeTurns(Narration out) throws Exception {
    out.say(
        "Two tasks walk three steps each. After a step a task wakes itself and answers Pending: the waker puts it"
            + " behind the other one in the run queue. Nobody interrupts anybody; they take turns"
            + " because each gives way.");
    List<String> steps = new ArrayList<>();
    MiniExecutor executor = new MiniExecutor();
    executor.spawn(new Walker("left", steps));
    executor.spawn(new Walker("right", steps));
    out.check("steps before run()", steps.size(), 0);
    int polls = executor.run();
    for (String step : steps) {
      out.line("  " + step);
    }
    out.check(
        "they took turns",
        steps.equals(List.of("left 1", "right 1", "left 2", "right 2", "left 3", "right 3")));
    out.check("polls, one for each step", polls, 6);
  }

  private static void wakeFromOutside(Narration out) throws Exception {
    out.say(
        "Now a task waits for a letter that another thread brings. It leaves its waker where that"
            + " thread finds it, and answers Pending. Nobody is queued then, so the executor's thread"
            + " sleeps, and needs no processor until the waker puts the task back into the queue.");
    Letter letter = new Letter();
    Thread executorThread = Thread.currentThread();
    Thread postman = new Thread(() -> deliverToSleeper(letter, executorThread), "postman");
    List<String> read = new ArrayList<>();
    MiniExecutor executor = new MiniExecutor();
    executor.spawn(letter.inspect(read::add));
    executor.spawn(
        Futures.lazy(
            () -> {
              postman.start(); // polled second: by now the letter has been asked for
              return "started";
            }));
    int polls = executor.run();
    postman.join();
    out.check("the letter", String.join("", read), "delivered to a thread that was WAITING");
    out.check("polls: letter, postman, letter", polls, 3);
  }

  private static void deliverToSleeper(Letter letter, Thread sleeper) {
    while (sleeper.getState() != Thread.State.WAITING) {
      Thread.onSpinWait(); // only so that the output can say that it slept
    }
    letter.deliver("delivered to a thread that was " + Thread.State.WAITING);
  }
}
