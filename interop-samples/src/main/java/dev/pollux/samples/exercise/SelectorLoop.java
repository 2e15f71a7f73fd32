package dev.pollux.samples.exercise;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A selector and the thread that waits on it: the smallest driver of I/O. It knows nothing of
 * tasks; all that it does is to wake.
 *
 * @threading any thread may attach, ask and close
 */
final class SelectorLoop implements AutoCloseable {

  private final Selector selector;
  private final Thread thread = new Thread(this::loop, "selector loop");

  /** So that nobody waits for ever for a loop that is closed. */
  private final Set<Readable> attached = ConcurrentHashMap.newKeySet();

  SelectorLoop() throws IOException {
    selector = Selector.open();
    thread.setDaemon(true);
    thread.start();
  }

  /** Registers the channel with no interest: nothing is looked for until {@link #lookFor}. */
  void attach(SelectableChannel channel, Readable readable) throws IOException {
    attached.add(readable); // before the registration, which a closed selector refuses
    try {
      readable.key = channel.register(selector, 0, readable);
    } catch (IOException | RuntimeException refused) {
      attached.remove(readable);
      throw refused;
    }
  }

  /** Forgets a channel that is closed. */
  void detach(Readable readable) {
    attached.remove(readable);
    selector.wakeup(); // a closed channel lingers until the next select
  }

  /** Has the thread look whether the channel can be read, and wake its reader once. */
  void lookFor(SelectionKey key) {
    key.interestOpsOr(SelectionKey.OP_READ);
    selector.wakeup(); // a select that sleeps knows only the interest that it began with
  }

  private void loop() {
    try {
      while (selector.isOpen()) {
        selector.select(
            key -> {
              // The interest first, the wake second: the reader that is woken may want it again,
              // and what it says then must not be undone here.
              key.interestOpsAnd(~SelectionKey.OP_READ);
              ((Readable) key.attachment()).wake();
            });
      }
    }
  }
}
