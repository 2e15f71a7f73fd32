package dev.pollux.io.net;

import static java.util.Objects.requireNonNull;

import java.net.InetSocketAddress;
import java.nio.ByteBuffer;

/**
 * One datagram that came.
 *
 * @param sender who sent it
 * @param data what was kept of it: all of it, or as much as there was room for
 * @param length how many bytes it had when it was sent
 */
public record Datagram(InetSocketAddress sender, ByteBuffer data, int length) {

  /** Refuses null. */
  public Datagram {
    requireNonNull(sender, "sender");
    requireNonNull(data, "data");
  }

  /** Whether there was no room for all of it, and the end is lost. */
  public boolean isTruncated() {
    return length > data.capacity();
  }
}
