package dev.pollux.executor.blocking;

import dev.pollux.executor.BlockingExhaustion;
import java.util.concurrent.ThreadFactory;
import org.jspecify.annotations.Nullable;

/**
 * What a blocking pool was built with; the builder of the runtime has checked it.
 *
 * @param maxThreads how many jobs run at once, compensation aside; at least 1
 * @param keepAliveNanos how long a thread without a job stays; more than 0
 * @param queueLimit how many jobs may wait for a thread; at least 1, {@link Integer#MAX_VALUE} for
 *     any number
 * @param virtualThreads whether jobs run on virtual threads, which this JDK has
 * @param exhaustion what happens when all threads wait for queued jobs
 * @param threadFactory makes the platform threads, in place of daemons named for the runtime
 */
public record BlockingOptions(
    int maxThreads,
    long keepAliveNanos,
    int queueLimit,
    boolean virtualThreads,
    BlockingExhaustion exhaustion,
    @Nullable ThreadFactory threadFactory) {}
