/**
 * What the operators are built of, in every package of this module: who owns an upstream and
 * cancels it, how a failure inside a sink comes out, how the children of a set are polled. Not
 * exported.
 */
@CheckReturnValue
@NullMarked
package dev.pollux.operator;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
