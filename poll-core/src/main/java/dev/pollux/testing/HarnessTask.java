package dev.pollux.testing;

import dev.pollux.core.Context;
import dev.pollux.core.Description;
import dev.pollux.core.Discard;
import dev.pollux.core.Future;
import dev.pollux.core.JoinHandle;
import dev.pollux.core.Poll;
import dev.pollux.core.PollAfterEndException;
import dev.pollux.core.Poller;
import dev.pollux.core.TaskCancelledException;
import dev.pollux.core.TaskFailedException;
import dev.pollux.core.TaskInfo;
import dev.pollux.core.Waker;
import dev.pollux.spi.FailureOwned;
import dev.pollux.spi.TaskWaker;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * A task of a {@link HarnessSpawner}, and its handle. A lock around every transition is all the
 * cleverness it needs; futures, wakers and the discard are called outside it.
 *
 * <p>A blocking {@code join} can't wait, since whoever would wait is the one who cranks: it answers
 * if the task has ended and refuses otherwise.
 */
final class HarnessTask<T extends @Nullable Object> implements JoinHandle<T> {

  /** What wakes the task. Retains nothing of it once it has ended. */
  private static final class OwnWaker implements TaskWaker {

    private volatile @Nullable HarnessTask<?> task;

    OwnWaker(HarnessTask<?> task) {
      this.task = task;
    }

    @Override
    public void wake() {
      HarnessTask<?> woken = task;
      if (woken != null) {
        woken.scheduleTurn();
      }
    }

    @Override
    public @Nullable TaskInfo task() {
      return task;
    }
  }

  private final HarnessSpawner spawner;
  private final long id;
  private final @Nullable String name;
  private final Discard discard;
  private final OwnWaker waker;
  private final Object lock = new Object();

  // Guarded by lock; `future` is used outside it by the thread that cranks.
  private @Nullable Future<T> future;
  private @Nullable Poll<T> output;
  private @Nullable Throwable failure;
  private boolean scheduled = true;
  private boolean cancelRequested;
  private boolean detached;
  private @Nullable Waker joiner;

  /** The handle answered, or its waiter gave up: nobody will take the output. */
  private boolean handleOver;

  /** Written before the end, by the thread that cranks. */
  private boolean failureOwned;

  HarnessTask(
      HarnessSpawner spawner, long id, @Nullable String name, Future<T> future, Discard discard) {
    this.spawner = spawner;
    this.id = id;
    this.name = name;
    this.future = future;
    this.discard = discard;
    this.waker = new OwnWaker(this);
  }

  // ---- the task

  /** Records a wake, and queues the task unless it is queued already or over. */
  private void scheduleTurn() {
    synchronized (lock) {
      if (scheduled || future == null) {
        return;
      }
      scheduled = true;
    }
    spawner.push(this);
  }

  /** Polls the future once, or cancels it if that was asked for. */
  void run(Poller poller) {
    Future<T> body;
    boolean cancel;
    synchronized (lock) {
      scheduled = false;
      body = future;
      cancel = cancelRequested;
    }
    if (body == null) {
      return;
    }
    if (cancel) {
      try {
        body.cancel();
      } catch (Throwable thrown) {
        discard.uncaught(thrown, "cancel of " + this);
      }
      end(null, null);
      return;
    }
    try {
      Poll<T> answer = poller.poll(body, waker);
      if (answer.isReady()) {
        end(answer, null);
      } else if (poller.wokeItself()) {
        waker.wake();
      }
    } catch (Throwable thrown) {
      synchronized (lock) {
        failureOwned = body instanceof FailureOwned owned && owned.isFailureOwned();
      }
      end(null, thrown);
    }
  }

  private void end(@Nullable Poll<T> value, @Nullable Throwable thrown) {
    Waker toWake;
    boolean nobodyWaits;
    synchronized (lock) {
      future = null;
      waker.task = null;
      nobodyWaits = detached || handleOver;
      if (!nobodyWaits) {
        output = value;
        failure = thrown;
      }
      toWake = joiner;
      joiner = null;
    }
    spawner.ended();
    if (thrown instanceof VirtualMachineError) {
      discard.uncaught(thrown, TaskInfo.describe(this)); // even if somebody joins, as in a runtime
    }
    if (nobodyWaits) {
      drop(value, thrown);
    }
    if (toWake != null) {
      try {
        toWake.wake();
      } catch (Throwable violation) {
        discard.uncaught(violation, "waker of the handle of " + this);
      }
    }
  }

  private void drop(@Nullable Poll<T> value, @Nullable Throwable thrown) {
    if (value != null) {
      discard.discard(value.value());
    }
    if (thrown != null && !(thrown instanceof VirtualMachineError) && !isFailureOwned()) {
      discard.uncaught(thrown, TaskInfo.describe(this));
    }
  }

  private boolean isFailureOwned() {
    synchronized (lock) {
      return failureOwned;
    }
  }

  // ---- the handle

  @Override
  public Poll<T> poll(Context cx) {
    synchronized (lock) {
      if (handleOver || detached) {
        throw new PollAfterEndException("a join handle");
      }
      if (future != null) {
        joiner = cx.waker();
        return Poll.pending();
      }
      return take();
    }
  }

  /** Answers once; called with the lock held, after the end. */
  private Poll<T> take() {
    handleOver = true;
    Poll<T> value = output;
    Throwable thrown = failure;
    output = null;
    failure = null;
    if (value != null) {
      return value;
    }
    if (thrown != null) {
      throw new TaskFailedException(this, thrown);
    }
    throw new TaskCancelledException(this);
  }

  @Override
  public void cancel() {
    boolean stop;
    Poll<T> value;
    Throwable thrown;
    synchronized (lock) {
      if (handleOver) {
        return;
      }
      handleOver = true;
      joiner = null;
      stop = !detached;
      value = output;
      thrown = failure;
      output = null;
      failure = null;
    }
    drop(value, thrown);
    if (stop) {
      requestCancel();
    }
  }

  @Override
  public void requestCancel() {
    synchronized (lock) {
      cancelRequested = true;
    }
    scheduleTurn();
  }

  @Override
  public void detach() {
    Poll<T> value;
    Throwable thrown;
    synchronized (lock) {
      if (handleOver || detached) {
        return;
      }
      detached = true;
      joiner = null;
      value = output;
      thrown = failure;
      output = null;
      failure = null;
    }
    drop(value, thrown);
  }

  @Override
  public boolean isFinished() {
    synchronized (lock) {
      return future == null;
    }
  }

  @Override
  public T join() {
    synchronized (lock) {
      if (handleOver || detached) {
        throw new IllegalStateException(
            "the output of " + this + " was taken or the handle detached");
      }
      if (future != null) {
        throw new IllegalStateException(
            this + " has not ended, and a PollHarness can't wait for it: call runTasks() first");
      }
      return take().value();
    }
  }

  @Override
  public T join(Duration timeout) throws TimeoutException {
    synchronized (lock) {
      if (future != null && !handleOver && !detached) {
        throw new TimeoutException(
            this + " has not ended; in a PollHarness it does so in runTasks()");
      }
      return join();
    }
  }

  // ---- what may be known of it

  @Override
  public long id() {
    return id;
  }

  @Override
  public Optional<String> name() {
    return Optional.ofNullable(name);
  }

  @Override
  public Optional<StackTraceElement> spawnSite() {
    return Optional.empty();
  }

  @Override
  public void describe(Description description) {
    description.name("join handle").waitsFor(TaskInfo.describe(this));
  }

  @Override
  public String toString() {
    return TaskInfo.describe(this);
  }
}
