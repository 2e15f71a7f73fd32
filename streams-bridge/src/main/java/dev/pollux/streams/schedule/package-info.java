/**
 * What the schedulers of Reactor and RxJava are built of: jobs, the serial queues that run the jobs
 * of one worker in order, and where their turns are run. Not exported, and knows neither library.
 *
 * <p>A {@code Worker} of those libraries promises order, not a thread. Here it is a {@link
 * dev.pollux.streams.schedule.SerialQueue}: a queue with at most one task, which exists while there
 * is something to run or to wait for.
 */
@CheckReturnValue
@NullMarked
package dev.pollux.streams.schedule;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
