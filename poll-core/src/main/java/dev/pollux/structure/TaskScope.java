package dev.pollux.structure;

import static java.util.Objects.requireNonNull;

import dev.pollux.core.Context;
import dev.pollux.core.Discard;
import dev.pollux.core.Future;
import dev.pollux.core.JoinHandle;
import dev.pollux.core.Poller;
import dev.pollux.core.TaskFailedException;
import dev.pollux.spi.BlockOn;
import dev.pollux.spi.Spawner;
import java.lang.ref.Cleaner;
import java.lang.ref.Reference;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * An owner of tasks, its children, that ends when they have ended.
 *
 * <p>Inside a task, {@link #with(ScopeOptions, Function)} makes a scope for the time of one future:
 *
 * <pre>{@code
 * Future<Integer> crawled = TaskScope.with(scope -> links
 *     .flatMap(link -> scope.spawn(fetch(link)).toAsyncIterator())
 *     .forEach(JoinHandle::detach)
 *     .map(nothing -> pages.size()));         // ready when every fetch has ended
 * }</pre>
 *
 * <p>On a thread that may block it is a resource:
 *
 * <pre>{@code
 * try (TaskScope scope = TaskScope.on(runtime)) {
 *   JoinHandle<Reply> left = runtime.blockOn(scope.spawn(ask(leftServer)));
 *   JoinHandle<Reply> right = runtime.blockOn(scope.spawn(ask(rightServer)));
 *   runtime.blockOn(scope.join());            // throws the first failure
 *   use(left.join(), right.join());
 * }                                           // whatever was left is cancelled, and has ended
 * }</pre>
 *
 * <ul>
 *   <li><em>Room.</em> With {@link ScopeOptions#withMaxConcurrent} a spawn waits until a child has
 *       ended; who waits longest is next.
 *   <li><em>Failures.</em> By {@link FailurePolicy#CANCEL_SIBLINGS} the first failure cancels the
 *       other children, and the scope takes no more. {@link #join()} throws it, with later ones as
 *       suppressed exceptions, once all have ended. Who joins a handle sees the failure of that
 *       child too. What was thrown by neither is reported once when the scope is closed. By {@link
 *       FailurePolicy#KEEP_GOING} a failure belongs to the handle of the child, as that of any
 *       task, and the scope takes no notice. To be cancelled is no failure.
 *   <li><em>The end of a child</em> is that of its future: it has answered, thrown, or was
 *       cancelled. Its handle is finished at the same moment or a moment later.
 *   <li><em>Loss.</em> A scope that becomes unreachable while children are live cancels them, and
 *       reports them by name and spawn site. Children do not keep their scope reachable, unless
 *       they refer to it themselves.
 * </ul>
 *
 * <p>A child that waits for {@link #join()} of its own scope waits for itself, and so until
 * somebody cancels it; one that awaits {@link #closeAsync()} is cancelled by that.
 *
 * <p>Source: Trio's nurseries, {@code coroutineScope} of Kotlin and {@code StructuredTaskScope} of
 * the JDK.
 *
 * @threading every method may be called from any thread, children included; the futures that are
 *     returned are confined as all futures are
 */
public final class TaskScope implements AutoCloseable {

  private static final Cleaner CLEANER = Cleaner.create();

  private final Spawner spawner;

  /** Reachable from the children, where this is not. */
  private final ScopeState state;

  private final Cleaner.Cleanable cleanable;

  TaskScope(Spawner spawner, ScopeOptions options) {
    this.spawner = spawner;
    ScopeState state = new ScopeState(options);
    this.state = state;
    this.cleanable = CLEANER.register(this, state::lost);
  }

  /**
   * Makes a scope with the default options.
   *
   * @param spawner where its children are spawned: a runtime, or {@link Context#spawner()}
   */
  public static TaskScope on(Spawner spawner) {
    return on(spawner, ScopeOptions.defaults());
  }

  /**
   * Makes a scope.
   *
   * @param spawner where its children are spawned: a runtime, or {@link Context#spawner()}
   * @param options how it behaves
   */
  public static TaskScope on(Spawner spawner, ScopeOptions options) {
    return new TaskScope(requireNonNull(spawner, "spawner"), requireNonNull(options, "options"));
  }

  /**
   * As {@link #with(ScopeOptions, Function)}, with the default options.
   *
   * @param body makes the future for which the scope is made
   * @param <R> the output of that future
   * @cancellation cancels the body and asks the children to stop; they end at their next turn
   */
  public static <R extends @Nullable Object> Future<R> with(
      Function<? super TaskScope, ? extends Future<? extends R>> body) {
    return with(ScopeOptions.defaults(), body);
  }

  /**
   * A future with a scope of its own: at its first poll {@code body} is called with the scope, on
   * the spawner of the context, and what it makes is polled. When that and all children have ended,
   * the output of the body is answered.
   *
   * <p>If the body fails, the children are cancelled, and its failure is thrown once they have
   * ended. If a child fails, under {@link FailurePolicy#CANCEL_SIBLINGS}, the body is cancelled as
   * the other children are, and a {@link TaskFailedException} is thrown once they have ended.
   *
   * @param options how the scope behaves; without a handler of their own, what would be reported
   *     goes to the handler of the runtime
   * @param body makes the future for which the scope is made; must not block
   * @param <R> the output of that future
   * @cancellation cancels the body and asks the children to stop; they end at their next turn, and
   *     what fails in that time is reported
   */
  public static <R extends @Nullable Object> Future<R> with(
      ScopeOptions options, Function<? super TaskScope, ? extends Future<? extends R>> body) {
    return new ScopeBody<>(requireNonNull(options, "options"), requireNonNull(body, "body"));
  }

  // ---- children

  /**
   * Spawns a child once there is room for it, and answers its handle. The handle joins the output
   * of the child and may be detached: the scope sees the end of the child by itself.
   *
   * @param child what the task runs
   * @param <T> the output of the child
   * @return a future that spawns at its first poll, or when its turn has come. It throws a {@link
   *     ScopeClosedException} if the scope takes no more children, or what the spawner throws;
   *     {@code child} has been cancelled then. One unit of budget
   * @cancellation {@code child} is cancelled, unless it was spawned; the place in the queue goes to
   *     the next
   */
  public <T extends @Nullable Object> Future<JoinHandle<T>> spawn(Future<T> child) {
    return new ScopeSpawn<>(this, null, requireNonNull(child, "child"));
  }

  /**
   * As {@link #spawn(Future)}, with a name for messages and dumps.
   *
   * @param name the name of the task
   * @param child what the task runs
   * @param <T> the output of the child
   * @return a future that spawns at its first poll, or when its turn has come
   * @cancellation {@code child} is cancelled, unless it was spawned; the place in the queue goes to
   *     the next
   */
  public <T extends @Nullable Object> Future<JoinHandle<T>> spawn(String name, Future<T> child) {
    return new ScopeSpawn<>(this, requireNonNull(name, "name"), requireNonNull(child, "child"));
  }

  /**
   * Spawns a child at once, if there is room.
   *
   * @param child what the task runs
   * @param <T> the output of the child
   * @return the handle, as of {@link #spawn(Future)}; empty if there is no room: {@code child} is
   *     untouched then, and still the caller's
   * @throws ScopeClosedException if the scope takes no more children; {@code child} has been
   *     cancelled
   * @throws RuntimeException what the spawner throws; {@code child} has been cancelled
   */
  public <T extends @Nullable Object> Optional<JoinHandle<T>> trySpawn(Future<T> child) {
    return startNow(null, requireNonNull(child, "child"));
  }

  /**
   * As {@link #trySpawn(Future)}, with a name for messages and dumps.
   *
   * @param name the name of the task
   * @param child what the task runs
   * @param <T> the output of the child
   * @return the handle; empty if there is no room: {@code child} is untouched then
   * @throws ScopeClosedException if the scope takes no more children; {@code child} has been
   *     cancelled
   * @throws RuntimeException what the spawner throws; {@code child} has been cancelled
   */
  public <T extends @Nullable Object> Optional<JoinHandle<T>> trySpawn(
      String name, Future<T> child) {
    return startNow(requireNonNull(name, "name"), requireNonNull(child, "child"));
  }

  private <T extends @Nullable Object> Optional<JoinHandle<T>> startNow(
      @Nullable String name, Future<T> child) {
    return switch (state.admitNow()) {
      case GRANTED -> Optional.of(start(name, child));
      case WAITING -> Optional.empty();
      case REFUSED -> throw refuse(child);
    };
  }

  /** Spawns a child that has a permit. */
  <T extends @Nullable Object> JoinHandle<T> start(@Nullable String name, Future<T> child) {
    ScopeChild<T> started = new ScopeChild<>(state, child);
    if (!state.begin(started)) {
      throw refuse(child);
    }
    JoinHandle<T> handle;
    try {
      handle = name == null ? spawner.spawn(started) : spawner.spawn(name, started);
    } catch (Throwable refused) {
      started.cancel(); // as the spawner should have done
      state.notStarted(started);
      throw refused;
    } finally {
      Reference.reachabilityFence(this); // not lost while it spawns
    }
    state.started(started, handle);
    return state.ownsFailures() ? new ScopeHandle<>(state, started, handle) : handle;
  }

  private ScopeClosedException refuse(Future<?> child) {
    cancel(child, Discard.closing());
    return state.refusal();
  }

  /** Cancels {@code future}; a throw of its is reported. */
  static void cancel(Future<?> future, Discard discard) {
    try {
      future.cancel();
    } catch (Throwable violation) {
      discard.uncaught(violation, "cancel of a " + future.getClass().getName());
    }
  }

  /** How many children have been spawned and have not ended; out of date at once. */
  public int liveChildren() {
    return state.live();
  }

  // ---- the end

  /**
   * Waits until no child is live. The scope stays open for more, unless one has failed.
   *
   * @return a future that throws the first failure that the scope owns, as a {@link
   *     TaskFailedException} with the others as suppressed exceptions, once all children have
   *     ended. Several may wait; each is thrown an exception of its own
   * @cancellation nothing is lost: the children go on
   */
  public Future<Void> join() {
    return new ScopeEnd(this, false);
  }

  /** Asks all children that are live now to stop, newest first, and returns at once. */
  public void requestCancelAll() {
    state.requestCancelAll();
  }

  /**
   * Closes the scope: from its first poll on it takes no more children, those that are live are
   * asked to stop, and the future is ready when they have ended. Failures that the scope owns and
   * that nobody was thrown are reported then.
   *
   * @cancellation the scope stays closed, and its children end
   */
  public Future<Void> closeAsync() {
    return new ScopeEnd(this, true);
  }

  /**
   * As {@link #closeAsync()}, but blocks until all children have ended: for a thread that runs no
   * tasks. An interrupt does not end the wait; the flag is set again when it is over. Idempotent.
   *
   * <p>If the scope was made on a runtime, a current-thread one is driven meanwhile. Another
   * spawner, that of a {@linkplain Context#spawner() context} too, is not: then somebody else must
   * drive the runtime until the children have ended, or the scope be closed by {@link
   * #closeAsync()}.
   *
   * @throws IllegalStateException if there are children and the calling thread runs tasks of a
   *     runtime, which must not block; the scope is closed and its children have been asked to
   *     stop, and {@code closeAsync()} waits for them
   */
  @Override
  public void close() {
    state.close();
    int live = state.live();
    if (live > 0) {
      if (Poller.isAttached()) {
        throw new IllegalStateException(
            "close() of "
                + this
                + " would block a thread that is running tasks of "
                + Poller.pollingName()
                + ": its "
                + live
                + " children were asked to stop; await closeAsync() to see them end");
      }
      await();
    }
    closed();
  }

  private void await() {
    boolean interrupted = false;
    while (state.live() > 0) {
      if (spawner instanceof BlockOn runtime) {
        try {
          runtime.blockOn(closeAsync());
          continue;
        } catch (InterruptedException again) {
          interrupted = true;
          continue;
        } catch (Exception refused) {
          // It is shut down, or full: then others see to it that the children end.
        }
      }
      interrupted |= state.parkUntilEnd();
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** The scope is closed, and its children have ended: nothing is left to be lost. */
  void closed() {
    cleanable.clean();
  }

  ScopeState state() {
    return state;
  }

  @Override
  public String toString() {
    return state.toString();
  }
}
