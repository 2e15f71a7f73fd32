/**
 * What every kind of bridge is built of: {@code IteratorSubscription} and {@code Demand} on the way
 * out, {@code RingSubscriber}, {@code Upstream} and {@code PublisherIterator} on the way in. Not
 * exported: it may change at any time.
 *
 * <p>The protocols stand above the fields of these classes. The numbers in comments are the rules
 * of the Reactive Streams specification for the JVM, 1.0.4.
 */
@CheckReturnValue
@NullMarked
package dev.pollux.streams.bridge;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
