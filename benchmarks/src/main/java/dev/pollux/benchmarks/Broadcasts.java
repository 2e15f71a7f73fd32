package dev.pollux.benchmarks;

import dev.pollux.core.AsyncIterator;
import dev.pollux.core.Context;
import dev.pollux.core.Description;
import dev.pollux.core.Future;
import dev.pollux.core.Next;
import dev.pollux.core.Poll;
import dev.pollux.sync.Broadcast;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A sender that broadcasts in batches, and its receivers, each of which gets all. The sender is at
 * most two batches ahead of the slowest receiver, and the channel has room for two: nobody lags.
 */
public final class Broadcasts {

  private Broadcasts() {}

  /**
   * A sender and its receivers. Each receiver outputs the sum of what it got, which are the values
   * 0, 1, 2 and so on; the sender outputs 0.
   *
   * @param receivers how many
   * @param batches how many batches
   * @param batch how many values are in each
   * @param byFutures whether a receiver awaits a future for each value, or else polls an iterator
   */
  public static List<Future<Long>> senderAndReceivers(
      int receivers, int batches, int batch, boolean byFutures) {
    Broadcast<Integer> channel = Broadcast.create(2 * batch);
    Acks acks = new Acks(receivers);
    List<Future<Long>> all = new ArrayList<>();
    for (int i = 0; i < receivers; i++) {
      Received received = new Received(acks, batch);
      Broadcast.Receiver<Integer> receiver = channel.subscribe();
      all.add(
          byFutures
              ? new FutureReceiver(receiver, received)
              : new IteratorReceiver(receiver.failing(), received));
    }
    all.add(new Sender(channel.sender(), acks, batches, batch));
    return all;
  }

  private static final class Sender implements Future<Long> {

    private final Broadcast.Sender<Integer> sender;
    private final Acks acks;
    private final int batches;
    private final int batch;
    private int sentBatches;

    Sender(Broadcast.Sender<Integer> sender, Acks acks, int batches, int batch) {
      this.sender = sender;
      this.acks = acks;
      this.batches = batches;
      this.batch = batch;
    }

    @Override
    public Poll<Long> poll(Context cx) throws Exception {
      for (; sentBatches < batches; sentBatches++) {
        if (!acks.pollComplete(sentBatches - 1, cx)) {
          return Poll.pending();
        }
        int first = sentBatches * batch;
        for (int i = first; i < first + batch; i++) {
          sender.send(i);
        }
      }
      if (!acks.pollComplete(batches, cx)) {
        return Poll.pending();
      }
      sender.close();
      return Poll.ready(0L);
    }

    @Override
    public void cancel() {
      acks.cancel();
      sender.close();
    }

    @Override
    public void describe(Description description) {
      description.name("broadcast sender").with("sent batches", sentBatches);
    }
  }

  /** What a receiver has got so far. */
  private static final class Received {

    private final Acks acks;
    private final int batch;
    private int inBatch;
    private int batches;
    private long sum;

    Received(Acks acks, int batch) {
      this.acks = acks;
      this.batch = batch;
    }

    void add(int value) {
      sum += value;
      inBatch++;
      if (inBatch == batch) {
        inBatch = 0;
        acks.pass(batches++);
      }
    }
  }

  private static final class IteratorReceiver implements Future<Long> {

    private final AsyncIterator<Integer> values;
    private final Received received;

    IteratorReceiver(AsyncIterator<Integer> values, Received received) {
      this.values = values;
      this.received = received;
    }

    @Override
    public Poll<Long> poll(Context cx) throws Exception {
      while (true) {
        Next<Integer> next = values.pollNext(cx);
        if (!next.isItem()) {
          return next.isEnd() ? Poll.ready(received.sum) : Poll.pending();
        }
        received.add(next.value());
      }
    }

    @Override
    public void cancel() {
      values.cancel();
    }

    @Override
    public void describe(Description description) {
      description.name("broadcast receiver").with("batches", received.batches);
      description.stream("values", values);
    }
  }

  private static final class FutureReceiver implements Future<Long> {

    private final Broadcast.Receiver<Integer> receiver;
    private final Received received;
    private @Nullable Future<Optional<Integer>> receiving;

    FutureReceiver(Broadcast.Receiver<Integer> receiver, Received received) {
      this.receiver = receiver;
      this.received = received;
    }

    @Override
    public Poll<Long> poll(Context cx) throws Exception {
      while (true) {
        if (receiving == null) {
          receiving = receiver.recv();
        }
        Poll<Optional<Integer>> value = receiving.poll(cx);
        if (value.isPending()) {
          return Poll.pending();
        }
        receiving = null;
        if (value.value().isEmpty()) {
          receiver.close();
          return Poll.ready(received.sum);
        }
        received.add(value.value().get());
      }
    }

    @Override
    public void cancel() {
      if (receiving != null) {
        receiving.cancel();
      }
      receiver.close();
    }

    @Override
    public void describe(Description description) {
      description.name("broadcast receiver").with("batches", received.batches);
      if (receiving != null) {
        description.child("receiving", receiving);
      }
    }
  }
}
