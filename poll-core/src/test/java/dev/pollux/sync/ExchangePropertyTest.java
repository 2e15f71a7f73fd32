package dev.pollux.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pollux.core.Future;
import dev.pollux.core.Next;
import dev.pollux.testing.PollHarness;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Random programs of senders and receivers that begin, are polled, woken or not, and are cancelled
 * at any time, against lists that say after each step what every one of them must have been told,
 * and where every value is.
 */
class ExchangePropertyTest {

  private static final int PROGRAMS = 100;
  private static final int STEPS = 150;
  private static final Comparator<Value> BY_RANK = Comparator.comparingInt(Value::rank);

  @Test
  void anMpmcIsAQueue() throws Exception {
    run(
        random -> {
          int capacity = 1 + random.nextInt(3);
          Mpmc<Value> channel = Mpmc.bounded(capacity);
          Mpmc.Receiver<Value> first = channel.receiver();
          return new Program(
              random,
              capacity,
              null,
              channel.sender(),
              List.of(first, first.another(), first.another()));
        });
  }

  @Test
  void anUnboundedMpmcNeverLetsASenderWait() throws Exception {
    run(
        random -> {
          Mpmc<Value> channel = Mpmc.unbounded();
          Mpmc.Receiver<Value> first = channel.receiver();
          return new Program(
              random,
              Integer.MAX_VALUE,
              null,
              channel.sender(),
              List.of(first, first.another(), first.another()));
        });
  }

  @Test
  void aRendezvousHoldsNothing() throws Exception {
    run(
        random -> {
          Rendezvous<Value> channel = Rendezvous.create();
          Rendezvous.Receiver<Value> first = channel.receiver();
          return new Program(
              random, 0, null, channel.sender(), List.of(first, first.another(), first.another()));
        });
  }

  @Test
  void aPriorityChannelGivesTheHighestThatIsThere() throws Exception {
    run(
        random -> {
          int capacity = 1 + random.nextInt(6);
          PriorityChannel<Value> channel = PriorityChannel.bounded(capacity, BY_RANK);
          PriorityChannel.Receiver<Value> first = channel.receiver();
          return new Program(
              random,
              capacity,
              BY_RANK,
              channel.sender(),
              List.of(first, first.another(), first.another()));
        });
  }

  private interface Maker {
    Program make(Random random);
  }

  private static void run(Maker maker) throws Exception {
    long seed = System.nanoTime();
    for (int i = 0; i < PROGRAMS; i++) {
      Program program = maker.make(new Random(seed + i));
      try {
        program.run();
      } catch (Throwable failure) {
        throw new AssertionError("seed " + (seed + i) + "\n" + program.log, failure);
      }
    }
  }

  /** Counts how often it was closed. */
  private static final class Value implements AutoCloseable {
    final int number;
    int closed;

    /** Where the lists say that it is. */
    String place = "its sender";

    Value(int number) {
      this.number = number;
    }

    int rank() {
      return number * 7 % 5;
    }

    @Override
    public void close() {
      closed++;
    }

    @Override
    public String toString() {
      return "value " + number;
    }
  }

  /** Whoever is polled, by a task of its own. */
  private abstract static class Party {
    final PollHarness harness = PollHarness.create();
    boolean mustBeWoken;
    boolean polled;
  }

  private static final class Sending extends Party {
    final @Nullable Future<Void> future;
    final Value value;
    boolean sent;
    boolean refused;

    /** Without a future: left by a trySend. */
    Sending(Value value, @Nullable Future<Void> future) {
      this.value = value;
      this.future = future;
    }
  }

  private static final class Receiving extends Party {
    final SharedReceiver<Value> receiver;
    final @Nullable Future<Optional<Value>> one;
    final @Nullable Future<Integer> many;
    final List<Value> into = new ArrayList<>();
    final int max;
    boolean granted;

    /** The step in which it began to wait for what it has not got yet, or 0. */
    int began;

    /** 0 for the receiver itself, as an iterator. */
    Receiving(SharedReceiver<Value> receiver, int max) {
      this.receiver = receiver;
      this.max = max;
      this.one = max == 1 ? receiver.recv() : null;
      this.many = max > 1 ? receiver.recvMany(into, max) : null;
    }
  }

  /** A channel, and the lists. */
  private static final class Program {

    final StringBuilder log = new StringBuilder();
    private final Random random;
    private final int capacity;
    private final @Nullable Comparator<Value> order;
    private final SharedSender<Value> sender;
    private final SharedReceiver<Value> plain;

    /** In the order in which they come out. */
    private final List<Value> values = new ArrayList<>();

    private final List<Sending> sending = new ArrayList<>();
    private final List<Receiving> receiving = new ArrayList<>();
    private final List<Receiving> promisedTo = new ArrayList<>();
    private final List<SharedReceiver<Value>> ended = new ArrayList<>();
    private int promised;
    private int steps;
    private boolean closed;
    private boolean sendersClosed;
    private boolean plainGone;
    private int handles = 3;

    private final List<Sending> senders = new ArrayList<>();
    private final List<Receiving> receivers = new ArrayList<>();
    private final List<Value> all = new ArrayList<>();

    Program(
        Random random,
        int capacity,
        @Nullable Comparator<Value> order,
        SharedSender<Value> sender,
        List<? extends SharedReceiver<Value>> three) {
      this.random = random;
      this.capacity = capacity;
      this.order = order;
      this.sender = sender;
      this.plain = three.get(0);
      receivers.add(new Receiving(three.get(1), 0));
      receivers.add(new Receiving(three.get(2), 0));
    }

    void run() throws Exception {
      for (int step = 0; step < STEPS; step++) {
        step();
        check();
      }
      log.append("finish\n");
      while (!senders.isEmpty()) {
        cancel(senders.get(random.nextInt(senders.size())));
        check();
      }
      while (!receivers.isEmpty()) {
        cancel(receivers.get(random.nextInt(receivers.size())));
        check();
      }
      if (!plainGone) {
        dropPlain();
        check();
      }
      for (Value value : all) {
        assertThat(value.place).as("%s", value).isIn("received", "discarded", "refused by trySend");
      }
    }

    private void step() throws Exception {
      int choice = random.nextInt(100);
      if (choice < 22) {
        Value value = newValue();
        Sending party = new Sending(value, sender.send(value));
        senders.add(party);
        if (random.nextInt(8) != 0) {
          poll(party);
        }
      } else if (choice < 40 && !plainGone) {
        Receiving party = new Receiving(plain, random.nextBoolean() ? 1 : 2 + random.nextInt(3));
        receivers.add(party);
        if (random.nextInt(8) != 0) {
          poll(party);
        }
      } else if (choice < 56 && !senders.isEmpty()) {
        poll(senders.get(random.nextInt(senders.size())));
      } else if (choice < 73 && !receivers.isEmpty()) {
        poll(receivers.get(random.nextInt(receivers.size())));
      } else if (choice < 78 && !senders.isEmpty()) {
        cancel(senders.get(random.nextInt(senders.size())));
      } else if (choice < 86) {
        Receiving party =
            receivers.isEmpty() ? null : receivers.get(random.nextInt(receivers.size()));
        if (party != null && (party.max != 0 || random.nextInt(10) == 0)) {
          cancel(party);
        }
      } else if (choice < 92) {
        trySend();
      } else if (choice < 97 && !plainGone) {
        tryRecv();
      } else if (random.nextInt(6) == 0) {
        endSomehow();
      }
    }

    private void endSomehow() throws Exception {
      switch (random.nextInt(3)) {
        case 0 -> {
          log.append("close by a receiver\n");
          plain.closeChannel();
          refuseAll();
          serve();
        }
        case 1 -> {
          log.append("all senders closed\n");
          sender.close();
          sendersClosed = true;
          serve();
        }
        default -> {
          if (!plainGone && receivers.stream().allMatch(party -> party.max == 0)) {
            dropPlain();
          }
        }
      }
    }

    // ---- the lists

    private int available() {
      return capacity == 0 ? sending.size() : values.size();
    }

    private boolean isOver() {
      return (closed || sendersClosed) && values.isEmpty() && sending.isEmpty();
    }

    private void add(Value value) {
      int at = values.size();
      if (order != null) {
        while (at > 0 && order.compare(value, values.get(at - 1)) > 0) {
          at--;
        }
      }
      values.add(at, value);
      value.place = "the channel";
    }

    private void serve() {
      while (values.size() < capacity && !sending.isEmpty()) {
        Sending first = sending.remove(0);
        add(first.value);
        first.sent = true;
        first.mustBeWoken = true;
      }
      while (promised > available() && !isOver()) {
        Receiving last = promisedTo.remove(promisedTo.size() - 1);
        last.granted = false;
        promised--;
        receiving.add(0, last);
      }
      while (!receiving.isEmpty() && (available() > promised || isOver())) {
        Receiving first = receiving.remove(0);
        first.granted = true;
        first.mustBeWoken = true;
        promised++;
        promisedTo.add(first);
      }
    }

    private Value takeFirst() {
      Value value;
      if (capacity == 0) {
        Sending first = sending.remove(0);
        first.sent = true;
        first.mustBeWoken = true;
        value = first.value;
        values.remove(value);
      } else {
        value = values.remove(0);
      }
      value.place = "received";
      return value;
    }

    private void takePromise(Receiving party) {
      if (party.granted) {
        party.granted = false;
        promised--;
        promisedTo.remove(party);
      }
    }

    private void refuseAll() {
      closed = true;
      for (Sending party : List.copyOf(sending)) {
        if (party.future != null) {
          sending.remove(party);
          party.refused = true;
          party.mustBeWoken = true;
        }
      }
    }

    /** Or is given up; counts no more, in either case. */
    private void seesTheEnd(SharedReceiver<Value> receiver) {
      if (!ended.contains(receiver)) {
        ended.add(receiver);
        drop();
      }
    }

    private void drop() {
      handles--;
      if (handles == 0) {
        refuseAll();
        while (available() > 0) {
          takeFirst().place = "discarded";
        }
      }
      serve();
    }

    // ---- the steps

    private Value newValue() {
      Value value = new Value(all.size());
      all.add(value);
      return value;
    }

    private void poll(Sending party) throws Exception {
      log.append("poll send of ").append(party.value).append('\n');
      Future<Void> future = party.future;
      assertThat(future).isNotNull();
      party.mustBeWoken = false;
      if (party.sent) {
        assertThat(party.harness.poll(future).isReady()).isTrue();
        senders.remove(party);
      } else if (party.refused || (!party.polled && (closed || sendersClosed))) {
        assertThatThrownBy(() -> party.harness.poll(future))
            .isInstanceOf(ChannelClosedException.class);
        assertThat(party.harness.discarded()).containsExactly(party.value);
        party.value.place = "discarded";
        senders.remove(party);
      } else if (party.polled) {
        assertThat(party.harness.poll(future).isPending()).isTrue();
      } else if (values.size() < capacity) {
        add(party.value);
        serve();
        assertThat(party.harness.poll(future).isReady()).isTrue();
        senders.remove(party);
      } else {
        party.polled = true;
        sending.add(party);
        assertThat(party.harness.poll(future).isPending()).isTrue();
        serve();
      }
    }

    private void cancel(Sending party) {
      log.append("cancel send of ").append(party.value).append('\n');
      assertThat(party.future).isNotNull();
      party.future.cancel();
      party.future.cancel();
      senders.remove(party);
      sending.remove(party);
      if (!party.sent) {
        party.value.place = "discarded";
      }
      serve();
    }

    private void poll(Receiving party) throws Exception {
      log.append("poll receiver of ").append(party.max).append('\n');
      party.mustBeWoken = false;
      takePromise(party);
      List<Value> expected = new ArrayList<>();
      if (available() > promised) {
        receiving.remove(party);
        expected.add(takeFirst());
        serve();
        int most = Math.min(party.max - 1, available());
        while (expected.size() <= most && available() > promised) {
          expected.add(takeFirst());
        }
        serve();
      } else if (!isOver() && !receiving.contains(party)) {
        receiving.add(party);
      }
      boolean end = expected.isEmpty() && isOver();
      List<Value> answered = answer(party, end);
      assertThat(answered).isEqualTo(expected);
      if (party.max == 0 ? end : end || !expected.isEmpty()) {
        receivers.remove(party);
      }
      steps++;
      if (!expected.isEmpty() || end) {
        party.began = 0;
      } else if (party.began == 0) {
        party.began = steps;
      }
      if (end) {
        seesTheEnd(party.receiver);
      }
    }

    private static List<Value> answer(Receiving party, boolean end) throws Exception {
      if (party.one != null) {
        var answer = party.harness.poll(party.one);
        assertThat(answer.isReady() && answer.value().isEmpty()).isEqualTo(end);
        return answer.isPending() ? List.of() : answer.value().map(List::of).orElse(List.of());
      }
      if (party.many != null) {
        var answer = party.harness.poll(party.many);
        assertThat(answer.isReady() && answer.value() == 0).isEqualTo(end);
        if (answer.isReady()) {
          assertThat(answer.value()).isEqualTo(party.into.size());
        }
        return party.into;
      }
      Next<Value> answer = party.harness.pollNext(party.receiver);
      assertThat(answer.isEnd()).isEqualTo(end);
      return answer.isItem() ? List.of(answer.value()) : List.of();
    }

    private void cancel(Receiving party) {
      log.append("cancel receiver of ").append(party.max).append('\n');
      receivers.remove(party);
      receiving.remove(party);
      takePromise(party);
      serve();
      if (party.one != null) {
        party.one.cancel();
      } else if (party.many != null) {
        party.many.cancel();
      } else {
        party.receiver.cancel();
        party.receiver.close();
        seesTheEnd(party.receiver);
      }
    }

    private void dropPlain() {
      log.append("cancel the plain receiver\n");
      plainGone = true;
      plain.cancel();
      seesTheEnd(plain);
    }

    private void trySend() {
      Value value = newValue();
      log.append("trySend of ").append(value).append('\n');
      TrySend answer = sender.trySend(value);
      if (closed || sendersClosed) {
        assertThat(answer).isEqualTo(TrySend.CLOSED);
      } else if (capacity == 0 ? receiving.isEmpty() : values.size() >= capacity) {
        assertThat(answer).isEqualTo(TrySend.FULL);
      } else {
        assertThat(answer).isEqualTo(TrySend.SENT);
        if (capacity == 0) {
          sending.add(new Sending(value, null));
        }
        add(value);
        serve();
        return;
      }
      value.place = "refused by trySend";
    }

    private void tryRecv() {
      log.append("tryRecv\n");
      Next<Value> answer = plain.tryRecv();
      if (available() > promised) {
        assertThat(answer.value()).isEqualTo(takeFirst());
        serve();
      } else {
        assertThat(answer.isEnd()).isEqualTo(isOver());
        assertThat(answer.isItem()).isFalse();
        if (isOver()) {
          seesTheEnd(plain);
        }
      }
    }

    /**
     * Those who wait are served in the order in which they began to: told by what was seen from
     * outside, whatever is promised to whom.
     */
    private void checkTheOrder() {
      List<Receiving> waiting = new ArrayList<>();
      for (Receiving party : receivers) {
        if (party.began > 0) {
          waiting.add(party);
        }
      }
      waiting.sort(Comparator.comparingInt(party -> party.began));
      for (int i = 0; i < Math.min(available(), waiting.size()); i++) {
        assertThat(waiting.get(i).harness.woken()).as("number %s of those who wait", i).isTrue();
      }
      assertThat(plain.length()).isLessThanOrEqualTo(Math.max(0, available() - waiting.size()));
    }

    private void check() {
      checkTheOrder();
      for (Sending party : senders) {
        if (party.polled) {
          assertThat(party.harness.woken())
              .as("sender of %s", party.value)
              .isEqualTo(party.mustBeWoken);
        }
      }
      for (Receiving party : receivers) {
        if (party.granted || receiving.contains(party)) {
          assertThat(party.harness.woken()).as("a receiver").isEqualTo(party.mustBeWoken);
        }
      }
      for (Value value : all) {
        assertThat(value.closed)
            .as("%s is with %s", value, value.place)
            .isEqualTo(value.place.equals("discarded") ? 1 : 0);
      }
      assertThat(plain.length()).isEqualTo(plainGone ? 0 : Math.max(0, available() - promised));
    }
  }
}
