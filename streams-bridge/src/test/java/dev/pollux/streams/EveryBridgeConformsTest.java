package dev.pollux.streams;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicContainer.dynamicContainer;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.pollux.core.AsyncIterator;
import dev.pollux.core.Future;
import dev.pollux.streams.bridge.IteratorSubscription;
import dev.pollux.streams.bridge.LeadingElement;
import dev.pollux.streams.bridge.OutputIterator;
import dev.pollux.streams.reactor.ReactorStreams;
import dev.pollux.streams.rxjava.RxStreams;
import dev.pollux.testing.AsyncIteratorConformance;
import dev.pollux.testing.ConformanceKit;
import dev.pollux.testing.FutureConformance;
import dev.pollux.testing.Law;
import dev.pollux.testing.LawCheck;
import io.reactivex.rxjava3.core.Flowable;
import io.reactivex.rxjava3.subjects.CompletableSubject;
import io.reactivex.rxjava3.subjects.SingleSubject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Every future and iterator of the bridge keeps every law; one that is not listed is named. */
class EveryBridgeConformsTest {

  /** A value of a class of ours, which the kit therefore watches. */
  private record Value(int number) {}

  private final Set<String> listed = new TreeSet<>();
  private final List<DynamicContainer> suites = new ArrayList<>();

  EveryBridgeConformsTest() {
    iteratorsOfPublishers();
    subscriptions();
    leadingElements();
    stages();
    outputs();
    libraries();
  }

  @TestFactory
  Stream<DynamicContainer> everyBridgeConforms() {
    return suites.stream();
  }

  @Test
  void everyFutureAndIteratorIsListed() throws Exception {
    Path classes =
        Path.of(Streams.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    Set<String> found = new TreeSet<>();
    for (String room : List.of("dev.pollux.streams.", "dev.pollux.streams.bridge.")) {
      try (Stream<Path> files = Files.list(classes.resolve(room.replace('.', '/')))) {
        files
            .map(file -> file.getFileName().toString())
            .filter(name -> name.endsWith(".class") && !name.equals("package-info.class"))
            .map(name -> name.replace(".class", ""))
            .filter(name -> isFutureOrIterator(room + name))
            .forEach(found::add);
      }
    }
    assertThat(listed).as("the bridges that are listed here, and those there are").isEqualTo(found);
  }

  private static boolean isFutureOrIterator(String name) {
    try {
      Class<?> type = Class.forName(name);
      return Future.class.isAssignableFrom(type) || AsyncIterator.class.isAssignableFrom(type);
    } catch (ClassNotFoundException impossible) {
      throw new AssertionError(impossible);
    }
  }

  private <T> AsyncIteratorConformance<T> iterator(
      String name, Function<ConformanceKit, AsyncIterator<T>> make) {
    listed.add("PublisherIterator");
    AsyncIteratorConformance<T> conformance = AsyncIteratorConformance.of(name, make);
    add(name, conformance::checks);
    return conformance;
  }

  private <T> FutureConformance<T> future(
      Class<?> type, String name, Function<ConformanceKit, Future<T>> make) {
    listed.add(type.getSimpleName());
    FutureConformance<T> conformance =
        FutureConformance.of(
            name,
            kit -> {
              Future<T> made = make.apply(kit);
              assertThat(made).isInstanceOf(type);
              return made;
            });
    add(name, conformance::checks);
    return conformance;
  }

  private void add(String name, Supplier<List<LawCheck>> checks) {
    suites.add(
        dynamicContainer(
            name,
            Stream.of(checks)
                .flatMap(made -> made.get().stream())
                .map(check -> dynamicTest(check.law().toString(), check::run))));
  }

  // ---- publishers to iterators

  /** Emits what is requested inside the request, then ends. */
  private static Publisher<Value> synchronous(ConformanceKit kit, int count, Throwable failure) {
    int[] next = {0};
    boolean[] over = {false};
    kit.invariant("the upstream was cancelled, or has ended", () -> next[0] == 0 || over[0]);
    return subscriber ->
        subscriber.onSubscribe(
            new Subscription() {
              @Override
              public void request(long n) {
                for (long i = 0; i < n && next[0] < count && !over[0]; i++) {
                  next[0]++;
                  subscriber.onNext(kit.mustRelease(new Value(next[0])));
                }
                if (next[0] == count && !over[0]) {
                  over[0] = true;
                  if (failure == null) {
                    subscriber.onComplete();
                  } else {
                    subscriber.onError(failure);
                  }
                }
              }

              @Override
              public void cancel() {
                over[0] = true;
              }
            });
  }

  private void iteratorsOfPublishers() {
    iterator(
            "fromPublisher that emits inside request",
            kit -> Streams.fromPublisher(synchronous(kit, 3, null), 2))
        .expectElements(new Value(1), new Value(2), new Value(3));
    iterator(
            "fromPublisher that emits more than a budget",
            kit -> Streams.fromPublisher(synchronous(kit, 1000, null), 16))
        .expectBeginning(new Value(1), new Value(2), new Value(3));
    iterator(
            "fromPublisher that fails inside request",
            kit -> Streams.fromPublisher(synchronous(kit, 2, new IOException("broken")), 4))
        .expectFailure(IOException.class, new Value(1), new Value(2));
    iterator(
            "fromPublisher that emits later",
            kit -> {
              ManualPublisher<Value> publisher = new ManualPublisher<>();
              publisher.subscribesAtOnce = false;
              kit.event("onSubscribe", () -> publisher.subscriber.onSubscribe(publisher.asked));
              kit.event("onNext", () -> publisher.emit(kit.mustRelease(new Value(1))));
              kit.event(
                  "onNext, onComplete",
                  () -> {
                    publisher.emit(kit.mustRelease(new Value(2)));
                    publisher.subscriber.onComplete();
                  });
              return Streams.fromPublisher(publisher, 4);
            })
        .expectElements(new Value(1), new Value(2));
    iterator(
            "fromPublisher that is silent",
            kit -> Streams.fromPublisher(new ManualPublisher<>(), 1))
        .expectNever();
    iterator(
            "fromPublisher that refuses",
            kit ->
                Streams.fromPublisher(
                    subscriber -> {
                      throw new IllegalStateException("refused");
                    },
                    1))
        .expectFailure(IllegalStateException.class);
  }

  // ---- iterators to publishers

  private static Future<Void> subscription(
      ConformanceKit kit, DemandMode mode, AsyncIterator<Value> source) {
    CapturingSpawner spawner = new CapturingSpawner();
    int[] ends = {0};
    kit.invariant("the subscriber got one last signal", () -> ends[0] == 1);
    Subscriber<Value> subscriber =
        new Subscriber<>() {
          @Override
          public void onSubscribe(Subscription subscription) {
            subscription.request(Long.MAX_VALUE);
          }

          @Override
          public void onNext(Value item) {}

          @Override
          public void onError(Throwable failure) {
            ends[0]++;
          }

          @Override
          public void onComplete() {
            ends[0]++;
          }
        };
    Streams.toOneShotPublisher(source, spawner, mode).subscribe(subscriber);
    return spawner.take();
  }

  private void leadingElements() {
    Class<?> leading = LeadingElement.class;
    future(leading, "firstOf", kit -> Streams.firstOf(synchronous(kit, 3, null)))
        .expectValue(Optional.of(new Value(1)));
    future(leading, "firstOf nothing", kit -> Streams.firstOf(synchronous(kit, 0, null)))
        .expectValue(Optional.empty());
    future(leading, "alone", kit -> new LeadingElement<Value>(synchronous(kit, 1, null), true))
        .expectValue(Optional.of(new Value(1)));
    future(leading, "not alone", kit -> new LeadingElement<Value>(synchronous(kit, 3, null), true))
        .expectFailure(IllegalStateException.class);
    future(
            leading,
            "alone, and a failure",
            kit -> new LeadingElement<Value>(synchronous(kit, 1, new IOException("broken")), true))
        .expectFailure(IOException.class);
  }

  private void subscriptions() {
    for (DemandMode mode : DemandMode.values()) {
      future(
              IteratorSubscription.class,
              "a subscription " + mode,
              kit ->
                  subscription(
                      kit, mode, kit.iterator("source", new Value(1), new Value(2), new Value(3))))
          .expectValue(null)
          .recovers()
          .without(Law.ERROR, "it goes to the subscriber");
    }
    future(
            IteratorSubscription.class,
            "a subscription to a source that fails",
            kit ->
                subscription(
                    kit,
                    DemandMode.ONE_AHEAD,
                    kit.failingIterator("source", new IOException("broken"), new Value(1))))
        .expectValue(null)
        .recovers()
        .without(Law.ERROR, "it goes to the subscriber");
    future(
            IteratorSubscription.class,
            "a subscription whose requests come later",
            kit -> {
              CapturingSpawner spawner = new CapturingSpawner();
              RecordingSubscriber<Integer> subscriber = new RecordingSubscriber<>();
              for (int i = 0; i < 3; i++) {
                kit.event("request", () -> subscriber.subscription.request(1));
              }
              Streams.toOneShotPublisher(kit.iterator("source", 1, 2), spawner, DemandMode.EXACT)
                  .subscribe(subscriber);
              return spawner.<Void>take();
            })
        .expectValue(null)
        .recovers()
        .without(Law.ERROR, "it goes to the subscriber");
  }

  // ---- futures and stages

  private void stages() {
    future(
            StageFuture.class,
            "fromCompletionStage of one that completes later",
            kit -> {
              CompletableFuture<Value> stage = new CompletableFuture<>();
              kit.event("complete", () -> stage.complete(kit.mustRelease(new Value(1))));
              return Streams.fromCompletionStage(stage);
            })
        .expectValue(new Value(1));
    future(
            StageFuture.class,
            "fromCompletionStage of one that has failed",
            kit -> Streams.fromCompletionStage(CompletableFuture.failedFuture(new IOException())))
        .expectFailure(IOException.class);
    future(
            StageFuture.class,
            "fromCompletionStage of one that never completes",
            kit -> Streams.fromCompletionStage(new CompletableFuture<Value>()))
        .expectNever();
    future(
            TaskStage.class,
            "toCompletionStage",
            kit -> {
              CapturingSpawner spawner = new CapturingSpawner();
              CompletableFuture<Value> stage =
                  Streams.toCompletionStage(kit.future("body", new Value(1)), spawner)
                      .toCompletableFuture();
              kit.invariant("the stage is complete", stage::isDone);
              return spawner.<Void>take();
            })
        .expectValue(null)
        .recovers()
        .without(Law.ERROR, "it goes to the stage")
        .without(Law.NOTHING_RETAINED, "the stage holds its output, and this the stage");
  }

  // ---- outputs of futures

  private void outputs() {
    listed.add("OutputIterator");
    AsyncIteratorConformance<Value> full =
        AsyncIteratorConformance.of(
            "the output of a future",
            kit -> new OutputIterator<>(kit.future("future", new Value(1))));
    full.expectElements(new Value(1));
    add("the output of a future", full::checks);
    AsyncIteratorConformance<Value> none =
        AsyncIteratorConformance.of(
            "the output of a future that is null",
            kit -> new OutputIterator<Value>(kit.<Value>future("future", null)));
    none.expectElements();
    add("the output of a future that is null", none::checks);
  }

  // ---- Reactor and RxJava

  private void libraries() {
    iterator("fromFlux", kit -> ReactorStreams.fromFlux(Flux.from(synchronous(kit, 3, null)), 2))
        .expectElements(new Value(1), new Value(2), new Value(3));
    iterator(
            "fromFlowable",
            kit -> RxStreams.fromFlowable(Flowable.fromPublisher(synchronous(kit, 3, null)), 2))
        .expectElements(new Value(1), new Value(2), new Value(3));
    FutureConformance<Optional<Value>> mono =
        FutureConformance.of(
            "fromMono",
            kit -> {
              ManualPublisher<Value> publisher = new ManualPublisher<>();
              kit.event("onNext", () -> publisher.emit(kit.mustRelease(new Value(1))));
              kit.event("onComplete", () -> publisher.subscriber.onComplete());
              return ReactorStreams.fromMono(Mono.fromDirect(publisher));
            });
    mono.expectValue(Optional.of(new Value(1)));
    add("fromMono", mono::checks);
    FutureConformance<Value> single =
        FutureConformance.of(
            "fromSingle",
            kit -> {
              SingleSubject<Value> subject = SingleSubject.create();
              kit.event("onSuccess", () -> subject.onSuccess(kit.mustRelease(new Value(1))));
              return RxStreams.fromSingle(subject);
            });
    single.expectValue(new Value(1));
    add("fromSingle", single::checks);
    FutureConformance<Void> completable =
        FutureConformance.of(
            "fromCompletable",
            kit -> {
              CompletableSubject subject = CompletableSubject.create();
              kit.event("onComplete", subject::onComplete);
              return RxStreams.fromCompletable(subject);
            });
    completable.expectValue(null);
    add("fromCompletable", completable::checks);
  }
}
