package dev.pollux.sync;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pollux.core.Future;
import dev.pollux.core.Next;
import dev.pollux.core.Poll;
import dev.pollux.sync.Mpsc.Permit;
import dev.pollux.testing.PollHarness;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Random programs on a channel, of sends, reservations and receives that are polled, and cancelled
 * at any poll, against a model that is a list.
 */
class MpscModelTest {

  private static final int PROGRAMS = 3_000;
  private static final int STEPS = 120;

  /** A future that waits for room. */
  private static final class Waiting {
    final @Nullable Future<Void> send;
    final @Nullable Future<Permit<Integer>> reserve;
    final int count;
    final int value;

    /** The places that it has, in the model. */
    int has;

    Waiting(
        @Nullable Future<Void> send,
        @Nullable Future<Permit<Integer>> reserve,
        int count,
        int value) {
      this.send = send;
      this.reserve = reserve;
      this.count = count;
      this.value = value;
    }
  }

  private static final class Program {
    final Random random;
    final int capacity;
    final Mpsc<Integer> channel;
    final PollHarness sending = PollHarness.create();
    final PollHarness receiving = PollHarness.create();
    final Deque<Integer> values = new ArrayDeque<>();
    final List<Integer> discarded = new ArrayList<>();

    /** Those who wait for places, in their order; what is granted leaves it. */
    final List<Waiting> queue = new ArrayList<>();

    /** Granted, and not polled since. */
    final List<Waiting> granted = new ArrayList<>();

    final List<Permit<Integer>> permits = new ArrayList<>();
    int free;
    int next;
    boolean receiverWaits;

    Program(long seed) {
      this.random = new Random(seed);
      this.capacity = 1 + random.nextInt(random.nextBoolean() ? 4 : 150);
      this.free = capacity;
      this.channel = Mpsc.bounded(capacity);
    }

    void run() throws Exception {
      receive(); // a first poll, so that the channel knows where to discard
      for (int step = 0; step < STEPS; step++) {
        switch (random.nextInt(11)) {
          case 0, 1 -> send();
          case 2 -> reserve();
          case 3 -> trySend();
          case 4 -> pollAWaiter();
          case 5 -> cancelAWaiter();
          case 6 -> useAPermit();
          case 7 -> closeAPermit();
          case 8 -> tryReceive();
          default -> receive();
        }
        assertThat(channel.sender().availablePermits()).isEqualTo(queue.isEmpty() ? free : 0);
      }
      finish();
    }

    void send() throws Exception {
      int value = next++;
      Future<Void> send = channel.sender().send(value);
      if (random.nextInt(10) == 0) {
        send.cancel();
        discarded.add(value);
        return;
      }
      boolean done = sending.poll(send).isReady();
      if (queue.isEmpty() && free > 0) {
        assertThat(done).isTrue();
        free--;
        arrived(value);
      } else {
        assertThat(done).isFalse();
        queue.add(new Waiting(send, null, 1, value));
      }
    }

    void reserve() throws Exception {
      int count = 1 + random.nextInt(Math.min(capacity, 5));
      Future<Permit<Integer>> reserve = channel.sender().reserveMany(count);
      Poll<Permit<Integer>> answer = sending.poll(reserve);
      if (queue.isEmpty() && free >= count) {
        free -= count;
        permits.add(answer.value());
      } else {
        assertThat(answer.isPending()).isTrue();
        Waiting waiting = new Waiting(null, reserve, count, 0);
        if (queue.isEmpty()) {
          waiting.has = free;
          free = 0;
        }
        queue.add(waiting);
      }
    }

    void trySend() {
      int value = next++;
      TrySend answer = channel.sender().trySend(value);
      if (queue.isEmpty() && free > 0) {
        assertThat(answer).isEqualTo(TrySend.SENT);
        free--;
        arrived(value);
      } else {
        assertThat(answer).isEqualTo(TrySend.FULL);
      }
    }

    void arrived(int value) {
      values.add(value);
      if (receiverWaits) {
        assertThat(receiving.woken()).as("the receiver is woken").isTrue();
      }
    }

    /** Places come free: those who wait get them, in their order. */
    void freed(int count) {
      free += count;
      while (!queue.isEmpty() && free > 0) {
        Waiting first = queue.get(0);
        int given = Math.min(free, first.count - first.has);
        first.has += given;
        free -= given;
        if (first.has == first.count) {
          queue.remove(0);
          granted.add(first);
          assertThat(sending.woken()).as("a waiter that was granted is woken").isTrue();
          if (first.send != null) {
            arrived(first.value);
          }
        }
      }
    }

    void pollAWaiter() throws Exception {
      if (!granted.isEmpty() && random.nextBoolean()) {
        Waiting waiting = granted.remove(random.nextInt(granted.size()));
        if (waiting.send != null) {
          assertThat(sending.poll(waiting.send).isReady()).isTrue();
        } else {
          permits.add(sending.poll(waiting.reserve).value());
        }
      } else if (!queue.isEmpty()) {
        Waiting waiting = queue.get(random.nextInt(queue.size()));
        if (random.nextBoolean()) {
          sending.replaceWaker();
          for (Waiting other : queue) { // all know the new one
            assertThat(isPending(other)).isTrue();
          }
        }
        assertThat(isPending(waiting)).isTrue();
      }
    }

    boolean isPending(Waiting waiting) throws Exception {
      return waiting.send == null
          ? sending.poll(waiting.reserve).isPending()
          : sending.poll(waiting.send).isPending();
    }

    void cancelAWaiter() {
      if (!granted.isEmpty() && random.nextBoolean()) {
        Waiting waiting = granted.remove(random.nextInt(granted.size()));
        if (waiting.send != null) {
          waiting.send.cancel(); // its value is on its way
        } else {
          waiting.reserve.cancel();
          freed(waiting.count);
        }
      } else if (!queue.isEmpty()) {
        Waiting waiting = queue.remove(random.nextInt(queue.size()));
        if (waiting.send != null) {
          waiting.send.cancel();
          discarded.add(waiting.value);
        } else {
          waiting.reserve.cancel();
          freed(waiting.has);
        }
      }
    }

    void useAPermit() {
      if (permits.isEmpty()) {
        return;
      }
      int index = random.nextInt(permits.size());
      int value = next++;
      assertThat(permits.get(index).send(value)).isTrue();
      arrived(value);
      if (permits.get(index).remaining() == 0) {
        permits.remove(index);
      }
    }

    void closeAPermit() {
      if (permits.isEmpty()) {
        return;
      }
      Permit<Integer> permit = permits.remove(random.nextInt(permits.size()));
      int back = permit.remaining();
      permit.close();
      freed(back);
    }

    void receive() throws Exception {
      int count = 1 + random.nextInt(8);
      for (int i = 0; i < count; i++) {
        Next<Integer> answer = receiving.pollNext(channel.receiver());
        if (values.isEmpty()) {
          assertThat(answer.isPending()).isTrue();
          receiverWaits = true;
          return;
        }
        receiverWaits = false;
        assertThat(answer.value()).isEqualTo(values.removeFirst());
        freed(1);
      }
    }

    void tryReceive() {
      Next<Integer> answer = channel.receiver().tryRecv();
      if (values.isEmpty()) {
        assertThat(answer.isPending()).isTrue();
      } else {
        assertThat(answer.value()).isEqualTo(values.removeFirst());
        freed(1);
      }
    }

    /** Ends it from one side or the other; every value is received or discarded. */
    void finish() throws Exception {
      for (Permit<Integer> permit : permits) {
        int back = permit.remaining();
        permit.close();
        freed(back);
      }
      while (!granted.isEmpty() || !queue.isEmpty()) {
        cancelAWaiter();
      }
      if (random.nextBoolean()) {
        channel.sender().close();
        while (!values.isEmpty()) {
          assertThat(receiving.pollNext(channel.receiver()).value())
              .isEqualTo(values.removeFirst());
        }
        assertThat(receiving.pollNext(channel.receiver()).isEnd()).isTrue();
      } else {
        channel.receiver().cancel();
        discarded.addAll(values);
      }
      List<Object> all = new ArrayList<>(sending.discarded());
      all.addAll(receiving.discarded());
      assertThat(all).containsExactlyInAnyOrderElementsOf(discarded);
      assertThat(sending.uncaught()).isEmpty();
      assertThat(receiving.uncaught()).isEmpty();
    }
  }

  @Test
  void randomProgramsDoWhatAListDoes() {
    long first = System.nanoTime();
    for (long seed = first; seed < first + PROGRAMS; seed++) {
      try {
        new Program(seed).run();
      } catch (Throwable failure) {
        throw new AssertionError("the program of seed " + seed, failure);
      }
    }
  }
}
