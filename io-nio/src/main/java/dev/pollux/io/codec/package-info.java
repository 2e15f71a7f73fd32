/**
 * Frames: messages that are cut out of a stream of bytes, and written into one.
 *
 * <p>A {@link dev.pollux.io.codec.Decoder} says where a frame ends and what it means, an {@link
 * dev.pollux.io.codec.Encoder} the reverse; a {@link dev.pollux.io.codec.FramedReader} and a {@link
 * dev.pollux.io.codec.FramedWriter} apply them to an {@link dev.pollux.io.AsyncRead} and an {@link
 * dev.pollux.io.AsyncWrite}, and a {@link dev.pollux.io.codec.Framed} is both of them for one
 * connection. A {@link dev.pollux.io.codec.UdpFramed} does it for datagrams. How the bytes are cut
 * into reads makes no difference to the frames.
 *
 * <p>All of them are bounded: a decoder says how many bytes a frame may take, a writer how many it
 * holds. A frame that is too long, malformed or cut off is an exception of its own type, and each
 * codec says whether the bytes behind it can still be read ({@link
 * dev.pollux.io.codec.FrameException#isResumable()}).
 *
 * <p>A reader or a writer is polled by one task at a time. What holds no bytes holds no buffer: the
 * buffers are kept for each thread, and are with a reader or a writer only while bytes are in them.
 */
@CheckReturnValue
@NullMarked
package dev.pollux.io.codec;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
