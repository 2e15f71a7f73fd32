package dev.pollux.sync;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pollux.core.Future;
import dev.pollux.core.Poll;
import dev.pollux.core.Poller;
import dev.pollux.spi.Services;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Two threads that send and two that receive through a ring that is far too small. What a receiver
 * got and what it was told to have missed is all that was sent, and what it got is in order.
 */
@Tag("stress")
class BroadcastStressTest {

  private static final int SENDERS = 2;
  private static final int RECEIVERS = 2;
  private static final int VALUES = 2_000;
  private static final long RUN_NANOS = TimeUnit.SECONDS.toNanos(1);

  @Test
  void gotAndMissedIsAllThatWasSent() throws Exception {
    long seed = System.nanoTime();
    long end = System.nanoTime() + RUN_NANOS;
    int rounds = 0;
    while (System.nanoTime() < end) {
      rounds++;
      try {
        oneRound(new Random(seed + rounds));
      } catch (Throwable failure) {
        throw new AssertionError("seed " + (seed + rounds), failure);
      }
    }
    assertThat(rounds).isPositive();
  }

  private static void oneRound(Random random) throws Exception {
    Broadcast<Long> channel = Broadcast.create(1 + random.nextInt(3));
    List<FutureTask<Void>> tasks = new ArrayList<>();
    for (int i = 0; i < RECEIVERS; i++) {
      Broadcast.Receiver<Long> receiver = channel.subscribe();
      Random mine = new Random(random.nextLong());
      tasks.add(start(() -> receive(receiver, mine)));
    }
    for (int i = 0; i < SENDERS; i++) {
      Broadcast.Sender<Long> sender = channel.sender().another();
      long number = i;
      tasks.add(start(() -> send(sender, number)));
    }
    channel.sender().close();
    for (FutureTask<Void> task : tasks) {
      task.get(60, TimeUnit.SECONDS);
    }
  }

  private static FutureTask<Void> start(Callable<Void> work) {
    FutureTask<Void> task = new FutureTask<>(work);
    Thread thread = new Thread(task, "broadcast");
    thread.setDaemon(true);
    thread.start();
    return task;
  }

  private static Void send(Broadcast.Sender<Long> sender, long number) {
    try (sender) {
      for (long i = 1; i <= VALUES; i++) {
        assertThat(sender.send(number << 32 | i)).isEqualTo(RECEIVERS);
        if (i % 16 == 0) {
          LockSupport.parkNanos(1); // or receivers hardly ever wait
        }
      }
    }
    return null;
  }

  private static Void receive(Broadcast.Receiver<Long> receiver, Random random) throws Exception {
    int[] last = new int[SENDERS];
    long got = 0;
    while (true) {
      try {
        Optional<Long> value =
            random.nextBoolean() ? receiver.blockingRecv() : pollAndGiveUp(receiver, random);
        if (value == null) {
          continue;
        }
        if (value.isEmpty()) {
          break;
        }
        int sender = (int) (value.get() >> 32);
        int number = (int) (long) value.get();
        assertThat(number).isGreaterThan(last[sender]);
        last[sender] = number;
        got++;
      } catch (LaggedException lagged) {
        assertThat(lagged.missed()).isPositive();
      }
    }
    assertThat(got + receiver.missed()).isEqualTo((long) SENDERS * VALUES);
    receiver.close();
    return null;
  }

  /** Polls once or twice, then cancels; null if nothing came. */
  private static Optional<Long> pollAndGiveUp(Broadcast.Receiver<Long> receiver, Random random)
      throws Exception {
    Poller poller = new Poller(new Services() {}, 1, false);
    Future<Optional<Long>> future = receiver.recv();
    for (int polls = random.nextInt(2); polls >= 0; polls--) {
      int shown = polls;
      Poll<Optional<Long>> answer = poller.poll(future, () -> assertThat(shown).isNotNegative());
      if (answer.isReady()) {
        return answer.value();
      }
    }
    future.cancel();
    return null;
  }
}
