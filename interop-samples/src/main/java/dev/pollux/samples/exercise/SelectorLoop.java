package dev.pollux.samples.exercise;

import dev.pollux.core.AtomicWaker;
import java.io.IOException;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A selector, and the thread that sleeps in it: the smallest driver of I/O. It reads nothing, and
 * knows no task. When a channel that somebody waits for can be read, it wakes whoever left a waker.
 *
 * @threading all methods may be called from any thread
 */
final class SelectorLoop implements AutoCloseable {

  private final Selector selector;
  private final Thread thread = new Thread(this::loop, "selector-loop");
  private final AtomicLong wakes = new AtomicLong();

  /** Everybody who could wait, so that nobody does for ever once the selector is closed. */
  private final Set<AtomicWaker> readers = ConcurrentHashMap.newKeySet();

  SelectorLoop() throws IOException {
    selector = Selector.open();
    thread.setDaemon(true);
    thread.start();
  }

  /**
   * Makes the selector know a channel, and not look at it yet.
   *
   * @param channel one that does not block
   * @param reader where its reader will leave a waker
   */
  SelectionKey attach(SelectableChannel channel, AtomicWaker reader) throws IOException {
    readers.add(reader);
    return channel.register(selector, 0, reader);
  }

  /** Forgets a reader whose channel is closed. */
  void detach(AtomicWaker reader) {
    readers.remove(reader);
    selector.wakeup(); // the operating system gives the channel up when a select begins
  }

  /** Has the channel looked at until it can be read once. */
  void lookFor(SelectionKey key) {
    key.interestOpsOr(SelectionKey.OP_READ);
    selector.wakeup(); // a select that sleeps goes by the interest that it began with
  }

  /** Has the channel not looked at any more. Never throws, so that a cancel may call it. */
  void ignore(SelectionKey key) {
    try {
      key.interestOpsAnd(~SelectionKey.OP_READ);
    } catch (CancelledKeyException closed) {
      // nobody looks at it
    }
  }

  /** How many readers it has woken because their channel could be read. */
  long wakes() {
    return wakes.get();
  }

  private void loop() {
    try (this) { // whatever ends it
      while (selector.isOpen()) {
        selector.select(this::canBeRead);
      }
    } catch (ClosedSelectorException closed) {
      // by another thread, just before the select
    } catch (IOException broken) {
      // those who wait poll again, and find their keys cancelled
    }
  }

  private void canBeRead(SelectionKey key) {
    // The interest first, the wake second: the reader may ask again at once, on its own thread, and
    // what it asks for must not be taken back here.
    ignore(key);
    wakes.incrementAndGet();
    ((AtomicWaker) key.attachment()).wake();
  }

  /** Ends the thread. A receive that waits fails. */
  @Override
  public void close() throws IOException {
    selector.close();
    // Only now are all keys cancelled: who is woken earlier would find its key in order, and wait
    // on.
    readers.forEach(AtomicWaker::wake);
  }
}
