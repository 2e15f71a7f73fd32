package dev.pollux.executor.service;

import dev.pollux.executor.blocking.Waits;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * The commands of one {@code invokeAny}: the first that has a value ends it.
 *
 * @threading one thread waits; the commands end on any
 */
final class Contenders<T extends @Nullable Object> {

  private final List<Contender> commands = new ArrayList<>();
  private final Queue<Contender> ended = new ConcurrentLinkedQueue<>();
  private final Waiters waiters = new Waiters();
  private final Waits waits;

  Contenders(Collection<? extends Callable<? extends T>> works, LiveCommands live, Waits waits) {
    this.waits = waits;
    for (Callable<? extends T> work : works) {
      commands.add(new Contender(work, live));
    }
  }

  List<? extends ImmediateCommand<T>> commands() {
    return commands;
  }

  /** The first value, from commands that were launched. */
  @Nullable T first() throws InterruptedException, ExecutionException {
    try {
      return first(Waiters.FOREVER);
    } catch (TimeoutException impossible) {
      throw new AssertionError(impossible);
    }
  }

  /** The first value, if there is one within {@code nanos}. */
  @Nullable T first(long nanos) throws InterruptedException, ExecutionException, TimeoutException {
    long start = System.nanoTime();
    Failures failures = new Failures();
    for (int left = commands.size(); left > 0; left--) {
      long rest = nanos == Waiters.FOREVER ? nanos : nanos - (System.nanoTime() - start);
      if (!waiters.await(anyPending(), () -> !ended.isEmpty(), rest, waits)) {
        throw new TimeoutException(
            "none of " + left + " commands has completed within " + nanos + " ns");
      }
      Contender next = ended.remove();
      if (next.hasRun()) {
        return next.get();
      }
      failures.add(next);
    }
    throw failures.all();
  }

  /** One for which all wait, as what is said of it is true of the others; any if all have ended. */
  private Contender anyPending() {
    for (Contender command : commands) {
      if (!command.hasEnded()) {
        return command;
      }
    }
    return commands.get(0);
  }

  private final class Contender extends SubmittedCommand<T> {

    Contender(Callable<? extends T> work, LiveCommands live) {
      super(work, live);
    }

    @Override
    void onEnd() {
      ended.add(this);
      waiters.wakeAll();
    }
  }

  /** What the commands threw: the first is the cause, the others are suppressed. */
  private static final class Failures {
    private @Nullable ExecutionException first;

    void add(Command<?> command) throws InterruptedException {
      Throwable failure;
      try {
        command.get();
        throw new AssertionError(command);
      } catch (ExecutionException failed) {
        failure = failed.getCause();
      } catch (CancellationException cancelled) {
        failure = cancelled;
      }
      if (first == null) {
        first = new ExecutionException(failure);
      } else if (failure != null) {
        first.addSuppressed(failure);
      }
    }

    ExecutionException all() {
      ExecutionException failure = first;
      return failure != null ? failure : new ExecutionException(new AssertionError("no command"));
    }
  }
}
