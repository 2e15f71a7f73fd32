package dev.pollux.io.driver;

import java.nio.channels.CancelledKeyException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.spi.AbstractSelectableChannel;
import java.nio.channels.spi.AbstractSelectionKey;
import java.nio.channels.spi.AbstractSelector;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.HashSet;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** A selector whose returns are scripted, for what a kernel does only when it has a bad day. */
final class FakeSelector extends AbstractSelector {

  private final Set<SelectionKey> keys = ConcurrentHashMap.newKeySet();
  private final Semaphore wakeups = new Semaphore(0);

  /** What each of the next selects does; one that finds nothing here sleeps. */
  final Queue<Script> script = new ArrayDeque<>();

  /** What every select does that finds nothing in the script. */
  Script otherwise = FakeSelector::sleep;

  /** What a registration does before its key is in the set. */
  Runnable beforeKey = () -> {};

  int selects;

  /** What one select does, and answers. */
  @FunctionalInterface
  interface Script {
    int run(FakeSelector selector, Consumer<SelectionKey> action, long millis);
  }

  FakeSelector() {
    super(null);
  }

  /** A select that returns at once, with {@code answer} and no key. */
  static Script prematurely(int answer) {
    return (selector, action, millis) -> answer;
  }

  /** A select that reports all keys of {@code channel}, as far as there is interest. */
  static Script reporting(SelectableChannel channel) {
    return (selector, action, millis) -> {
      Key key = (Key) channel.keyFor(selector);
      if (key == null || !key.isValid() || key.interest == 0) {
        return 0;
      }
      key.ready = key.interest;
      action.accept(key);
      return 1;
    };
  }

  private static int sleep(FakeSelector selector, Consumer<SelectionKey> action, long millis) {
    try {
      if (millis < 0) {
        selector.wakeups.acquire();
      } else if (millis > 0) {
        boolean woken = selector.wakeups.tryAcquire(millis, TimeUnit.MILLISECONDS);
        assert woken || millis > 0;
      }
      selector.wakeups.drainPermits();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return 0;
  }

  private int run(Consumer<SelectionKey> action, long millis) {
    selects++;
    Set<SelectionKey> cancelled = cancelledKeys();
    synchronized (cancelled) {
      for (SelectionKey key : new HashSet<>(cancelled)) {
        deregister((AbstractSelectionKey) key);
        keys.remove(key);
        cancelled.remove(key);
      }
    }
    Script next = script.poll();
    return (next == null ? otherwise : next).run(this, action, millis);
  }

  @Override
  public int select(Consumer<SelectionKey> action, long timeout) {
    return run(action, timeout == 0 ? -1 : timeout);
  }

  @Override
  public int selectNow(Consumer<SelectionKey> action) {
    return run(action, 0);
  }

  @Override
  protected SelectionKey register(AbstractSelectableChannel channel, int ops, Object attachment) {
    Key key = new Key(channel, this);
    key.attach(attachment);
    key.interest = ops;
    beforeKey.run();
    keys.add(key);
    return key;
  }

  @Override
  public Set<SelectionKey> keys() {
    return keys;
  }

  @Override
  public Selector wakeup() {
    wakeups.release();
    return this;
  }

  @Override
  protected void implCloseSelector() {
    for (SelectionKey key : keys) {
      deregister((AbstractSelectionKey) key);
    }
    keys.clear();
    wakeups.release();
  }

  @Override
  public Set<SelectionKey> selectedKeys() {
    return Collections.emptySet();
  }

  @Override
  public int selectNow() {
    throw new UnsupportedOperationException();
  }

  @Override
  public int select(long timeout) {
    throw new UnsupportedOperationException();
  }

  @Override
  public int select() {
    throw new UnsupportedOperationException();
  }

  private static final class Key extends AbstractSelectionKey {
    private final SelectableChannel channel;
    private final Selector selector;
    volatile int interest;
    volatile int ready;

    Key(SelectableChannel channel, Selector selector) {
      this.channel = channel;
      this.selector = selector;
    }

    @Override
    public SelectableChannel channel() {
      return channel;
    }

    @Override
    public Selector selector() {
      return selector;
    }

    @Override
    public int interestOps() {
      return interest;
    }

    @Override
    public SelectionKey interestOps(int ops) {
      interest = ops;
      return this;
    }

    @Override
    public int readyOps() {
      if (!isValid()) {
        throw new CancelledKeyException();
      }
      return ready;
    }
  }

  /** A channel that does nothing. */
  static final class Channel extends AbstractSelectableChannel {
    Channel() {
      super(null);
      try {
        configureBlocking(false);
      } catch (java.io.IOException e) {
        throw new AssertionError(e);
      }
    }

    int interest(Selector selector) {
      SelectionKey key = keyFor(selector);
      return key == null || !key.isValid() ? 0 : key.interestOps();
    }

    @Override
    protected void implCloseSelectableChannel() {}

    @Override
    protected void implConfigureBlocking(boolean block) {}

    @Override
    public int validOps() {
      return SelectionKey.OP_READ | SelectionKey.OP_WRITE;
    }
  }
}
