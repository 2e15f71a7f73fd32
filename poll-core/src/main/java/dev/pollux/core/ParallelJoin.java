package dev.pollux.core;

import static java.util.Objects.requireNonNull;

import dev.pollux.operator.Cancel;
import dev.pollux.spi.Unpolled;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Runs each of several futures as a task of its own, at most so many at a time, and completes with
 * their outputs in order.
 *
 * @param <T> the output of each
 * @cancellation the futures that are no tasks yet are cancelled, the tasks asked to stop, both
 *     newest first; the outputs already taken are discarded
 * @threading confined to the polling task, which spawns and joins
 */
final class ParallelJoin<T extends @Nullable Object> implements Future<List<T>> {

  /** A task, and the place of its output. */
  private static final class IndexedEntry<T extends @Nullable Object> extends JoinedTasks.Entry<T> {
    private final int index;

    IndexedEntry(JoinedTasks<T> owner, JoinHandle<? extends T> handle, int index) {
      super(owner, handle);
      this.index = index;
    }
  }

  private final int limit;
  private final JoinedTasks<T> tasks = new JoinedTasks<>();

  /** By index; those from {@link #spawned} on are not spawned yet. Null once over. */
  private @Nullable Future<? extends T> @Nullable [] futures;

  private int spawned;

  /** By index; made when the first is spawned, and emptied by a failure. */
  private @Nullable Object[] outputs = new Object[0];

  private @Nullable RuntimeException failure;
  private @Nullable Discard discard;

  ParallelJoin(Future<? extends T>[] futures, int limit) {
    this.futures = futures;
    this.limit = limit;
  }

  @Override
  @SuppressWarnings("unchecked") // holds outputs only
  public Poll<List<T>> poll(Context cx) {
    @Nullable Future<? extends T>[] futures = this.futures;
    if (futures == null) {
      throw new PollAfterEndException("parallelJoin");
    }
    Discard discard = this.discard;
    if (discard == null) {
      Unpolled.used(this);
      discard = cx.discard();
      this.discard = discard;
      outputs = new Object[futures.length];
    }
    try {
      spawnMore(futures, cx);
      for (JoinedTasks.Ended<T> ended = tasks.pollEnded(cx);
          ended != null;
          ended = tasks.pollEnded(cx)) {
        take(ended, discard);
        spawnMore(futures, cx);
      }
    } catch (Throwable violation) {
      cancel();
      throw violation;
    }
    if (tasks.size() > 0) {
      return Poll.pending();
    }
    RuntimeException thrown = failure;
    @Nullable Object[] answer = outputs;
    end();
    if (thrown != null) {
      throw thrown;
    }
    return Poll.ready(Collections.unmodifiableList(Arrays.asList((T[]) answer)));
  }

  private void spawnMore(@Nullable Future<? extends T>[] futures, Context cx) {
    while (spawned < futures.length && tasks.size() < limit && failure == null) {
      int index = spawned++;
      Future<? extends T> future = requireNonNull(futures[index]);
      futures[index] = null;
      JoinHandle<? extends T> handle;
      try {
        handle = cx.spawner().spawn(future);
      } catch (RuntimeException refused) {
        Cancel.child(future, discard); // the spawner has, unless there is none
        fail(refused, Cancel.orClosing(discard));
        return;
      } catch (Throwable broken) { // an error, which ends this at once
        Cancel.child(future, discard);
        throw broken;
      }
      tasks.add(new IndexedEntry<>(tasks, handle, index));
    }
  }

  private void take(JoinedTasks.Ended<T> ended, Discard discard) {
    JoinException failed = ended.failure();
    if (failed == null && failure == null) {
      outputs[((IndexedEntry<T>) ended.entry).index] = ended.value();
    } else if (failed == null) {
      ended.drop(discard);
    } else if (failure == null) {
      fail(failed, discard);
    } else if (failed instanceof TaskFailedException) {
      failure.addSuppressed(failed);
    }
  }

  /** Stops everything, and keeps the failure until the tasks have ended. */
  private void fail(RuntimeException first, Discard discard) {
    failure = first;
    tasks.requestCancelAll();
    cancelUnspawned();
    discardOutputs(discard);
  }

  private void cancelUnspawned() {
    @Nullable Future<? extends T>[] futures = this.futures;
    if (futures != null) {
      Cancel.newestFirst(futures, discard);
      spawned = futures.length;
    }
  }

  private void discardOutputs(Discard discard) {
    for (int i = outputs.length - 1; i >= 0; i--) {
      discard.discard(outputs[i]);
    }
    outputs = new Object[0];
  }

  @Override
  public void cancel() {
    Unpolled.used(this);
    if (futures == null) {
      return;
    }
    Discard discard = Cancel.orClosing(this.discard);
    RuntimeException unthrown = failure;
    cancelUnspawned();
    tasks.cancelAll(discard);
    discardOutputs(discard);
    end();
    if (unthrown != null && JoinedTasks.tellsOfFailure(unthrown)) {
      discard.uncaught(unthrown, "a parallelJoin that was cancelled");
    }
  }

  private void end() {
    tasks.cancelAll(discard); // none is left: it is the waker that is forgotten
    futures = null;
    outputs = new Object[0];
    failure = null;
    discard = null;
  }

  @Override
  public void describe(Description description) {
    description.name("parallelJoin");
    @Nullable Future<? extends T>[] futures = this.futures;
    if (futures == null) {
      return;
    }
    description.with("waiting", futures.length - spawned).with("limit", limit);
    tasks.describe(description);
    for (int i = spawned; i < futures.length; i++) {
      description.child(Integer.toString(i), futures[i]);
    }
  }
}
