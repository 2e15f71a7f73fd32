package dev.pollux.structure;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pollux.core.Future;
import dev.pollux.core.Poller;
import dev.pollux.spi.Services;
import dev.pollux.testing.CountingWaker;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Four threads that make children, wait, give up, register, close and cancel, all in one tree. In
 * the end everybody who has stayed is told once, and nobody who has gone is left.
 */
@Tag("stress")
class TokenTreeStressTest {

  private static final int THREADS = 4;
  private static final int STEPS = 200;
  private static final long RUN_NANOS = TimeUnit.SECONDS.toNanos(1);

  private record Waiting(CancellationToken token, Future<Void> future, CountingWaker waker) {}

  private record Registered(
      CancellationToken token, CancelRegistration registration, AtomicInteger runs) {}

  /** What one thread leaves behind. */
  private static final class Part {
    final Random random;
    final Poller poller = new Poller(new Services() {}, 1, false);
    final List<CancellationToken> tokens = new ArrayList<>();
    final List<Waiting> waiting = new ArrayList<>();
    final List<Registered> registered = new ArrayList<>();
    final List<Registered> closed = new ArrayList<>();

    Part(long seed, List<CancellationToken> shared) {
      this.random = new Random(seed);
      this.tokens.addAll(shared);
    }

    void run() throws Exception {
      for (int i = 0; i < STEPS; i++) {
        CancellationToken token = tokens.get(random.nextInt(tokens.size()));
        switch (random.nextInt(10)) {
          case 0, 1 -> tokens.add(token.child());
          case 2, 3 -> {
            Waiting waiter = new Waiting(token, token.whenCancelled(), new CountingWaker());
            if (poller.poll(waiter.future, waiter.waker).isPending()) {
              waiting.add(waiter);
            } else {
              assertThat(token.isCancelled()).isTrue();
            }
          }
          case 4, 5 -> {
            AtomicInteger runs = new AtomicInteger();
            registered.add(new Registered(token, token.onCancel(runs::incrementAndGet), runs));
          }
          case 6, 7 -> {
            if (!waiting.isEmpty()) {
              waiting.remove(random.nextInt(waiting.size())).future.cancel();
            }
          }
          case 8 -> {
            if (!registered.isEmpty()) {
              Registered callback = registered.remove(random.nextInt(registered.size()));
              callback.registration.close();
              closed.add(callback);
            }
          }
          default -> {
            if (random.nextInt(10) == 0) {
              token.cancel();
            }
          }
        }
      }
    }

    void check() throws Exception {
      for (Waiting waiter : waiting) {
        boolean cancelled = waiter.token.isCancelled();
        assertThat(waiter.waker.count() > 0).isEqualTo(cancelled);
        assertThat(poller.poll(waiter.future, waiter.waker).isReady()).isEqualTo(cancelled);
      }
      waiting.removeIf(waiter -> waiter.token.isCancelled()); // their end was seen
      for (Registered callback : registered) {
        boolean cancelled = callback.token.isCancelled();
        assertThat(callback.runs).hasValue(cancelled ? 1 : 0);
        assertThat(callback.registration.hasStarted()).isEqualTo(cancelled);
      }
      for (Registered callback : closed) {
        assertThat(callback.runs).hasValue(callback.registration.hasStarted() ? 1 : 0);
      }
    }

    void goAway() {
      waiting.forEach(waiter -> waiter.future.cancel());
      registered.forEach(callback -> callback.registration.close());
    }

    void checkNobodyIsLeft() {
      assertThat(tokens).noneMatch(token -> token.cancellation().hasListeners());
    }
  }

  @Test
  void everybodyWhoStaysIsToldOnceAndNobodyWhoGoesIsLeft() throws Exception {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    long end = System.nanoTime() + RUN_NANOS;
    int rounds = 0;
    while (System.nanoTime() < end) {
      rounds++;
      try {
        oneRound(random);
      } catch (Throwable failure) {
        throw new AssertionError("round " + rounds + " of seed " + seed, failure);
      }
    }
    assertThat(rounds).isPositive();
  }

  private static void oneRound(Random random) throws Exception {
    CancellationToken root = CancellationToken.create();
    List<CancellationToken> shared = new ArrayList<>();
    CancellationToken last = root;
    for (int i = 0; i < 6; i++) {
      last = (random.nextBoolean() ? root : last).child();
      shared.add(last);
    }
    List<Part> parts = new ArrayList<>();
    List<FutureTask<Void>> tasks = new ArrayList<>();
    for (int i = 0; i < THREADS; i++) {
      Part part = new Part(random.nextLong(), shared);
      parts.add(part);
      FutureTask<Void> task =
          new FutureTask<>(
              () -> {
                part.run();
                return null;
              });
      tasks.add(task);
      Thread thread = new Thread(task, "token tree");
      thread.setDaemon(true);
      thread.start();
    }
    for (FutureTask<Void> task : tasks) {
      assertThat(task.get(30, TimeUnit.SECONDS)).isNull();
    }
    for (Part part : parts) {
      part.check();
    }
    if (random.nextBoolean()) {
      root.cancel();
      for (Part part : parts) {
        part.check();
      }
    }
    parts.forEach(Part::goAway);
    parts.forEach(Part::checkNobodyIsLeft);
    assertThat(root.cancellation().hasListeners()).isFalse();
  }
}
