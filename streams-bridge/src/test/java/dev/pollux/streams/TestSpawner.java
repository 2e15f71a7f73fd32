package dev.pollux.streams;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import dev.pollux.core.AsyncIterator;
import dev.pollux.core.Context;
import dev.pollux.core.Discard;
import dev.pollux.core.Future;
import dev.pollux.core.JoinHandle;
import dev.pollux.core.Poll;
import dev.pollux.core.Poller;
import dev.pollux.core.RuntimeShutdownException;
import dev.pollux.core.Waker;
import dev.pollux.spi.Services;
import dev.pollux.spi.Spawner;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The smallest executor that a bridge can run on: a queue of tasks, cranked by the test ({@link
 * #run()}, {@link #turn()}) or by a thread of its own ({@link #start()}).
 */
public final class TestSpawner implements Spawner, AutoCloseable {

  /** The values that were discarded, oldest first. */
  public final List<Object> discarded = new CopyOnWriteArrayList<>();

  /** The failures without an owner, oldest first. */
  public final List<Throwable> uncaught = new CopyOnWriteArrayList<>();

  /** The tasks that were spawned, ended or not. */
  public final List<Task<?>> tasks = new CopyOnWriteArrayList<>();

  private final LinkedBlockingQueue<Task<?>> queue = new LinkedBlockingQueue<>();
  private final Discard discard =
      Discard.closing(discarded::add, (failure, origin) -> uncaught.add(failure));
  private final Poller poller =
      new Poller(
          new Services() {
            @Override
            public Discard discard() {
              return discard;
            }

            @Override
            public Spawner spawner() {
              return TestSpawner.this;
            }
          },
          0,
          true);
  private volatile boolean shutDown;
  private volatile Thread thread;

  @Override
  public <T> JoinHandle<T> spawn(Future<T> future) {
    return spawn("", future);
  }

  @Override
  public <T> JoinHandle<T> spawn(String name, Future<T> future) {
    if (shutDown) {
      future.cancel();
      throw new RuntimeShutdownException("the test executor was shut down");
    }
    Task<T> task = new Task<>(name, future);
    tasks.add(task);
    task.wake();
    return task;
  }

  /** Polls one task. Returns false if none was woken. */
  public boolean turn() {
    Task<?> task = queue.poll();
    if (task != null) {
      task.run();
    }
    return task != null;
  }

  /** Polls tasks until none is woken. Returns how many polls that took. */
  @CanIgnoreReturnValue
  public int run() {
    int polls = 0;
    while (turn()) {
      polls++;
    }
    return polls;
  }

  /** Runs tasks on a thread until {@link #close}. */
  public TestSpawner start() {
    thread =
        new Thread(
            () -> {
              while (!shutDown || !queue.isEmpty()) {
                try {
                  Task<?> task = queue.poll(5, TimeUnit.MILLISECONDS);
                  if (task != null) {
                    task.run();
                  }
                } catch (InterruptedException stop) {
                  return;
                }
              }
            },
            "test-spawner");
    thread.setDaemon(true);
    thread.start();
    return this;
  }

  /** Runs {@code future} here and blocks until it is over; for the variant with a thread. */
  public <T> T blockOn(Future<T> future) throws Exception {
    return spawn("blockOn", future).join();
  }

  /** Cancels every task on the calling thread, or on the own one, and refuses new ones. */
  public void shutDown() {
    shutDown = true;
    for (Task<?> task : tasks) {
      task.requestCancel();
    }
    if (thread == null) {
      run();
    }
  }

  @Override
  public void close() {
    shutDown();
    if (thread != null) {
      try {
        thread.join(30_000);
      } catch (InterruptedException stop) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** How many tasks have not ended. */
  public long live() {
    return tasks.stream().filter(task -> !task.isFinished()).count();
  }

  /** One task: its waker and its handle as well. */
  public final class Task<T> implements JoinHandle<T>, Waker {

    final String name;
    private final AtomicBoolean queued = new AtomicBoolean();
    private final CompletableFuture<T> output = new CompletableFuture<>();
    private volatile boolean cancelRequested;
    private Future<T> future;

    Task(String name, Future<T> future) {
      this.name = name;
      this.future = future;
    }

    @Override
    public void wake() {
      if (!output.isDone() && queued.compareAndSet(false, true)) {
        queue.add(this);
      }
    }

    void run() {
      queued.set(false);
      if (future == null) {
        return;
      }
      if (cancelRequested) {
        Future<T> cancelled = future;
        future = null;
        cancelled.cancel();
        output.cancel(false);
        return;
      }
      try {
        Poll<T> answer = poller.poll(future, this);
        if (answer.isReady()) {
          future = null;
          output.complete(answer.value());
        } else if (poller.wokeItself()) {
          wake();
        }
      } catch (Throwable failure) {
        future = null;
        output.completeExceptionally(failure);
      }
    }

    @Override
    public void requestCancel() {
      cancelRequested = true;
      wake();
    }

    @Override
    public void detach() {}

    @Override
    public boolean isFinished() {
      return output.isDone();
    }

    @Override
    public T join() {
      return output.orTimeout(30, TimeUnit.SECONDS).join();
    }

    @Override
    public T join(Duration timeout) {
      return output.orTimeout(timeout.toMillis(), TimeUnit.MILLISECONDS).join();
    }

    @Override
    public Poll<T> poll(Context cx) {
      return Poll.pending(); // nobody is told of its end
    }

    @Override
    public long id() {
      return tasks.indexOf(this);
    }

    @Override
    public Optional<String> name() {
      return Optional.of(name);
    }

    @Override
    public Optional<StackTraceElement> spawnSite() {
      return Optional.empty();
    }
  }

  /** A future of all elements of {@code iterator}, given one by one to {@code consumer}. */
  public static <T> Future<Void> each(
      AsyncIterator<T> iterator, java.util.function.Consumer<T> consumer) {
    return new Future<>() {
      @Override
      public Poll<Void> poll(Context cx) throws Exception {
        return switch (iterator.pollEach(
            cx,
            item -> {
              consumer.accept(item);
              return true;
            })) {
          case ENDED -> Poll.done();
          default -> Poll.pending();
        };
      }

      @Override
      public void cancel() {
        iterator.cancel();
      }
    };
  }
}
