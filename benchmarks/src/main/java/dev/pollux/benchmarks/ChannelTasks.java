package dev.pollux.benchmarks;

import dev.pollux.core.AsyncIterator;
import dev.pollux.core.Context;
import dev.pollux.core.Future;
import dev.pollux.core.Poll;
import dev.pollux.core.Sink;
import dev.pollux.core.Turn;
import dev.pollux.sync.Broadcast;
import dev.pollux.sync.Mpmc;
import dev.pollux.sync.TrySend;
import org.jspecify.annotations.Nullable;

/** The ends of channels, as tasks that do nothing else. */
final class ChannelTasks {

  private ChannelTasks() {}

  /** Sends a number again and again, then closes its sender. */
  static final class Sends implements Future<Void> {

    private final Mpmc.Sender<Integer> sender;
    private int left;
    private @Nullable Future<Void> sending;

    Sends(Mpmc.Sender<Integer> sender, int count) {
      this.sender = sender;
      this.left = count;
    }

    @Override
    public Poll<Void> poll(Context cx) throws Exception {
      while (true) {
        if (sending != null) {
          if (sending.poll(cx).isPending()) {
            return Poll.pending();
          }
          sending = null;
          left--;
        }
        if (left == 0) {
          sender.close();
          return Poll.done();
        }
        if (!cx.tryProceed()) {
          return Poll.pending();
        }
        if (sender.trySend(1) == TrySend.SENT) {
          left--;
        } else {
          sending = sender.send(1);
        }
      }
    }

    @Override
    public void cancel() {
      if (sending != null) {
        sending.cancel();
      }
      sender.close();
    }
  }

  /** Adds up what an iterator gives. */
  static final class Sum implements Future<Long>, Sink<Integer> {

    private final AsyncIterator<Integer> values;
    private long sum;

    Sum(AsyncIterator<Integer> values) {
      this.values = values;
    }

    @Override
    public Poll<Long> poll(Context cx) throws Exception {
      return values.pollEach(cx, this) == Turn.ENDED ? Poll.ready(sum) : Poll.pending();
    }

    @Override
    public boolean accept(Integer value) {
      sum += value;
      return true;
    }

    @Override
    public void cancel() {
      values.cancel();
    }
  }

  /** Adds up what a broadcast gives, and lets the sender know after each batch. */
  static final class SumInBatches implements Future<Long>, Sink<Integer> {

    private final AsyncIterator<Integer> values;
    private final Mpmc.Sender<Integer> batches;
    private final int batch;
    private int inBatch;
    private long sum;

    SumInBatches(AsyncIterator<Integer> values, Mpmc.Sender<Integer> batches, int batch) {
      this.values = values;
      this.batches = batches;
      this.batch = batch;
    }

    @Override
    public Poll<Long> poll(Context cx) throws Exception {
      return values.pollEach(cx, this) == Turn.ENDED ? Poll.ready(sum) : Poll.pending();
    }

    @Override
    public boolean accept(Integer value) {
      sum += value;
      if (++inBatch == batch) {
        inBatch = 0;
        if (batches.trySend(1) != TrySend.SENT) {
          throw new IllegalStateException("the channel is unbounded");
        }
      }
      return true;
    }

    @Override
    public void cancel() {
      values.cancel();
    }
  }

  /** Broadcasts batches, each when all receivers have got the one before. */
  static final class BroadcastInBatches implements Future<Void> {

    private final Broadcast.Sender<Integer> sender;
    private final Mpmc.Receiver<Integer> ready;
    private final int receivers;
    private final int batch;
    private int batchesLeft;
    private int awaited;

    BroadcastInBatches(
        Broadcast.Sender<Integer> sender,
        Mpmc.Receiver<Integer> ready,
        int receivers,
        int batch,
        int batches) {
      this.sender = sender;
      this.ready = ready;
      this.receivers = receivers;
      this.batch = batch;
      this.batchesLeft = batches;
    }

    @Override
    public Poll<Void> poll(Context cx) {
      while (true) {
        while (awaited > 0) {
          if (ready.pollNext(cx).isPending()) {
            return Poll.pending();
          }
          awaited--;
        }
        if (batchesLeft == 0) {
          sender.close();
          ready.cancel();
          return Poll.done();
        }
        batchesLeft--;
        for (int i = 0; i < batch; i++) {
          sender.send(1);
        }
        awaited = receivers;
      }
    }

    @Override
    public void cancel() {
      sender.close();
      ready.cancel();
    }
  }
}
