package dev.pollux.executor.service;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * The commands of one {@code invokeAny}: the first that has a value ends it.
 *
 * @threading one thread waits; the commands end on any
 */
final class Contenders<T extends @Nullable Object> {

  private final List<Contender> commands = new ArrayList<>();
  private final BlockingQueue<Contender> ended = new LinkedBlockingQueue<>();

  Contenders(Collection<? extends Callable<? extends T>> works, LiveCommands live) {
    for (Callable<? extends T> work : works) {
      commands.add(new Contender(work, live));
    }
  }

  List<? extends ImmediateCommand<T>> commands() {
    return commands;
  }

  /** The first value, from commands that were launched. */
  @Nullable T first() throws InterruptedException, ExecutionException {
    Failures failures = new Failures();
    for (int left = commands.size(); left > 0; left--) {
      Contender next = ended.take();
      if (next.hasRun()) {
        return next.get();
      }
      failures.add(next);
    }
    throw failures.all();
  }

  /** The first value, if there is one within {@code nanos}. */
  @Nullable T first(long nanos) throws InterruptedException, ExecutionException, TimeoutException {
    long start = System.nanoTime();
    Failures failures = new Failures();
    for (int left = commands.size(); left > 0; left--) {
      Contender next = ended.poll(nanos - (System.nanoTime() - start), TimeUnit.NANOSECONDS);
      if (next == null) {
        throw new TimeoutException(
            "none of " + left + " commands has completed within " + nanos + " ns");
      }
      if (next.hasRun()) {
        return next.get();
      }
      failures.add(next);
    }
    throw failures.all();
  }

  private final class Contender extends SubmittedCommand<T> {

    Contender(Callable<? extends T> work, LiveCommands live) {
      super(work, live);
    }

    @Override
    void onEnd() {
      ended.add(this);
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
