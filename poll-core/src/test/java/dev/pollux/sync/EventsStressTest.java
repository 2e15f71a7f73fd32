package dev.pollux.sync;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pollux.core.Context;
import dev.pollux.core.Future;
import dev.pollux.core.Futures;
import dev.pollux.core.Next;
import dev.pollux.core.Poll;
import dev.pollux.core.PollFunction;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * What tells of events, used by several threads that give up at any time. Values are received,
 * refused or discarded, each once, and nobody waits for what has happened.
 */
@Tag("stress")
class EventsStressTest {

  // ---- Oneshot

  @Test
  void theValueOfAOneshotIsNeitherLostNorDoubled() {
    Polling.rounds(
        random -> {
          List<Polling.Body> bodies = new ArrayList<>();
          int pairs = 200;
          List<Oneshot<Closeable>> oneshots = new ArrayList<>();
          for (int i = 0; i < pairs; i++) {
            oneshots.add(Oneshot.create());
          }
          Random senders = new Random(random.nextLong());
          Random receivers = new Random(random.nextLong());
          List<Closeable> sent = Collections.synchronizedList(new ArrayList<>());
          List<Closeable> kept = Collections.synchronizedList(new ArrayList<>());
          bodies.add(
              () -> {
                Polling polling = new Polling();
                for (Oneshot<Closeable> oneshot : oneshots) {
                  Future<Void> closed = oneshot.sender().whenClosed();
                  boolean over = polling.once(closed).isReady();
                  Closeable value = new Closeable("value");
                  if (senders.nextInt(4) == 0) {
                    oneshot.sender().close();
                  } else {
                    (oneshot.sender().send(value) ? sent : kept).add(value);
                  }
                  if (!over) {
                    polling.toEnd(closed);
                  }
                }
              });
          bodies.add(
              () -> {
                Polling polling = new Polling();
                for (Oneshot<Closeable> oneshot : oneshots) {
                  Oneshot.Receiver<Closeable> receiver = oneshot.receiver();
                  int choice = receivers.nextInt(6);
                  try {
                    if (choice < 2) {
                      kept.add(polling.toEnd(receiver));
                      continue;
                    }
                    Poll<Closeable> answer = choice < 4 ? polling.once(receiver) : Poll.pending();
                    if (answer.isReady()) {
                      kept.add(answer.value());
                    } else if (choice == 5) {
                      receiver.close();
                      Next<Closeable> next = receiver.tryRecv();
                      if (next.isItem()) {
                        kept.add(next.value());
                      }
                    }
                    receiver.cancel();
                  } catch (ChannelClosedException closed) {
                    assertThat(oneshot.sender().isClosed()).isTrue();
                  }
                }
              });
          Polling.together(bodies);
          assertThat(kept).allMatch(value -> value.closes() == 0);
          for (Closeable value : sent) {
            assertThat(value.closes() + (kept.contains(value) ? 1 : 0)).isEqualTo(1);
          }
        });
  }

  // ---- Notify

  @Test
  void noJobWaitsThoughItsNotificationWasGivenToOneWhoGaveUp() {
    Polling.rounds(
        random -> {
          int jobs = 500;
          int consumers = 2;
          Notify notify = new Notify();
          Queue<Integer> queue = new ConcurrentLinkedQueue<>();
          AtomicInteger done = new AtomicInteger();
          List<Polling.Body> bodies = new ArrayList<>();
          Random pace = new Random(random.nextLong());
          bodies.add(
              () -> {
                for (int i = 0; i < jobs; i++) {
                  queue.add(i);
                  if (pace.nextBoolean()) {
                    notify.notifyOne();
                  } else {
                    notify.notifyLast();
                  }
                }
              });
          for (int c = 0; c < consumers; c++) {
            Random mine = new Random(random.nextLong());
            bodies.add(
                () -> {
                  Polling polling = new Polling();
                  while (done.get() < jobs) {
                    Future<Void> notified = notify.notified();
                    boolean givesUp = mine.nextInt(3) == 0;
                    if (givesUp) {
                      boolean told = polling.once(notified).isReady();
                      if (!told) {
                        notified.cancel();
                        continue;
                      }
                    } else {
                      polling.toEnd(notified);
                    }
                    while (queue.poll() != null) {
                      if (done.incrementAndGet() == jobs) {
                        notify.notifyOne(); // the other may wait; if not, it sees the count
                      }
                    }
                  }
                  notify.notifyOne();
                });
          }
          Polling.together(bodies);
          assertThat(done).hasValue(jobs);
          assertThat(notify.waiting()).isZero();
        });
  }

  @Test
  void whoTakesOneJobForEachNotificationLeavesNone() {
    Polling.rounds(
        random -> {
          int consumers = 2;
          int jobs = random.nextInt(4); // few, for a later one would hide a loss
          Notify changed = new Notify();
          Queue<Integer> queue = new ConcurrentLinkedQueue<>();
          List<Integer> done = Collections.synchronizedList(new ArrayList<>());
          List<Polling.Body> bodies = new ArrayList<>();
          Random pace = new Random(random.nextLong());
          bodies.add(
              () -> {
                for (int i = 0; i < jobs + consumers; i++) {
                  queue.add(i < jobs ? i : -1); // with one end for each consumer
                  changed.notifyOne();
                  pause(pace);
                }
              });
          for (int c = 0; c < consumers; c++) {
            Random mine = new Random(random.nextLong());
            bodies.add(
                () -> {
                  Polling polling = new Polling();
                  while (true) {
                    Future<Integer> next = NotifyTest.next(queue, changed, () -> pause(mine));
                    int job;
                    if (mine.nextInt(3) == 0) {
                      Poll<Integer> answer = polling.once(next);
                      if (answer.isPending()) {
                        next.cancel();
                        continue;
                      }
                      job = answer.value();
                    } else {
                      job = polling.toEnd(next);
                    }
                    if (job < 0) {
                      return;
                    }
                    done.add(job);
                  }
                });
          }
          Polling.together(bodies);
          assertThat(done).hasSize(jobs).doesNotHaveDuplicates();
          assertThat(queue).isEmpty();
          assertThat(changed.waiting()).isZero();
        });
  }

  /** Lets others go on, now and then. */
  private static void pause(Random random) {
    if (random.nextInt(3) == 0) {
      LockSupport.parkNanos(1_000);
    }
  }

  @Test
  void notifyWaitersReachesAllThatWereMadeBefore() {
    Polling.rounds(
        random -> {
          int turns = 200;
          Notify notify = new Notify();
          AtomicInteger published = new AtomicInteger();
          List<Polling.Body> bodies = new ArrayList<>();
          AtomicInteger left = new AtomicInteger(2);
          bodies.add(
              () -> {
                for (int turn = 1; turn <= turns; turn++) {
                  published.set(turn);
                  notify.notifyWaiters();
                }
              });
          for (int w = 0; w < 2; w++) {
            Random mine = new Random(random.nextLong());
            bodies.add(
                () -> {
                  Polling polling = new Polling();
                  while (true) {
                    Future<Void> notified = notify.notified(); // first; then look
                    if (published.get() == turns) {
                      notified.cancel();
                      break;
                    }
                    if (mine.nextInt(4) == 0) {
                      Poll<Void> unused = polling.once(notified);
                      notified.cancel();
                    } else {
                      polling.toEnd(notified);
                    }
                  }
                  left.decrementAndGet();
                });
          }
          Polling.together(bodies);
          assertThat(left).hasValue(0);
          assertThat(notify).hasToString("Notify[0 waiting]");
        });
  }

  // ---- Signal

  @Test
  void theLastSignalIsTakenAndAllOthersAreTakenOrDiscarded() {
    Polling.rounds(
        random -> {
          int values = 500;
          Signal<Closeable> signal = new Signal<>();
          List<Closeable> all = new ArrayList<>();
          for (int i = 0; i < values; i++) {
            all.add(new Closeable("value " + i));
          }
          Random mine = new Random(random.nextLong());
          List<Closeable> taken = new ArrayList<>();
          Polling.together(
              List.of(
                  () -> {
                    for (Closeable value : all) {
                      assertThat(signal.signal(value)).isTrue();
                    }
                  },
                  () -> {
                    Polling polling = new Polling();
                    Closeable last = all.get(values - 1);
                    do {
                      Future<Closeable> take = signal.take();
                      if (mine.nextInt(3) == 0) {
                        Poll<Closeable> answer = polling.once(take);
                        if (answer.isReady()) {
                          taken.add(answer.value());
                        }
                        take.cancel();
                      } else {
                        taken.add(polling.toEnd(take));
                      }
                    } while (taken.isEmpty() || taken.get(taken.size() - 1) != last);
                  }));
          assertThat(taken).allMatch(value -> value.closes() == 0).doesNotHaveDuplicates();
          assertThat(taken).isSubsetOf(all);
          assertThat(all.stream().mapToInt(Closeable::closes).sum() + taken.size())
              .isEqualTo(values);
        });
  }

  // ---- Watch

  @Test
  void everyReceiverSeesTheLastValue() {
    Polling.rounds(
        random -> {
          int each = 300;
          Watch<Integer> watch = Watch.create(0);
          Watch.Sender<Integer> sender = watch.sender();
          List<Polling.Body> bodies = new ArrayList<>();
          for (int s = 0; s < 2; s++) {
            bodies.add(
                () -> {
                  for (int i = 0; i < each; i++) {
                    int unused = sender.sendModify(value -> value + 1);
                  }
                });
          }
          for (int r = 0; r < 2; r++) {
            Random mine = new Random(random.nextLong());
            Watch.Receiver<Integer> receiver = watch.receiver().another();
            bodies.add(
                () -> {
                  Polling polling = new Polling();
                  int before = 0;
                  while (before < 2 * each) {
                    int choice = mine.nextInt(4);
                    if (choice == 0) {
                      Future<Void> changed = receiver.changed();
                      Poll<Void> unused = polling.once(changed);
                      changed.cancel();
                    } else if (choice == 1) {
                      int floor = before;
                      polling.toEnd(receiver.waitFor(value -> value > floor));
                    } else {
                      receiver.markUnchanged();
                      if (receiver.borrow() < 2 * each) {
                        polling.toEnd(receiver.changed());
                      }
                    }
                    int now = receiver.borrowAndUpdate();
                    assertThat(now).isGreaterThanOrEqualTo(before);
                    before = now;
                  }
                  receiver.close();
                });
          }
          Polling.together(bodies);
          assertThat(sender.borrow()).isEqualTo(2 * each);
          assertThat(sender.receiverCount()).isEqualTo(1);
          assertThat(watch.receiver().state().waiting()).isZero();
        });
  }

  // ---- SetOnce, AsyncOnceCell, Barrier

  @Test
  void oneSetWinsAndReachesEverybody() {
    Polling.rounds(
        random -> {
          SetOnce<Integer> once = new SetOnce<>();
          AtomicInteger wins = new AtomicInteger();
          List<Integer> seen = Collections.synchronizedList(new ArrayList<>());
          Random mine = new Random(random.nextLong());
          List<Polling.Body> bodies = new ArrayList<>();
          for (int s = 0; s < 2; s++) {
            int value = s;
            bodies.add(() -> wins.addAndGet(once.set(value) ? 1 : 0));
          }
          boolean givesUp = mine.nextBoolean();
          for (int w = 0; w < 2; w++) {
            bodies.add(
                () -> {
                  Polling polling = new Polling();
                  if (givesUp) {
                    Future<Integer> first = once.await();
                    Poll<Integer> unused = polling.once(first);
                    first.cancel();
                  }
                  seen.add(polling.toEnd(once.await()));
                });
          }
          Polling.together(bodies);
          assertThat(wins).hasValue(1);
          assertThat(seen).hasSize(2).containsOnly(once.get().orElseThrow());
        });
  }

  @Test
  void oneInitialiserRunsAtATimeAndOneCompletes() {
    Polling.rounds(
        random -> {
          AsyncOnceCell<Integer> cell = new AsyncOnceCell<>();
          AtomicInteger running = new AtomicInteger();
          AtomicInteger completed = new AtomicInteger();
          AtomicBoolean overlapped = new AtomicBoolean();
          List<Polling.Body> bodies = new ArrayList<>();
          for (int t = 0; t < 4; t++) {
            Random mine = new Random(random.nextLong());
            bodies.add(
                () -> {
                  Polling polling = new Polling();
                  while (true) {
                    Future<Integer> future =
                        cell.getOrInit(
                            () -> {
                              overlapped.compareAndSet(false, running.getAndIncrement() > 0);
                              int turns = mine.nextInt(3);
                              boolean fails = mine.nextBoolean();
                              return Futures.pollFn(
                                  new Initializer(turns, fails, running, completed),
                                  running::decrementAndGet,
                                  description -> {});
                            });
                    try {
                      if (mine.nextInt(3) > 0) {
                        polling.toEnd(future);
                        return;
                      }
                      if (polling.once(future).isReady()) {
                        return;
                      }
                      future.cancel();
                    } catch (IOException torn) {
                      assertThat(torn).hasMessage("torn");
                    }
                  }
                });
          }
          Polling.together(bodies);
          assertThat(overlapped).isFalse();
          assertThat(running).hasValue(0);
          assertThat(completed).hasValue(1);
        });
  }

  /** Yields some times, and then fails or completes. */
  private static final class Initializer implements PollFunction<Integer> {
    private int turns;
    private final boolean fails;
    private final AtomicInteger running;
    private final AtomicInteger completed;

    Initializer(int turns, boolean fails, AtomicInteger running, AtomicInteger completed) {
      this.turns = turns;
      this.fails = fails;
      this.running = running;
      this.completed = completed;
    }

    @Override
    public Poll<Integer> poll(Context cx) throws IOException {
      if (turns-- > 0) {
        cx.wakeSelf();
        return Poll.pending();
      }
      running.decrementAndGet();
      if (fails) {
        throw new IOException("torn");
      }
      return Poll.ready(completed.incrementAndGet());
    }
  }

  @Test
  void eachGenerationOfABarrierHasOneLeader() {
    Polling.rounds(
        random -> {
          int parties = 3;
          int generations = 50;
          Barrier barrier = new Barrier(parties);
          AtomicInteger leaders = new AtomicInteger();
          AtomicInteger came = new AtomicInteger();
          List<Polling.Body> bodies = new ArrayList<>();
          for (int t = 0; t < parties; t++) {
            Random mine = new Random(random.nextLong());
            bodies.add(
                () -> {
                  Polling polling = new Polling();
                  for (int i = 0; i < generations; i++) {
                    came.incrementAndGet();
                    boolean leads = polling.toEnd(barrier.await());
                    leaders.addAndGet(leads ? 1 : 0);
                    assertThat(came.get()).isGreaterThanOrEqualTo(parties * (i + 1));
                    if (mine.nextInt(3) == 0) {
                      Future<Boolean> neverPolled = barrier.await();
                      neverPolled.cancel();
                    }
                  }
                });
          }
          Polling.together(bodies);
          assertThat(leaders).hasValue(generations);
          assertThat(barrier.waiting()).isZero();
        });
  }

  @Test
  void whoLeavesABarrierGivesItsPlaceBackOrHasBeenCounted() {
    Polling.rounds(
        random -> {
          int parties = 3;
          int turns = 100;
          Barrier barrier = new Barrier(parties);
          AtomicInteger leaders = new AtomicInteger();
          AtomicInteger followers = new AtomicInteger();
          AtomicInteger left = new AtomicInteger();
          List<Polling.Body> bodies = new ArrayList<>();
          for (int t = 0; t < parties; t++) {
            Random mine = new Random(random.nextLong());
            bodies.add(
                () -> {
                  Polling polling = new Polling();
                  for (int i = 0; i < turns; i++) {
                    Future<Boolean> here = barrier.await();
                    Poll<Boolean> answer = polling.once(here);
                    for (int look = mine.nextInt(200); look > 0 && answer.isPending(); look--) {
                      answer = polling.once(here);
                    }
                    if (answer.isPending()) {
                      here.cancel(); // in the queue, or granted meanwhile
                      left.incrementAndGet();
                    } else {
                      (answer.value() ? leaders : followers).incrementAndGet();
                    }
                  }
                });
          }
          Polling.together(bodies);
          assertThat(barrier.waiting()).isZero();
          assertThat(leaders.get() + followers.get() + left.get()).isEqualTo(parties * turns);
          // Who was counted has gone on, or has left at the same time.
          int counted = leaders.get() * (parties - 1);
          assertThat(followers.get()).isBetween(counted - left.get(), counted);
        });
  }
}
