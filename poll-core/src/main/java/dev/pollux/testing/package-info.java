/**
 * Test doubles, polling by hand, and conformance suites for futures and async iterators, free of
 * any test framework.
 *
 * <h2>Polling by hand</h2>
 *
 * {@link dev.pollux.testing.PollHarness} is the runtime of a unit test: one call is one poll, time
 * stands still on its {@link dev.pollux.testing.ManualClock}, and nothing runs in between.
 *
 * <pre>{@code
 * PollHarness harness = PollHarness.create();
 * Sleep sleep = Time.sleep(Duration.ofSeconds(1));
 * assert harness.poll(sleep).isPending() && !harness.woken();
 * harness.clock().advance(Duration.ofSeconds(1));
 * assert harness.woken() && harness.poll(sleep).isReady();
 * }</pre>
 *
 * <p>{@link dev.pollux.testing.CountingWaker} and {@link dev.pollux.testing.PanicWaker} observe
 * wakes; {@link dev.pollux.testing.PendingOnce} and {@link dev.pollux.testing.InterleavePending}
 * make whatever waits for a future suspend where it could.
 *
 * <h2>Conformance</h2>
 *
 * {@link dev.pollux.testing.FutureConformance} and {@link
 * dev.pollux.testing.AsyncIteratorConformance} check the contracts of {@link
 * dev.pollux.core.Future} and {@link dev.pollux.core.AsyncIterator}, one {@link
 * dev.pollux.testing.Law} at a time. A <em>subject</em> is made afresh for each of many lives: with
 * children that are ready or late, woken in any order, polled for no reason, cancelled after any
 * poll, failing at any step.
 *
 * <p>An <em>operator</em> is made of children and functions of the {@link
 * dev.pollux.testing.ConformanceKit}, which remember what was done to them:
 *
 * <pre>{@code
 * FutureConformance.of(
 *         "firstOf",
 *         kit -> new FirstOf(kit.future("fast", new Page("a")), kit.pendingFuture("slow")))
 *     .expectValue(new Page("a"))
 *     .check();
 * }</pre>
 *
 * <p>A <em>leaf</em> has no children: it waits for something outside. Say with {@code event} what
 * that is, in the order in which it shall happen, and with {@code invariant} what must be true
 * afterwards, however the leaf ended:
 *
 * <pre>{@code
 * FutureConformance.of(
 *         "acquire",
 *         kit -> {
 *           Gate gate = new Gate();                          // the user's own
 *           kit.event("the gate opens", gate::open);
 *           kit.invariant("nobody is left waiting", () -> gate.waiting() == 0);
 *           return gate.pass();                              // the leaf under test
 *         })
 *     .expectValue(null)
 *     .check();
 * }</pre>
 *
 * <p>A leaf that sleeps needs no events: the suite moves the clock of the context when nothing else
 * can happen. A leaf of another service finds a stand-in by {@code kit.offer(MyDriver.class,
 * fake)}. In JUnit each law is a test of its own by {@code checks()}; see {@link
 * dev.pollux.testing.FutureConformance}.
 *
 * <p>What it can't see: whether children run side by side or one after the other, races between
 * threads, and what the subject means. That takes tests of your own.
 *
 * <h2>Threads</h2>
 *
 * Polls are made on the thread of the test; wakers, clocks and what was discarded may be used from
 * any thread.
 */
@CheckReturnValue
@NullMarked
package dev.pollux.testing;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
