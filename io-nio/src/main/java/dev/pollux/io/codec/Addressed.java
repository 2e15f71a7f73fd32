package dev.pollux.io.codec;

import static java.util.Objects.requireNonNull;

import java.net.InetSocketAddress;

/**
 * A frame that came in a datagram.
 *
 * @param sender who sent it
 * @param frame the frame
 * @param <T> the type of the frame
 */
public record Addressed<T>(InetSocketAddress sender, T frame) {

  /** Refuses null. */
  public Addressed {
    requireNonNull(sender, "sender");
    requireNonNull(frame, "frame");
  }
}
