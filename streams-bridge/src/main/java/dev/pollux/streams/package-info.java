/**
 * Bridges between async iterators and the publishers and subscribers of Reactive Streams and of
 * {@link java.util.concurrent.Flow}. Signals may arrive on any thread; the iterator side stays
 * confined to the task that polls it.
 */
@CheckReturnValue
@NullMarked
package dev.pollux.streams;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
