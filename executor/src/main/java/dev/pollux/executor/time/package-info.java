/**
 * The timer of a runtime thread. Internal: applications sleep through {@code dev.pollux.time}, and
 * reach the wheel through their context as a {@link dev.pollux.spi.Timer}.
 *
 * <p>Read {@link dev.pollux.spi.TimerEntry} first: the sleeping future is the node of the lists,
 * and its state word is where the waiter and the timer meet. Then {@code Levels}, which knows slots
 * and ticks and nothing of threads; then {@link dev.pollux.executor.time.TimerWheel}, which knows
 * threads and nothing of slots.
 *
 * <h2>Who does what</h2>
 *
 * <p>One thread <em>holds</em> the wheel at a time, and only it touches the lists; a sleep that is
 * armed and cancelled on that thread costs a few stores and one look at the clock. Everybody else
 * goes through the queue of the wheel: a task that was stolen and cancels its sleep, a set that
 * hands a pending loser back to another task, a thread that arms a sleep on a runtime it does not
 * drive. What was cancelled from elsewhere leaves a husk without a waker, until the holder's next
 * turn.
 *
 * <h2>Time</h2>
 *
 * <p>A deadline is rounded up to a tick and never early. The wheel has no clock interrupt and no
 * thread: its holder turns it before it polls, and sleeps until {@code nextDeadlineNanos} if there
 * is nothing to poll. It may turn it late, by hours even (a long poll, a suspended laptop): empty
 * slots are skipped, and what is due comes in the order of its ticks.
 *
 * <h2>What runs where</h2>
 *
 * <p>Wakers are called by the holder's {@code advance} and {@code close}, one by one, with the
 * lists whole; {@code unpark} is called by the thread that arms. No user code runs in here
 * otherwise, no lock is taken, and nothing is allocated but one small object when an entry is armed
 * from elsewhere.
 */
@CheckReturnValue
@NullMarked
package dev.pollux.executor.time;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
