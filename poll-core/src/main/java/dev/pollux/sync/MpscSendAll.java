package dev.pollux.sync;

import dev.pollux.core.AsyncIterator;
import dev.pollux.core.Context;
import dev.pollux.core.Description;
import dev.pollux.core.Discard;
import dev.pollux.core.Future;
import dev.pollux.core.Next;
import dev.pollux.core.Poll;
import dev.pollux.core.PollAfterEndException;
import dev.pollux.spi.Unpolled;
import org.jspecify.annotations.Nullable;

/**
 * Sends the elements of an iterator: see {@link Mpsc.Sender#sendAll}.
 *
 * @cancellation cancels the iterator; no element is held
 * @threading confined to the polling task
 */
final class MpscSendAll<T> implements Future<Void> {

  private final Mpsc.Sender<T> sender;

  /** Null once over. */
  private @Nullable AsyncIterator<? extends T> elements;

  private Mpsc.@Nullable Feed<T> feed;

  MpscSendAll(Mpsc.Sender<T> sender, AsyncIterator<? extends T> elements) {
    this.sender = sender;
    this.elements = elements;
  }

  @Override
  public Poll<Void> poll(Context cx) throws Exception {
    Unpolled.used(this);
    AsyncIterator<? extends T> elements = this.elements;
    if (elements == null) {
      throw new PollAfterEndException("Mpsc.Sender.sendAll");
    }
    try {
      Mpsc.Feed<T> feed = this.feed;
      if (feed == null) {
        feed = sender.feed();
        this.feed = feed;
      }
      while (feed.pollReady(cx)) {
        Next<? extends T> next;
        try {
          next = elements.pollNext(cx);
        } catch (Throwable failure) {
          this.elements = null; // it is over, and need not be cancelled
          throw failure;
        }
        if (next.isPending()) {
          feed.giveBack(); // others may have something to send
          return Poll.pending();
        }
        if (next.isEnd()) {
          this.elements = null;
          cancel();
          return Poll.done();
        }
        send(cx, feed, next.value());
      }
      return Poll.pending();
    } catch (Throwable failure) {
      cancel(cx.discard());
      throw failure;
    }
  }

  private void send(Context cx, Mpsc.Feed<T> feed, T value) {
    boolean sent;
    try {
      sent = feed.pollSend(cx, value);
    } catch (ChannelClosedException gone) {
      cx.discard().discard(value);
      throw gone;
    }
    assert sent : "there was a place";
  }

  @Override
  public void cancel() {
    Unpolled.used(this);
    cancel(Discard.closing());
  }

  private void cancel(Discard discard) {
    AsyncIterator<? extends T> elements = this.elements;
    this.elements = null;
    Mpsc.Feed<T> feed = this.feed;
    this.feed = null;
    if (feed != null) {
      feed.close();
    }
    if (elements != null) {
      try {
        elements.cancel();
      } catch (Throwable violation) {
        discard.uncaught(violation, "cancel of a " + elements.getClass().getName());
      }
    }
  }

  @Override
  public void describe(Description description) {
    description.name("Mpsc.Sender.sendAll").stream("elements", elements);
    Mpsc.Feed<T> feed = this.feed;
    if (feed != null) {
      description.with("into", feed);
    }
  }
}
