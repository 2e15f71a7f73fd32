package dev.pollux.io.codec;

import java.io.IOException;

/**
 * Makes bytes of frames.
 *
 * <pre>{@code
 * Encoder<Point> points = (point, out) -> out.room(8).putInt(point.x()).putInt(point.y());
 * }</pre>
 *
 * <p>Source: {@code Encoder} of Tokio.
 *
 * @param <T> the type of the frames
 * @threading confined to the task that writes
 */
@FunctionalInterface
public interface Encoder<T> {

  /**
   * Appends the bytes of {@code frame} to {@code out}.
   *
   * @param frame what is written; nobody else uses it any more, unless the encoder says so
   * @param out takes the bytes; valid during this call only
   * @throws FrameTooLongException if the frame is longer than the encoder writes
   * @throws IOException if the frame can't be written. Whatever is thrown, {@code out} is as it was
   *     before, and the next frame can be written
   */
  void encode(T frame, FrameOutput out) throws IOException;
}
