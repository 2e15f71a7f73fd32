package dev.pollux.samples.exercise;

import dev.pollux.core.Future;
import dev.pollux.core.Poller;
import dev.pollux.core.Waker;
import dev.pollux.spi.Services;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A whole executor on one thread, without the executor module: tasks, a queue of those to poll, and
 * a waker that puts its task back into the queue.
 *
 * @threading {@link #spawn} and {@link #run} belong to the thread that runs it; wakers are for all
 */
public final class MiniExecutor {

  /** Tasks whose turn is to come. The thread sleeps in its {@code take} when there is none. */
  private final BlockingQueue<Task> runQueue = new LinkedBlockingQueue<>();

  /**
   * Makes the Context of each poll. With no services, a future finds a waker there, and no more.
   */
  private final Poller poller = new Poller(new Services() {}, 1, false);

  /** How many tasks have not completed. */
  private int unfinished;

  /** Adds a task. Nothing of it happens before {@link #run}. */
  public void spawn(Future<?> future) {
    unfinished++;
    new Task(future).wake(); // the first poll is asked for in the same way as all others
  }

  /**
   * Polls whoever asks for it, until all tasks have completed, and returns how many polls that
   * took. If a future fails, its task is over, and what it throws is thrown.
   */
  public int run() throws Exception {
    int polls = 0;
    while (unfinished > 0) {
      Task task = runQueue.take();
      if (task.isDone) { // a wake that came too late is harmless
        continue;
      }
      polls++;
      poll(task);
    }
    return polls;
  }

  private void poll(Task task) throws Exception {
    // Before the poll: a wake during the poll must queue the task again. It is read as well as
    // written, so that the poll sees what was done before a wake that found the task queued.
    boolean unused = task.isQueued.getAndSet(false);
    boolean isOver = true; // also if the poll throws
    try {
      isOver = poller.poll(task.future, task).isReady();
    } finally {
      task.isDone = isOver;
      if (isOver) {
        unfinished--;
      }
    }
    if (!isOver && poller.wokeItself()) { // how Context.wakeSelf() is told, without an atomic write
      task.wake();
    }
  }

  /** A future, and the waker of that future. */
  private final class Task implements Waker {
    private final Future<?> future;
    private boolean isDone;

    /** So that two wakes before a poll make one poll. */
    private final AtomicBoolean isQueued = new AtomicBoolean();

    Task(Future<?> future) {
      this.future = future;
    }

    @Override
    public void wake() { // from any thread
      if (!isQueued.getAndSet(true)) {
        runQueue.add(this);
      }
    }
  }
}
