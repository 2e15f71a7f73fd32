package dev.pollux.executor.blocking;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import dev.pollux.executor.task.BlockingJob;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * The jobs that wait for a thread, oldest first. The links are in the jobs, so that one that is
 * taken back leaves from the middle in one step and nothing of it stays behind.
 *
 * @threading guarded by the lock of {@link BlockingThreads}
 */
final class JobQueue {

  private @Nullable BlockingJob<?> first;
  private @Nullable BlockingJob<?> last;
  private int size;

  boolean isEmpty() {
    return first == null;
  }

  int size() {
    return size;
  }

  boolean contains(BlockingJob<?> job) {
    return job == first || job.previousInQueue() != null;
  }

  /** The job that makes {@code call}, if it is here. The oldest are looked at first. */
  @Nullable BlockingJob<?> find(Callable<?> call) {
    BlockingJob<?> job = first;
    while (job != null && !job.calls(call)) {
      job = (BlockingJob<?>) job.nextInQueue();
    }
    return job;
  }

  /** Queues a job that is in no queue. */
  void addLast(BlockingJob<?> job) {
    job.setPreviousInQueue(last);
    if (last == null) {
      first = job;
    } else {
      last.setNextInQueue(job);
    }
    last = job;
    size++;
  }

  /** Takes the job that has waited longest. */
  @Nullable BlockingJob<?> pollFirst() {
    BlockingJob<?> job = first;
    if (job != null) {
      remove(job);
    }
    return job;
  }

  /** Takes {@code job} out. Returns false if it was not in. */
  @CanIgnoreReturnValue
  boolean remove(BlockingJob<?> job) {
    if (!contains(job)) {
      return false;
    }
    BlockingJob<?> previous = job.previousInQueue();
    BlockingJob<?> next = (BlockingJob<?>) job.nextInQueue();
    if (previous == null) {
      first = next;
    } else {
      previous.setNextInQueue(next);
    }
    if (next == null) {
      last = previous;
    } else {
      next.setPreviousInQueue(previous);
    }
    job.setPreviousInQueue(null);
    job.setNextInQueue(null);
    size--;
    return true;
  }
}
