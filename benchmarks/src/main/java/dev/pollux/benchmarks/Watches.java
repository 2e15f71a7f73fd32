package dev.pollux.benchmarks;

import dev.pollux.core.Context;
import dev.pollux.core.Description;
import dev.pollux.core.Future;
import dev.pollux.core.Poll;
import dev.pollux.sync.Watch;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A sender of values, and receivers that watch them. Each value is seen by all before the next. */
public final class Watches {

  private Watches() {}

  /**
   * A sender and its receivers. Each receiver outputs the sum of what it saw, which are the values
   * 1, 2, 3 and so on; the sender outputs 0.
   *
   * @param receivers how many
   * @param values how many values are sent
   */
  public static List<Future<Long>> senderAndReceivers(int receivers, int values) {
    Watch<Integer> watch = Watch.create(0);
    watch.receiver().close(); // only those of the tasks
    Acks acks = new Acks(receivers);
    List<Future<Long>> all = new ArrayList<>();
    for (int i = 0; i < receivers; i++) {
      all.add(new Receiver(watch.sender().subscribe(), acks, values));
    }
    all.add(new Sender(watch.sender(), acks, values));
    return all;
  }

  private static final class Sender implements Future<Long> {

    private final Watch.Sender<Integer> sender;
    private final Acks acks;
    private final int values;
    private int sent;

    Sender(Watch.Sender<Integer> sender, Acks acks, int values) {
      this.sender = sender;
      this.acks = acks;
      this.values = values;
    }

    @Override
    public Poll<Long> poll(Context cx) throws Exception {
      while (acks.pollComplete(sent, cx)) {
        if (sent == values) {
          sender.close();
          return Poll.ready(0L);
        }
        sent++;
        if (!sender.send(sent)) {
          throw new IllegalStateException("nobody watches");
        }
      }
      return Poll.pending();
    }

    @Override
    public void cancel() {
      acks.cancel();
      sender.close();
    }

    @Override
    public void describe(Description description) {
      description.name("watch sender").with("sent", sent);
    }
  }

  private static final class Receiver implements Future<Long> {

    private final Watch.Receiver<Integer> receiver;
    private final Acks acks;
    private final int values;
    private int seen;
    private long sum;
    private @Nullable Future<Void> changed;

    Receiver(Watch.Receiver<Integer> receiver, Acks acks, int values) {
      this.receiver = receiver;
      this.acks = acks;
      this.values = values;
    }

    @Override
    public Poll<Long> poll(Context cx) throws Exception {
      while (seen < values) {
        if (changed == null) {
          changed = receiver.changed();
        }
        if (changed.poll(cx).isPending()) {
          return Poll.pending();
        }
        changed = null;
        sum += receiver.borrowAndUpdate();
        acks.pass(seen++);
      }
      receiver.close();
      return Poll.ready(sum);
    }

    @Override
    public void cancel() {
      if (changed != null) {
        changed.cancel();
      }
      receiver.close();
    }

    @Override
    public void describe(Description description) {
      description.name("watch receiver").with("seen", seen);
      if (changed != null) {
        description.child("changed", changed);
      }
    }
  }
}
