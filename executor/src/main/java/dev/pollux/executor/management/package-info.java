/**
 * A runtime in the management server of the platform. Loaded only if it is asked for: the module
 * {@code java.management} may be absent.
 */
@org.jspecify.annotations.NullMarked
package dev.pollux.executor.management;
