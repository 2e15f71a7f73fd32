/** The races of the timer wheel, in the package of what they test. */
@NullMarked
package dev.pollux.executor.time;

import org.jspecify.annotations.NullMarked;
