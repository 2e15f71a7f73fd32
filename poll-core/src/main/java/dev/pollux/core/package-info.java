/**
 * The poll model: a future is advanced by polling, a waker asks for the next poll, and an async
 * iterator is a future of many values. Whatever is polled is confined to the task that polls it;
 * only wakers may be called from any thread.
 */
@CheckReturnValue
@NullMarked
package dev.pollux.core;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
