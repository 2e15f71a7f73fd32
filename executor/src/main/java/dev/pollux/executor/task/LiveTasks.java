package dev.pollux.executor.task;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;

/**
 * The registry of the tasks of one runtime that have not ended. It keeps them alive (a task that
 * only its own future knows must not be collected), lets shutdown reach them, and numbers them.
 *
 * <p>It grows to five bytes for each task of the largest crowd, and stays there. Numbers are used
 * again, after at least {@value #PAGES_IN_ROTATION} pages of them.
 *
 * @threading any thread
 */
public final class LiveTasks {

  /** As many pages are filled in turn before a slot, and with it a number, is used again. */
  private static final int PAGES_IN_ROTATION = 16;

  private final Scheduler scheduler;

  /**
   * Guards the two lists; taken once for each 64 tasks spawned, or once when a full page gets room.
   */
  private final Object lock = new Object();

  private final List<TaskPage> pages = new ArrayList<>();
  private final Deque<TaskPage> withRoom = new ArrayDeque<>();

  /** Where the threads register that have no lane of their own. */
  private final Lane shared;

  /** Makes an empty registry for the tasks of {@code scheduler}. */
  public LiveTasks(Scheduler scheduler) {
    this.scheduler = scheduler;
    this.shared = new Lane();
  }

  /** Takes {@code task} in, and tells it its place. Called before the task is shared. */
  public void register(Task<?> task) {
    shared.register(task);
  }

  /**
   * A way in of its own, for a thread that spawns much: it fills pages that no other thread fills
   * meanwhile.
   */
  public Lane newLane() {
    return new Lane();
  }

  /**
   * Fills one page after the other.
   *
   * @threading any thread; a lane is fast while one thread uses it
   */
  public final class Lane {

    private volatile TaskPage current;

    private Lane() {
      synchronized (lock) {
        this.current = nextPage();
      }
    }

    /** As {@link LiveTasks#register}. */
    public void register(Task<?> task) {
      while (true) {
        TaskPage page = current;
        int slot = page.claim();
        if (slot >= 0) {
          task.setPlace(page, slot);
          page.set(slot, task);
          return;
        }
        turnPage(page);
      }
    }

    private void turnPage(TaskPage finished) {
      synchronized (lock) {
        if (current != finished) {
          return; // another thread has turned it
        }
        finished.open = false;
        if (!finished.isFull()) {
          list(finished);
        }
        current = nextPage();
      }
    }
  }

  private TaskPage nextPage() {
    TaskPage next = pages.size() < PAGES_IN_ROTATION ? null : withRoom.pollFirst();
    if (next == null) {
      next = addPage();
    } else {
      next.listed = false;
      next.beginVisit();
    }
    next.open = true;
    return next;
  }

  /** Hears that a full page has room again. */
  void hasRoom(TaskPage page) {
    synchronized (lock) {
      list(page);
    }
  }

  /** Notes that a page has room, unless it is being filled: then whoever turns it notes it. */
  private void list(TaskPage page) {
    if (!page.listed && !page.open) {
      page.listed = true;
      withRoom.addLast(page);
    }
  }

  private TaskPage addPage() {
    TaskPage page = new TaskPage(this, scheduler, (long) pages.size() * TaskPage.SLOTS + 1);
    pages.add(page);
    return page;
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

  /** The number of live tasks. */
  public int size() {
    int size = 0;
    for (TaskPage page : snapshot()) {
      size += page.size();
    }
    return size;
  }

  private List<TaskPage> snapshot() {
    synchronized (lock) {
      return new ArrayList<>(pages);
    }
  }
}
