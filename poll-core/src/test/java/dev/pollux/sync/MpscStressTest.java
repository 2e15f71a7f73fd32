package dev.pollux.sync;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pollux.core.Discard;
import dev.pollux.core.Future;
import dev.pollux.core.Next;
import dev.pollux.core.Poll;
import dev.pollux.core.Poller;
import dev.pollux.core.UncaughtFailureHandler;
import dev.pollux.core.Waker;
import dev.pollux.spi.Services;
import dev.pollux.sync.Mpsc.Feed;
import dev.pollux.sync.Mpsc.Permit;
import dev.pollux.sync.Mpsc.Sender;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Three threads that send by every means, and give up at random, while one receives, and now and
 * then goes away. Each value is received once, discarded once, or still its sender's; those of one
 * sender come in order; nobody waits for ever.
 */
@Tag("stress")
class MpscStressTest {

  private static final int SENDERS = 3;
  private static final int VALUES = 400;
  private static final long RUN_NANOS = TimeUnit.MILLISECONDS.toNanos(700);
  private static final long LIMIT_NANOS = TimeUnit.SECONDS.toNanos(60);

  /** The waker of a thread that polls by hand. */
  private static final class Parked implements Waker {
    private final Thread thread = Thread.currentThread();
    private volatile boolean woken;

    @Override
    public void wake() {
      woken = true;
      LockSupport.unpark(thread);
    }

    void await(Object what) {
      long limit = System.nanoTime() + LIMIT_NANOS;
      while (!woken) {
        LockSupport.parkNanos(1_000_000_000);
        assertThat(System.nanoTime()).as("a wake-up was lost: %s", what).isLessThan(limit);
      }
      woken = false;
    }
  }

  /** One channel and those at it. */
  private static final class Round implements Services {
    final Mpsc<Integer> channel;
    final Random random;
    final ConcurrentHashMap<Integer, String> fates = new ConcurrentHashMap<>();
    final @Nullable Integer goesAfter;
    final boolean closes;

    Round(long seed, int capacity) {
      this.random = new Random(seed);
      this.channel = capacity == 0 ? Mpsc.unbounded() : Mpsc.bounded(capacity);
      this.goesAfter = random.nextInt(3) == 0 ? random.nextInt(SENDERS * VALUES) : null;
      this.closes = random.nextBoolean();
    }

    @Override
    public Discard discard() {
      return Discard.closing(
          value -> fate((Integer) value, "discarded"), UncaughtFailureHandler.logging());
    }

    void fate(Integer value, String fate) {
      String before = fates.putIfAbsent(value, fate);
      assertThat(before).as("value %s, which was %s, is %s", value, before, fate).isNull();
    }

    void run() throws Exception {
      // A first poll, so that the channel knows where to discard.
      assertThat(new Poller(this, 1, false).pollNext(channel.receiver(), () -> {}).isPending())
          .isTrue();
      List<FutureTask<Void>> tasks = new ArrayList<>();
      for (int i = 0; i < SENDERS; i++) {
        int first = i * VALUES;
        Random mine = new Random(random.nextLong());
        Sender<Integer> sender = channel.sender().another();
        tasks.add(start(() -> sendAll(sender, first, mine)));
      }
      channel.sender().close();
      tasks.add(start(this::receiveAll));
      for (FutureTask<Void> task : tasks) {
        task.get(120, TimeUnit.SECONDS);
      }
      for (int value = 0; value < SENDERS * VALUES; value++) {
        assertThat(fates.get(value)).as("the fate of %s in %s", value, channel).isNotNull();
      }
      if (channel.sender().capacity() != Integer.MAX_VALUE && goesAfter == null) {
        assertThat(channel.sender().channel().available()).isEqualTo(channel.sender().capacity());
      }
    }

    private interface Body {
      void run() throws Exception;
    }

    private static FutureTask<Void> start(Body body) {
      FutureTask<Void> task =
          new FutureTask<>(
              () -> {
                body.run();
                return null;
              });
      Thread thread = new Thread(task, "mpsc");
      thread.setDaemon(true);
      thread.start();
      return task;
    }

    private void sendAll(Sender<Integer> sender, int first, Random mine) throws Exception {
      Poller poller = new Poller(this, 1, false);
      Parked waker = new Parked();
      Feed<Integer> feed = sender.feed();
      int value = first;
      while (value < first + VALUES) {
        int way = mine.nextInt(5);
        try {
          if (way == 0) {
            TrySend answer = sender.trySend(value);
            if (answer != TrySend.SENT) {
              fate(value, answer.toString());
            }
            value++;
          } else if (way == 1) {
            send(poller, waker, sender.send(value), mine);
            value++;
          } else if (way == 2) {
            value += reserved(poller, waker, sender, value, first + VALUES - value, mine);
          } else if (way == 3) {
            int from = value;
            int to = Math.min(first + VALUES, from + 1 + mine.nextInt(100));
            int[] at = {from};
            try {
              run(
                  poller,
                  waker,
                  cx -> {
                    while (at[0] < to) {
                      if (!feed.pollSend(cx, at[0])) {
                        return Poll.pending();
                      }
                      at[0]++;
                    }
                    return Poll.ready(0);
                  });
            } catch (ChannelClosedException closed) {
              for (int left = at[0]; left < to; left++) {
                fate(left, "refused");
              }
            }
            value = to;
          } else {
            try {
              sender.blockingSend(value++);
            } catch (ChannelClosedException closed) {
              assertThat(fates).containsEntry(value - 1, "discarded");
            }
          }
        } catch (ChannelClosedException closed) {
          throw new AssertionError(closed);
        }
      }
      feed.close();
      sender.close();
    }

    private void send(Poller poller, Parked waker, Future<Void> send, Random mine)
        throws Exception {
      int giveUpAfter = mine.nextInt(4) == 0 ? mine.nextInt(3) : Integer.MAX_VALUE;
      try {
        for (int polls = 0; polls < giveUpAfter; polls++) {
          if (poller.poll(send, waker).isReady()) {
            return;
          }
          if (mine.nextInt(8) != 0) {
            if (polls + 1 < giveUpAfter) {
              waker.await(send);
            }
          }
        }
        poller.cancel(send, waker);
      } catch (ChannelClosedException closed) {
        // the value has been discarded
      }
    }

    private int reserved(
        Poller poller, Parked waker, Sender<Integer> sender, int value, int most, Random mine)
        throws Exception {
      int count = 1 + mine.nextInt(Math.min(sender.capacity(), 4));
      Future<Permit<Integer>> reserve = sender.reserveMany(count);
      boolean givesUp = mine.nextInt(4) == 0;
      try {
        Poll<Permit<Integer>> answer = poller.poll(reserve, waker);
        while (answer.isPending() && !givesUp) {
          waker.await(reserve);
          answer = poller.poll(reserve, waker);
        }
        if (answer.isPending()) {
          poller.cancel(reserve, waker);
          return 0;
        }
        int sent = 0;
        try (Permit<Integer> permit = answer.value()) {
          while (sent < most && permit.remaining() > 0 && mine.nextInt(4) != 0) {
            permit.send(value + sent); // or discards it
            sent++;
          }
        }
        return sent;
      } catch (ChannelClosedException closed) {
        fate(value, "refused");
        return 1;
      }
    }

    private static void run(Poller poller, Parked waker, Future<Integer> future) throws Exception {
      while (poller.poll(future, waker).isPending()) {
        if (!poller.wokeItself()) {
          waker.await(future);
        }
      }
    }

    private void receiveAll() throws Exception {
      Poller poller = new Poller(this, 1, false);
      Parked waker = new Parked();
      int[] last = new int[SENDERS];
      java.util.Arrays.fill(last, -1);
      int received = 0;
      while (true) {
        if (goesAfter != null && received >= goesAfter) {
          if (!closes) {
            channel.receiver().cancel();
            return;
          }
          channel.receiver().close();
        }
        Next<Integer> next = poller.pollNext(channel.receiver(), waker);
        if (next.isEnd()) {
          return;
        }
        if (next.isPending()) {
          if (!poller.wokeItself()) {
            waker.await(channel);
          }
          continue;
        }
        int value = next.value();
        assertThat(value).isGreaterThan(last[value / VALUES]);
        last[value / VALUES] = value;
        fate(value, "received");
        received++;
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 3, 16, 65, 1024})
  void everyValueHasOneFateAndNobodyWaitsForEver(int capacity) {
    long first = System.nanoTime();
    long end = first + RUN_NANOS;
    for (long seed = first; System.nanoTime() < end; seed++) {
      try {
        new Round(seed, capacity).run();
      } catch (Throwable failure) {
        throw new AssertionError("seed " + seed, failure);
      }
    }
  }

  /** A receiver is given to another thread in the very poll that has taken something. */
  @Test
  void aReceiverThatIsHandedOnInAPollLosesNoPlace() throws Exception {
    Mpsc<Integer> channel = Mpsc.bounded(8);
    Poller poller = new Poller(new Services() {}, 1, false);
    AtomicInteger handed = new AtomicInteger();
    AtomicInteger done = new AtomicInteger();
    long limit = System.nanoTime() + LIMIT_NANOS;
    long end = System.nanoTime() + RUN_NANOS;
    FutureTask<Void> other =
        Round.start(
            () -> {
              for (int round = 1; ; round++) {
                while (handed.get() < round) {
                  if (handed.get() < 0) {
                    return;
                  }
                  Thread.onSpinWait();
                }
                for (int i = 0; i < 3; i++) {
                  assertThat(channel.receiver().tryRecv().isItem()).isTrue();
                }
                done.set(round);
              }
            });
    int round = 0;
    while (System.nanoTime() < end && !other.isDone()) {
      round++;
      for (int i = 0; i < 4; i++) {
        assertThat(channel.sender().trySend(i)).as("round %s", round).isEqualTo(TrySend.SENT);
      }
      int present = round;
      Future<Integer> takesAndHandsOn =
          cx -> {
            assertThat(channel.receiver().pollNext(cx).isItem()).isTrue();
            handed.set(present);
            for (int i = 0; i < present % 60; i++) {
              Thread.onSpinWait();
            }
            return Poll.ready(1);
          };
      assertThat(poller.poll(takesAndHandsOn, () -> {}).isReady()).isTrue();
      while (done.get() < round && !other.isDone()) {
        assertThat(System.nanoTime()).isLessThan(limit);
        Thread.onSpinWait();
      }
      assertThat(channel.sender().availablePermits()).as("round %s", round).isEqualTo(8);
    }
    handed.set(-1);
    assertThat(other.get(60, TimeUnit.SECONDS)).isNull();
  }

  /** The place comes, and the receiver goes, while a send goes to wait. */
  @Test
  void aSendThatMeetsTheEndOfItsReceiverLosesNothing() throws Exception {
    long end = System.nanoTime() + RUN_NANOS;
    for (int round = 1; System.nanoTime() < end; round++) {
      AtomicInteger closed = new AtomicInteger();
      Mpsc<AutoCloseable> channel = Mpsc.bounded(1);
      assertThat(channel.sender().trySend(() -> {})).isEqualTo(TrySend.SENT);
      int spins = round % 40;
      FutureTask<Void> leaves =
          Round.start(
              () -> {
                for (int i = 0; i < spins; i++) {
                  Thread.onSpinWait();
                }
                assertThat(channel.receiver().tryRecv().isItem()).isTrue();
                channel.receiver().cancel();
              });
      Poller poller = new Poller(new Services() {}, 1, false);
      Parked waker = new Parked();
      Future<Void> send = channel.sender().send(closed::incrementAndGet);
      try {
        while (poller.poll(send, waker).isPending()) {
          waker.await(channel);
        }
      } catch (ChannelClosedException refused) {
        // discarded
      }
      assertThat(leaves.get(60, TimeUnit.SECONDS)).isNull();
      assertThat(closed).as("round %s", round).hasValue(1);
    }
  }

  /** An interrupt meets the grant: the send answers that it was interrupted, or sends, not both. */
  @Test
  void anInterruptThatMeetsAGrantLeavesOneFate() throws Exception {
    long end = System.nanoTime() + RUN_NANOS;
    for (int round = 1; System.nanoTime() < end; round++) {
      Mpsc<Integer> channel = Mpsc.bounded(1);
      channel.sender().blockingSend(0);
      AtomicInteger sent = new AtomicInteger();
      FutureTask<Void> sends =
          new FutureTask<>(
              () -> {
                try {
                  channel.sender().blockingSend(1);
                  sent.incrementAndGet();
                } catch (InterruptedException interrupt) {
                  // then it was discarded
                }
                return null;
              });
      Thread thread = new Thread(sends, "mpsc");
      thread.setDaemon(true);
      thread.start();
      while (thread.getState() != Thread.State.WAITING && thread.isAlive()) {
        Thread.onSpinWait();
      }
      FutureTask<Void> interrupts = Round.start(thread::interrupt);
      assertThat(channel.receiver().tryRecv().value()).isZero();
      assertThat(interrupts.get(60, TimeUnit.SECONDS)).isNull();
      assertThat(sends.get(60, TimeUnit.SECONDS)).isNull();
      assertThat(channel.receiver().tryRecv().isItem())
          .as("round %s, %s", round, sent)
          .isEqualTo(sent.get() == 1);
    }
  }
}
