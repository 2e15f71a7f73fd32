package dev.pollux.core;

import static java.util.Objects.requireNonNull;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import dev.pollux.operator.Cancel;
import dev.pollux.spi.Spawner;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Tasks that are known by keys; their outcomes come in the order in which they end.
 *
 * <p>It is a {@link JoinSet} whose tasks can be found again. A task that is spawned with the key of
 * another takes its place: the other is asked to stop, and what it leaves is dropped, its output
 * {@linkplain Discard discarded}, its failure reported to the {@link UncaughtFailureHandler}. The
 * map still waits for its end when it is closed.
 *
 * <pre>{@code
 * JoinMap<UserId, Profile> loading = JoinMap.on(cx.spawner());
 * loading.spawn(id, load(id));          // a newer request for the same user wins
 * loading.requestCancelMatching(user -> user.isGuest());
 * Future<Optional<KeyedResult<UserId, Profile>>> next = loading.joinNext();
 * }</pre>
 *
 * <p>Source: {@code JoinMap} of tokio-util.
 *
 * @param <K> the keys, with {@code equals} and {@code hashCode}; they stay while they are in use
 * @param <T> the output of the tasks
 * @threading confined to its owner, one thread at a time, as an iterator is; the futures that it
 *     makes borrow it, one after the other
 */
public final class JoinMap<K, T extends @Nullable Object> implements AutoCloseable {

  /** A task and its key. */
  static final class KeyedEntry<K, T extends @Nullable Object> extends JoinedTasks.Entry<T> {
    private final JoinMap<K, T> map;
    private final K key;

    /** Another task has the key. */
    private boolean replaced;

    KeyedEntry(JoinMap<K, T> map, K key, JoinHandle<? extends T> handle) {
      super(map.tasks, handle);
      this.map = map;
      this.key = key;
    }

    @Override
    void over() {
      if (!replaced) {
        map.byKey.remove(key);
      }
    }
  }

  private final Spawner spawner;
  private final JoinedTasks<T> tasks = new JoinedTasks<>();
  private final Map<K, KeyedEntry<K, T>> byKey = new HashMap<>();
  private boolean closed;

  private JoinMap(Spawner spawner) {
    this.spawner = spawner;
  }

  /**
   * Makes an empty map.
   *
   * @param spawner where its tasks are spawned: a runtime, or {@link Context#spawner()}
   * @param <K> the keys
   * @param <T> the output of the tasks
   */
  public static <K, T extends @Nullable Object> JoinMap<K, T> on(Spawner spawner) {
    return new JoinMap<>(requireNonNull(spawner, "spawner"));
  }

  // ---- taking tasks in

  /**
   * Spawns a task that is known by {@code key}, in place of the one that was. A task that waits for
   * the map is woken.
   *
   * @param key the key
   * @param future what the task runs
   * @return the way to ask that one task to stop; may be ignored
   * @throws IllegalStateException if the map was closed, or the runtime was shut down; {@code
   *     future} has been cancelled, and the map is as before
   * @throws RuntimeException what else the spawner throws, or the key when it is looked up; the map
   *     is as before, and no task is left running
   */
  @CanIgnoreReturnValue
  public CancelHandle spawn(K key, Future<T> future) {
    requireNonNull(key, "key");
    requireNonNull(future, "future");
    refuseIfClosed(future);
    return take(key, spawner.spawn(future));
  }

  /**
   * As {@link #spawn(Object, Future)}, with a name for messages and dumps.
   *
   * @param key the key
   * @param name the name of the task
   * @param future what the task runs
   * @return the way to ask that one task to stop; may be ignored
   * @throws IllegalStateException if the map was closed, or the runtime was shut down; {@code
   *     future} has been cancelled, and the map is as before
   * @throws RuntimeException what else the spawner throws, or the key when it is looked up; the map
   *     is as before, and no task is left running
   */
  @CanIgnoreReturnValue
  public CancelHandle spawn(K key, String name, Future<T> future) {
    requireNonNull(key, "key");
    requireNonNull(name, "name");
    requireNonNull(future, "future");
    refuseIfClosed(future);
    return take(key, spawner.spawn(name, future));
  }

  /**
   * Takes in a task that was spawned elsewhere, as {@link JoinSet#add} does.
   *
   * @param key the key
   * @param handle the handle of the task
   * @return the handle, as the way to ask the task to stop; may be ignored
   * @throws IllegalStateException if the map was closed; the task was asked to stop, and its handle
   *     is given up
   * @throws RuntimeException what the key throws when it is looked up; as if the map was closed
   */
  @CanIgnoreReturnValue
  public CancelHandle add(K key, JoinHandle<? extends T> handle) {
    requireNonNull(key, "key");
    requireNonNull(handle, "handle");
    refuseIfClosed(handle);
    return take(key, handle);
  }

  private CancelHandle take(K key, JoinHandle<? extends T> handle) {
    KeyedEntry<K, T> entry = new KeyedEntry<>(this, key, handle);
    KeyedEntry<K, T> before;
    try {
      before = byKey.put(key, entry);
    } catch (Throwable failure) { // of hashCode or equals of the key
      Cancel.child(handle, null);
      throw failure;
    }
    tasks.add(entry);
    if (before != null) {
      before.replaced = true;
      JoinedTasks.requestCancel(before.task());
    }
    return handle;
  }

  private void refuseIfClosed(Future<?> future) {
    if (closed) {
      Cancel.child(future, null);
      throw new IllegalStateException("a JoinMap that was closed takes no more tasks");
    }
  }

  // ---- joining

  /**
   * Waits for the next task to end, takes it out of the map, and answers its key and what became of
   * it; empty if the map is empty. One unit of budget for each.
   *
   * @return a future that borrows this map
   * @cancellation nothing is lost: the tasks stay in the map, and what has ended can be joined
   *     again
   */
  public Future<Optional<KeyedResult<K, T>>> joinNext() {
    return new JoinNext<>("JoinMap.joinNext", tasks, byKey::isEmpty, this::answer);
  }

  /**
   * What becomes of the tasks, in the order in which they end; the end when the map is empty. A
   * failure is an element, so the iterator goes on.
   *
   * @return an iterator that borrows this map; tasks may be spawned until it ends
   * @cancellation nothing is lost: the tasks stay in the map
   */
  public AsyncIterator<KeyedResult<K, T>> results() {
    return new TaskResults<>("JoinMap.results", tasks, byKey::isEmpty, this::answer);
  }

  /**
   * The outcome of a task that has ended, without waiting; empty if there is none yet, or the map
   * is empty. For a loop of its own, not for a task: it leaves no waker.
   *
   * @return the key and the outcome
   */
  public Optional<KeyedResult<K, T>> tryJoinNext() {
    while (true) {
      JoinedTasks.Ended<T> ended = tasks.takeEnded();
      if (ended == null) {
        return Optional.empty();
      }
      KeyedResult<K, T> answer = answer(ended, Discard.closing());
      if (answer != null) {
        return Optional.of(answer);
      }
    }
  }

  @SuppressWarnings("unchecked") // only take() adds entries
  private @Nullable KeyedResult<K, T> answer(JoinedTasks.Ended<T> ended, Discard discard) {
    KeyedEntry<K, T> entry = (KeyedEntry<K, T>) ended.entry;
    if (entry.replaced) {
      ended.drop(discard);
      return null;
    }
    return new KeyedResult<>(entry.key, ended.result());
  }

  /** Whether there is a task of {@code key}: live, or ended without having been joined. */
  public boolean containsKey(K key) {
    return byKey.containsKey(requireNonNull(key, "key"));
  }

  /**
   * The keys of the tasks that are live, or ended without having been joined; an immutable copy.
   */
  public Set<K> keys() {
    return Collections.unmodifiableSet(new HashSet<>(byKey.keySet()));
  }

  /** How many keys have a task. */
  public int size() {
    return byKey.size();
  }

  // ---- ending

  /**
   * Asks the task of {@code key} to stop, and returns at once. It stays in the map, and is joined
   * as cancelled, or with what it had by then.
   *
   * @param key the key
   * @return whether there is a task of that key
   */
  @CanIgnoreReturnValue
  public boolean requestCancel(K key) {
    KeyedEntry<K, T> entry = byKey.get(requireNonNull(key, "key"));
    if (entry == null) {
      return false;
    }
    JoinedTasks.requestCancel(entry.task());
    return true;
  }

  /**
   * Asks the tasks to stop of whose keys {@code predicate} holds, and returns at once.
   *
   * @param predicate asked once for each key, in no particular order; must not change the map
   * @return how many tasks were asked
   */
  @CanIgnoreReturnValue
  public int requestCancelMatching(Predicate<? super K> predicate) {
    requireNonNull(predicate, "predicate");
    int asked = 0;
    for (KeyedEntry<K, T> entry : byKey.values()) {
      if (predicate.test(entry.key)) {
        JoinedTasks.requestCancel(entry.task());
        asked++;
      }
    }
    return asked;
  }

  /** Asks all tasks to stop, newest first, and returns at once. They stay in the map. */
  public void requestCancelAll() {
    tasks.requestCancelAll();
  }

  /**
   * Lets all tasks run without an owner, and empties the map: outputs will be discarded, failures
   * reach the {@link UncaughtFailureHandler}.
   */
  public void detachAll() {
    tasks.detachAll();
  }

  /**
   * Closes the map, as {@link JoinSet#closeAsync()} does; waits for replaced tasks too.
   *
   * @return a future that borrows this map
   * @cancellation the tasks that were asked to stop end all the same
   */
  public Future<Void> closeAsync() {
    return new CloseTasks(
        tasks,
        "JoinMap",
        () -> {
          closed = true;
          tasks.requestCancelAll();
        });
  }

  /**
   * As {@link #closeAsync()}, but blocks until all tasks have ended; see {@link JoinSet#close()}.
   *
   * @throws IllegalStateException if there are tasks and the calling thread runs tasks of a
   *     runtime, which must not block; the tasks have been asked to stop, and {@code closeAsync()}
   *     waits for them
   */
  @Override
  public void close() {
    closed = true;
    tasks.close(spawner, "JoinMap");
  }

  @Override
  public String toString() {
    return "JoinMap[" + size() + " keys" + (closed ? ", closed]" : "]");
  }
}
