package dev.pollux.io.net;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.net.SocketOption;
import java.net.StandardSocketOptions;
import java.nio.channels.NetworkChannel;
import java.util.LinkedHashMap;
import java.util.Map;

/** Options for sockets that are still to be opened, in the order in which they were named. */
final class SocketOptions {

  private final Map<SocketOption<?>, Object> values = new LinkedHashMap<>();

  SocketOptions() {}

  /** These and one more, or another value for one of them. */
  <T> SocketOptions with(SocketOption<T> option, T value) {
    requireAllowed(option, value);
    SocketOptions more = new SocketOptions();
    more.values.putAll(values);
    more.values.put(option, value);
    return more;
  }

  /** Refuses what would make {@code close} block. */
  static <T> void requireAllowed(SocketOption<T> option, T value) {
    requireNonNull(option, "option");
    requireNonNull(value, "value");
    if (option == (Object) StandardSocketOptions.SO_LINGER && (Integer) value > 0) {
      throw new IllegalArgumentException(
          "SO_LINGER must be 0 or negative, for a close must not block, was " + value);
    }
  }

  /** Sets all of them. */
  void applyTo(NetworkChannel channel) throws IOException {
    for (Map.Entry<SocketOption<?>, Object> entry : values.entrySet()) {
      set(channel, entry.getKey(), entry.getValue());
    }
  }

  @SuppressWarnings("unchecked") // it was put in together with its value
  private static <T> void set(NetworkChannel channel, SocketOption<T> option, Object value)
      throws IOException {
    channel.setOption(option, (T) value);
  }

  @Override
  public String toString() {
    return values.toString();
  }
}
