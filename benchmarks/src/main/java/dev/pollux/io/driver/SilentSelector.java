package dev.pollux.io.driver;

import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.spi.AbstractSelectableChannel;
import java.nio.channels.spi.AbstractSelectionKey;
import java.nio.channels.spi.AbstractSelector;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** A selector that holds keys and reports nothing, so that a race needs no descriptor. */
final class SilentSelector extends AbstractSelector {

  private final Set<SelectionKey> keys = ConcurrentHashMap.newKeySet();

  SilentSelector() {
    super(null);
  }

  @Override
  protected SelectionKey register(
      AbstractSelectableChannel channel, int ops, @Nullable Object attachment) {
    Key key = new Key(channel, this);
    key.attach(attachment);
    key.interest = ops;
    keys.add(key);
    return key;
  }

  @Override
  public Set<SelectionKey> keys() {
    return keys;
  }

  @Override
  public Set<SelectionKey> selectedKeys() {
    return Set.of();
  }

  @Override
  public int selectNow() {
    return 0;
  }

  @Override
  public int select(long timeout) {
    return 0;
  }

  @Override
  public int select() {
    return 0;
  }

  @Override
  public Selector wakeup() {
    return this;
  }

  @Override
  protected void implCloseSelector() {}

  private static final class Key extends AbstractSelectionKey {
    private final SelectableChannel channel;
    private final Selector selector;
    volatile int interest;

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
      return 0;
    }
  }

  /** A channel that does nothing. */
  static final class Channel extends AbstractSelectableChannel {
    Channel() {
      super(null);
      try {
        configureBlocking(false);
      } catch (java.io.IOException impossible) {
        throw new AssertionError(impossible);
      }
    }

    /** What {@code selector} is to report. */
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
