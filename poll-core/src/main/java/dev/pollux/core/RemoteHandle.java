package dev.pollux.core;

import static java.util.Objects.requireNonNull;

import dev.pollux.operator.Cancel;
import dev.pollux.operator.Raise;
import dev.pollux.spi.Unpolled;
import dev.pollux.sync.ChannelClosedException;
import dev.pollux.sync.Oneshot;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;

/**
 * The output of a future that somebody else polls. Made by {@link Future#remoteHandle()}.
 *
 * <pre>{@code
 * RemoteHandle<Page> page = render().remoteHandle();
 * spawner.spawn(page.driver()).detach();
 * Future<Integer> length = page.map(Page::length);
 * }</pre>
 *
 * <p>The {@link #driver} polls the future, wherever it is run; it completes when the future has
 * ended, and hands its output, or whatever it has thrown, to this handle. {@link
 * dev.pollux.spi.Spawner#spawn} does as much with a {@link JoinHandle}; this is for where there is
 * no spawner: a set, a scope of one's own, a foreign executor.
 *
 * <p>Source: {@code RemoteHandle} of futures-rs.
 *
 * @param <T> the output
 * @threading as every future; the driver belongs to its own task
 * @cancellation asks the driver to cancel the future, which it does in its next turn, unless {@link
 *     #detach()} was called; an output that is there already is discarded, and a failure goes to
 *     {@link Discard#uncaught}
 */
public final class RemoteHandle<T extends @Nullable Object> implements Future<T> {

  private final RemoteDriver<T> driver;
  private final Oneshot.Receiver<RemoteDriver.Outcome<T>> outcome;
  private @Nullable Discard discard;

  RemoteHandle(Future<T> future) {
    Oneshot<RemoteDriver.Outcome<T>> channel = Oneshot.create();
    outcome = channel.receiver();
    Unpolled.used(outcome);
    driver = Unpolled.made(new RemoteDriver<>(future, channel.sender()));
  }

  /**
   * What polls the future: always the same object, to be run once. If it is cancelled before the
   * future has ended, the future is cancelled, and this handle throws {@link
   * CancellationException}. If nobody runs it, this handle waits for ever.
   *
   * @cancellation cancels the future
   */
  public Future<Void> driver() {
    return driver;
  }

  /**
   * Lets the future run without this handle, which is over: its output will be discarded, its
   * failure goes to {@link Discard#uncaught}. Idempotent. Belongs to the owner of this handle.
   */
  public void detach() {
    driver.detach(); // first, so that the driver does not take the close for a cancel
    cancel();
  }

  /**
   * {@inheritDoc}
   *
   * @throws CancellationException if the driver was cancelled before the future had ended
   */
  @Override
  public Poll<T> poll(Context cx) throws Exception {
    Unpolled.used(this);
    if (discard == null) {
      discard = cx.discard();
    }
    Poll<RemoteDriver.Outcome<T>> answer;
    try {
      answer = outcome.poll(cx);
    } catch (ChannelClosedException closed) {
      throw new CancellationException("the driver of this remote handle was cancelled");
    }
    if (answer.isPending()) {
      return Poll.pending();
    }
    discard = null;
    RemoteDriver.Outcome<T> outcome = answer.value();
    if (outcome.failure() != null) {
      throw Raise.unchecked(outcome.failure());
    }
    return requireNonNull(outcome.answer());
  }

  @Override
  public void cancel() {
    Unpolled.used(this);
    outcome.close(); // from here on the driver keeps what it has
    Next<RemoteDriver.Outcome<T>> sent = outcome.tryRecv();
    Discard discard = Cancel.orClosing(this.discard);
    this.discard = null;
    outcome.cancel();
    if (sent instanceof Item<RemoteDriver.Outcome<T>> item) {
      item.value().discardTo(discard);
    }
  }

  @Override
  public void describe(Description description) {
    description.name("remoteHandle").child("outcome", outcome);
  }
}
