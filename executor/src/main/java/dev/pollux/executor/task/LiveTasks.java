package dev.pollux.executor.task;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * The registry of the tasks of one runtime that have not ended. It keeps them alive (a task that
 * only its own future knows must not be collected), lets shutdown reach them, and numbers them.
 *
 * <p>It grows to between nine and twelve bytes for each task of the largest crowd, and stays there.
 * Numbers are used again, after at least {@value #PAGES_IN_ROTATION} pages of them.
 *
 * @threading any thread
 */
public final class LiveTasks {

  /** As many pages are filled in turn before a slot, and with it a number, is used again. */
  private static final int PAGES_IN_ROTATION = 16;

  /**
   * How many pages are looked at for room before one is added: so the registry grows by an eighth
   * at most while there is room that it does not find.
   */
  private static final int LOOKS = 8;

  private final Scheduler scheduler;
  private final AtomicLong pageNumbers;
  private final ReentrantLock lock = new ReentrantLock();

  /** Guarded by the lock, which is taken once for each page that is added, or filled by many. */
  private final List<TaskPage> pages = new ArrayList<>();

  /** Where the threads register that have no lane of their own. */
  private final SharedLane shared;

  /** Makes an empty registry for the tasks of {@code scheduler}. */
  public LiveTasks(Scheduler scheduler) {
    this.scheduler = scheduler;
    this.pageNumbers = scheduler.pageNumbers();
    this.shared = new SharedLane();
  }

  /** Takes {@code task} in, and tells it its place. Called before the task is shared. */
  public void register(Task<?> task) {
    shared.register(task);
  }

  /** A way in of its own for a thread that spawns much. */
  public Lane newLane() {
    return new Lane();
  }

  /**
   * Registers the tasks that one thread spawns, without an atomic operation.
   *
   * @threading confined to one thread at a time
   */
  public final class Lane {

    private final Rotation rotation = new Rotation();
    private TaskPage current = rotation.next();
    private long nowNanos = System.nanoTime();

    private Lane() {}

    /** Sets the time at which tasks are registered from now on; it need not be exact. */
    public void setTime(long nanos) {
      nowNanos = nanos;
    }

    /** As {@link LiveTasks#register}. */
    public void register(Task<?> task) {
      while (!current.tryAdd(task, nowNanos)) {
        current = rotation.next();
      }
    }
  }

  /** The lane of all other threads. */
  private final class SharedLane {

    /** Guarded by the lock. */
    private final Rotation rotation = new Rotation();

    private volatile TaskPage current = rotation.next();

    void register(Task<?> task) {
      long nowNanos = scheduler.roughNanoTime();
      TaskPage page = current;
      while (!page.tryAddShared(task, nowNanos)) {
        page = turn(page);
      }
    }

    private TaskPage turn(TaskPage finished) {
      lock.lock();
      try {
        if (current == finished) { // else another thread has turned it
          current = rotation.next();
        }
        return current;
      } finally {
        lock.unlock();
      }
    }
  }

  /** The pages of one lane, in the order in which they are filled. */
  private final class Rotation {

    private final List<TaskPage> own = new ArrayList<>();

    /** The page that is looked at next. */
    private int position;

    /** A page to fill: an old one if it is easily found, else a new one. */
    TaskPage next() {
      if (own.size() >= PAGES_IN_ROTATION) {
        for (int look = 0; look < LOOKS; look++) {
          TaskPage page = own.get(position);
          position = position + 1 == own.size() ? 0 : position + 1;
          if (page.seemsToHaveRoom(look)) {
            page.beginVisit();
            return page;
          }
        }
      }
      return added();
    }

    private TaskPage added() {
      lock.lock();
      try {
        long number = pageNumbers.getAndIncrement();
        TaskPage page = new TaskPage(scheduler, number * TaskPage.SLOTS + 1);
        pages.add(page);
        own.add(page);
        return page;
      } finally {
        lock.unlock();
      }
    }
  }

  /**
   * Calls {@code action} with each live task; one that begins or ends meanwhile may or may not be
   * seen.
   */
  public void forEach(Consumer<? super Task<?>> action) {
    for (TaskPage page : snapshot()) {
      page.forEach(action);
    }
  }

  /** The number of live tasks: a walk through all places. */
  public int size() {
    int size = 0;
    for (TaskPage page : snapshot()) {
      size += page.size();
    }
    return size;
  }

  private List<TaskPage> snapshot() {
    lock.lock();
    try {
      return new ArrayList<>(pages);
    } finally {
      lock.unlock();
    }
  }
}
