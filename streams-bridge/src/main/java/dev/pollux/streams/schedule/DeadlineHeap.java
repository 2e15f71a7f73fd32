package dev.pollux.streams.schedule;

import static java.util.Objects.requireNonNull;

import java.util.Arrays;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Jobs by deadline, those of one deadline in the order in which they came: a binary heap that knows
 * where each job is, so that one can be taken out of the middle.
 *
 * @threading confined to the consumer of a queue
 */
final class DeadlineHeap {

  private static final int SMALLEST = 2;

  private @Nullable Job[] jobs;
  private int size;
  private long arrived;

  DeadlineHeap() {
    jobs = new Job[SMALLEST];
  }

  boolean isEmpty() {
    return size == 0;
  }

  int size() {
    return size;
  }

  /** The job that comes first, of a heap that is not empty. */
  Job first() {
    return requireNonNull(jobs[0]);
  }

  void add(Job job) {
    if (size == jobs.length) {
      jobs = Arrays.copyOf(jobs, 2 * size);
    }
    job.sequence = arrived++;
    siftUp(size++, job);
  }

  /** Takes the first job out of a heap that is not empty. */
  Job removeFirst() {
    Job first = first();
    remove(first);
    return first;
  }

  /** Takes out a job that is in this heap. */
  void remove(Job job) {
    int hole = job.heapIndex;
    Job last = requireNonNull(jobs[--size]);
    jobs[size] = null;
    job.heapIndex = -1;
    if (last != job) {
      siftDown(hole, last);
      if (jobs[hole] == last) {
        siftUp(hole, last);
      }
    }
    if (jobs.length > SMALLEST && size < jobs.length / 4) {
      jobs = Arrays.copyOf(jobs, jobs.length / 2);
    }
  }

  /** Takes out the jobs of which {@code unwanted} is true, and ends them. */
  void drop(Predicate<Job> unwanted) {
    @Nullable Job[] before = Arrays.copyOf(jobs, size);
    for (Job job : before) {
      if (job != null && unwanted.test(job)) {
        remove(job);
        job.drop();
      }
    }
  }

  private void siftUp(int hole, Job job) {
    int at = hole;
    while (at > 0) {
      Job parent = requireNonNull(jobs[(at - 1) / 2]);
      if (!isBefore(job, parent)) {
        break;
      }
      put(at, parent);
      at = (at - 1) / 2;
    }
    put(at, job);
  }

  private void siftDown(int hole, Job job) {
    int at = hole;
    while (2 * at + 1 < size) {
      int child = 2 * at + 1;
      if (child + 1 < size
          && isBefore(requireNonNull(jobs[child + 1]), requireNonNull(jobs[child]))) {
        child++;
      }
      Job smaller = requireNonNull(jobs[child]);
      if (!isBefore(smaller, job)) {
        break;
      }
      put(at, smaller);
      at = child;
    }
    put(at, job);
  }

  private void put(int index, Job job) {
    jobs[index] = job;
    job.heapIndex = index;
  }

  private static boolean isBefore(Job one, Job other) {
    return one.deadline != other.deadline
        ? one.deadline < other.deadline
        : one.sequence < other.sequence;
  }
}
