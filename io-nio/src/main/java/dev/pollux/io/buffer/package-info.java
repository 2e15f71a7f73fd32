/** Memory that is used inside a poll only. */
@CheckReturnValue
@NullMarked
package dev.pollux.io.buffer;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
