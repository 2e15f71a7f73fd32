/**
 * The test suites that the Reactive Streams project gives to implementors, over every bridge.
 *
 * <p>One class is one suite over one bridge. {@link dev.pollux.tck.Census} counts what they run,
 * and {@link dev.pollux.tck.CensusTest} holds that against what is expected, so a suite that
 * silently runs nothing fails the build.
 */
package dev.pollux.tck;
