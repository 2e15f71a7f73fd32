package dev.pollux.sync;

/**
 * Thrown where a channel can't take or give a value because it is closed, or because the other side
 * is gone. What was to be sent has been discarded, unless the method says otherwise.
 */
public final class ChannelClosedException extends IllegalStateException {

  private static final long serialVersionUID = 1L;

  ChannelClosedException(String message) {
    super(message);
  }
}
