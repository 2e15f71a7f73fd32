/**
 * Doubles and conformance checks for tests of futures and async iterators, free of any test
 * framework. Polls are cranked by hand on the thread of the test; counting wakers may be woken from
 * any thread.
 */
@CheckReturnValue
@NullMarked
package dev.pollux.testing;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
