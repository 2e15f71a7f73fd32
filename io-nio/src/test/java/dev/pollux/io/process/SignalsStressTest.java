package dev.pollux.io.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pollux.core.Futures;
import dev.pollux.core.JoinHandle;
import dev.pollux.core.TaskCancelledException;
import dev.pollux.executor.PolluxRuntime;
import dev.pollux.io.process.GracefulShutdown.Report;
import dev.pollux.testing.PollHarness;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Phaser;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Signals that come while others listen, leave, spawn and hurry. */
@Timeout(120)
class SignalsStressTest {

  private static final int ROUNDS = 5_000;
  private static final long SEED = Long.getLong("pollux.seed", System.nanoTime());

  /** Who is pending after the signal has come was woken; who left is not told. */
  @Test
  void aSignalThatMeetsAPollCompletesItOrWakesIt() throws Exception {
    AtomicReference<ScriptedSignals> system = new AtomicReference<>();
    Phaser rounds = new Phaser(2);
    AtomicReference<Throwable> failure = new AtomicReference<>();
    Thread sender =
        new Thread(
            () -> {
              for (int i = 0; i < ROUNDS; i++) {
                rounds.arriveAndAwaitAdvance();
                while (!system.get().send()) {
                  Thread.onSpinWait(); // nobody listens yet
                }
                rounds.arriveAndAwaitAdvance();
              }
            },
            "sender");
    sender.setUncaughtExceptionHandler((thread, thrown) -> failure.set(thrown));
    sender.setDaemon(true);
    sender.start();
    for (int i = 0; i < ROUNDS; i++) {
      ScriptedSignals one = new ScriptedSignals();
      system.set(one);
      PollHarness harness = PollHarness.create();
      AwaitSignal waiter = new AwaitSignal(new SignalListeners("INT", one));
      rounds.arriveAndAwaitAdvance();
      boolean ready = harness.poll(waiter).isReady();
      rounds.arriveAndAwaitAdvance();
      if (!ready) {
        assertThat(harness.woken()).as("round %d", i).isTrue();
        assertThat(harness.poll(waiter).isReady()).isTrue();
      }
      assertThat(one.to()).isNull();
    }
    sender.join();
    assertThat(failure.get()).isNull();
  }

  /** A signal comes to somebody, or is sent again: none is swallowed. */
  @Test
  void aSignalThatMeetsALeaveIsHeardOrSentAgain() throws Exception {
    Random random = new Random(SEED);
    for (int i = 0; i < ROUNDS / 10; i++) {
      ScriptedSignals system = new ScriptedSignals();
      SignalListeners listeners = new SignalListeners("INT", system);
      AtomicInteger heard = new AtomicInteger();
      SignalListener listener = heard::incrementAndGet;
      listeners.add(listener);
      SignalSource.Arrivals dispatched = system.to();
      int spins = random.nextInt(200);
      Thread leaver =
          new Thread(
              () -> {
                for (int spin = 0; spin < spins; spin++) {
                  Thread.onSpinWait();
                }
                listeners.remove(listener);
              });
      leaver.start();
      dispatched.came();
      leaver.join();
      long sentAgain = system.log.stream().filter("raise"::equals).count();
      assertThat(heard.get() + sentAgain).as("seed %d, round %d", SEED, i).isEqualTo(1);
    }
  }

  /** Whoever is spawned while others are cut off ends, and is named or has ended by itself. */
  @RepeatedTest(5)
  void whoIsSpawnedWhileOthersAreCutOffEndsToo() throws Exception {
    int spawners = 3;
    try (PolluxRuntime runtime = PolluxRuntime.builder().workers(2).multiThread();
        GracefulShutdown shutdown =
            GracefulShutdown.builder().patience(Duration.ZERO).withoutSignals().build()) {
      List<JoinHandle<Void>> handles = new ArrayList<>();
      // One that is there, so that others may be spawned as long as it is.
      JoinHandle<Void> anchor = shutdown.spawn(runtime, "anchor", Futures.pending());
      Phaser go = new Phaser(spawners + 1);
      List<Thread> threads = new ArrayList<>();
      for (int i = 0; i < spawners; i++) {
        Thread thread =
            new Thread(
                () -> {
                  go.arriveAndAwaitAdvance();
                  try {
                    for (int k = 0; k < 300; k++) {
                      JoinHandle<Void> handle = shutdown.spawn(runtime, "late", Futures.pending());
                      synchronized (handles) {
                        handles.add(handle);
                      }
                    }
                  } catch (IllegalStateException over) {
                    // Then nothing was taken.
                  }
                });
        thread.start();
        threads.add(thread);
      }
      go.arriveAndAwaitAdvance();
      shutdown.hurry();
      Report report = runtime.blockOn(shutdown.whenFinished());
      while (shutdown.size() > 0) { // those that came after the report
        Thread.onSpinWait();
      }
      for (Thread thread : threads) {
        thread.join();
      }
      assertThat(report.cutOff()).contains("anchor");
      handles.add(anchor);
      for (JoinHandle<Void> handle : handles) {
        assertThat(endOf(handle)).isInstanceOf(TaskCancelledException.class);
      }
    }
  }

  private static Throwable endOf(JoinHandle<Void> handle) throws InterruptedException {
    try {
      handle.join();
      throw new AssertionError("it should have been cut off");
    } catch (TaskCancelledException cutOff) {
      return cutOff;
    }
  }
}
