/**
 * Bridges between async iterators and the publishers and subscribers of Reactive Streams and of
 * {@link java.util.concurrent.Flow}, and between futures and {@link
 * java.util.concurrent.CompletionStage}.
 *
 * <p>{@link dev.pollux.streams.Streams} is the way in.
 *
 * <p>Signals, requests and cancellations may come from any thread; the iterator side stays confined
 * to the task that polls it.
 */
@CheckReturnValue
@NullMarked
package dev.pollux.streams;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
