/**
 * Runs the jcstress tests of this project. The tests themselves stand in the package of what they
 * test, so that they reach its package-private code; {@link
 * dev.pollux.benchmarks.stress.StressRunner} finds them by name and judges the outcomes.
 */
@NullMarked
package dev.pollux.benchmarks.stress;

import org.jspecify.annotations.NullMarked;
