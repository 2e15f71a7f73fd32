package dev.pollux.benchmarks;

import dev.pollux.core.Context;
import dev.pollux.core.Description;
import dev.pollux.core.Future;
import dev.pollux.core.Poll;
import dev.pollux.sync.Mpsc;
import org.jspecify.annotations.Nullable;

/**
 * Sends 0, 1, 2 and so on through a channel, each by a future of its own, and closes its sender.
 * The output is 0.
 */
public final class SendEach implements Future<Long> {

  private final Mpsc.Sender<Integer> sender;
  private final int count;
  private int sent;
  private @Nullable Future<Void> sending;

  /**
   * Makes the future.
   *
   * @param sender sends, and is closed after that; owned
   * @param count how many values are sent
   */
  public SendEach(Mpsc.Sender<Integer> sender, int count) {
    this.sender = sender;
    this.count = count;
  }

  @Override
  public Poll<Long> poll(Context cx) throws Exception {
    while (true) {
      if (sending == null) {
        if (sent == count) {
          sender.close();
          return Poll.ready(0L);
        }
        sending = sender.send(sent);
      }
      if (sending.poll(cx).isPending()) {
        return Poll.pending();
      }
      sending = null;
      sent++;
    }
  }

  @Override
  public void cancel() {
    if (sending != null) {
      sending.cancel();
    }
    sender.close();
  }

  @Override
  public void describe(Description description) {
    description.name("send each").with("sent", sent);
    if (sending != null) {
      description.child("sending", sending);
    }
  }
}
