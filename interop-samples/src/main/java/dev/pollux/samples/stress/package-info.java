/**
 * The long runs of {@code pollux stress}: jcstress, the chaos and the pipelines of other libraries
 * at length, and the tests again and again. All run in other processes, whose output is left in
 * {@code target/stress}.
 */
@NullMarked
package dev.pollux.samples.stress;

import org.jspecify.annotations.NullMarked;
