/**
 * A network that is as bad as a test wants it: {@link dev.pollux.io.testing.FaultProxy} stands
 * between two real sockets, and does to their bytes what {@link dev.pollux.io.testing.Faults} say,
 * again and again the same by a seed.
 *
 * <pre>{@code
 * Faults faults = Faults.none().split(3).corruptAt(100).resetAfter(5_000);
 * try (FaultProxy proxy = FaultProxy.open(server.localAddress(), 42, faults)) {
 *   client.connect(proxy.address());
 *   // ...
 *   System.out.println(proxy.log());
 * }
 * }</pre>
 *
 * <p>Nothing of what it may test is used in here: it has blocking sockets, on daemon threads of its
 * own. It is for tests, in which some hundred connections are many.
 */
@CheckReturnValue
@NullMarked
package dev.pollux.io.testing;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
