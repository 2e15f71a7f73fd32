/**
 * Files and directories, by calls that block on the threads of the blocking pool: {@link
 * dev.pollux.io.file.AsyncFile} for one that is open, {@link dev.pollux.io.file.AsyncFiles} for the
 * rest.
 *
 * <p>A call is made by {@code BlockingCall}. It shares no buffer with a poll but a {@code
 * FileChunk}, which one of them has at a time.
 */
@CheckReturnValue
@NullMarked
package dev.pollux.io.file;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
