package dev.pollux.executor.scheduler;

import dev.pollux.core.Discard;
import dev.pollux.core.TaskInfo;
import dev.pollux.executor.task.LiveTasks;
import dev.pollux.executor.task.Scheduler;
import dev.pollux.executor.task.Task;
import dev.pollux.spi.RuntimeListener.Outcome;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The tasks that stay on one worker: they have a queue of their own, from which nobody steals.
 *
 * @threading as each method says; the owner is the thread that runs the worker
 */
final class PinnedTasks implements Scheduler {

  private final Worker worker;
  private final MultiThreadScheduler scheduler;
  private final LiveTasks live;

  /** Its mark of a sleeper is set while the worker sleeps: then a push wakes just that worker. */
  private final InjectQueue arriving = new InjectQueue();

  /** Owned by the owner. */
  private final LocalQueue ready = new LocalQueue();

  PinnedTasks(Worker worker, MultiThreadScheduler scheduler) {
    this.worker = worker;
    this.scheduler = scheduler;
    this.live = new LiveTasks(this);
  }

  /** The registry of the tasks. Any thread. */
  LiveTasks live() {
    return live;
  }

  @Override
  public void schedule(Task<?> task) {
    boolean taken = enqueue(task);
    assert taken || task.isFinished() : "woken after shutdown: " + task;
  }

  @Override
  public boolean trySchedule(Task<?> task) {
    return enqueue(task);
  }

  /** Queues a task. Returns false if the runtime is closed. Any thread. */
  boolean enqueue(Task<?> task) {
    if (scheduler.currentWorker() == worker) {
      ready.addLast(task);
      return true;
    }
    return switch (arriving.push(task)) {
      case QUEUED -> true;
      case OWNER_SLEEPS -> {
        worker.unpark();
        yield true;
      }
      case REFUSED -> false;
    };
  }

  // ---- the owner

  /** Puts back a task that has had its turn. */
  void addLast(Task<?> task) {
    ready.addLast(task);
  }

  /** Takes the oldest task, or answers null. */
  @Nullable Task<?> poll() {
    if (arriving.hasTasks()) {
      arriving.takeAll(ready);
    }
    return ready.pollFirst();
  }

  /** The number of tasks that are ready, but for those that are on their way. Any thread. */
  int depth() {
    return ready.size();
  }

  boolean isEmpty() {
    return ready.isEmpty() && !arriving.hasTasks();
  }

  /** Announces that the worker sleeps. Returns false if there are tasks. */
  boolean tryPark() {
    return ready.isEmpty() && (arriving.tryPark() || !arriving.hasTasks());
  }

  void unpark() {
    arriving.unpark();
  }

  /** Refuses all further tasks from outside. */
  void close() {
    arriving.close(ready);
  }

  // ---- what its tasks need of their scheduler

  @Override
  public void ending(Task<?> task, Outcome outcome) {
    scheduler.ending(task, outcome);
  }

  @Override
  public void shieldEnded() {
    scheduler.shieldEnded();
  }

  @Override
  public void cancelRequested(Task<?> task) {
    scheduler.cancelRequested(task);
  }

  @Override
  public AtomicLong pageNumbers() {
    return scheduler.pageNumbers();
  }

  @Override
  public long roughNanoTime() {
    return scheduler.roughNanoTime();
  }

  @Override
  public void makeRoom() {
    scheduler.makeRoom();
  }

  @Override
  public void joinParks(Task<?> task) {
    scheduler.joinParks(task);
  }

  @Override
  public void joinUnparked(Task<?> task) {
    scheduler.joinUnparked(task);
  }

  @Override
  public void uncaught(TaskInfo task, Throwable failure) {
    scheduler.uncaught(task, failure);
  }

  @Override
  public Discard discard() {
    return scheduler.discard();
  }

  @Override
  public String runtimeName() {
    return scheduler.runtimeName();
  }
}
