package dev.pollux.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pollux.core.AsyncIterator;
import dev.pollux.core.Future;
import dev.pollux.core.Next;
import dev.pollux.core.Poll;
import dev.pollux.testing.PollHarness;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Random programs of a broadcast: receivers that come, lag, wait, give up and go, against a list of
 * all that was sent.
 */
class BroadcastPropertyTest {

  private static final int PROGRAMS = 150;
  private static final int STEPS = 200;

  @Test
  void everyReceiverGetsAllOrIsToldWhatItMissed() throws Exception {
    long seed = System.nanoTime();
    for (int i = 0; i < PROGRAMS; i++) {
      Random random = new Random(seed + i);
      try {
        new Program(random).run();
      } catch (Throwable failure) {
        throw new AssertionError("seed " + (seed + i), failure);
      }
    }
  }

  /** One receiver; read by futures, or as an iterator. */
  private static final class Reader {
    final PollHarness harness = PollHarness.create();
    final Broadcast.Receiver<Integer> receiver;
    final @Nullable AsyncIterator<Integer> iterator;
    final boolean lossy;
    @Nullable Future<Optional<Integer>> future;
    long next;
    long missed;
    boolean waits;

    Reader(Broadcast.Receiver<Integer> receiver, int kind, long next) {
      this.receiver = receiver;
      this.lossy = kind == 1;
      this.iterator = kind == 0 ? null : lossy ? receiver.lossy() : receiver.failing();
      this.next = next;
    }
  }

  private static final class Program {

    private final Random random;
    private final int capacity;
    private final Broadcast<Integer> channel;
    private final List<Broadcast.Sender<Integer>> senders = new ArrayList<>();
    private final List<Reader> readers = new ArrayList<>();

    /** How many values were kept; the value is its number. */
    private int sent;

    Program(Random random) {
      this.random = random;
      this.capacity = 1 + random.nextInt(5);
      this.channel = Broadcast.create(capacity);
      senders.add(channel.sender());
    }

    void run() throws Exception {
      for (int step = 0; step < STEPS; step++) {
        step();
      }
      while (!senders.isEmpty()) {
        closeSender();
      }
      while (!readers.isEmpty()) {
        read(readers.get(random.nextInt(readers.size())));
      }
      assertThat(channel.sender().receiverCount()).isZero();
    }

    private void step() throws Exception {
      int choice = random.nextInt(100);
      if (choice < 35 && !senders.isEmpty()) {
        send();
      } else if (choice < 70 && !readers.isEmpty()) {
        read(readers.get(random.nextInt(readers.size())));
      } else if (choice < 78) {
        readers.add(new Reader(channel.subscribe(), random.nextInt(3), sent));
      } else if (choice < 82 && !readers.isEmpty()) {
        Reader original = readers.get(random.nextInt(readers.size()));
        readers.add(new Reader(original.receiver.another(), random.nextInt(3), original.next));
      } else if (choice < 88 && !readers.isEmpty()) {
        giveUp(readers.get(random.nextInt(readers.size())));
      } else if (choice < 92 && !readers.isEmpty()) {
        leave(readers.get(random.nextInt(readers.size())));
      } else if (choice < 95 && !senders.isEmpty()) {
        senders.add(senders.get(random.nextInt(senders.size())).another());
      } else if (choice < 97 && senders.size() > 1) {
        closeSender();
      }
      for (Reader reader : readers) {
        assertThat(reader.receiver.length())
            .isEqualTo(Math.min(capacity, sent - (int) reader.next));
        assertThat(reader.receiver.missed()).isEqualTo(reader.missed);
      }
    }

    private void send() {
      int reached = senders.get(random.nextInt(senders.size())).send(sent);
      assertThat(reached).isEqualTo(readers.size());
      if (reached > 0) {
        sent++;
        allWhoWaitAreWoken();
      }
    }

    private void closeSender() {
      senders.remove(random.nextInt(senders.size())).close();
      if (senders.isEmpty()) {
        allWhoWaitAreWoken();
      }
    }

    private void allWhoWaitAreWoken() {
      for (Reader reader : readers) {
        if (reader.waits) {
          assertThat(reader.harness.woken()).as("a waiting reader").isTrue();
          reader.waits = false;
        }
      }
    }

    private void read(Reader reader) throws Exception {
      if (reader.waits) {
        assertThat(reader.harness.woken()).isFalse();
      }
      boolean lags = sent - reader.next > capacity;
      if (lags) {
        long oldest = sent - (long) capacity;
        reader.missed += oldest - reader.next;
        reader.next = oldest;
        if (!reader.lossy) {
          assertThatThrownBy(() -> poll(reader)).isInstanceOf(LaggedException.class);
          assertThat(reader.receiver.missed()).isEqualTo(reader.missed);
          reader.future = null;
          if (reader.iterator != null) {
            readers.remove(reader);
          }
          return;
        }
      }
      Next<Integer> answer = poll(reader);
      if (reader.next < sent) {
        assertThat(answer.value()).isEqualTo((int) reader.next);
        reader.next++;
      } else if (senders.isEmpty()) {
        assertThat(answer.isEnd()).isTrue();
        if (reader.iterator == null) {
          reader.receiver.close();
        }
        readers.remove(reader);
      } else {
        assertThat(answer.isPending()).isTrue();
      }
    }

    private Next<Integer> poll(Reader reader) throws Exception {
      if (reader.iterator != null) {
        Next<Integer> next = reader.harness.pollNext(reader.iterator);
        reader.waits = next.isPending();
        return next;
      }
      if (reader.future == null && random.nextInt(4) == 0) {
        return reader.receiver.tryRecv();
      }
      if (reader.future == null) {
        reader.future = reader.receiver.recv();
      }
      Poll<Optional<Integer>> poll = reader.harness.poll(reader.future);
      reader.waits = poll.isPending();
      if (poll.isPending()) {
        return Next.pending();
      }
      reader.future = null;
      return poll.value().map(Next::item).orElse(Next.end());
    }

    private void giveUp(Reader reader) {
      if (reader.future != null) {
        reader.future.cancel();
        reader.future = null;
        reader.waits = false;
      }
    }

    private void leave(Reader reader) {
      giveUp(reader);
      readers.remove(reader);
      if (reader.iterator != null) {
        reader.iterator.cancel();
      } else {
        reader.receiver.close();
      }
    }
  }
}
