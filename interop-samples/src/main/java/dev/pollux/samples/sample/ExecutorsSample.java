package dev.pollux.samples.sample;

import dev.pollux.core.Future;
import dev.pollux.core.Futures;
import dev.pollux.core.JoinHandle;
import dev.pollux.executor.CurrentThreadRuntime;
import dev.pollux.executor.MultiThreadRuntime;
import dev.pollux.executor.PolluxRuntime;
import dev.pollux.executor.SpawnRejected;
import dev.pollux.samples.exercise.MiniExecutor;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/**
 * Five ways to run the same tasks: what a work-stealing runtime does that a small executor doesn't,
 * and what it costs. Read {@link ComparedExecutor} for what each is, {@link ArenaExecutor} for a
 * whole one.
 */
final class ExecutorsSample {

  static final Sample SAMPLE =
      new Sample(
          "executors",
          "the same tasks on five executors: work-stealing, current-thread, mini, arena, pinned",
          ExecutorsSample::run);

  private static final int WORKERS = 2;

  /** For what happens: nobody waits for so long. */
  private static final int LONG_MILLIS = 60_000;

  /** For what can't happen, while a thread is blocked: that is waited for. */
  private static final int SHORT_MILLIS = 20;

  private final Findings findings;
  private final MultiThreadRuntime multiThread;
  private final CurrentThreadRuntime currentThread;
  private final List<ComparedExecutor> all;

  private ExecutorsSample(
      Findings findings, MultiThreadRuntime multiThread, CurrentThreadRuntime currentThread) {
    this.findings = findings;
    this.multiThread = multiThread;
    this.currentThread = currentThread;
    this.all =
        List.of(
            ComparedExecutor.workStealing(multiThread),
            ComparedExecutor.currentThread(currentThread),
            ComparedExecutor.mini(new MiniExecutor()),
            ComparedExecutor.arena(new ArenaExecutor(ComparedExecutor.PLACES)),
            ComparedExecutor.pinned(multiThread));
  }

  private static void run(Findings findings) throws Exception {
    try (MultiThreadRuntime multiThread =
            PolluxRuntime.builder().name("executors").workers(WORKERS).multiThread();
        CurrentThreadRuntime currentThread = PolluxRuntime.currentThread()) {
      ExecutorsSample sample = new ExecutorsSample(findings, multiThread, currentThread);
      sample.turns();
      sample.blockedThread();
      sample.elsewhere();
      sample.whenFull();
      sample.allocation();
    }
  }

  /** Three tasks that give way after each turn. */
  private void turns() throws Exception {
    findings.title("The turns of three tasks, A, B and C, which give way twice each");
    for (ComparedExecutor executor : all) {
      List<String> turns = Collections.synchronizedList(new ArrayList<>());
      executor.body().run(List.of(task("A", turns), task("B", turns), task("C", turns)));
      String order = String.join(" ", turns);
      if (isParallel(executor)) {
        findings.row(executor.name(), order + " (in any order)");
        findings.check("  three turns of each", sorted(turns), "A A A B B B C C C");
      } else {
        findings.check(executor.name(), order, "A B C A B C A B C");
      }
    }
  }

  private static Future<Void> task(String name, List<String> turns) {
    return new Turns(name, 3, turns::add);
  }

  private static String sorted(List<String> turns) {
    return String.join(" ", turns.stream().sorted().toList());
  }

  /** Whether its tasks run side by side. */
  private boolean isParallel(ComparedExecutor executor) {
    return executor.equals(all.get(0));
  }

  /** A task that blocks its thread until its neighbour has run. */
  private void blockedThread() throws Exception {
    findings.title("A task that blocks its thread, and a neighbour that was spawned after it");
    for (ComparedExecutor executor : all) {
      Neighbours pair = new Neighbours(isParallel(executor) ? LONG_MILLIS : SHORT_MILLIS);
      executor.body().run(List.of(pair.blocking(), pair.neighbour()));
      findings.row(executor.name(), pair.outcome());
      findings.check(
          isParallel(executor) ? "  it had another thread" : "  it had to wait for the same thread",
          pair.wasNotHeldUp() == isParallel(executor)
              && pair.threads() == (isParallel(executor) ? WORKERS : 1));
    }
  }

  /** What can be done about it. */
  private void elsewhere() throws Exception {
    findings.title("What helps");
    Neighbours offloaded = new Neighbours(LONG_MILLIS);
    currentThread.blockOn(
        Futures.defer(
            () -> {
              JoinHandle<Boolean> call = currentThread.spawnBlocking(offloaded::block);
              return Futures.join(
                  call, currentThread.spawn(offloaded.neighbour()), (done, alsoDone) -> done);
            }));
    findings.row("current-thread, spawnBlocking", offloaded.outcome());
    Neighbours inPlace = new Neighbours(LONG_MILLIS);
    JoinHandle<Boolean> blocking =
        multiThread.spawn(Futures.lazy(() -> multiThread.blockInPlace(inPlace::block)));
    multiThread.spawn(inPlace.neighbour()).join();
    blocking.join();
    findings.row("work-stealing, blockInPlace", inPlace.outcome());
    Neighbours pinned = new Neighbours(LONG_MILLIS);
    JoinHandle<Boolean> first = multiThread.spawnPinned(pinned::blocking);
    multiThread.spawn(pinned.neighbour()).join();
    first.join();
    findings.row("pinned, a neighbour that is not", pinned.outcome());
    findings.check(
        "the neighbours were not held up",
        offloaded.wasNotHeldUp() && inPlace.wasNotHeldUp() && pinned.wasNotHeldUp());
  }

  /** One task more than there is room for. */
  private void whenFull() throws Exception {
    findings.title("One task more than there is room for");
    ArenaExecutor arena = new ArenaExecutor(ComparedExecutor.PLACES);
    List<String> turns = new ArrayList<>();
    boolean tookAll = true;
    for (int n = 0; n < ComparedExecutor.PLACES; n++) {
      tookAll &= arena.spawn(new Turns("task", 1, turns::add));
    }
    Turns fifth = new Turns("fifth", 1, turns::add);
    boolean tookFifth = arena.spawn(fifth);
    findings.row("arena of 4, the fifth", tookFifth ? "accepted" : "refused, and not touched");
    int polls = arena.run();
    boolean tookFifthLater = arena.spawn(fifth);
    arena.run();
    findings.row("arena of 4, when they are over", tookFifthLater ? "accepted" : "refused");
    findings.check(
        "it ran those that it took",
        tookAll
            && !tookFifth
            && polls == ComparedExecutor.PLACES
            && tookFifthLater
            && turns.indexOf("fifth") == ComparedExecutor.PLACES);
    try (CurrentThreadRuntime bounded =
        PolluxRuntime.builder().maxTasks(ComparedExecutor.PLACES).currentThread()) {
      for (int n = 0; n < ComparedExecutor.PLACES; n++) {
        bounded.spawn(new YieldOnce()).detach();
      }
      boolean refused = bounded.trySpawn(new YieldOnce()) instanceof SpawnRejected<?>;
      findings.row("a runtime with maxTasks(4)", refused ? "refused, and given back" : "accepted");
      findings.check("as the arena does", refused);
    }
    findings.row("the others", "as many as there is memory for");
  }

  /** What a task costs, without its future. */
  private void allocation() throws Exception {
    findings.title("Bytes of a task that gives way once, without its future");
    List<YieldOnce> four = new ArrayList<>();
    for (int n = 0; n < ComparedExecutor.PLACES; n++) {
      four.add(new YieldOnce());
    }
    for (ComparedExecutor executor : all) {
      double bytes =
          Allocated.bytesOfAllThreadsEach(
              () -> {
                for (int n = 0; n < 250; n++) {
                  executor.body().run(four);
                }
              });
      findings.row(
          executor.name(), String.format(Locale.ROOT, "%.0f", bytes / (250 * four.size())));
    }
  }
}
