/**
 * What a server does not put up with: too many connections, and peers that keep one and are silent,
 * take nothing, trickle, or never end.
 *
 * <p>A {@link dev.pollux.io.limit.ConnectionLimit} says how many connections there may be, and how
 * many of one address; {@link dev.pollux.io.limit.StreamLimits} says what is borne on each of them.
 * Both are put around what is there, and change nothing else. What is refused is counted by {@link
 * dev.pollux.io.limit.LimitCounts}. How long a frame may be, and how long it may take, its codec
 * and its {@linkplain dev.pollux.io.codec.FramedReader#withFrameTimeout reader} say.
 *
 * <p>The limits may be used from any thread; a limited stream is as any stream: each direction is
 * polled by one task at a time.
 */
@CheckReturnValue
@NullMarked
package dev.pollux.io.limit;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
