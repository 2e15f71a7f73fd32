package dev.pollux.core;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicContainer.dynamicContainer;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.pollux.spi.TaskLocals;
import dev.pollux.spi.Unpolled;
import dev.pollux.stream.Backoff;
import dev.pollux.stream.Emitter;
import dev.pollux.stream.Overflow;
import dev.pollux.structure.CancellationToken;
import dev.pollux.structure.ScopeClosedException;
import dev.pollux.structure.ScopeOptions;
import dev.pollux.structure.TaskScope;
import dev.pollux.structure.TaskTracker;
import dev.pollux.sync.AsyncMutex;
import dev.pollux.sync.AsyncOnceCell;
import dev.pollux.sync.AsyncRwLock;
import dev.pollux.sync.AsyncSemaphore;
import dev.pollux.sync.Barrier;
import dev.pollux.sync.Broadcast;
import dev.pollux.sync.ChannelClosedException;
import dev.pollux.sync.LaggedException;
import dev.pollux.sync.Mpmc;
import dev.pollux.sync.Mpsc;
import dev.pollux.sync.Notify;
import dev.pollux.sync.Oneshot;
import dev.pollux.sync.PriorityChannel;
import dev.pollux.sync.Rendezvous;
import dev.pollux.sync.SemaphoreClosedException;
import dev.pollux.sync.SetOnce;
import dev.pollux.sync.Signal;
import dev.pollux.sync.TrySend;
import dev.pollux.sync.Watch;
import dev.pollux.testing.ConformanceKit;
import dev.pollux.testing.FutureConformance;
import dev.pollux.testing.InterleavePending;
import dev.pollux.testing.Law;
import dev.pollux.testing.PendingOnce;
import dev.pollux.testing.PollHarness;
import dev.pollux.time.Time;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Every future of the library keeps every law; one that is not listed here is named. */
class EveryFutureConformsTest {

  private final Set<String> listed = new TreeSet<>();
  private final List<DynamicContainer> suites = new ArrayList<>();

  EveryFutureConformsTest() {
    leaves();
    chains();
    several();
    loops();
    ofIterators();
    tasks();
    scopes();
    time();
    structure();
    channels();
    events();
    sharedChannels();
    broadcast();
    locks();
    handles();
    doubles();
    elementOperators();
    emitters();
  }

  @TestFactory
  Stream<DynamicContainer> everyFutureConforms() {
    return suites.stream();
  }

  @Test
  void everyFutureIsListed() {
    assertThat(listed)
        .as("the futures that this suite lists, and those of the library")
        .isEqualTo(LibraryClasses.implementing(Future.class));
  }

  /** A subject that must be of the class {@code className}. */
  private <T> FutureConformance<T> subject(
      String className, String name, Function<ConformanceKit, Future<T>> make) {
    listed.add(className);
    FutureConformance<T> conformance =
        FutureConformance.of(
            name,
            kit -> {
              Future<T> made = make.apply(kit);
              assertThat(LibraryClasses.nameOf(made)).isEqualTo(className);
              return made;
            });
    suites.add(
        dynamicContainer(
            name,
            Stream.of(conformance)
                .flatMap(suite -> suite.checks().stream())
                .map(check -> dynamicTest(check.law().toString(), check::run))));
    return conformance;
  }

  private void leaves() {
    subject("core.ReadyFuture", "ready", kit -> Futures.ready(kit.mustRelease(Value.of(1))))
        .expectValue(Value.of(1));
    subject("core.ReadyFuture", "done", kit -> Futures.done()).expectValue(null);
    subject("core.FailedFuture", "failed", kit -> Futures.failed(new IOException("torn")))
        .expectFailure(IOException.class);
    subject("core.PendingFuture", "pending", kit -> Futures.pending()).expectNever();
    subject("core.Lazy", "lazy", kit -> Futures.lazy(kit.callable(() -> Value.of(1))))
        .expectValue(Value.of(1));
    subject("core.YieldNow", "yieldNow", kit -> Futures.yieldNow()).expectValue(null);
    subject("core.ConsumeBudget", "consumeBudget", kit -> Futures.consumeBudget())
        .expectValue(null);
    subject(
            "core.PollFn",
            "pollFn",
            kit -> {
              Future<Value> child = kit.future("child", Value.of(1));
              return Futures.pollFn(
                  kit.mustRelease((PollFunction<Value>) child::poll),
                  kit.mustRelease((Runnable) child::cancel),
                  description -> description.child("child", child));
            })
        .expectValue(Value.of(1));
  }

  private void chains() {
    subject(
            "core.Chain",
            "map",
            kit -> kit.future("child", Value.of(1)).map(kit.function(v -> v.plus(v))))
        .expectValue(Value.of(2))
        .discardsWhatItHolds();
    subject(
            "core.Chain",
            "flatMap",
            kit ->
                kit.future("first", Value.of(1))
                    .flatMap(kit.function(v -> kit.future("second", Value.of(2)))))
        .expectValue(Value.of(2))
        .discardsWhatItHolds();
    subject(
            "core.Chain",
            "recover of a failure",
            kit ->
                kit.<Value>failingFuture("child", new IOException("torn"))
                    .recover(kit.function(failure -> Value.of(1))))
        .expectValue(Value.of(1))
        .recovers();
    subject(
            "core.Chain",
            "recover of nothing",
            kit -> kit.future("child", Value.of(1)).recover(kit.function(failure -> Value.of(2))))
        .expectValue(Value.of(1))
        .recovers();
    subject(
            "core.Chain",
            "recoverWith",
            kit ->
                kit.<Value>failingFuture("child", new IOException("torn"))
                    .recoverWith(kit.function(failure -> kit.future("other", Value.of(1)))))
        .expectValue(Value.of(1))
        .recovers();
    subject(
            "core.Chain",
            "handle",
            kit ->
                kit.future("child", Value.of(1))
                    .handle(kit.biFunction((v, failure) -> v == null ? Value.of(0) : v)))
        .expectValue(Value.of(1))
        .recovers();
    subject(
            "core.Chain",
            "defer",
            kit -> Futures.defer(kit.supplier(() -> kit.future("child", Value.of(1)))))
        .expectValue(Value.of(1));
    subject(
            "core.Chain",
            "a chain of several steps",
            kit ->
                kit.future("first", Value.of(1))
                    .map(kit.function(v -> v.plus(v)))
                    .flatMap(
                        kit.function(
                            v -> kit.future("second", Value.of(5)).map(kit.function(v::plus))))
                    .recover(kit.function(failure -> Value.of(0)))
                    .map(kit.function(v -> v.plus(Value.of(1)))))
        .expectValue(Value.of(8))
        .recovers();
    subject("core.Chain", "a recursion", kit -> countdown(kit, 30)).expectValue(Value.of(0));
    subject("core.Cancellable", "cancellable", kit -> cancellable(kit.future("child", Value.of(1))))
        .expectValue(Value.of(1));
    subject(
            "core.Cancellable",
            "cancellable, when asked to stop",
            kit -> {
              Cancellable<Value> cancellable = kit.<Value>pendingFuture("child").cancellable();
              kit.event("requestCancel", cancellable::requestCancel);
              return cancellable;
            })
        .expectFailure(CancellationException.class);
    subject(
            "core.LocalScope",
            "a scope of a task local",
            kit ->
                new TaskLocal<Value>("local")
                    .scope(kit.mustRelease(Value.of(7)), kit.future("child", Value.of(1))))
        .expectValue(Value.of(1));
    subject(
            "core.LocalScope",
            "withLocals",
            kit ->
                kit.future("child", Value.of(1))
                    .withLocals(
                        TaskLocals.empty()
                            .with(new TaskLocal<>("local"), kit.mustRelease(Value.of(7)))))
        .expectValue(Value.of(1));
    subject("core.Shielded", "shielded", kit -> shielded(kit.future("child", Value.of(1))))
        .expectValue(Value.of(1))
        .without(Law.CHILDREN_CANCELLED, "that is what it is for")
        .without(Law.DESCRIBED, "from its first poll on the child is that of a task")
        .without(Law.NOTHING_RETAINED, "the task that goes on holds the child");
    subject(
            "core.Shielded",
            "shielded, of what fails",
            kit -> shielded(kit.<Value>failingFuture("child", new IOException("torn"))))
        .expectFailure(IOException.class)
        .without(Law.CHILDREN_CANCELLED, "that is what it is for")
        .without(Law.DESCRIBED, "from its first poll on the child is that of a task")
        .without(Law.NOTHING_RETAINED, "the task that goes on holds the child");
    subject(
            "core.Unconstrained",
            "unconstrained",
            kit -> Futures.unconstrained(kit.future("child", Value.of(1))))
        .expectValue(Value.of(1));
  }

  /** A recursion of futures that are always ready and take no budget themselves. */
  private static Future<Value> countdown(ConformanceKit kit, int from) {
    return Futures.ready(Value.of(from))
        .flatMap(
            kit.function(v -> v.number() == 0 ? Futures.ready(v) : countdown(kit, v.number() - 1)));
  }

  private static <T> Future<T> shielded(Future<T> future) {
    return future.shielded();
  }

  private static <T> Future<T> cancellable(Future<T> future) {
    return future.cancellable();
  }

  private void several() {
    subject(
            "core.Join",
            "join of two",
            kit ->
                Futures.join(
                    kit.future("a", Value.of(1)),
                    kit.future("b", Value.of(2)),
                    kit.biFunction(Value::plus)))
        .expectValue(Value.of(3))
        .discardsWhatItHolds();
    subject(
            "core.Join",
            "join of three",
            kit ->
                Futures.join(
                    kit.future("a", Value.of(1)),
                    kit.future("b", Value.of(2)),
                    kit.future("c", Value.of(3)),
                    (a, b, c) -> {
                      kit.enter("the combination", a, b, c);
                      return a.plus(b).plus(c);
                    }))
        .expectValue(Value.of(6))
        .discardsWhatItHolds();
    subject(
            "core.Join",
            "join of four",
            kit ->
                Futures.join(
                    kit.future("a", Value.of(1)),
                    kit.future("b", Value.of(2)),
                    kit.future("c", Value.of(3)),
                    kit.future("d", Value.of(4)),
                    (a, b, c, d) -> {
                      kit.enter("the combination", a, b, c, d);
                      return a.plus(b).plus(c).plus(d);
                    }))
        .expectValue(Value.of(10))
        .discardsWhatItHolds();
    subject("core.Join", "joinAll of some", kit -> Futures.joinAll(futures(kit, 3)))
        .expectValue(values(3))
        .discardsWhatItHolds();
    subject("core.JoinAll", "joinAll of many", kit -> Futures.joinAll(futures(kit, 40)))
        .expectValue(values(40))
        .discardsWhatItHolds();
    subject(
            "core.Race",
            "race",
            kit ->
                Futures.race(
                    kit.pendingFuture("a"), kit.future("b", Value.of(1)), kit.pendingFuture("c")))
        .expectValue(Value.of(1));
    subject("core.Race", "race of equals", kit -> Futures.race(futures(kit, 3)))
        .expectValue("be one of them", value -> values(3).contains(value));
    subject("core.Select", "select", kit -> Futures.select(futures(kit, 3)))
        .expectValue(
            "hand two of them back",
            selected ->
                !selected.isFailure()
                    && selected.losers().size() == 2
                    && selected.index() == valueOf(selected).number())
        .recovers()
        .handsBackChildren();
  }

  private static Value valueOf(Selected<Value> selected) {
    try {
      return selected.value();
    } catch (Exception failure) {
      throw new AssertionError(failure);
    }
  }

  private static List<Future<Value>> futures(ConformanceKit kit, int count) {
    return IntStream.range(0, count).mapToObj(i -> kit.future("child " + i, Value.of(i))).toList();
  }

  private static List<Value> values(int count) {
    return IntStream.range(0, count).mapToObj(Value::of).toList();
  }

  private void loops() {
    subject(
            "core.Repeat",
            "repeatUntil",
            kit -> {
              AtomicInteger rounds = new AtomicInteger();
              return Futures.<Value>repeatUntil(
                  kit.supplier(
                      () -> {
                        int round = rounds.incrementAndGet();
                        return kit.future(
                            "round " + round,
                            round < 4 ? Optional.empty() : Optional.of(Value.of(round)));
                      }));
            })
        .expectValue(Value.of(4));
    subject(
            "core.Repeat",
            "repeatUntil of rounds that are always ready",
            kit -> {
              AtomicInteger rounds = new AtomicInteger();
              return Futures.<Value>repeatUntil(
                  kit.supplier(
                      () -> {
                        int round = rounds.incrementAndGet();
                        return Futures.ready(
                            round < 30 ? Optional.empty() : Optional.of(Value.of(round)));
                      }));
            })
        .expectValue(Value.of(30));
    subject(
            "core.Repeat",
            "repeat",
            kit -> {
              AtomicInteger rounds = new AtomicInteger();
              return Futures.<Value>repeat(
                  kit.supplier(
                      () -> {
                        int round = rounds.incrementAndGet();
                        return round < 4
                            ? kit.future("round " + round, Value.of(round))
                            : kit.failingFuture("last round", new IOException("torn"));
                      }));
            })
        .expectFailure(IOException.class);
  }

  private void ofIterators() {
    subject(
            "core.FoldFuture",
            "fold",
            kit -> source(kit).fold(kit.mustRelease(Value.of(10)), kit.biFunction(Value::plus)))
        .expectValue(Value.of(16));
    subject(
            "core.CollectFuture",
            "collect",
            kit ->
                source(kit).collect(Collectors.mapping(kit.function(v -> v), Collectors.toList())))
        .expectValue(List.of(Value.of(1), Value.of(2), Value.of(3)));
    subject("core.ForEachFuture", "forEach", kit -> source(kit).forEach(kit.consumer(v -> {})))
        .expectValue(null);
    subject("core.CountFuture", "count", kit -> source(kit).count()).expectValue(3L);
    subject("core.NextFuture", "next", kit -> source(kit).next())
        .expectValue(Optional.of(Value.of(1)))
        .without(Law.CHILDREN_CANCELLED, "it borrows the iterator, which lives on");
    subject("core.NextFuture", "next at the end", kit -> kit.<Value>iterator("source").next())
        .expectValue(Optional.empty())
        .without(Law.CHILDREN_CANCELLED, "it borrows the iterator, which lives on");
  }

  private static AsyncIterator<Value> source(ConformanceKit kit) {
    return kit.iterator("source", Value.of(1), Value.of(2), Value.of(3));
  }

  /** A subject whose children run in tasks of their own. */
  private <T> FutureConformance<T> ofTasks(
      String className, String name, Function<ConformanceKit, Future<T>> make) {
    return subject(className, name, make)
        .recovers() // a failure comes out of a task as a TaskFailedException
        .without(Law.ERROR, "a task boundary catches it")
        .without(Law.CHILDREN_CANCELLED, "a task cancels its future at its next turn")
        .without(Law.THROWING_CANCEL, "the same")
        .without(Law.DESCRIBED, "a task is a tree of its own");
  }

  private static JoinSet<Value> joinSet(ConformanceKit kit, int count) {
    JoinSet<Value> set = JoinSet.on(kit.spawner());
    futures(kit, count).forEach(set::spawn);
    return set;
  }

  private void tasks() {
    ofTasks("core.JoinNext", "joinNext", kit -> joinSet(kit, 1).joinNext())
        .expectValue(Optional.of(Value.of(0)));
    ofTasks("core.JoinNext", "joinNext of several", kit -> joinSet(kit, 3).joinNext())
        .expectValue("be one of them", next -> values(3).contains(next.orElseThrow()));
    ofTasks("core.JoinNext", "joinNext of none", kit -> joinSet(kit, 0).joinNext())
        .expectValue(Optional.empty());
    ofTasks("core.JoinNext", "joinNextResult", kit -> joinSet(kit, 1).joinNextResult())
        .expectValue("have the value", next -> next.orElseThrow().value().equals(Value.of(0)));
    ofTasks(
            "core.JoinNext",
            "joinNext of a task that fails",
            kit -> {
              JoinSet<Value> set = JoinSet.on(kit.spawner());
              set.spawn(kit.failingFuture("child", new IOException("torn")));
              return set.joinNext();
            })
        .expectFailure(TaskFailedException.class);
    ofTasks(
            "core.JoinNext",
            "joinNext of a map",
            kit -> {
              JoinMap<String, Value> map = JoinMap.on(kit.spawner());
              map.spawn("key", kit.pendingFuture("replaced"));
              map.spawn("key", kit.future("child", Value.of(1)));
              return map.joinNext();
            })
        .expectValue("have the value", next -> next.orElseThrow().value().equals(Value.of(1)));
    ofTasks("core.JoinRest", "JoinSet.joinAll", kit -> joinSet(kit, 3).joinAll())
        .expectValue("hold all", all -> all.size() == 3 && all.containsAll(values(3)));
    ofTasks("core.CloseTasks", "JoinSet.closeAsync", kit -> joinSet(kit, 3).closeAsync())
        .expectValue(null);
    for (int limit : new int[] {1, 2, 9}) {
      ofTasks(
              "core.ParallelJoin",
              "parallelJoin, " + limit + " at a time",
              kit -> Futures.parallelJoin(futures(kit, 4), limit))
          .expectValue(values(4));
    }
    ofTasks("core.ParallelJoin", "parallelJoin", kit -> Futures.parallelJoin(futures(kit, 40)))
        .expectValue(values(40));
    ofTasks("core.ParallelJoin", "parallelJoin of none", kit -> Futures.parallelJoin(List.of()))
        .expectValue(List.of());
  }

  private void channels() {
    subject(
            "sync.MpscSend",
            "Mpsc.Sender.send",
            kit -> Mpsc.<Value>bounded(1).sender().send(Value.of(1)))
        .expectValue(null);
    subject(
            "sync.MpscSend",
            "Mpsc.Sender.send that waits",
            kit -> {
              Mpsc<Value> channel = full();
              kit.event("receive", () -> assertThat(channel.receiver().tryRecv()).isNotNull());
              return channel.sender().send(Value.of(1));
            })
        .expectValue(null);
    subject(
            "sync.MpscSend",
            "Mpsc.Sender.send that is refused while it waits",
            kit -> {
              Mpsc<Value> channel = full();
              kit.event("close", () -> channel.receiver().close());
              return channel.sender().send(kit.mustRelease(Value.of(1)));
            })
        .expectFailure(ChannelClosedException.class);
    subject(
            "sync.MpscReserve",
            "Mpsc.Sender.reserve that waits",
            kit -> {
              Mpsc<Value> channel = full();
              kit.event("receive", () -> assertThat(channel.receiver().tryRecv()).isNotNull());
              return channel.sender().reserve();
            })
        .expectValue("have one place", permit -> permit.remaining() == 1);
    subject(
            "sync.MpscReserve",
            "Mpsc.Sender.reserve",
            kit -> Mpsc.<Value>bounded(3).sender().reserve())
        .expectValue("have one place", permit -> permit.remaining() == 1);
    subject(
            "sync.MpscWhenClosed",
            "Mpsc.Sender.whenClosed",
            kit -> {
              Mpsc<Value> channel = Mpsc.bounded(1);
              kit.event("close", () -> channel.receiver().close());
              return channel.sender().whenClosed();
            })
        .expectValue(null);
    subject(
            "sync.MpscRecv",
            "Mpsc.Receiver.recv",
            kit -> {
              Mpsc<Value> channel = Mpsc.bounded(3);
              kit.event(
                  "send", () -> assertThat(channel.sender().trySend(Value.of(1))).isNotNull());
              return channel.receiver().recv();
            })
        .expectValue(Optional.of(Value.of(1)));
    subject(
            "sync.RecvMany",
            "Mpsc.Receiver.recvMany",
            kit -> {
              Mpsc<Value> channel = Mpsc.bounded(3);
              kit.event(
                  "send", () -> assertThat(channel.sender().trySend(Value.of(1))).isNotNull());
              return channel.receiver().recvMany(new ArrayList<>(), 2);
            })
        .expectValue(1);
    subject(
            "sync.MpscSendAll",
            "Mpsc.Sender.sendAll",
            kit -> {
              Mpsc<Value> channel = Mpsc.bounded(2);
              kit.event("receive", () -> assertThat(channel.receiver().tryRecv()).isNotNull());
              kit.event("receive", () -> assertThat(channel.receiver().tryRecv()).isNotNull());
              return channel.sender().sendAll(kit.iterator("elements", Value.of(1), Value.of(2)));
            })
        .expectValue(null)
        .without(Law.NOTHING_RETAINED, "what was sent is in the channel");
    subject(
            "sync.MpscSendAll",
            "Mpsc.Sender.sendAll of a failing iterator",
            kit ->
                Mpsc.<Value>bounded(2)
                    .sender()
                    .sendAll(kit.failingIterator("elements", new IOException("torn"), Value.of(1))))
        .expectFailure(IOException.class)
        .without(Law.NOTHING_RETAINED, "what was sent is in the channel");
  }

  private static Mpsc<Value> full() {
    Mpsc<Value> channel = Mpsc.bounded(1);
    assertThat(channel.sender().trySend(Value.of(0))).isEqualTo(TrySend.SENT);
    return channel;
  }

  private static TaskScope scope(ConformanceKit kit, int maxConcurrent) {
    return TaskScope.on(
        kit.spawner(),
        ScopeOptions.defaults()
            .withMaxConcurrent(maxConcurrent)
            .withUncaughtFailureHandler((failure, origin) -> {}));
  }

  private static TaskScope scopeWithChildren(ConformanceKit kit, int count) {
    TaskScope scope = scope(kit, Integer.MAX_VALUE);
    futures(kit, count).forEach(child -> assertThat(scope.trySpawn(child)).isPresent());
    return scope;
  }

  private void scopes() {
    subject(
            "structure.ScopeSpawn",
            "TaskScope.spawn",
            kit -> scope(kit, 1).spawn(kit.future("child", Value.of(1))))
        .expectValue("be a handle", handle -> !handle.isFinished())
        .handsBackChildren();
    subject(
            "structure.ScopeSpawn",
            "TaskScope.spawn that waits for room",
            kit -> {
              TaskScope scope = scope(kit, 1);
              JoinHandle<Object> first = scope.trySpawn(Futures.pending()).orElseThrow();
              kit.event("a child is cancelled", first::requestCancel);
              return scope.spawn(kit.future("child", Value.of(1)));
            })
        .expectValue("be a handle", handle -> !handle.isFinished())
        .handsBackChildren();
    subject(
            "structure.ScopeSpawn",
            "TaskScope.spawn that waits until the scope is closed",
            kit -> {
              TaskScope scope = scope(kit, 1);
              scope.trySpawn(Futures.pending()).orElseThrow().detach();
              Future<Void> close = scope.closeAsync();
              kit.event("close", () -> kit.spawner().spawn(close).detach());
              return scope.spawn(kit.future("child", Value.of(1)));
            })
        .expectFailure(ScopeClosedException.class);
    ofTasks("structure.ScopeEnd", "TaskScope.join", kit -> scopeWithChildren(kit, 3).join())
        .expectValue(null);
    ofTasks("structure.ScopeEnd", "TaskScope.join of none", kit -> scope(kit, 1).join())
        .expectValue(null);
    ofTasks(
            "structure.ScopeEnd",
            "TaskScope.join of a child that fails",
            kit -> {
              TaskScope scope = scope(kit, 2);
              assertThat(scope.trySpawn(kit.failingFuture("child", new IOException("torn"))))
                  .isPresent();
              assertThat(scope.trySpawn(kit.pendingFuture("other"))).isPresent();
              return scope.join();
            })
        .expectFailure(TaskFailedException.class);
    ofTasks("structure.ScopeEnd", "closeAsync", kit -> scopeWithChildren(kit, 3).closeAsync())
        .expectValue(null);
    subject(
            "structure.ScopeBody",
            "TaskScope.with, without children",
            kit -> TaskScope.with(kit.function(scope -> kit.future("body", Value.of(1)))))
        .expectValue(Value.of(1));
    ofTasks(
            "structure.ScopeBody",
            "TaskScope.with",
            kit ->
                TaskScope.with(
                    kit.function(
                        scope -> {
                          futures(kit, 2)
                              .forEach(child -> assertThat(scope.trySpawn(child)).isPresent());
                          return kit.future("body", Value.of(1));
                        })))
        .expectValue(Value.of(1));
    ofTasks(
            "structure.ScopeBody",
            "TaskScope.with, of a child that fails",
            kit ->
                TaskScope.with(
                    kit.function(
                        scope -> {
                          assertThat(
                                  scope.trySpawn(
                                      kit.failingFuture("child", new IOException("torn"))))
                              .isPresent();
                          return kit.<Value>pendingFuture("body");
                        })))
        .expectFailure(TaskFailedException.class);
  }

  private void time() {
    subject("time.Sleep", "sleep", kit -> sleep(Duration.ofSeconds(1))).expectValue(null);
    subject("time.Sleep", "sleep of no time", kit -> sleep(Duration.ZERO)).expectValue(null);
    subject("time.Sleep", "sleep for ever", kit -> sleep(Duration.ofNanos(Long.MAX_VALUE)))
        .expectNever();
    subject(
            "time.Timeout",
            "timeout of a body that is in time",
            kit -> Time.timeout(Duration.ofSeconds(1), kit.future("body", Value.of(1))))
        .expectValue(Value.of(1));
    subject(
            "time.Timeout",
            "timeout of a body that is late",
            kit -> Time.timeout(Duration.ofSeconds(1), kit.<Value>pendingFuture("body")))
        .expectFailure(TimeoutException.class);
  }

  private static Future<Void> sleep(Duration duration) {
    return Time.sleep(duration);
  }

  private void sharedChannels() {
    subject(
            "sync.ExchangeSend",
            "send",
            // The value is not watched: it is the channel's, in the end.
            kit -> Mpmc.<Value>bounded(1).sender().send(Value.of(1)))
        .expectValue(null);
    subject(
            "sync.ExchangeSend",
            "send that waits for room",
            kit -> {
              Mpmc<Value> channel = Mpmc.bounded(1);
              assertThat(channel.sender().trySend(Value.of(0))).isEqualTo(TrySend.SENT);
              kit.event("recv", () -> assertThat(channel.receiver().tryRecv()).isNotNull());
              return channel.sender().send(Value.of(1));
            })
        .expectValue(null);
    subject(
            "sync.ExchangeSend",
            "send that is refused",
            kit -> {
              Mpmc<Value> channel = Mpmc.bounded(1);
              assertThat(channel.sender().trySend(Value.of(0))).isEqualTo(TrySend.SENT);
              kit.event("close", () -> channel.receiver().closeChannel());
              return channel.sender().send(kit.mustRelease(Value.of(1)));
            })
        .expectFailure(ChannelClosedException.class);
    subject(
            "sync.ExchangeSend",
            "send of a rendezvous",
            kit -> {
              Rendezvous<Value> channel = Rendezvous.create();
              kit.event("recv", () -> assertThat(channel.receiver().tryRecv()).isNotNull());
              return channel.sender().send(kit.mustRelease(Value.of(1)));
            })
        .expectValue(null);
    subject(
            "sync.ExchangeReceive",
            "recv",
            kit -> {
              Mpmc<Value> channel = Mpmc.bounded(1);
              kit.event(
                  "send", () -> assertThat(channel.sender().trySend(Value.of(1))).isNotNull());
              return channel.receiver().recv();
            })
        .expectValue(Optional.of(Value.of(1)));
    subject(
            "sync.ExchangeReceive",
            "recv of what is there",
            kit -> {
              PriorityChannel<Value> channel =
                  PriorityChannel.bounded(1, Comparator.comparingInt(Value::number));
              assertThat(channel.sender().trySend(Value.of(1))).isEqualTo(TrySend.SENT);
              return channel.receiver().recv();
            })
        .expectValue(Optional.of(Value.of(1)));
    subject(
            "sync.ExchangeReceive",
            "recv at the end",
            kit -> {
              Rendezvous<Value> channel = Rendezvous.create();
              kit.event("close", () -> channel.sender().close());
              return channel.receiver().recv();
            })
        .expectValue(Optional.empty());
    subject(
            "sync.ExchangeReceiveMany",
            "recvMany",
            kit -> {
              Mpmc<Value> channel = Mpmc.bounded(3);
              kit.event(
                  "send", () -> assertThat(channel.sender().trySend(Value.of(1))).isNotNull());
              return channel.receiver().recvMany(kit.mustRelease(new ArrayList<>()), 3);
            })
        .expectValue(1);
    subject(
            "sync.ExchangeReceiveMany",
            "recvMany at the end",
            kit -> {
              Mpmc<Value> channel = Mpmc.bounded(3);
              channel.receiver().closeChannel();
              return channel.receiver().recvMany(kit.mustRelease(new ArrayList<>()), 3);
            })
        .expectValue(0);
    subject(
            "sync.SharedWhenClosed",
            "whenClosed of an Mpmc",
            kit -> {
              Mpmc<Value> channel = Mpmc.bounded(1);
              kit.event("close", () -> channel.receiver().closeChannel());
              return channel.sender().whenClosed();
            })
        .expectValue(null);
    subject(
            "sync.SharedWhenClosed",
            "whenClosed of a Broadcast",
            kit -> {
              Broadcast<Value> channel = Broadcast.create(1);
              Broadcast.Receiver<Value> receiver = channel.subscribe();
              kit.event("close", receiver::close);
              return channel.sender().whenClosed();
            })
        .expectValue(null);
  }

  private void broadcast() {
    subject(
            "sync.BroadcastReceive",
            "recv of a broadcast",
            kit -> {
              Broadcast<Value> channel = Broadcast.create(1);
              kit.event("send", () -> channel.sender().send(Value.of(1)));
              return channel.subscribe().recv();
            })
        .expectValue(Optional.of(Value.of(1)));
    subject(
            "sync.BroadcastReceive",
            "recv at the end of a broadcast",
            kit -> {
              Broadcast<Value> channel = Broadcast.create(1);
              kit.event("close", () -> channel.sender().close());
              return channel.subscribe().recv();
            })
        .expectValue(Optional.empty());
    subject(
            "sync.BroadcastReceive",
            "recv of a receiver that lags",
            kit -> {
              Broadcast<Value> channel = Broadcast.create(1);
              Broadcast.Receiver<Value> receiver = channel.subscribe();
              channel.sender().send(Value.of(1));
              channel.sender().send(Value.of(2));
              return receiver.recv();
            })
        .expectFailure(LaggedException.class);
    subject(
            "sync.BroadcastReceiveMany",
            "recvMany of a broadcast",
            kit -> {
              Broadcast<Value> channel = Broadcast.create(3);
              kit.event("send", () -> channel.sender().send(Value.of(1)));
              return channel.subscribe().recvMany(kit.mustRelease(new ArrayList<>()), 3);
            })
        .expectValue(1);
    subject(
            "sync.BroadcastReceiveMany",
            "recvMany of a receiver that lags",
            kit -> {
              Broadcast<Value> channel = Broadcast.create(1);
              Broadcast.Receiver<Value> receiver = channel.subscribe();
              channel.sender().send(Value.of(1));
              channel.sender().send(Value.of(2));
              return receiver.recvMany(kit.mustRelease(new ArrayList<>()), 3);
            })
        .expectFailure(LaggedException.class);
  }

  private void locks() {
    subject(
            "sync.AsyncMutex$Lock",
            "lock of a free mutex",
            kit -> {
              AsyncMutex mutex = new AsyncMutex("free");
              kit.invariant("nobody waits", () -> !mutex.toString().contains("wait"));
              return mutex.lock();
            })
        .expectValue("be a guard", guard -> guard.toString().contains("held by"));
    subject(
            "sync.AsyncMutex$Lock",
            "lock of a mutex that is held",
            kit -> {
              AsyncMutex mutex = new AsyncMutex("held");
              AsyncMutex.Guard holder = requireNonNull(mutex.tryLock());
              kit.event("close", holder::close);
              kit.invariant("nobody waits", () -> !mutex.toString().contains("wait"));
              return mutex.lock();
            })
        .expectValue("be a guard", guard -> guard.toString().contains("held by"));
    subject(
            "sync.AsyncSemaphore$Acquire",
            "acquire of permits that are free",
            kit -> new AsyncSemaphore(3).acquireMany(2))
        .expectValue("be 2 permits", permit -> permit.permits() == 2);
    subject(
            "sync.AsyncSemaphore$Acquire",
            "acquire of permits that come one by one",
            kit -> {
              AsyncSemaphore semaphore = new AsyncSemaphore(1);
              kit.event("one more", () -> semaphore.addPermits(1));
              kit.event("one more again", () -> semaphore.addPermits(1));
              kit.invariant("nobody waits", () -> !semaphore.toString().contains("wait"));
              return semaphore.acquireMany(3);
            })
        .expectValue("be 3 permits", permit -> permit.permits() == 3);
    subject(
            "sync.AsyncSemaphore$Acquire",
            "acquire from a semaphore that is being closed",
            kit -> {
              AsyncSemaphore semaphore = new AsyncSemaphore(1);
              kit.event("close", semaphore::close);
              kit.invariant("what was gathered is back", () -> semaphore.availablePermits() == 1);
              return semaphore.acquireMany(2);
            })
        .expectFailure(SemaphoreClosedException.class);
    subject(
            "sync.AsyncSemaphore$Acquire",
            "acquire of more than there ever is",
            kit -> new AsyncSemaphore(1).acquireMany(2))
        .expectNever();
    subject(
            "sync.AsyncRwLock$Read",
            "read while somebody writes",
            kit -> {
              AsyncRwLock lock = new AsyncRwLock();
              AsyncRwLock.WriteGuard writer = requireNonNull(lock.tryWrite());
              kit.event("close", writer::close);
              kit.invariant("nobody waits", () -> !lock.toString().contains("wait"));
              return lock.read();
            })
        .expectValue("be a guard", guard -> guard.toString().contains("1 reader"));
    subject(
            "sync.AsyncRwLock$Write",
            "write while others read",
            kit -> {
              AsyncRwLock lock = new AsyncRwLock();
              AsyncRwLock.ReadGuard first = requireNonNull(lock.tryRead());
              AsyncRwLock.ReadGuard second = requireNonNull(lock.tryRead());
              kit.event("the first closes", first::close);
              kit.event("the second closes", second::close);
              kit.invariant("nobody waits", () -> !lock.toString().contains("wait"));
              return lock.write();
            })
        .expectValue("be a guard", guard -> guard.toString().contains("the writer"));
    subject(
            "sync.WhileHeld",
            "withLock",
            kit -> {
              AsyncMutex mutex = new AsyncMutex();
              AsyncMutex.Guard holder = requireNonNull(mutex.tryLock());
              kit.event("close", holder::close);
              kit.invariant("nobody waits", () -> !mutex.toString().contains("wait"));
              return mutex.withLock(kit.supplier(() -> kit.future("body", Value.of(1))));
            })
        .expectValue(Value.of(1));
    subject(
            "sync.WhileHeld",
            "withPermit",
            kit -> {
              AsyncSemaphore semaphore = new AsyncSemaphore(1);
              kit.invariant("the permit is back", () -> semaphore.availablePermits() == 1);
              return semaphore.withPermit(kit.supplier(() -> kit.future("body", Value.of(1))));
            })
        .expectValue(Value.of(1));
    subject(
            "sync.WhileHeld",
            "withWrite",
            kit -> {
              AsyncRwLock lock = new AsyncRwLock();
              kit.invariant("the lock is free", () -> lock.toString().endsWith("free"));
              return lock.withWrite(kit.supplier(() -> kit.future("body", Value.of(1))));
            })
        .expectValue(Value.of(1));
  }

  private void handles() {
    subject("core.SharedFuture", "share", kit -> share(kit.future("child", Value.of(1))))
        .expectValue(Value.of(1));
    subject(
            "core.SharedFuture",
            "share of what fails",
            kit -> share(kit.<Value>failingFuture("child", new IOException("torn"))))
        .expectFailure(IOException.class);
    subject("core.SharedFuture", "share for ever", kit -> share(kit.pendingFuture("child")))
        .expectNever();
    subject(
            "core.SharedFuture",
            "another handle, when the first is cancelled",
            kit -> {
              Oneshot<Value> oneshot = Oneshot.create();
              SharedFuture<Value> first = oneshot.receiver().shared();
              SharedFuture<Value> second = first.another();
              poll(first);
              kit.event("cancel", first::cancel);
              kit.event("send", () -> assertThat(oneshot.sender().send(Value.of(1))).isTrue());
              return second;
            })
        .expectValue(Value.of(1));
    subject(
            "core.SharedFuture",
            "another handle, when the first has the output",
            kit -> {
              SharedFuture<Value> first = share(Futures.ready(Value.of(1)));
              SharedFuture<Value> second = first.another();
              poll(first);
              return second;
            })
        .expectValue(Value.of(1));
    subject(
            "core.Chain",
            "whenDone",
            kit ->
                kit.future("child", Value.of(1))
                    .whenDone((value, failure) -> kit.enter("the action", value)))
        .expectValue(Value.of(1))
        .discardsWhatItHolds();
    subject(
            "core.Chain",
            "inspect",
            kit -> kit.future("child", Value.of(1)).inspect(kit.consumer(v -> {})))
        .expectValue(Value.of(1))
        .discardsWhatItHolds();
    subject(
            "core.Chain",
            "inspectFailure",
            kit ->
                kit.<Value>failingFuture("child", new IOException("torn"))
                    .inspectFailure(kit.consumer(failure -> {})))
        .expectFailure(IOException.class)
        .recovers(); // a throw of the action is a suppressed exception
    subject(
            "core.Chain",
            "mapFailure",
            kit ->
                kit.<Value>failingFuture("child", new IOException("torn"))
                    .mapFailure(kit.function(failure -> new TimeoutException("late"))))
        .expectFailure(TimeoutException.class)
        .recovers(); // by another failure
    subject(
            "core.Chain",
            "handleWith",
            kit ->
                kit.<Value>failingFuture("child", new IOException("torn"))
                    .handleWith(
                        kit.biFunction((value, failure) -> kit.future("other", Value.of(1)))))
        .expectValue(Value.of(1))
        .recovers();
    subject(
            "core.Delayed",
            "delayed",
            kit -> kit.future("child", Value.of(1)).delayed(Duration.ofSeconds(1)))
        .expectValue(Value.of(1));
    subject(
            "core.Delayed",
            "delayed by nothing",
            kit -> kit.future("child", Value.of(1)).delayed(Duration.ZERO))
        .expectValue(Value.of(1));
    subject(
            "core.FirstSuccess",
            "firstSuccess",
            kit ->
                Futures.firstSuccess(
                    kit.failingFuture("a", new IOException("torn")),
                    kit.future("b", Value.of(1)),
                    kit.pendingFuture("c")))
        .expectValue(Value.of(1))
        .recovers();
    subject(
            "core.FirstSuccess",
            "firstSuccess of failures",
            kit ->
                Futures.firstSuccess(
                    List.of(
                        kit.<Value>failingFuture("a", new IOException("torn")),
                        kit.<Value>failingFuture("b", new IOException("torn")))))
        .expectFailure(IOException.class)
        .recovers(); // the failure that comes first is thrown
    subject("core.Join", "allSettled", kit -> Futures.allSettled(futures(kit, 2)))
        .expectValue(
            List.of(new Settled.Completed<>(Value.of(0)), new Settled.Completed<>(Value.of(1))))
        .recovers();
    subject(
            "core.RemoteDriver",
            "the driver of a remote handle",
            kit -> {
              RemoteHandle<Value> handle = kit.future("child", Value.of(1)).remoteHandle();
              Unpolled.used(handle);
              return handle.driver();
            })
        .expectValue(null)
        .recovers()
        .without(Law.ERROR, "the handle has it");
    subject(
            "core.RemoteDriver",
            "the driver of a remote handle that is cancelled",
            kit -> {
              RemoteHandle<Value> handle = kit.<Value>pendingFuture("child").remoteHandle();
              Unpolled.used(handle);
              kit.event("cancel", handle::cancel);
              return handle.driver();
            })
        .expectValue(null);
    subject(
            "core.RemoteHandle",
            "remoteHandle",
            kit -> {
              RemoteHandle<Value> handle = remote(Futures.ready(Value.of(1)));
              kit.event("the driver is run", () -> poll(handle.driver()));
              return handle;
            })
        .expectValue(Value.of(1));
    subject(
            "core.RemoteHandle",
            "remoteHandle of what fails",
            kit -> {
              RemoteHandle<Value> handle = remote(Futures.failed(new IOException("torn")));
              kit.event("the driver is run", () -> poll(handle.driver()));
              return handle;
            })
        .expectFailure(IOException.class);
    subject(
            "core.RemoteHandle",
            "remoteHandle whose driver is cancelled",
            kit -> {
              RemoteHandle<Value> handle = remote(Futures.pending());
              kit.event("the driver is cancelled", handle.driver()::cancel);
              return handle;
            })
        .expectFailure(CancellationException.class);
  }

  private static <T> SharedFuture<T> share(Future<T> future) {
    return future.shared();
  }

  private static <T> RemoteHandle<T> remote(Future<T> future) {
    RemoteHandle<T> handle = future.remoteHandle();
    Unpolled.used(handle.driver());
    return handle;
  }

  private void structure() {
    subject(
            "structure.WhenCancelled",
            "whenCancelled",
            kit -> {
              CancellationToken token = CancellationToken.create();
              kit.event("cancel", token::cancel);
              return token.whenCancelled();
            })
        .expectValue(null);
    subject(
            "structure.WhenCancelled",
            "whenCancelled of a grandchild",
            kit -> {
              CancellationToken token = CancellationToken.create();
              kit.event("cancel", token::cancel);
              return token.child().child().whenCancelled();
            })
        .expectValue(null);
    subject(
            "structure.WhenCancelled",
            "whenCancelled of a token that nobody cancels",
            kit -> CancellationToken.create().child().whenCancelled())
        .expectNever();
    subject(
            "structure.RunUntilCancelled",
            "runUntilCancelled",
            kit -> CancellationToken.create().runUntilCancelled(kit.future("body", Value.of(1))))
        .expectValue(Optional.of(Value.of(1)));
    subject(
            "structure.RunUntilCancelled",
            "runUntilCancelled of a failure",
            kit ->
                CancellationToken.create()
                    .<Value>runUntilCancelled(kit.failingFuture("body", new IOException("torn"))))
        .expectFailure(IOException.class);
    subject(
            "structure.RunUntilCancelled",
            "runUntilCancelled, when cancelled",
            kit -> {
              CancellationToken token = CancellationToken.create();
              kit.event("cancel", token::cancel);
              return token.child().<Value>runUntilCancelled(kit.pendingFuture("body"));
            })
        .expectValue(Optional.empty());
    subject(
            "structure.RunUntilCancelled",
            "runUntilCancelled of a cancelled token",
            kit -> {
              CancellationToken token = CancellationToken.create();
              token.cancel();
              return token.child().<Value>runUntilCancelled(kit.pendingFuture("body"));
            })
        .expectValue(Optional.empty());
    subject("structure.Tracked", "tracked", kit -> tracked(kit, kit.future("body", Value.of(1))))
        .expectValue(Value.of(1));
    subject(
            "structure.Tracked",
            "a failure that is tracked",
            kit -> tracked(kit, kit.<Value>failingFuture("body", new IOException("torn"))))
        .expectFailure(IOException.class);
    subject(
            "structure.WhenEmpty",
            "whenEmpty",
            kit -> {
              TaskTracker tracker = new TaskTracker();
              Future<Value> tracked = tracker.track(Futures.pending());
              kit.event("close", tracker::close);
              kit.event("the last end", tracked::cancel);
              return tracker.whenEmpty();
            })
        .expectValue(null);
    subject("structure.WhenEmpty", "whenEmpty while open", kit -> new TaskTracker().whenEmpty())
        .expectNever();
  }

  private static <T> Future<T> tracked(ConformanceKit kit, Future<T> body) {
    TaskTracker tracker = new TaskTracker();
    kit.invariant("it is counted out at its end", tracker::isEmpty);
    return tracker.track(body);
  }

  private void events() {
    subject(
            "sync.Oneshot$Receiver",
            "Oneshot",
            kit -> {
              Oneshot<Value> oneshot = Oneshot.create();
              kit.event("send", () -> assertThat(oneshot.sender().send(Value.of(1))).isTrue());
              return oneshot.receiver();
            })
        .expectValue(Value.of(1));
    subject(
            "sync.Oneshot$Receiver",
            "Oneshot whose value is there",
            kit -> {
              Oneshot<Value> oneshot = Oneshot.create();
              assertThat(oneshot.sender().send(kit.mustRelease(Value.of(1)))).isTrue();
              return oneshot.receiver();
            })
        .expectValue(Value.of(1));
    subject(
            "sync.Oneshot$Receiver",
            "Oneshot that is closed",
            kit -> {
              Oneshot<Value> oneshot = Oneshot.create();
              kit.event("close", oneshot.sender()::close);
              return oneshot.receiver();
            })
        .expectFailure(ChannelClosedException.class);
    subject("sync.Oneshot$Receiver", "Oneshot for ever", kit -> Oneshot.create().receiver())
        .expectNever();
    subject(
            "sync.OneshotClosed",
            "Oneshot.Sender.whenClosed",
            kit -> {
              Oneshot<Value> oneshot = Oneshot.create();
              Unpolled.used(oneshot.receiver()); // by the event, which need not come
              kit.event("cancel", oneshot.receiver()::cancel);
              return oneshot.sender().whenClosed();
            })
        .expectValue(null);
    subject(
            "sync.NotifyWaiter",
            "Notify.notified by one",
            kit -> {
              Notify notify = new Notify();
              kit.invariant("nobody is in the queue", () -> !notify.toString().contains("1 w"));
              kit.event("notifyOne", notify::notifyOne);
              return notify.notified();
            })
        .expectValue(null);
    subject(
            "sync.NotifyWaiter",
            "Notify.notified by all",
            kit -> {
              Notify notify = new Notify();
              kit.event("notifyWaiters", notify::notifyWaiters);
              return notify.notified();
            })
        .expectValue(null);
    subject(
            "sync.NotifyWaiter",
            "Notify.notified by a permit",
            kit -> {
              Notify notify = new Notify();
              notify.notifyOne();
              return notify.notified();
            })
        .expectValue(null);
    subject("sync.NotifyWaiter", "Notify.notified for ever", kit -> new Notify().notified())
        .expectNever();
    subject(
            "sync.SignalTake",
            "Signal.take",
            kit -> {
              Signal<Value> signal = new Signal<>();
              kit.event("signal", () -> assertThat(signal.signal(Value.of(1))).isTrue());
              return signal.take();
            })
        .expectValue(Value.of(1));
    subject(
            "sync.SignalTake",
            "Signal.take that is closed",
            kit -> {
              Signal<Value> signal = new Signal<>();
              kit.event("close", signal::close);
              return signal.take();
            })
        .expectFailure(ChannelClosedException.class);
    subject(
            "sync.WatchChanged",
            "Watch.Receiver.changed",
            kit -> {
              Watch<Integer> watch = Watch.create(1);
              kit.event("send", () -> assertThat(watch.sender().send(2)).isTrue());
              return watch.receiver().changed();
            })
        .expectValue(null);
    subject(
            "sync.WatchChanged",
            "Watch.Receiver.changed of what was sent",
            kit -> {
              Watch<Integer> watch = Watch.create(1);
              assertThat(watch.sender().send(2)).isTrue();
              return watch.receiver().changed();
            })
        .expectValue(null);
    subject(
            "sync.WatchChanged",
            "Watch.Receiver.changed when closed",
            kit -> {
              Watch<Integer> watch = Watch.create(1);
              kit.event("close", watch.sender()::close);
              return watch.receiver().changed();
            })
        .expectFailure(ChannelClosedException.class);
    subject(
            "sync.WatchWaitFor",
            "Watch.Receiver.waitFor",
            kit -> {
              Watch<Integer> watch = Watch.create(1);
              kit.event("send 2", () -> assertThat(watch.sender().send(2)).isTrue());
              kit.event("send 3", () -> assertThat(watch.sender().send(3)).isTrue());
              return watch.receiver().waitFor(kit.predicate(value -> value == 3));
            })
        .expectValue(3);
    subject(
            "sync.WatchWaitFor",
            "Watch.Receiver.waitFor when closed",
            kit -> {
              Watch<Integer> watch = Watch.create(1);
              kit.event("close", watch.sender()::close);
              return watch.receiver().waitFor(kit.predicate(value -> value == 3));
            })
        .expectFailure(ChannelClosedException.class);
    subject(
            "sync.WatchUnwatched",
            "Watch.Sender.whenClosed",
            kit -> {
              Watch<Integer> watch = Watch.create(1);
              kit.event("close", watch.receiver()::close);
              return watch.sender().whenClosed();
            })
        .expectValue(null);
    subject(
            "sync.SetOnceAwait",
            "SetOnce.await",
            kit -> {
              SetOnce<Integer> once = new SetOnce<>();
              kit.event("set", () -> assertThat(once.set(1)).isTrue());
              return once.await();
            })
        .expectValue(1);
    subject(
            "sync.SetOnceAwait",
            "SetOnce.await of what is set",
            kit -> {
              SetOnce<Integer> once = new SetOnce<>();
              assertThat(once.set(1)).isTrue();
              return once.await();
            })
        .expectValue(1);
    subject(
            "sync.OnceInit",
            "AsyncOnceCell.getOrInit",
            kit -> {
              AsyncOnceCell<Integer> cell = new AsyncOnceCell<>();
              kit.invariant("nobody has the turn", () -> !cell.toString().contains("is init"));
              return cell.getOrInit(kit.supplier(() -> kit.future("initializer", 1)));
            })
        .expectValue(1);
    subject(
            "sync.OnceInit",
            "AsyncOnceCell.getOrInit that fails",
            kit -> {
              AsyncOnceCell<Integer> cell = new AsyncOnceCell<>();
              kit.invariant("nobody has the turn", () -> !cell.toString().contains("is init"));
              return cell.getOrInit(
                  kit.supplier(() -> kit.failingFuture("initializer", new IOException("torn"))));
            })
        .expectFailure(IOException.class);
    subject(
            "sync.OnceInit",
            "AsyncOnceCell.getOrInit after another that is cancelled",
            kit -> {
              AsyncOnceCell<Integer> cell = new AsyncOnceCell<>();
              Future<Integer> first = cell.getOrInit(Futures::pending);
              poll(first);
              kit.event("cancel", first::cancel);
              return cell.getOrInit(kit.supplier(() -> kit.future("initializer", 1)));
            })
        .expectValue(1);
    subject(
            "sync.BarrierAwait",
            "Barrier.await",
            kit -> {
              Barrier barrier = new Barrier(2);
              kit.event("another comes", () -> poll(barrier.await()));
              return barrier.await();
            })
        .expectValue(false);
    subject("sync.BarrierAwait", "Barrier.await of one", kit -> new Barrier(1).await())
        .expectValue(true);
  }

  /** A poll of somebody else. */
  private static void poll(Future<?> future) {
    try {
      PollHarness.create().poll(future);
    } catch (Exception failure) {
      throw new AssertionError(failure);
    }
  }

  private void doubles() {
    subject(
            "testing.PendingOnce",
            "PendingOnce",
            kit -> new PendingOnce<>(kit.future("child", Value.of(1))))
        .expectValue(Value.of(1));
    subject(
            "testing.InterleavedFuture",
            "InterleavePending.future",
            kit -> InterleavePending.future(kit.future("child", Value.of(1))))
        .expectValue(Value.of(1));
  }

  private void elementOperators() {
    subject("core.ReduceFuture", "reduce", kit -> source(kit).reduce(kit.biFunction(Value::plus)))
        .expectValue(Optional.of(Value.of(6)));
    subject(
            "core.ReduceFuture",
            "reduce of nothing",
            kit -> kit.<Value>iterator("source").reduce(kit.biFunction(Value::plus)))
        .expectValue(Optional.empty());
    subject(
            "core.ForEachAsyncFuture",
            "forEachAsync",
            kit ->
                source(kit)
                    .forEachAsync(kit.function(v -> kit.future("future " + v.number(), null))))
        .expectValue(null)
        .discardsWhatItHolds();
    subject(
            "core.FoldAsyncFuture",
            "foldAsync",
            kit ->
                source(kit)
                    .<Value>foldAsync(
                        kit.mustRelease(Value.of(10)),
                        kit.biFunction((a, b) -> kit.future("step " + b.number(), a.plus(b)))))
        .expectValue(Value.of(16));
    subject("core.ToListFuture", "toList", kit -> source(kit).toList())
        .expectValue(List.of(Value.of(1), Value.of(2), Value.of(3)))
        .discardsWhatItHolds();
    subject("core.LastFuture", "last", kit -> kit.iterator("source", Value.of(3)).last())
        .expectValue(Optional.of(Value.of(3)))
        .discardsWhatItHolds();
    subject("core.LastFuture", "last of some", kit -> source(kit).last())
        .expectValue(Optional.of(Value.of(3)));
    subject("core.LastFuture", "last of none", kit -> kit.<Value>iterator("source").last())
        .expectValue(Optional.empty());
    subject(
            "core.SearchFuture",
            "find",
            kit -> source(kit).find(kit.predicate(v -> v.number() == 2)))
        .expectValue(Optional.of(Value.of(2)))
        .discardsWhatItHolds();
    subject(
            "core.SearchFuture",
            "find of what is not there",
            kit -> source(kit).find(kit.predicate(v -> false)))
        .expectValue(Optional.empty());
    for (int number : new int[] {2, 9}) {
      subject(
              "core.SearchFuture",
              "anyMatch of " + number,
              kit -> source(kit).anyMatch(kit.predicate(v -> v.number() == number)))
          .expectValue(number == 2);
      subject(
              "core.SearchFuture",
              "allMatch of " + number,
              kit -> source(kit).allMatch(kit.predicate(v -> v.number() < number)))
          .expectValue(number == 9);
      subject(
              "core.SearchFuture",
              "noneMatch of " + number,
              kit -> source(kit).noneMatch(kit.predicate(v -> v.number() == number)))
          .expectValue(number == 9);
    }
    subject("core.DrainFuture", "drain", kit -> source(kit).drain()).expectValue(null);
    subject("core.PeekFuture", "peek", kit -> source(kit).peekable().peek())
        .expectValue(Optional.of(Value.of(1)))
        .without(Law.CHILDREN_CANCELLED, "it borrows the iterator, which lives on");
    subject(
            "core.PeekFuture",
            "nextIf",
            kit -> source(kit).peekable().nextIf(kit.predicate(v -> v.number() == 1)))
        .expectValue(Optional.of(Value.of(1)))
        .without(Law.CHILDREN_CANCELLED, "it borrows the iterator, which lives on");
    subject(
            "core.PeekFuture",
            "nextIf of another",
            kit -> source(kit).peekable().nextIf(kit.predicate(v -> v.number() == 2)))
        .expectValue(Optional.empty())
        .without(Law.CHILDREN_CANCELLED, "it borrows the iterator, which lives on");

    subject(
            "core.RetryFuture",
            "retry",
            kit -> Futures.retry(attempts(kit, 3), Backoff.fixed(Duration.ofSeconds(1))))
        .expectValue(Value.of(3))
        .recovers();
    subject(
            "core.RetryFuture",
            "retry that gives up",
            kit -> Futures.retry(attempts(kit, 3), Backoff.fixed(Duration.ZERO).attempts(2)))
        .expectFailure(IOException.class)
        .recovers();
  }

  /** Futures that fail, before the one of that number. */
  private static Supplier<Future<Value>> attempts(ConformanceKit kit, int last) {
    AtomicInteger attempts = new AtomicInteger();
    return kit.supplier(
        () -> {
          int attempt = attempts.incrementAndGet();
          return attempt < last
              ? kit.failingFuture("attempt " + attempt, new IOException("torn"))
              : kit.future("attempt " + attempt, Value.of(attempt));
        });
  }

  private void emitters() {
    subject(
            "stream.EmitterSend",
            "send of an Emitter with room",
            kit -> {
              Emitter.Pipe<Value> pipe = Emitter.pipe(1, Overflow.WAIT);
              Unpolled.used(pipe.elements());
              return pipe.emitter().send(kit.mustRelease(Value.of(1)));
            })
        .expectValue(null);
    subject(
            "stream.EmitterSend",
            "send of an Emitter that waits",
            kit -> {
              Emitter.Pipe<Value> pipe = Emitter.pipe(1, Overflow.WAIT);
              Unpolled.used(pipe.elements());
              pipe.emitter().emit(Value.of(0));
              PollHarness reader = PollHarness.create();
              kit.event(
                  "read",
                  () -> {
                    try {
                      assertThat(reader.pollNext(pipe.elements()).isItem()).isTrue();
                    } catch (Exception failure) {
                      throw new AssertionError(failure);
                    }
                  });
              return pipe.emitter().send(Value.of(1));
            })
        .expectValue(null);
    subject(
            "stream.EmitterSend",
            "send of an Emitter that is ended",
            kit -> {
              Emitter.Pipe<Value> pipe = Emitter.pipe(1, Overflow.WAIT);
              Unpolled.used(pipe.elements());
              pipe.emitter().emit(Value.of(0));
              kit.event("end", pipe.emitter()::end);
              return pipe.emitter().send(kit.mustRelease(Value.of(1)));
            })
        .expectFailure(IllegalStateException.class);
  }
}
