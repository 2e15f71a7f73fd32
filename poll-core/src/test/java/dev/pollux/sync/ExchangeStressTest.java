package dev.pollux.sync;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pollux.core.Future;
import dev.pollux.core.Item;
import dev.pollux.core.Next;
import dev.pollux.core.Poll;
import dev.pollux.core.Poller;
import dev.pollux.spi.Services;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Two threads that send and two that receive, in every way there is, with futures that are given up
 * after a poll. Each value is received once, or discarded once, and those of one sender come to one
 * receiver in their order.
 */
@Tag("stress")
class ExchangeStressTest {

  private static final int SENDERS = 2;
  private static final int RECEIVERS = 2;
  private static final int VALUES = 200;
  private static final long RUN_NANOS = TimeUnit.SECONDS.toNanos(1);

  private static final class Value implements AutoCloseable {
    final int sender;
    final int number;
    final AtomicInteger closed = new AtomicInteger();
    final AtomicInteger received = new AtomicInteger();

    Value(int sender, int number) {
      this.sender = sender;
      this.number = number;
    }

    @Override
    public void close() {
      closed.incrementAndGet();
    }
  }

  /** The first of a channel's two ends, and how to make more of them. */
  private interface Ends {
    SharedSender<Value> sender();

    SharedReceiver<Value> receiver();

    SharedReceiver<Value> firstReceiver();
  }

  private static Ends ends(
      Callable<SharedSender<Value>> sender,
      Callable<SharedReceiver<Value>> receiver,
      SharedReceiver<Value> firstReceiver) {
    return new Ends() {
      @Override
      public SharedReceiver<Value> firstReceiver() {
        return firstReceiver;
      }

      @Override
      public SharedSender<Value> sender() {
        return call(sender);
      }

      @Override
      public SharedReceiver<Value> receiver() {
        return call(receiver);
      }
    };
  }

  private static <T> T call(Callable<T> callable) {
    try {
      return callable.call();
    } catch (Exception impossible) {
      throw new AssertionError(impossible);
    }
  }

  private interface Maker {
    Ends make(Random random);
  }

  @Test
  void anMpmcLosesNothing() throws Exception {
    run(
        true,
        random -> {
          Mpmc<Value> channel =
              random.nextInt(4) == 0 ? Mpmc.unbounded() : Mpmc.bounded(1 + random.nextInt(4));
          return ends(channel.sender()::another, channel.receiver()::another, channel.receiver());
        });
  }

  @Test
  void aRendezvousLosesNothing() throws Exception {
    run(
        true,
        random -> {
          Rendezvous<Value> channel = Rendezvous.create();
          return ends(channel.sender()::another, channel.receiver()::another, channel.receiver());
        });
  }

  @Test
  void aPriorityChannelLosesNothing() throws Exception {
    run(
        false,
        random -> {
          PriorityChannel<Value> channel =
              PriorityChannel.bounded(
                  1 + random.nextInt(4), Comparator.comparingInt(value -> value.number % 3));
          return ends(channel.sender()::another, channel.receiver()::another, channel.receiver());
        });
  }

  private static void run(boolean ordered, Maker maker) throws Exception {
    long seed = System.nanoTime();
    long end = System.nanoTime() + RUN_NANOS;
    int rounds = 0;
    while (System.nanoTime() < end) {
      rounds++;
      try {
        oneRound(new Random(seed + rounds), ordered, maker);
      } catch (Throwable failure) {
        throw new AssertionError("seed " + (seed + rounds), failure);
      }
    }
    assertThat(rounds).isPositive();
  }

  private static void oneRound(Random random, boolean ordered, Maker maker) throws Exception {
    Ends ends = maker.make(random);
    List<FutureTask<List<Value>>> senders = new ArrayList<>();
    List<FutureTask<List<Value>>> receivers = new ArrayList<>();
    // Receivers may leave early, all of them: the last takes what is there with it, while senders
    // still send.
    boolean early = random.nextBoolean();
    for (int i = 0; i < RECEIVERS; i++) {
      SharedReceiver<Value> receiver = ends.receiver();
      Random mine = new Random(random.nextLong());
      int most = early ? mine.nextInt(VALUES) : Integer.MAX_VALUE;
      receivers.add(start(() -> receive(receiver, most, mine)));
    }
    for (int i = 0; i < SENDERS; i++) {
      SharedSender<Value> sender = ends.sender();
      int number = i;
      Random mine = new Random(random.nextLong());
      senders.add(start(() -> send(sender, number, mine)));
    }
    List<Value> sent = new ArrayList<>();
    SharedReceiver<Value> first = ends.firstReceiver();
    if (early) {
      first.close();
    } else if (random.nextInt(3) == 0) {
      first.closeChannel();
    }
    for (FutureTask<List<Value>> task : senders) {
      sent.addAll(task.get(90, TimeUnit.SECONDS));
    }
    first.closeChannel(); // the first sender, of which these are copies, is open still
    for (FutureTask<List<Value>> task : receivers) {
      List<Value> received = task.get(90, TimeUnit.SECONDS);
      int[] last = new int[SENDERS];
      for (Value value : received) {
        value.received.incrementAndGet();
        if (ordered) {
          assertThat(value.number).isGreaterThan(last[value.sender]);
          last[value.sender] = value.number;
        }
      }
    }
    for (Value value : sent) {
      assertThat(value.received.get() + value.closed.get())
          .as(
              "value %s of %s: received %s, closed %s",
              value.number, value.sender, value.received, value.closed)
          .isEqualTo(1);
    }
  }

  private static FutureTask<List<Value>> start(Callable<List<Value>> work) {
    FutureTask<List<Value>> task = new FutureTask<>(work);
    Thread thread = new Thread(task, "exchange");
    thread.setDaemon(true);
    thread.start();
    return task;
  }

  /** Sends until it has sent all or is refused; returns what the channel has had. */
  private static List<Value> send(SharedSender<Value> sender, int number, Random random)
      throws Exception {
    List<Value> sent = new ArrayList<>();
    Polling polling = new Polling();
    try (sender) {
      for (int i = 1; i <= VALUES; i++) {
        Value value = new Value(number, i);
        switch (random.nextInt(4)) {
          case 0 -> {
            if (sender.trySend(value) == TrySend.SENT) {
              sent.add(value);
            }
          }
          case 1 -> {
            sent.add(value);
            Future<Void> future = sender.send(value);
            Optional<Poll<Void>> answer = pollAndGiveUp(future, random);
            assertThat(answer).isNotNull();
          }
          case 2 -> {
            sent.add(value);
            polling.toEnd(sender.send(value));
          }
          default -> {
            sent.add(value);
            sender.blockingSend(value);
          }
        }
      }
    } catch (ChannelClosedException refused) {
      return sent; // the value has been discarded
    }
    return sent;
  }

  private static List<Value> receive(SharedReceiver<Value> receiver, int most, Random random)
      throws Exception {
    List<Value> received = new ArrayList<>();
    Polling polling = new Polling();
    while (received.size() < most) {
      switch (random.nextInt(5)) {
        case 0 -> {
          Next<Value> next = receiver.tryRecv();
          if (next instanceof Item<Value> item) {
            received.add(item.value());
          }
        }
        case 1 -> {
          Optional<Poll<Optional<Value>>> answer = pollAndGiveUp(receiver.recv(), random);
          answer.ifPresent(poll -> poll.value().ifPresent(received::add));
        }
        case 2 -> {
          List<Value> into = new ArrayList<>();
          Optional<Poll<Integer>> answer =
              pollAndGiveUp(receiver.recvMany(into, 1 + random.nextInt(4)), random);
          assertThat(into).hasSize(answer.map(Poll::value).orElse(0));
          received.addAll(into);
        }
        default -> {
          Optional<Value> value =
              random.nextBoolean() ? receiver.blockingRecv() : polling.toEnd(receiver.recv());
          if (value.isEmpty()) {
            return received;
          }
          received.add(value.get());
        }
      }
    }
    receiver.cancel();
    return received;
  }

  /** Polls a few times, then cancels: at any step of what the other threads do. */
  private static <T> Optional<Poll<T>> pollAndGiveUp(Future<T> future, Random random)
      throws Exception {
    Poller poller = new Poller(new Services() {}, 1, false);
    for (int polls = random.nextInt(3); polls >= 0; polls--) {
      int shown = polls;
      Poll<T> answer = poller.poll(future, () -> assertThat(shown).isNotNegative());
      if (answer.isReady()) {
        return Optional.of(answer);
      }
      for (int i = random.nextInt(50); i > 0; i--) {
        Thread.onSpinWait();
      }
    }
    future.cancel();
    return Optional.empty();
  }
}
