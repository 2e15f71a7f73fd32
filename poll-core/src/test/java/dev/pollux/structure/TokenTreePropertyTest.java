package dev.pollux.structure;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pollux.core.Future;
import dev.pollux.core.Poll;
import dev.pollux.core.Poller;
import dev.pollux.spi.Services;
import dev.pollux.testing.CountingWaker;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.jspecify.annotations.Nullable;

/** Trees of tokens under random programs, against a model that is a set of nodes with parents. */
class TokenTreePropertyTest {

  private static final int THREADS = 3;
  private static final ExecutorService POOL =
      Executors.newCachedThreadPool(
          task -> {
            Thread thread = new Thread(task, "token tree");
            thread.setDaemon(true);
            return thread;
          });

  /** A token, and what it should be. */
  private static final class Node {
    final CancellationToken token;
    final @Nullable Node parent;
    final int depth;
    boolean cancelled;

    /** Waiters and registrations that should be in its list, unless it is cancelled. */
    int listening;

    Node(@Nullable Node parent) {
      this.parent = parent;
      this.depth = parent == null ? 0 : parent.depth + 1;
      this.token = parent == null ? CancellationToken.create() : parent.token.child();
    }

    boolean isCancelled() {
      return cancelled || (parent != null && parent.isCancelled());
    }

    boolean isBelow(Node other) {
      return this == other || (parent != null && parent.isBelow(other));
    }
  }

  private static final class Waiting {
    final Node node;
    final Future<Void> future;
    final CountingWaker waker = new CountingWaker();
    boolean over;

    Waiting(Node node) {
      this.node = node;
      this.future = node.token.whenCancelled();
    }
  }

  private static final class Registered {
    final Node node;
    final AtomicInteger runs = new AtomicInteger();
    final CancelRegistration registration;
    boolean closedInTime;

    Registered(Node node) {
      this.node = node;
      this.registration = node.token.onCancel(runs::incrementAndGet);
    }
  }

  private final Poller poller = new Poller(new Services() {}, 1, false);

  @Property(tries = 1000)
  void aTreeIsAsItsModelSays(@ForAll @Size(max = 60) List<@IntRange(max = 9_999) Integer> program)
      throws Exception {
    List<Node> nodes = new ArrayList<>(List.of(new Node(null)));
    List<Waiting> waiting = new ArrayList<>();
    List<Registered> registered = new ArrayList<>();
    for (int step : program) {
      Node node = nodes.get(step / 10 % nodes.size());
      switch (step % 10) {
        case 0, 1, 2 -> nodes.add(new Node(node));
        case 3, 4 -> {
          Waiting waiter = new Waiting(node);
          waiter.over = poll(waiter).isReady();
          assertThat(waiter.over).isEqualTo(node.isCancelled());
          node.listening++;
          waiting.add(waiter);
        }
        case 5, 6 -> {
          Registered callback = new Registered(node);
          assertThat(callback.registration.hasStarted()).isEqualTo(node.isCancelled());
          node.listening++;
          registered.add(callback);
        }
        case 7 -> {
          if (!waiting.isEmpty()) {
            Waiting waiter = waiting.remove(step / 10 % waiting.size());
            waiter.future.cancel();
            waiter.node.listening--;
          }
        }
        case 8 -> {
          if (!registered.isEmpty()) {
            Registered callback = registered.get(step / 10 % registered.size());
            if (!callback.closedInTime && !callback.node.isCancelled()) {
              callback.closedInTime = true;
              callback.node.listening--;
            }
            callback.registration.close();
          }
        }
        default -> {
          node.token.cancel();
          node.cancelled = true;
        }
      }
      check(nodes, waiting, registered);
    }
    for (Waiting waiter : waiting) {
      if (!waiter.over) {
        assertThat(poll(waiter).isReady()).isEqualTo(waiter.node.isCancelled());
      }
      waiter.future.cancel();
    }
    registered.forEach(callback -> callback.registration.close());
    assertThat(nodes).noneMatch(node -> node.token.cancellation().hasListeners());
  }

  private Poll<Void> poll(Waiting waiter) throws Exception {
    return poller.poll(waiter.future, waiter.waker);
  }

  private static void check(List<Node> nodes, List<Waiting> waiting, List<Registered> registered) {
    for (Node node : nodes) {
      // A look remembers its answer, so only some are asked while things go on.
      if (node.depth % 2 == 0) {
        assertThat(node.token.isCancelled()).isEqualTo(node.isCancelled());
      }
      boolean listening =
          nodes.stream()
              .anyMatch(
                  below -> below.listening > 0 && below.isBelow(node) && !below.isCancelled());
      assertThat(node.token.cancellation().hasListeners()).isEqualTo(listening);
    }
    for (Waiting waiter : waiting) {
      if (!waiter.over) {
        assertThat(waiter.waker.count() > 0).isEqualTo(waiter.node.isCancelled());
      }
    }
    for (Registered callback : registered) {
      int runs = callback.node.isCancelled() && !callback.closedInTime ? 1 : 0;
      assertThat(callback.runs).hasValue(runs);
      assertThat(callback.registration.hasStarted()).isEqualTo(runs == 1);
    }
  }

  /**
   * Some threads cancel and others register and give up, all at once. Afterwards those that have
   * stayed were told if and only if something above them was cancelled, once, and nobody is left in
   * a list who has gone.
   */
  @Property(tries = 300)
  void racingCancelsTellEverybodyOnce(
      @ForAll @Size(min = 1, max = 12) List<@IntRange(max = 99) Integer> parents,
      @ForAll @Size(max = 3) List<@IntRange(max = 99) Integer> cancels,
      @ForAll long seed)
      throws Exception {
    List<Node> nodes = new ArrayList<>(List.of(new Node(null)));
    parents.forEach(parent -> nodes.add(new Node(nodes.get(parent % nodes.size()))));
    CyclicBarrier start = new CyclicBarrier(THREADS);
    var canceller =
        POOL.submit(
            () -> {
              start.await(30, TimeUnit.SECONDS);
              for (int cancel : cancels) {
                nodes.get(cancel % nodes.size()).token.cancel();
              }
              return null;
            });
    List<java.util.concurrent.Future<Stayed>> listeners = new ArrayList<>();
    for (int i = 1; i < THREADS; i++) {
      Random random = new Random(seed + i);
      listeners.add(
          POOL.submit(
              () -> {
                start.await(30, TimeUnit.SECONDS);
                return comeAndGo(nodes, random);
              }));
    }
    canceller.get(30, TimeUnit.SECONDS);
    for (int cancel : cancels) {
      nodes.get(cancel % nodes.size()).cancelled = true;
    }
    List<Stayed> all = new ArrayList<>();
    for (var listener : listeners) {
      all.add(listener.get(30, TimeUnit.SECONDS));
    }
    for (Stayed stayed : all) {
      for (Waiting waiter : stayed.waiting) {
        boolean told = waiter.over || waiter.waker.count() > 0;
        assertThat(told).isEqualTo(waiter.node.isCancelled());
        waiter.future.cancel();
      }
      for (Registered callback : stayed.registered) {
        assertThat(callback.runs).hasValue(callback.node.isCancelled() ? 1 : 0);
        callback.registration.close();
      }
    }
    assertThat(nodes).noneMatch(node -> node.token.cancellation().hasListeners());
    for (Node node : nodes) {
      assertThat(node.token.isCancelled()).isEqualTo(node.isCancelled());
    }
  }

  private record Stayed(List<Waiting> waiting, List<Registered> registered) {}

  private static Stayed comeAndGo(List<Node> nodes, Random random) throws Exception {
    Poller poller = new Poller(new Services() {}, 1, false);
    Stayed stayed = new Stayed(new ArrayList<>(), new ArrayList<>());
    for (int i = 0; i < 20; i++) {
      Node node = nodes.get(random.nextInt(nodes.size()));
      if (random.nextBoolean()) {
        Waiting waiter = new Waiting(node);
        waiter.over = poller.poll(waiter.future, waiter.waker).isReady();
        if (random.nextInt(3) > 0) {
          waiter.future.cancel();
        } else {
          stayed.waiting.add(waiter);
        }
      } else {
        Registered callback = new Registered(node);
        if (random.nextInt(3) > 0) {
          callback.registration.close();
          assertThat(callback.runs.get()).isLessThanOrEqualTo(1);
        } else {
          stayed.registered.add(callback);
        }
      }
    }
    return stayed;
  }
}
