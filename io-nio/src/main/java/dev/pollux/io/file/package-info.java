/** Files and directories, by calls that block on the threads of the blocking pool. */
@CheckReturnValue
@NullMarked
package dev.pollux.io.file;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
