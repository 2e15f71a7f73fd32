package dev.pollux.core;

import static java.util.Objects.requireNonNull;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import dev.pollux.operator.Cancel;
import dev.pollux.spi.Spawner;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Tasks that belong together; their outcomes come in the order in which they end.
 *
 * <p>The set joins its tasks: what spawns gets no output, only a {@link CancelHandle}. A task that
 * fails is an outcome like others, and the set goes on. A wake-up costs the same among ten tasks
 * and among 100,000: those that have ended are found without a look at the others.
 *
 * <pre>{@code
 * JoinSet<Page> pages = JoinSet.on(runtime);
 * for (URI link : links) {
 *   pages.spawn(fetch(link));
 * }
 * Future<List<Page>> all = pages.joinAll();   // or joinNext(), one after the other
 * }</pre>
 *
 * <p>On a thread that may block it is a resource, whose end is the end of its tasks:
 *
 * <pre>{@code
 * try (JoinSet<Page> pages = JoinSet.on(runtime)) {
 *   pages.spawn(fetch(link));
 *   Page first = runtime.blockOn(pages.joinNext()).orElseThrow();
 * }                                           // the others are cancelled, and have ended
 * }</pre>
 *
 * <p>Tasks that had ended before the set was first polled come in the order in which they were
 * spawned. What is never taken is dropped when the set is closed: outputs are {@linkplain Discard
 * discarded}, failures reach the {@link UncaughtFailureHandler}. A set that is lost without being
 * closed leaves its tasks running, and their failures are reported as those of lost handles are;
 * {@code TaskScope} of {@code dev.pollux.structure} is for children that must not outlive their
 * parent, and that several threads spawn.
 *
 * <p>Source: {@code JoinSet} of Tokio.
 *
 * @param <T> the output of the tasks
 * @threading confined to its owner, one thread at a time, as an iterator is; the futures that it
 *     makes borrow it, one after the other
 */
public final class JoinSet<T extends @Nullable Object> implements AutoCloseable {

  private final Spawner spawner;
  private final JoinedTasks<T> tasks = new JoinedTasks<>();
  private boolean closed;

  private JoinSet(Spawner spawner) {
    this.spawner = spawner;
  }

  /**
   * Makes an empty set.
   *
   * @param spawner where its tasks are spawned: a runtime, or {@link Context#spawner()}
   * @param <T> the output of the tasks
   */
  public static <T extends @Nullable Object> JoinSet<T> on(Spawner spawner) {
    return new JoinSet<>(requireNonNull(spawner, "spawner"));
  }

  // ---- taking tasks in

  /**
   * Spawns a task of the set. A task that waits for the set is woken.
   *
   * @param future what the task runs
   * @return the way to ask that one task to stop; may be ignored
   * @throws IllegalStateException if the set was closed, or the runtime was shut down; {@code
   *     future} has been cancelled
   * @throws RuntimeException what else the spawner throws; the set is as before
   */
  @CanIgnoreReturnValue
  public CancelHandle spawn(Future<T> future) {
    requireNonNull(future, "future");
    refuseIfClosed(future);
    return take(spawner.spawn(future));
  }

  /**
   * As {@link #spawn(Future)}, with a name for messages and dumps.
   *
   * @param name the name of the task
   * @param future what the task runs
   * @return the way to ask that one task to stop; may be ignored
   * @throws IllegalStateException if the set was closed, or the runtime was shut down; {@code
   *     future} has been cancelled
   * @throws RuntimeException what else the spawner throws; the set is as before
   */
  @CanIgnoreReturnValue
  public CancelHandle spawn(String name, Future<T> future) {
    requireNonNull(name, "name");
    requireNonNull(future, "future");
    refuseIfClosed(future);
    return take(spawner.spawn(name, future));
  }

  /**
   * Takes in a task that was spawned elsewhere: a blocking job, a pinned task. The set joins it
   * from now on, so the handle must not be polled, joined, cancelled or detached by others.
   *
   * @param handle the handle of the task
   * @return the handle, as the way to ask the task to stop; may be ignored
   * @throws IllegalStateException if the set was closed; the task was asked to stop, and its handle
   *     is given up
   */
  @CanIgnoreReturnValue
  public CancelHandle add(JoinHandle<? extends T> handle) {
    requireNonNull(handle, "handle");
    refuseIfClosed(handle);
    return take(handle);
  }

  private CancelHandle take(JoinHandle<? extends T> handle) {
    tasks.add(new JoinedTasks.Entry<>(tasks, handle));
    return handle;
  }

  private void refuseIfClosed(Future<?> future) {
    if (closed) {
      Cancel.child(future, null);
      throw new IllegalStateException("a JoinSet that was closed takes no more tasks");
    }
  }

  // ---- joining

  /**
   * Waits for the next task to end, takes it out of the set, and answers its output; empty if the
   * set is empty. One unit of budget for each output.
   *
   * @return a future that borrows this set. It throws a {@link TaskFailedException} or {@link
   *     TaskCancelledException} if the task ended so, after which the set goes on; it throws a
   *     {@link NullPointerException} if the output is null, for which {@link #joinNextResult()} is
   *     made
   * @cancellation nothing is lost: the tasks stay in the set, and what has ended can be joined
   *     again
   */
  @SuppressWarnings("NullAway") // an output of null is refused at run time
  public Future<Optional<T>> joinNext() {
    return new JoinNext<>(
        "JoinSet.joinNext",
        tasks,
        this::isEmpty,
        (ended, discard) ->
            requireNonNull(
                ended.value(),
                "an output of null can't be told from an empty set: joinNextResult()"));
  }

  /**
   * As {@link #joinNext()}, but a failure or a cancellation is a value too, and an output may be
   * null.
   *
   * @return a future that borrows this set; empty if the set is empty
   * @cancellation nothing is lost: the tasks stay in the set, and what has ended can be joined
   *     again
   */
  public Future<Optional<TaskResult<T>>> joinNextResult() {
    return new JoinNext<>(
        "JoinSet.joinNextResult", tasks, this::isEmpty, (ended, discard) -> ended.result());
  }

  /**
   * What becomes of the tasks, in the order in which they end; the end when the set is empty. A
   * failure is an element, so the iterator goes on.
   *
   * @return an iterator that borrows this set; tasks may be spawned until it ends, and the set be
   *     read again after that
   * @cancellation nothing is lost: the tasks stay in the set
   */
  public AsyncIterator<TaskResult<T>> results() {
    return new TaskResults<>(
        "JoinSet.results", tasks, this::isEmpty, (ended, discard) -> ended.result());
  }

  /**
   * Waits for all tasks, and answers their outputs in the order in which they ended, in an
   * immutable list. If a task fails or is cancelled, the others are asked to stop, and its {@link
   * JoinException} is thrown once they have ended, with further failures as suppressed exceptions.
   *
   * @return a future that borrows this set; the set is empty when it is over
   * @cancellation the outputs collected so far are discarded, a failure seen is reported as
   *     uncaught; the other tasks stay in the set
   */
  public Future<List<T>> joinAll() {
    return new JoinRest<>(tasks);
  }

  /**
   * The outcome of a task that has ended, without waiting; empty if there is none yet, or the set
   * is empty. For a loop of its own, not for a task: it leaves no waker.
   *
   * @return the outcome
   */
  public Optional<TaskResult<T>> tryJoinNextResult() {
    JoinedTasks.Ended<T> ended = tasks.takeEnded();
    return ended == null ? Optional.empty() : Optional.of(ended.result());
  }

  private boolean isEmpty() {
    return tasks.size() == 0;
  }

  /** How many tasks are in the set: live, or ended without having been joined. */
  public int size() {
    return tasks.size();
  }

  // ---- ending

  /**
   * Asks all tasks to stop, newest first, and returns at once. They stay in the set, and are joined
   * as cancelled, or with what they had by then.
   */
  public void requestCancelAll() {
    tasks.requestCancelAll();
  }

  /**
   * Lets all tasks run without an owner, and empties the set: outputs will be discarded, failures
   * reach the {@link UncaughtFailureHandler}.
   */
  public void detachAll() {
    tasks.detachAll();
  }

  /**
   * Closes the set: from its first poll on it takes no more tasks, all that it has are asked to
   * stop, and the future is ready when they have ended. Outputs that were not taken are discarded,
   * failures reach the {@link UncaughtFailureHandler}.
   *
   * @return a future that borrows this set
   * @cancellation the tasks that were asked to stop end all the same; what they leave can be
   *     joined, or dropped by another {@code closeAsync()}
   */
  public Future<Void> closeAsync() {
    return new CloseTasks(
        tasks,
        "JoinSet",
        () -> {
          closed = true;
          tasks.requestCancelAll();
        });
  }

  /**
   * As {@link #closeAsync()}, but blocks until all tasks have ended: for a thread that runs no
   * tasks. An interrupt does not end the wait; the flag is set again when it is over. Idempotent.
   *
   * <p>If the set was made on a runtime, a current-thread one is driven meanwhile. Another spawner,
   * that of a {@linkplain Context#spawner() context} too, is not: then somebody else must drive the
   * runtime until the tasks have ended, or the set be closed by {@link #closeAsync()}.
   *
   * @throws IllegalStateException if there are tasks and the calling thread runs tasks of a
   *     runtime, which must not block; the tasks have been asked to stop, and {@code closeAsync()}
   *     waits for them
   */
  @Override
  public void close() {
    closed = true;
    tasks.close(spawner, "JoinSet");
  }

  @Override
  public String toString() {
    return "JoinSet[" + size() + " tasks" + (closed ? ", closed]" : "]");
  }
}
