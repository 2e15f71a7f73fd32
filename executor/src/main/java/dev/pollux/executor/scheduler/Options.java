package dev.pollux.executor.scheduler;

import dev.pollux.core.UncaughtFailureHandler;
import dev.pollux.executor.blocking.BlockingOptions;
import dev.pollux.spi.ContextPropagation;
import dev.pollux.spi.RuntimeListener;
import java.util.List;
import java.util.concurrent.ThreadFactory;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What a runtime was built with; the builder has checked it.
 *
 * @param name the runtime's name
 * @param seed where its random numbers start
 * @param pausedClock whether the clock moves only when all is idle, or by hand
 * @param debug whether tasks and contexts are watched
 * @param captureSpawnSites whether tasks know where they were spawned
 * @param handler takes the failures without an owner
 * @param shutDownOnUncaught whether such a failure ends the runtime
 * @param discardHook sees the values that are dropped
 * @param listeners see tasks and threads
 * @param eventInterval polls between two looks at timers and events
 * @param patienceNanos how long closing waits for blocking jobs
 * @param onWork called when work arrives while nobody drives the runtime
 * @param maxTasks how many tasks may be live at a time
 * @param workers how many workers there are, if any
 * @param lifoSlot whether a worker runs next what the task before has woken
 * @param injectInterval polls between two looks of a busy worker at what comes from outside, or 0
 *     to go by how long they take
 * @param threadFactory makes the threads, if it is not left to the runtime
 * @param contextPropagation carries what is bound to threads into tasks and jobs, if anything does
 * @param blocking what its blocking pool was built with
 * @param mxBean whether the management server shows it
 * @param watchdogNanos for how long a poll may last before it is reported, or 0
 */
public record Options(
    String name,
    long seed,
    boolean pausedClock,
    boolean debug,
    boolean captureSpawnSites,
    UncaughtFailureHandler handler,
    boolean shutDownOnUncaught,
    Consumer<Object> discardHook,
    List<RuntimeListener> listeners,
    int eventInterval,
    long patienceNanos,
    @Nullable Runnable onWork,
    int maxTasks,
    int workers,
    boolean lifoSlot,
    int injectInterval,
    @Nullable ThreadFactory threadFactory,
    @Nullable ContextPropagation contextPropagation,
    BlockingOptions blocking,
    boolean mxBean,
    long watchdogNanos) {}
