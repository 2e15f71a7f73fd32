/**
 * The bridges themselves, for whoever dresses them: the way out ({@code IteratorSubscription} and
 * {@code Demand}), and the way in ({@code RingSubscriber} and {@code Upstream}). Not exported. The
 * numbers in comments are the rules of the Reactive Streams specification for the JVM, 1.0.4.
 */
@CheckReturnValue
@NullMarked
package dev.pollux.streams.bridge;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
