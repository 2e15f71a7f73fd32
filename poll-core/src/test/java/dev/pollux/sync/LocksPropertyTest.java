package dev.pollux.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pollux.core.Future;
import dev.pollux.core.Poll;
import dev.pollux.core.Poller;
import dev.pollux.spi.Services;
import dev.pollux.sync.AsyncSemaphore.Permit;
import dev.pollux.testing.CountingWaker;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/**
 * The locks under random programs that ask, poll, cancel and give back in any order, against models
 * that are a number and a list.
 */
class LocksPropertyTest {

  private static final int STEPS = 200;

  private final Poller poller = new Poller(new Services() {}, 1, false);

  /** One who asks, and what the model says of it. */
  private static final class Asker<H> {
    final Future<H> future;
    final int need;
    final boolean writes;
    final CountingWaker waker = new CountingWaker();
    boolean granted;

    /** Was pending in its last poll. */
    boolean waits;

    Asker(Future<H> future, int need, boolean writes) {
      this.future = future;
      this.need = need;
      this.writes = writes;
    }
  }

  private <H> Poll<H> poll(Asker<H> asker) throws Exception {
    return poller.poll(asker.future, asker.waker);
  }

  private static <E> E removeAny(List<E> list, Random random) {
    return list.remove(random.nextInt(list.size()));
  }

  // ---- the semaphore

  /** As many as there are belong to the model; those who wait have none of them. */
  private static final class Permits {
    long free;
    boolean closed;
    final Deque<Asker<Permit>> queue = new ArrayDeque<>();

    void serve() {
      while (!queue.isEmpty() && queue.element().need <= free) {
        Asker<Permit> first = queue.remove();
        free -= first.need;
        first.granted = true;
      }
    }
  }

  @Property
  void permitsGoToWhoHasWaitedLongest(@ForAll long seed) throws Exception {
    Random random = new Random(seed);
    Permits model = new Permits();
    model.free = random.nextInt(5);
    AsyncSemaphore semaphore = new AsyncSemaphore((int) model.free);
    List<Asker<Permit>> asking = new ArrayList<>();
    List<Permit> held = new ArrayList<>();
    for (int step = 0; step < STEPS; step++) {
      switch (random.nextInt(10)) {
        case 0, 1 -> {
          int need = 1 + random.nextInt(4);
          asking.add(new Asker<>(semaphore.acquireMany(need), need, false));
        }
        case 2, 3, 4 -> {
          if (!asking.isEmpty()) {
            Asker<Permit> asker = removeAny(asking, random);
            if (pollAsker(asker, model, held)) {
              asking.add(asker);
            }
          }
        }
        case 5 -> {
          if (!asking.isEmpty()) {
            Asker<Permit> asker = removeAny(asking, random);
            asker.future.cancel();
            if (asker.granted) {
              model.free += asker.need;
            }
            model.queue.remove(asker);
            model.serve();
          }
        }
        case 6, 7 -> {
          if (!held.isEmpty()) {
            Permit permit = removeAny(held, random);
            if (permit.permits() > 1 && random.nextBoolean()) {
              held.add(permit.split(1));
            }
            if (random.nextInt(8) > 0) {
              model.free += permit.permits();
              permit.close();
            } else {
              permit.forget();
            }
            model.serve();
          }
        }
        case 8 -> {
          boolean may = model.queue.isEmpty() && model.free >= 2;
          if (model.closed) {
            assertThatThrownBy(() -> semaphore.tryAcquireMany(2))
                .isInstanceOf(SemaphoreClosedException.class);
          } else {
            Permit permit = semaphore.tryAcquireMany(2);
            assertThat(permit != null).isEqualTo(may);
            if (permit != null) {
              model.free -= 2;
              held.add(permit);
            }
          }
        }
        default -> {
          if (random.nextInt(12) == 0) {
            semaphore.close();
            model.closed = true;
            model.queue.clear();
          } else if (random.nextInt(4) == 0) {
            int gone = semaphore.forgetPermits(1);
            assertThat(gone).isEqualTo(model.queue.isEmpty() && model.free > 0 ? 1 : 0);
            model.free -= gone;
          } else {
            semaphore.addPermits(1);
            model.free++;
            model.serve();
          }
        }
      }
      assertThat(semaphore.availablePermits()).isEqualTo(model.queue.isEmpty() ? model.free : 0);
      for (Asker<Permit> asker : asking) {
        boolean shouldBeWoken = asker.waits && (asker.granted || model.closed);
        assertThat(asker.waker.count() > 0).as("woken").isEqualTo(shouldBeWoken);
      }
    }
    for (Asker<Permit> asker : asking) {
      asker.future.cancel();
      model.free += asker.granted ? asker.need : 0;
    }
    for (Permit permit : held) {
      model.free += permit.permits();
      permit.close();
    }
    assertThat(semaphore.availablePermits()).isEqualTo(model.free);
    assertThat(semaphore.toString()).doesNotContain("wait");
  }

  /** Polls once; returns whether it goes on asking. */
  private boolean pollAsker(Asker<Permit> asker, Permits model, List<Permit> held)
      throws Exception {
    if (!asker.granted && !asker.waits && !model.closed) {
      model.queue.add(asker);
      model.serve();
    }
    if (model.closed && !asker.granted) {
      assertThatThrownBy(() -> poll(asker)).isInstanceOf(SemaphoreClosedException.class);
      return false;
    }
    Poll<Permit> answer = poll(asker);
    assertThat(answer.isReady()).isEqualTo(asker.granted);
    if (answer.isReady()) {
      held.add(answer.value());
      assertThat(answer.value().permits()).isEqualTo(asker.need);
      return false;
    }
    asker.waits = true;
    return true;
  }

  // ---- the mutex

  @Property
  void theMutexGoesToWhoHasWaitedLongest(@ForAll long seed) throws Exception {
    Random random = new Random(seed);
    AsyncMutex mutex = new AsyncMutex();
    List<AsyncMutex.Guard> closed = new ArrayList<>();
    List<Asker<AsyncMutex.Guard>> asking = new ArrayList<>();
    Deque<Asker<AsyncMutex.Guard>> queue = new ArrayDeque<>();
    AsyncMutex.Guard held = null;
    boolean locked = false;
    for (int step = 0; step < STEPS; step++) {
      switch (random.nextInt(7)) {
        case 0 -> asking.add(new Asker<>(mutex.lock(), 1, true));
        case 1, 2, 3 -> {
          if (!asking.isEmpty()) {
            Asker<AsyncMutex.Guard> asker = removeAny(asking, random);
            if (!asker.granted && !asker.waits) {
              if (locked) {
                queue.add(asker);
                asker.waits = true;
              } else {
                locked = true;
                asker.granted = true;
              }
            }
            Poll<AsyncMutex.Guard> answer = poll(asker);
            assertThat(answer.isReady()).isEqualTo(asker.granted);
            if (answer.isReady()) {
              assertThat(held).isNull();
              held = answer.value();
            } else {
              asking.add(asker);
            }
          }
        }
        case 4 -> {
          if (!asking.isEmpty()) {
            Asker<AsyncMutex.Guard> asker = removeAny(asking, random);
            asker.future.cancel();
            queue.remove(asker);
            locked = asker.granted ? passOn(queue) : locked;
          }
        }
        case 5 -> {
          if (held != null) {
            held.close();
            closed.add(held);
            held = null;
            locked = passOn(queue);
          }
        }
        default -> {
          if (!closed.isEmpty()) {
            closed.get(random.nextInt(closed.size())).close(); // does nothing
          }
          AsyncMutex.Guard guard = mutex.tryLock();
          assertThat(guard != null).isEqualTo(!locked);
          if (guard != null) {
            locked = true;
            held = guard;
          }
        }
      }
      assertThat(mutex.isLocked()).isEqualTo(locked);
      for (Asker<AsyncMutex.Guard> asker : asking) {
        assertThat(asker.waker.count()).isEqualTo(asker.granted ? 1 : 0);
      }
    }
    asking.forEach(asker -> asker.future.cancel());
    if (held != null) {
      held.close();
    }
    assertThat(mutex.toString()).endsWith("free");
  }

  /** Hands the lock to the next; returns whether there is one. */
  private static boolean passOn(Deque<Asker<AsyncMutex.Guard>> queue) {
    Asker<AsyncMutex.Guard> next = queue.poll();
    if (next != null) {
      next.granted = true;
    }
    return next != null;
  }

  // ---- the read-write lock

  /** Who has the lock, and who waits. */
  private static final class Readers {
    int readers;
    boolean writer;
    final Deque<Asker<AutoCloseable>> queue = new ArrayDeque<>();

    boolean isFreeFor(boolean toWrite) {
      return !writer && (!toWrite || readers == 0);
    }

    void take(boolean toWrite) {
      if (toWrite) {
        writer = true;
      } else {
        readers++;
      }
    }

    void give(boolean writes) {
      if (writes) {
        writer = false;
      } else {
        readers--;
      }
      serve();
    }

    void serve() {
      while (!queue.isEmpty() && isFreeFor(queue.element().writes)) {
        Asker<AutoCloseable> first = queue.remove();
        take(first.writes);
        first.granted = true;
      }
    }
  }

  @Property
  void readersAndWritersAreServedInTheOrderOfAsking(@ForAll long seed) throws Exception {
    Random random = new Random(seed);
    AsyncRwLock lock = new AsyncRwLock();
    Readers model = new Readers();
    List<Asker<AutoCloseable>> asking = new ArrayList<>();
    List<AutoCloseable> held = new ArrayList<>();
    for (int step = 0; step < STEPS; step++) {
      switch (random.nextInt(9)) {
        case 0 -> asking.add(new Asker<>(lock.read().map(guard -> guard), 1, false));
        case 1 -> asking.add(new Asker<>(lock.write().map(guard -> guard), 1, true));
        case 2, 3, 4 -> {
          if (!asking.isEmpty()) {
            Asker<AutoCloseable> asker = removeAny(asking, random);
            if (!asker.granted && !asker.waits) {
              asker.waits = true;
              model.queue.add(asker);
              model.serve();
            }
            boolean first = asker.granted && asker.waker.count() == 0;
            Poll<AutoCloseable> answer = poll(asker);
            assertThat(answer.isReady()).as("first %s", first).isEqualTo(asker.granted);
            if (answer.isReady()) {
              held.add(answer.value());
            } else {
              asking.add(asker);
            }
          }
        }
        case 5 -> {
          if (!asking.isEmpty()) {
            Asker<AutoCloseable> asker = removeAny(asking, random);
            asker.future.cancel();
            model.queue.remove(asker);
            if (asker.granted) {
              model.give(asker.writes);
            } else {
              model.serve();
            }
          }
        }
        case 6, 7 -> {
          if (!held.isEmpty()) {
            AutoCloseable guard = removeAny(held, random);
            if (guard instanceof AsyncRwLock.WriteGuard writer && random.nextInt(3) == 0) {
              held.add(writer.downgrade());
              model.writer = false;
              model.readers++;
              model.serve();
            } else {
              guard.close();
              model.give(guard instanceof AsyncRwLock.WriteGuard);
            }
            guard.close();
          }
        }
        default -> {
          boolean toWrite = random.nextBoolean();
          AutoCloseable guard = toWrite ? lock.tryWrite() : lock.tryRead();
          assertThat(guard != null).isEqualTo(model.queue.isEmpty() && model.isFreeFor(toWrite));
          if (guard != null) {
            held.add(guard);
            model.take(toWrite);
          }
        }
      }
      assertThat(lock.readers()).isEqualTo(model.readers);
      assertThat(lock.isWriteLocked()).isEqualTo(model.writer);
      for (Asker<AutoCloseable> asker : asking) {
        assertThat(asker.waker.count()).isEqualTo(asker.granted ? 1 : 0);
      }
    }
    asking.forEach(asker -> asker.future.cancel());
    for (AutoCloseable guard : held) {
      guard.close();
    }
    assertThat(lock.toString()).endsWith("free");
  }
}
