/** Time limits of what may be closed by any thread. */
@CheckReturnValue
@NullMarked
package dev.pollux.io.deadline;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
