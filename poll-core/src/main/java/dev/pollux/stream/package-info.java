/**
 * The rest of the stream vocabulary: what is too much to stand on {@link
 * dev.pollux.core.AsyncIterator} itself.
 *
 * <p>One rule says where an operator is. What makes of one stream another by looking at its
 * elements one at a time is a method of {@code AsyncIterator}. Everything else is grouped by what
 * it adds, in a view of the iterator: time ({@code timed()}), several at a time ({@code
 * concurrent(n)}, {@code parallel(n)}), elements together ({@code chunked()}, {@code windowed()}),
 * failures ({@code failures()}), several readers ({@code shared()}), a look at what passes ({@code
 * observed()}). What has no single upstream is a static method: {@link
 * dev.pollux.core.AsyncIterators} makes sources, {@code Combine} makes one stream of several.
 *
 * <p>A view owns the iterator that it was made of and is used once. No operator holds more elements
 * than its documentation says.
 */
@CheckReturnValue
@NullMarked
package dev.pollux.stream;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
