package dev.pollux.core;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pollux.stream.ChunkedSubjects;
import dev.pollux.stream.CombineSubjects;
import dev.pollux.stream.ConcurrentSubjects;
import dev.pollux.stream.FailureSubjects;
import dev.pollux.stream.ParallelSubjects;
import dev.pollux.stream.SharingSubjects;
import dev.pollux.stream.TimedSubjects;
import dev.pollux.sync.Broadcast;
import dev.pollux.sync.LaggedException;
import dev.pollux.sync.Mpmc;
import dev.pollux.sync.Mpsc;
import dev.pollux.sync.PriorityChannel;
import dev.pollux.sync.Rendezvous;
import dev.pollux.sync.Watch;
import dev.pollux.testing.AsyncIteratorConformance;
import dev.pollux.testing.ConformanceKit;
import dev.pollux.testing.InterleavePending;
import dev.pollux.testing.Law;
import dev.pollux.time.DelayQueue;
import dev.pollux.time.MissedTicks;
import dev.pollux.time.Time;
import java.io.IOException;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Every iterator of the library keeps every law; one that is not listed here is named. */
class EveryIteratorConformsTest extends IteratorSubjects {

  /** The operators of a room each. */
  private static final List<IteratorSubjects> ROOMS =
      List.of(
          new CombineSubjects(),
          new CoreOperatorSubjects(),
          new SpawnedSubjects(),
          new ConcurrentSubjects(),
          new FailureSubjects(),
          new ChunkedSubjects(),
          new TimedSubjects(),
          new ParallelSubjects(),
          new SharingSubjects());

  EveryIteratorConformsTest() {
    sources();
    operators();
    channels();
    ofFutures();
    ofTasks();
    events();
    ofSharedChannels();
    doubles();
    ROOMS.forEach(this::addAll);
  }

  @TestFactory
  Stream<DynamicContainer> everyIteratorConforms() {
    return suites();
  }

  @Test
  void everyIteratorIsListed() {
    assertThat(listed())
        .as("the iterators that this suite lists, and those of the library")
        .isEqualTo(LibraryClasses.implementing(AsyncIterator.class));
  }

  private void sources() {
    subject(
            "core.ArrayIterator",
            "of",
            kit -> AsyncIterators.of(kit.mustRelease(Value.of(1)), kit.mustRelease(Value.of(2))))
        .expectElements(Value.of(1), Value.of(2));
    subject("core.RangeIterator", "range", kit -> AsyncIterators.range(0, 5))
        .expectElements(0, 1, 2, 3, 4);
    subject("core.RangeIterator", "an empty range", kit -> AsyncIterators.range(5, 5))
        .expectElements();
    subject(
            "core.RangeIterator",
            "a range that is longer than a budget",
            kit -> AsyncIterators.range(0, Integer.MAX_VALUE))
        .expectBeginning(0, 1, 2, 3);
    subject("core.RangeLongIterator", "rangeLong", kit -> AsyncIterators.rangeLong(0, 3))
        .expectElements(0L, 1L, 2L);
    subject(
            "core.IterableIterator",
            "fromIterable",
            kit -> AsyncIterators.fromIterable(kit.mustRelease(values(3))))
        .expectElements(Value.of(0), Value.of(1), Value.of(2));
    subject(
            "core.StreamIterator",
            "fromStream",
            kit -> {
              AtomicBoolean closed = new AtomicBoolean();
              kit.invariant("the stream is closed", closed::get);
              return AsyncIterators.fromStream(
                  kit.mustRelease(
                      values(3).stream()
                          .map(kit.function(v -> v.plus(v)))
                          .onClose(() -> closed.set(true))));
            })
        .expectElements(Value.of(0), Value.of(2), Value.of(4));
    subject(
            "core.UnfoldIterator",
            "unfold",
            kit ->
                AsyncIterators.<Value, Value>unfold(
                    kit.mustRelease(Value.of(0)),
                    kit.function(
                        state ->
                            state.number() == 3
                                ? Optional.empty()
                                : Optional.of(new Unfolded<>(state, state.plus(Value.of(1)))))))
        .expectElements(Value.of(0), Value.of(1), Value.of(2));
    subject(
            "core.UnfoldAsyncIterator",
            "unfoldAsync",
            kit ->
                AsyncIterators.<Value, Value>unfoldAsync(
                    kit.mustRelease(Value.of(0)),
                    kit.function(
                        state ->
                            kit.future(
                                "step " + state.number(),
                                state.number() == 3
                                    ? Optional.empty()
                                    : Optional.of(
                                        new Unfolded<>(state, state.plus(Value.of(1))))))))
        .expectElements(Value.of(0), Value.of(1), Value.of(2));
    subject(
            "core.PollFnIterator",
            "pollFn",
            kit -> {
              AsyncIterator<Value> child = source(kit);
              return AsyncIterators.pollFn(
                  kit.mustRelease((PollNextFunction<Value>) child::pollNext),
                  kit.mustRelease((Runnable) child::cancel),
                  description -> description.stream("child", child));
            })
        .expectElements(Value.of(1), Value.of(2), Value.of(3));
    subject("operator.EmptyIterator", "empty", kit -> AsyncIterators.empty()).expectElements();
    subject("core.FailedIterator", "failed", kit -> AsyncIterators.failed(new IOException("torn")))
        .expectFailure(IOException.class);
    subject("time.Interval", "interval", kit -> interval(MissedTicks.BURST))
        .expectBeginning(0L, 1L, 2L, 3L);
    subject("time.Interval", "interval that skips", kit -> interval(MissedTicks.SKIP))
        .expectBeginning(0L, 1L, 2L, 3L);
    subject("time.Interval", "interval that delays", kit -> interval(MissedTicks.DELAY))
        .expectBeginning(0L, 1L, 2L, 3L);
    subject(
            "time.DelayQueue",
            "a DelayQueue",
            kit -> {
              DelayQueue<Value> queue = new DelayQueue<>(kit.clock());
              queue.insert(kit.mustRelease(Value.of(2)), Duration.ofSeconds(2));
              queue.insert(kit.mustRelease(Value.of(1)), Duration.ofSeconds(1));
              queue.insert(kit.mustRelease(Value.of(3)), Duration.ofSeconds(2));
              queue.insert(kit.mustRelease(Value.of(0)), Duration.ZERO);
              return queue;
            })
        .expectBeginning(Value.of(0), Value.of(1), Value.of(2), Value.of(3));
    subject(
            "time.DelayQueue",
            "a DelayQueue that is added to while it is waited for",
            kit -> {
              DelayQueue<Value> queue = new DelayQueue<>(kit.clock());
              kit.event("insert", () -> queue.insert(Value.of(2), Duration.ofSeconds(2)));
              kit.event("insert before", () -> queue.insert(Value.of(1), Duration.ZERO));
              return queue;
            })
        .expectBeginning(Value.of(1), Value.of(2));
    subject("time.DelayQueue", "a DelayQueue that is empty", kit -> new DelayQueue<>(kit.clock()))
        .expectNever();
    subject(
            "time.DelayQueue",
            "a DelayQueue of what never comes",
            kit -> {
              DelayQueue<Value> queue = new DelayQueue<>(kit.clock());
              queue.insert(kit.mustRelease(Value.of(1)), Duration.ofNanos(Long.MAX_VALUE));
              return queue;
            })
        .expectNever();
  }

  private void channels() {
    for (int capacity : new int[] {0, 1, 3, 70}) {
      subject(
              "sync.Mpsc$Receiver",
              "the receiver of an Mpsc of capacity " + capacity,
              kit -> {
                Mpsc<Value> channel = capacity == 0 ? Mpsc.unbounded() : Mpsc.bounded(capacity);
                Mpsc.Sender<Value> sender = channel.sender();
                assertThat(sender.trySend(kit.mustRelease(Value.of(0)))).isNotNull();
                kit.event("send", () -> assertThat(sender.trySend(Value.of(1))).isNotNull());
                kit.event("send and close", sender::close);
                return channel.receiver();
              })
          .expectElements(Value.of(0), Value.of(1));
    }
    subject(
            "sync.Mpsc$Receiver",
            "the receiver of an Mpsc whose sender waits",
            kit -> {
              Mpsc<Value> channel = Mpsc.bounded(1);
              Mpsc.Sender<Value> sender = channel.sender();
              assertThat(sender.trySend(Value.of(0))).isNotNull();
              kit.event("close", () -> channel.receiver().close());
              return channel.receiver();
            })
        .expectElements(Value.of(0));
  }

  private static AsyncIterator<Long> interval(MissedTicks missedTicks) {
    return Time.interval(Duration.ofSeconds(1), missedTicks);
  }

  private void operators() {
    subject("core.MapIterator", "map", kit -> source(kit).map(kit.function(v -> v.plus(v))))
        .expectElements(Value.of(2), Value.of(4), Value.of(6))
        .discardsWhatItHolds();
    subject(
            "core.FilterIterator",
            "filter",
            kit -> source(kit).filter(kit.predicate(v -> v.number() != 2)))
        .expectElements(Value.of(1), Value.of(3))
        .discardsWhatItHolds();
    subject(
            "core.FilterIterator",
            "filter that lets nothing through",
            kit -> source(kit).filter(kit.predicate(v -> false)))
        .expectElements();
    subject(
            "core.FlatMapIterator",
            "flatMap",
            kit ->
                source(kit)
                    .flatMap(
                        kit.function(
                            v -> kit.iterator("inner " + v.number(), v, v.plus(Value.of(10))))))
        .expectElements(
            Value.of(1), Value.of(11), Value.of(2), Value.of(12), Value.of(3), Value.of(13));
    subject("core.TakeIterator", "take", kit -> source(kit).take(2))
        .expectElements(Value.of(1), Value.of(2))
        .discardsWhatItHolds();
    subject("core.TakeIterator", "take of none", kit -> source(kit).take(0)).expectElements();
    subject("core.TakeIterator", "take of more than there is", kit -> source(kit).take(9))
        .expectElements(Value.of(1), Value.of(2), Value.of(3));
    subject("core.SkipIterator", "skip", kit -> source(kit).skip(1))
        .expectElements(Value.of(2), Value.of(3));
    subject("core.SkipIterator", "skip of more than there is", kit -> source(kit).skip(9))
        .expectElements();
    subject(
            "core.TakeWhileIterator",
            "takeWhile",
            kit -> source(kit).takeWhile(kit.predicate(v -> v.number() < 3)))
        .expectElements(Value.of(1), Value.of(2));
    subject(
            "core.ChainIterator",
            "chain",
            kit ->
                kit.iterator("first", Value.of(1), Value.of(2))
                    .chain(kit.iterator("second"))
                    .chain(kit.iterator("third", Value.of(3))))
        .expectElements(Value.of(1), Value.of(2), Value.of(3))
        .discardsWhatItHolds();
    subject(
            "core.MapIterator",
            "a pipeline",
            kit ->
                source(kit)
                    .map(kit.function(v -> v.plus(v)))
                    .filter(kit.predicate(v -> v.number() > 2))
                    .flatMap(kit.function(v -> kit.iterator("inner " + v.number(), v, v)))
                    .skip(1)
                    .take(2)
                    .map(kit.function(v -> v.plus(Value.of(1)))))
        .expectElements(Value.of(5), Value.of(7));
  }

  private void ofFutures() {
    subject(
            "core.SingleElement",
            "fromFuture",
            kit -> AsyncIterators.fromFuture(kit.future("child", Value.of(1))))
        .expectElements(Value.of(1))
        .discardsWhatItHolds();
    subject(
            "core.SingleElement",
            "toAsyncIterator",
            kit -> kit.future("child", Value.of(1)).toAsyncIterator())
        .expectElements(Value.of(1))
        .discardsWhatItHolds();
    for (int limit : new int[] {1, 2, 9}) {
      subject(
              "operator.BufferedIterator",
              "buffered(" + limit + ")",
              kit ->
                  source(kit)
                      .buffered(
                          limit,
                          kit.function(
                              v -> kit.future("future " + v.number(), v.plus(Value.of(10))))))
          .expectElements(Value.of(11), Value.of(12), Value.of(13))
          .discardsWhatItHolds();
    }
    subject(
            "core.FutureSet",
            "FutureSet",
            kit -> {
              FutureSet<Value> set = new FutureSet<>();
              for (int i = 0; i < 4; i++) {
                set.add(kit.future("child " + i, Value.of(i)));
              }
              return set;
            })
        .expectElements(Value.of(0), Value.of(1), Value.of(2), Value.of(3))
        .inAnyOrder()
        .discardsWhatItHolds();
    // Futures that take no budget themselves: the element must.
    subject(
            "core.SingleElement",
            "fromFuture of a future that is ready",
            kit -> AsyncIterators.fromFuture(Futures.ready(Value.of(1))))
        .expectElements(Value.of(1));
    subject(
            "core.SingleElement",
            "toAsyncIterator of a future that is ready",
            kit -> Futures.ready(Value.of(1)).toAsyncIterator())
        .expectElements(Value.of(1));
    subject(
            "core.FutureSet",
            "FutureSet of futures that are ready",
            kit -> {
              FutureSet<Value> set = new FutureSet<>();
              values(4).forEach(value -> set.add(Futures.ready(value)));
              return set;
            })
        .expectElements(Value.of(0), Value.of(1), Value.of(2), Value.of(3));
    subject(
            "operator.BufferedIterator",
            "buffered futures that are ready",
            kit -> source(kit).buffered(2, kit.function(Futures::ready)))
        .expectElements(Value.of(1), Value.of(2), Value.of(3));
    subject(
            "core.FutureSet",
            "FutureSet that grows while it is waited for",
            kit -> {
              FutureSet<Value> set = new FutureSet<>();
              set.add(kit.pendingFuture("child 0"));
              kit.event("add", () -> set.add(kit.future("child 1", Value.of(1))));
              return set;
            })
        .expectBeginning(Value.of(1));
  }

  private void ofTasks() {
    ofTasks(
            "JoinSet.results",
            kit -> {
              JoinSet<Value> set = JoinSet.on(kit.spawner());
              for (int i = 0; i < 4; i++) {
                set.spawn(kit.future("child " + i, Value.of(i)));
              }
              return set.results().map(TaskResult::value);
            })
        .expectElements(Value.of(0), Value.of(1), Value.of(2), Value.of(3))
        .inAnyOrder();
    ofTasks(
            "JoinMap.results",
            kit -> {
              JoinMap<Integer, Value> map = JoinMap.on(kit.spawner());
              for (int i = 0; i < 4; i++) {
                map.spawn(i % 3, kit.future("child " + i, Value.of(i)));
              }
              return map.results().map(KeyedResult::value);
            })
        .expectElements(Value.of(1), Value.of(2), Value.of(3))
        .inAnyOrder();
    list("core.TaskResults");
  }

  /** A subject over tasks, which the iterator borrows. */
  private AsyncIteratorConformance<Value> ofTasks(
      String name, Function<ConformanceKit, AsyncIterator<Value>> make) {
    return subject("core.MapIterator", name, make)
        .recovers() // a failure comes out of a task as a TaskFailedException
        .without(Law.ERROR, "a task boundary catches it")
        .without(Law.CHILDREN_CANCELLED, "it borrows the set, whose tasks live on")
        .without(Law.THROWING_CANCEL, "the same")
        .without(Law.THROWING_SINK, "the same")
        .without(Law.DESCRIBED, "a task is a tree of its own");
  }

  private void events() {
    subject(
            "sync.WatchChanges",
            "Watch.Receiver.changes",
            kit -> {
              Watch<Integer> watch = Watch.create(1);
              kit.event("send 2", () -> assertThat(watch.sender().send(2)).isTrue());
              kit.event("send 3", () -> assertThat(watch.sender().send(3)).isTrue());
              kit.event("close", watch.sender()::close);
              kit.invariant("its receiver is closed", () -> watch.sender().receiverCount() == 0);
              return watch.receiver().changes();
            })
        .expectElements(1, 2, 3);
    subject(
            "sync.WatchChanges",
            "Watch.Receiver.changes without end",
            kit -> {
              Watch<Integer> watch = Watch.create(1);
              kit.event("send 2", () -> assertThat(watch.sender().send(2)).isTrue());
              return watch.receiver().changes();
            })
        .expectBeginning(1, 2);
  }

  private void ofSharedChannels() {
    subject(
            "sync.Mpmc$Receiver",
            "the receiver of an Mpmc",
            kit -> {
              Mpmc<Value> channel = Mpmc.bounded(1);
              kit.event(
                  "send 1", () -> assertThat(channel.sender().trySend(Value.of(1))).isNotNull());
              kit.event(
                  "send 2", () -> assertThat(channel.sender().trySend(Value.of(2))).isNotNull());
              kit.event("close", () -> channel.sender().close());
              return channel.receiver();
            })
        .expectElements(Value.of(1), Value.of(2));
    subject(
            "sync.Mpmc$Receiver",
            "the receiver of an Mpmc that is full",
            kit -> {
              Mpmc<Value> channel = Mpmc.unbounded();
              values(4).forEach(value -> assertThat(channel.sender().trySend(value)).isNotNull());
              channel.receiver().closeChannel();
              return channel.receiver();
            })
        .expectElements(Value.of(0), Value.of(1), Value.of(2), Value.of(3));
    subject(
            "sync.Rendezvous$Receiver",
            "the receiver of a Rendezvous",
            kit -> {
              Rendezvous<Value> channel = Rendezvous.create();
              kit.event(
                  "send 1", () -> assertThat(channel.sender().trySend(Value.of(1))).isNotNull());
              kit.event(
                  "send 2", () -> assertThat(channel.sender().trySend(Value.of(2))).isNotNull());
              kit.event("close", () -> channel.receiver().closeChannel());
              return channel.receiver();
            })
        .expectElements(Value.of(1), Value.of(2));
    subject(
            "sync.PriorityChannel$Receiver",
            "the receiver of a PriorityChannel",
            kit -> {
              PriorityChannel<Value> channel =
                  PriorityChannel.bounded(4, Comparator.comparingInt(Value::number));
              values(4).forEach(value -> assertThat(channel.sender().trySend(value)).isNotNull());
              channel.sender().close();
              return channel.receiver();
            })
        .expectElements(Value.of(3), Value.of(2), Value.of(1), Value.of(0));
    subject(
            "sync.BroadcastIterator",
            "failing",
            kit -> {
              Broadcast<Value> channel = Broadcast.create(1);
              kit.event("send 1", () -> channel.sender().send(Value.of(1)));
              kit.event("send 2", () -> channel.sender().send(Value.of(2)));
              kit.event("close", () -> channel.sender().close());
              return channel.subscribe().failing();
            })
        .expectElements(Value.of(1), Value.of(2));
    subject(
            "sync.BroadcastIterator",
            "failing, where it fails",
            kit -> {
              Broadcast<Value> channel = Broadcast.create(1);
              kit.event("send 1", () -> channel.sender().send(Value.of(1)));
              kit.event(
                  "send 2 and 3",
                  () -> {
                    channel.sender().send(Value.of(2));
                    channel.sender().send(Value.of(3));
                  });
              return channel.subscribe().failing();
            })
        .expectFailure(LaggedException.class, Value.of(1));
    subject(
            "sync.BroadcastIterator",
            "lossy",
            kit -> {
              Broadcast<Value> channel = Broadcast.create(2);
              kit.event(
                  "send",
                  () -> {
                    values(4).forEach(channel.sender()::send);
                    channel.sender().close();
                  });
              return channel.subscribe().lossy();
            })
        .expectElements(Value.of(2), Value.of(3));
  }

  private void doubles() {
    subject(
            "testing.InterleavedIterator",
            "InterleavePending.iterator",
            kit -> InterleavePending.iterator(source(kit)))
        .expectElements(Value.of(1), Value.of(2), Value.of(3))
        .discardsWhatItHolds();
  }
}
