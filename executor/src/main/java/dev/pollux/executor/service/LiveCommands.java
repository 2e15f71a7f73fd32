package dev.pollux.executor.service;

import dev.pollux.executor.blocking.Waits;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The commands of a service that were taken and have not ended, so that they can be stopped, and
 * their end awaited.
 *
 * @threading any thread
 */
final class LiveCommands {
  /*
   * Doubly linked lists through the commands themselves, each behind a lock of its own that is held for a few stores.
   * A thread keeps to one list, so that threads seldom meet; each list is in the order of submission.
   *
   * Closing: `open` is cleared first, and then read under the lock by every add. Whoever has gone through all locks
   * since sees every command that was ever added, and a list that is empty then stays empty.
   */
  private static final int MOST_STRIPES = 64;

  private final Stripe[] stripes;
  private final Runnable onRemovalWhenClosed;
  private final Waits waits;
  private volatile boolean open = true;

  /**
   * Makes an empty registry.
   *
   * @param parallelism how many threads may submit at once without being in each other's way, at
   *     least 1
   * @param onRemovalWhenClosed called after a command has gone, once the registry is closed
   * @param waits hears of the threads that wait for commands
   */
  LiveCommands(int parallelism, Runnable onRemovalWhenClosed, Waits waits) {
    this.waits = waits;
    this.onRemovalWhenClosed = onRemovalWhenClosed;
    int count = Integer.highestOneBit(Math.min(MOST_STRIPES, parallelism) * 2 - 1);
    this.stripes = new Stripe[count];
    for (int i = 0; i < count; i++) {
      stripes[i] = new Stripe();
    }
  }

  /** The list of the calling thread. */
  Stripe stripe() {
    long id = Thread.currentThread().getId() * 0x9E3779B97F4A7C15L;
    return stripes[(int) (id >>> 32) & (stripes.length - 1)];
  }

  /** Refuses what is added from now on. */
  void close() {
    open = false;
  }

  boolean isOpen() {
    return open;
  }

  /** Whether nothing is left. If the registry is closed, true is for ever. */
  boolean isEmpty() {
    for (Stripe stripe : stripes) {
      if (!stripe.isEmpty()) {
        return false;
      }
    }
    return true;
  }

  /** Calls {@code action}, with no lock held, for each command of which {@code wanted} is true. */
  void forEach(Predicate<? super Command<?>> wanted, Consumer<? super Command<?>> action) {
    for (Stripe stripe : stripes) {
      stripe.select(wanted).forEach(action);
    }
  }

  /** One list. Its methods lock it. */
  final class Stripe {
    private @Nullable Command<?> first;
    private @Nullable Command<?> last;

    /** Adds a command, which is in no list. Returns false if the registry is closed. */
    synchronized boolean add(Command<?> command) {
      if (!open) {
        return false;
      }
      Command<?> before = last;
      command.previous = before;
      if (before == null) {
        first = command;
      } else {
        before.next = command;
      }
      last = command;
      return true;
    }

    /** Hears of the threads that wait for a command of this list. */
    Waits waits() {
      return waits;
    }

    /** Removes a command if it is there. */
    void remove(Command<?> command) {
      if (unlink(command) && !open) {
        onRemovalWhenClosed.run();
      }
    }

    private synchronized boolean unlink(Command<?> command) {
      Command<?> before = command.previous;
      Command<?> after = command.next;
      if (before == null && first != command) {
        return false;
      }
      if (before == null) {
        first = after;
      } else {
        before.next = after;
      }
      if (after == null) {
        last = before;
      } else {
        after.previous = before;
      }
      command.previous = null;
      command.next = null;
      return true;
    }

    private synchronized boolean isEmpty() {
      return first == null;
    }

    private synchronized List<Command<?>> select(Predicate<? super Command<?>> wanted) {
      List<Command<?>> selected = new ArrayList<>();
      for (Command<?> command = first; command != null; command = command.next) {
        if (wanted.test(command)) {
          selected.add(command);
        }
      }
      return selected;
    }
  }
}
