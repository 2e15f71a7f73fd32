package dev.pollux.executor.service;

import static dev.pollux.executor.service.Host.elsewhere;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pollux.executor.PolluxRuntime;
import dev.pollux.executor.RuntimeBuilder;
import dev.pollux.executor.service.Host.Driven;
import dev.pollux.executor.service.Host.Elsewhere;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Submitters, a canceller and an end of the service race; afterwards each command has one fate: it
 * ran, it was cancelled, it was returned, or it was rejected.
 */
@Timeout(120)
abstract class ServiceRaceContract {

  /** Builds the kind of runtime that is tested. */
  abstract PolluxRuntime build(RuntimeBuilder options);

  private static final int ROUNDS = 60;
  private static final int SUBMITTERS = 2;
  private static final int COMMANDS = 150;

  private enum End {
    SHUTDOWN,
    SHUTDOWN_NOW,
    CLOSE_RUNTIME
  }

  @Test
  void everyCommandOnAWorkerHasOneFate() throws Exception {
    race(11, PolluxRuntime::asScheduledExecutorService);
  }

  @Test
  void everyCommandOnTheBlockingPoolHasOneFate() throws Exception {
    race(12, PolluxRuntime::asBlockingScheduledExecutorService);
  }

  private interface Facade {
    ScheduledExecutorService of(PolluxRuntime runtime);
  }

  private void race(long seed, Facade facade) throws Exception {
    Set<Fate> fates = new HashSet<>();
    for (int round = 0; round < ROUNDS; round++) {
      for (End end : End.values()) {
        Round played = new Round(seed * 1_000 + round, end);
        try {
          played.play(facade);
          fates.addAll(played.fates());
        } catch (Throwable failure) {
          throw new AssertionError("with seed " + seed + ", round " + round + ", " + end, failure);
        }
      }
    }
    assertThat(fates).as("every fate was met").containsExactlyInAnyOrder(Fate.values());
  }

  private enum Fate {
    RAN,
    CANCELLED,
    CANCELLED_WHILE_RUNNING,
    RETURNED,
    REJECTED,
    STOPPED
  }

  private enum Kind {
    EXECUTE,
    SUBMIT,
    SCHEDULE,
    PERIODIC
  }

  private static final List<Kind> KINDS = List.of(Kind.values());

  /** One command, and what is known of it. */
  private static final class Probe implements Runnable {
    final Kind kind;
    final AtomicInteger allRuns;
    final AtomicInteger begun = new AtomicInteger();
    final AtomicInteger ended = new AtomicInteger();
    volatile Future<?> future;
    volatile boolean wasRejected;
    volatile boolean wasCancelledByUs;

    Probe(Kind kind, AtomicInteger allRuns) {
      this.kind = kind;
      this.allRuns = allRuns;
    }

    @Override
    public void run() {
      begun.incrementAndGet();
      allRuns.incrementAndGet();
      for (int spin = 0; spin < 20; spin++) {
        Thread.onSpinWait();
      }
      ended.incrementAndGet();
    }
  }

  private final class Round {
    final Random random;
    final End end;
    final AtomicReferenceArray<Probe> probes = new AtomicReferenceArray<>(SUBMITTERS * COMMANDS);
    final AtomicInteger allRuns = new AtomicInteger();
    List<Runnable> returned = List.of();

    Round(long seed, End end) {
      this.random = new Random(seed);
      this.end = end;
    }

    void play(Facade facade) throws Exception {
      Driven driven = new Driven(ServiceRaceContract.this::build);
      try {
        ScheduledExecutorService service = facade.of(driven.runtime);
        List<Elsewhere<Void>> threads = new ArrayList<>();
        for (int i = 0; i < SUBMITTERS; i++) {
          int from = i * COMMANDS;
          Random own = new Random(random.nextLong());
          threads.add(elsewhere(() -> submit(service, from, own)));
        }
        Random cancels = new Random(random.nextLong());
        threads.add(elsewhere(() -> cancel(cancels)));
        int when = random.nextInt(COMMANDS);
        while (probes.get(when) == null) {
          Thread.onSpinWait();
        }
        switch (end) {
          case SHUTDOWN -> service.shutdown();
          case SHUTDOWN_NOW -> returned = service.shutdownNow();
          case CLOSE_RUNTIME -> driven.runtime.close();
        }
        assertThat(service.awaitTermination(Host.LIMIT_SECONDS, TimeUnit.SECONDS)).isTrue();
        int runs = allRuns.get();
        for (Elsewhere<Void> thread : threads) {
          thread.result();
        }
        assertThat(allRuns).as("runs after termination").hasValue(runs);
      } finally {
        driven.close();
      }
      assertThat(driven.uncaught).isEmpty();
      assertThat(driven.runtime.liveTasks()).isZero();
    }

    private Void submit(ScheduledExecutorService service, int from, Random own) {
      for (int i = from; i < from + COMMANDS; i++) {
        Probe probe = new Probe(KINDS.get(own.nextInt(KINDS.size())), allRuns);
        long micros = own.nextInt(1_500);
        try {
          switch (probe.kind) {
            case EXECUTE -> service.execute(probe);
            case SUBMIT -> probe.future = service.submit(probe);
            case SCHEDULE -> probe.future = service.schedule(probe, micros, TimeUnit.MICROSECONDS);
            case PERIODIC ->
                probe.future =
                    service.scheduleAtFixedRate(probe, micros, 700, TimeUnit.MICROSECONDS);
          }
        } catch (RejectedExecutionException e) {
          probe.wasRejected = true;
        }
        probes.set(i, probe);
      }
      return null;
    }

    private Void cancel(Random own) {
      for (int i = 0; i < 2 * COMMANDS; i++) {
        int index = own.nextInt(SUBMITTERS) * COMMANDS + Math.min(i, COMMANDS - 1);
        Probe probe = probes.get(index);
        while (probe == null) {
          Thread.onSpinWait();
          probe = probes.get(index);
        }
        Future<?> future = probe.future;
        if (future != null && own.nextBoolean() && future.cancel(own.nextBoolean())) {
          probe.wasCancelledByUs = true;
        }
      }
      return null;
    }

    /** Finds the one fate of each command. */
    List<Fate> fates() throws Exception {
      Set<Object> handedBack = Collections.newSetFromMap(new IdentityHashMap<>());
      handedBack.addAll(returned);
      assertThat(handedBack).hasSameSizeAs(returned);
      List<Fate> fates = new ArrayList<>();
      int executedWithoutATrace = 0;
      for (int i = 0; i < probes.length(); i++) {
        Probe probe = probes.get(i);
        int begun = probe.begun.get();
        assertThat(probe.ended).hasValue(begun);
        if (probe.kind != Kind.PERIODIC) {
          assertThat(begun).isLessThanOrEqualTo(1);
        }
        if (probe.wasRejected) {
          assertThat(begun).isZero();
          fates.add(Fate.REJECTED);
        } else if (probe.future == null) {
          executedWithoutATrace += 1 - begun;
          if (begun == 1) {
            fates.add(Fate.RAN);
          }
        } else {
          Object identity = probe.future;
          fates.add(fateOf(probe, handedBack.remove(identity)));
        }
      }
      fates.addAll(Collections.nCopies(handedBack.size(), Fate.RETURNED));
      if (end == End.CLOSE_RUNTIME) {
        fates.addAll(Collections.nCopies(executedWithoutATrace, Fate.STOPPED));
      } else {
        assertThat(executedWithoutATrace).as("executed commands").isEqualTo(handedBack.size());
      }
      assertThat(fates).hasSize(probes.length());
      return fates;
    }

    private Fate fateOf(Probe probe, boolean wasReturned) throws Exception {
      Future<?> future = probe.future;
      assertThat(future.isDone()).isTrue();
      if (wasReturned) {
        assertThat(probe.wasCancelledByUs).isFalse();
        assertThat(future.isCancelled()).isTrue();
        if (probe.kind != Kind.PERIODIC) {
          assertThat(probe.begun).hasValue(0);
        }
        return Fate.RETURNED;
      }
      if (future.isCancelled()) {
        if (probe.wasCancelledByUs) {
          return probe.begun.get() == 0 ? Fate.CANCELLED : Fate.CANCELLED_WHILE_RUNNING;
        }
        assertThat(probe.kind == Kind.PERIODIC || end == End.CLOSE_RUNTIME)
            .as("stopped, though nobody asked")
            .isTrue();
        if (probe.kind != Kind.PERIODIC) {
          assertThat(probe.begun).hasValue(0);
        }
        return Fate.STOPPED;
      }
      assertThat(probe.wasCancelledByUs).isFalse();
      assertThat(probe.kind).isNotEqualTo(Kind.PERIODIC);
      assertThat(probe.begun).hasValue(1);
      assertThat(future.get()).isNull();
      return Fate.RAN;
    }
  }

  // ---- the order of things that race inside one command

  @Test
  void aPeriodicCommandIsNeverStartedAgainAfterItsServiceHasTerminated() throws Exception {
    try (Driven driven = new Driven(ServiceRaceContract.this::build)) {
      ScheduledExecutorService other = driven.runtime.asScheduledExecutorService();
      for (int round = 0; round < 300; round++) {
        ScheduledExecutorService service = driven.runtime.asScheduledExecutorService();
        AtomicInteger runs = new AtomicInteger();
        ScheduledFuture<?> future =
            service.scheduleAtFixedRate(runs::incrementAndGet, 0, 1, TimeUnit.NANOSECONDS);
        while (runs.get() < 1 + round % 7) {
          Thread.onSpinWait();
        }
        service.shutdown();
        assertThat(service.awaitTermination(Host.LIMIT_SECONDS, TimeUnit.SECONDS)).isTrue();
        int last = runs.get();
        assertThat(future.isCancelled()).isTrue();
        assertThat(Host.get(other.submit(() -> 1))).isEqualTo(1);
        assertThat(runs).hasValue(last);
      }
    }
  }
}
