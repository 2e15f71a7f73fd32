package dev.pollux.benchmarks;

import dev.pollux.core.Context;
import dev.pollux.core.Description;
import dev.pollux.core.Future;
import dev.pollux.core.Poll;
import dev.pollux.sync.Mpsc;

/**
 * Sends 0, 1, 2 and so on through a channel by a feed, without a future for each, and closes its
 * sender. The output is 0.
 */
public final class FeedEach implements Future<Long> {

  private final Mpsc.Sender<Integer> sender;
  private final Mpsc.Feed<Integer> feed;
  private final int count;
  private int sent;

  /**
   * Makes the future.
   *
   * @param sender sends, and is closed after that; owned
   * @param count how many values are sent
   */
  public FeedEach(Mpsc.Sender<Integer> sender, int count) {
    this.sender = sender;
    this.feed = sender.feed();
    this.count = count;
  }

  @Override
  public Poll<Long> poll(Context cx) {
    for (; sent < count; sent++) {
      if (!feed.pollSend(cx, sent)) {
        return Poll.pending();
      }
    }
    close();
    return Poll.ready(0L);
  }

  private void close() {
    feed.close();
    sender.close();
  }

  @Override
  public void cancel() {
    close();
  }

  @Override
  public void describe(Description description) {
    description.name("feed each").with("sent", sent);
  }
}
