/** Frames: messages that are cut out of a stream of bytes, and written into one. */
@CheckReturnValue
@NullMarked
package dev.pollux.io.codec;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
