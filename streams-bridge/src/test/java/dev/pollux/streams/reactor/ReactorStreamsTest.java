package dev.pollux.streams.reactor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pollux.core.AsyncIterator;
import dev.pollux.core.AsyncIterators;
import dev.pollux.core.Future;
import dev.pollux.core.Futures;
import dev.pollux.core.Next;
import dev.pollux.core.Poll;
import dev.pollux.core.TaskLocal;
import dev.pollux.executor.PolluxRuntime;
import dev.pollux.spi.Spawner;
import dev.pollux.spi.TaskLocals;
import dev.pollux.streams.DemandMode;
import dev.pollux.testing.PollHarness;
import io.micrometer.context.ContextRegistry;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.Scannable;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Hooks;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Operators;
import reactor.test.StepVerifier;
import reactor.util.context.Context;

class ReactorStreamsTest {

  private static final TaskLocal<String> USER = new TaskLocal<>("user");

  private final PollHarness harness = PollHarness.create();
  private final Spawner spawner = harness.services().spawner();
  private final List<Object> dropped = new CopyOnWriteArrayList<>();

  @AfterEach
  void resetHooks() {
    Hooks.resetOnErrorDropped();
    Hooks.resetOnNextDropped();
    Hooks.resetOnEachOperator();
    Hooks.disableAutomaticContextPropagation();
  }

  /** Requests by hand, and remembers its signals. */
  private static final class Recorder<T> extends BaseSubscriber<T> {

    final List<T> items = new ArrayList<>();
    final List<Object> ends = new ArrayList<>();
    private final Context context;
    Subscription subscription;

    Recorder(Context context) {
      this.context = context;
    }

    @Override
    public Context currentContext() {
      return context;
    }

    @Override
    protected void hookOnSubscribe(Subscription subscription) {
      this.subscription = subscription;
    }

    @Override
    protected void hookOnNext(T item) {
      items.add(item);
    }

    @Override
    protected void hookOnComplete() {
      ends.add("complete");
    }

    @Override
    protected void hookOnError(Throwable failure) {
      ends.add(failure);
    }
  }

  private <T> Recorder<T> subscribe(Publisher<T> publisher, Context context) {
    Recorder<T> recorder = new Recorder<>(context);
    publisher.subscribe(recorder);
    harness.runTasks();
    return recorder;
  }

  private Context discardHook() {
    return Operators.enableOnDiscard(Context.empty(), dropped::add);
  }

  // ---- through operators, on a real runtime

  @Test
  void elementsGoOutThroughOperatorsAndComeInAgain() throws Exception {
    try (PolluxRuntime runtime = PolluxRuntime.builder().workers(2).multiThread()) {
      Flux<Integer> out =
          ReactorStreams.toFlux(() -> AsyncIterators.range(0, 10_000), runtime)
              .map(i -> i + 1)
              .filter(i -> i % 2 == 0)
              .flatMap(i -> Mono.just(i));
      assertThat(runtime.blockOn(ReactorStreams.<Integer>fromFlux(out, 16).fold(0L, Long::sum)))
          .isEqualTo(25_005_000L);
      StepVerifier.create(out.take(3)).expectNext(2, 4, 6).verifyComplete();
      StepVerifier.create(ReactorStreams.toOneShotFlux(AsyncIterators.of(1, 2), runtime))
          .expectNext(1, 2)
          .verifyComplete();
    }
  }

  @Test
  void fusedSourcesAreReadToTheirEnd() throws Exception {
    AsyncIterator<Integer> fused =
        ReactorStreams.fromFlux(Flux.range(0, 100).map(i -> i * 2).filter(i -> i % 4 == 0), 4);
    assertThat(harness.runToEnd(fused, 1000)).hasSize(50).endsWith(192, 196);
    AsyncIterator<Integer> just = ReactorStreams.fromFlux(Flux.just(7), 1);
    assertThat(harness.runToEnd(just, 10)).containsExactly(7);
  }

  @Test
  void theSecondSubscriberOfAOneShotFluxIsRefused() {
    Flux<Integer> once = ReactorStreams.toOneShotFlux(AsyncIterators.of(1), spawner);
    Recorder<Integer> first = subscribe(once, Context.empty());
    Recorder<Integer> second = subscribe(once, Context.empty());
    first.requestUnbounded();
    harness.runTasks();
    assertThat(first.items).containsExactly(1);
    assertThat(second.ends).singleElement().isInstanceOf(IllegalStateException.class);
  }

  // ---- monos

  @Test
  void aMonoHasTheOutputOfTheFuture() {
    Recorder<String> full =
        subscribe(ReactorStreams.toMono(() -> Futures.ready("a"), spawner), Context.empty());
    assertThat(full.ends).isEmpty();
    full.request(1);
    harness.runTasks();
    assertThat(full.items).containsExactly("a");
    assertThat(full.ends).containsExactly("complete");
  }

  @Test
  void anOutputOfNullIsAnEmptyMono() {
    Mono<Void> empty = ReactorStreams.toMono(() -> cx -> Poll.done(), spawner);
    assertThat(subscribe(empty, Context.empty()).ends).containsExactly("complete");
  }

  @Test
  void aMonoFailsWithTheFutureOrItsSupplier() {
    IOException broken = new IOException("broken");
    Mono<String> failed = ReactorStreams.toMono(() -> Futures.<String>failed(broken), spawner);
    assertThat(subscribe(failed, Context.empty()).ends).containsExactly(broken);
    Mono<String> none = ReactorStreams.toMono(() -> null, spawner);
    assertThat(subscribe(none, Context.empty()).ends)
        .singleElement()
        .isInstanceOf(NullPointerException.class);
  }

  @Test
  void cancelOfAMonoCancelsTheFuture() {
    AtomicInteger cancels = new AtomicInteger();
    Mono<String> mono =
        ReactorStreams.toMono(
            () -> Futures.<String>pollFn(cx -> Poll.pending(), cancels::incrementAndGet), spawner);
    Recorder<String> recorder = subscribe(mono, Context.empty());
    assertThat(cancels).hasValue(0);
    recorder.cancel();
    harness.runTasks();
    assertThat(cancels).hasValue(1);
    assertThat(harness.liveTasks()).isZero();
  }

  @Test
  void anOutputThatNobodyRequestedIsDroppedWithTheMono() {
    Recorder<String> recorder =
        subscribe(ReactorStreams.toMono(() -> Futures.ready("a"), spawner), discardHook());
    recorder.cancel();
    harness.runTasks();
    assertThat(dropped).containsExactly("a");
  }

  @Test
  void aMonoIsAskedOnce() throws Exception {
    List<Long> requests = new ArrayList<>();
    Mono<Integer> asked = Mono.just(1).hide().doOnRequest(requests::add);
    assertThat(harness.<Optional<Integer>>runToCompletion(ReactorStreams.fromMono(asked), 9))
        .hasValue(1);
    assertThat(requests).containsExactly(2L);
    harness.runToCompletion(ReactorStreams.completionOf(asked), 9);
    assertThat(requests).containsExactly(2L, 2L);
  }

  @Test
  void aMonoMayCompleteByTheNextRequestOnly() throws Exception {
    Mono<Integer> exact =
        Mono.fromDirect(
            ReactorStreams.toFlux(
                () -> AsyncIterators.of(1, 2).filter(i -> i == 1), spawner, DemandMode.EXACT));
    assertThat(harness.<Optional<Integer>>runToCompletion(ReactorStreams.fromMono(exact), 9))
        .hasValue(1);
    assertThat(harness.<Void>runToCompletion(ReactorStreams.completionOf(exact), 9)).isNull();
  }

  @Test
  void aMonoOfTwoElementsIsRefused() {
    Mono<Integer> two = Mono.fromDirect(Flux.range(1, 5));
    Future<Optional<Integer>> element = ReactorStreams.fromMono(two);
    assertThatThrownBy(() -> harness.runToCompletion(element, 9))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("more than one");
    Future<Void> completion = ReactorStreams.completionOf(two);
    assertThatThrownBy(() -> harness.runToCompletion(completion, 9))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("more than one");
  }

  @Test
  void theElementOfAMonoThatHasNotCompletedGoesToTheDiscardHook() throws Exception {
    PublisherProbe<Integer> probe = new PublisherProbe<>();
    Future<Optional<Integer>> future =
        ReactorStreams.CONTEXT.scope(
            discardHook(), ReactorStreams.fromMono(Mono.fromDirect(probe)));
    assertThat(harness.poll(future).isPending()).isTrue();
    probe.subscriber.onNext(1);
    assertThat(harness.poll(future).isPending()).isTrue();
    future.cancel();
    assertThat(dropped).containsExactly(1);
    assertThat(harness.discarded()).isEmpty();
  }

  @Test
  void monosComeIn() throws Exception {
    assertThat(harness.<Optional<Integer>>runToCompletion(ReactorStreams.fromMono(Mono.just(1)), 9))
        .contains(1);
    assertThat(harness.<Optional<Integer>>runToCompletion(ReactorStreams.fromMono(Mono.empty()), 9))
        .isEmpty();
    assertThat(harness.<Void>runToCompletion(ReactorStreams.completionOf(Mono.empty()), 9))
        .isNull();
    assertThat(harness.<Void>runToCompletion(ReactorStreams.completionOf(Mono.just(1)), 9))
        .isNull();
    IOException broken = new IOException("broken");
    Future<Optional<Object>> failing = ReactorStreams.fromMono(Mono.error(broken));
    assertThatThrownBy(() -> harness.poll(failing)).isSameAs(broken);
    Future<Void> failingToo = ReactorStreams.completionOf(Mono.error(broken));
    assertThatThrownBy(() -> harness.poll(failingToo)).isSameAs(broken);
  }

  @Test
  void aMonoThatCameInEndsAsCompletedNotAsCancelled() throws Exception {
    List<Object> ends = new ArrayList<>();
    Mono<Integer> mono = Mono.just(1).hide().doFinally(ends::add);
    assertThat(harness.<Optional<Integer>>runToCompletion(ReactorStreams.fromMono(mono), 9))
        .contains(1);
    assertThat(ends).hasToString("[onComplete]");
  }

  @Test
  void cancelOfTheFutureOfAMonoCancelsTheMono() throws Exception {
    AtomicInteger cancels = new AtomicInteger();
    Future<Optional<Object>> future =
        ReactorStreams.fromMono(Mono.never().doOnCancel(cancels::incrementAndGet));
    assertThat(harness.poll(future).isPending()).isTrue();
    future.cancel();
    assertThat(cancels).hasValue(1);
  }

  // ---- the context

  @Test
  void entriesOfTheContextAreTaskLocalsInTheSource() {
    Flux<String> flux =
        ReactorStreams.toFlux(
            () ->
                AsyncIterators.fromFuture(
                    cx ->
                        Poll.ready(
                            USER.get(cx).orElse("nobody")
                                + ReactorStreams.CONTEXT
                                    .get(cx)
                                    .map(context -> context.getOrDefault("plain", "-"))
                                    .orElse("?"))),
            spawner);
    Recorder<String> bound = subscribe(flux, Context.of(USER, "ada", "plain", "p"));
    Recorder<String> unbound = subscribe(flux, Context.empty());
    bound.request(1);
    unbound.request(1);
    harness.runTasks();
    assertThat(bound.items).containsExactly("adap");
    assertThat(unbound.items).containsExactly("nobody?");
  }

  @Test
  void aContextAddsToTheLocalsOfTheSpawner() {
    TaskLocal<String> tenant = new TaskLocal<>("tenant");
    Flux<String> flux =
        ReactorStreams.toFlux(
            () ->
                AsyncIterators.fromFuture(
                    cx ->
                        Poll.ready(
                            USER.get(cx).orElse("nobody") + "@" + tenant.get(cx).orElse("?"))),
            spawner.inheriting(TaskLocals.empty().with(tenant, "acme").with(USER, "hidden")));
    Recorder<String> bound = subscribe(flux, Context.of(USER, "ada"));
    bound.request(1);
    harness.runTasks();
    assertThat(bound.items).containsExactly("ada@acme");
  }

  @Test
  void taskLocalsAreTheContextOfTheSubscriber() throws Exception {
    Flux<String> flux =
        Flux.deferContextual(
            context ->
                Flux.just(
                    context.getOrDefault(USER, "nobody"), context.getOrDefault("plain", "-")));
    Future<List<String>> plain = ReactorStreams.<String>fromFlux(flux, 4).toList();
    assertThat(harness.runToCompletion(plain, 9)).containsExactly("nobody", "-");
    Future<List<String>> bound =
        ReactorStreams.CONTEXT.scope(
            Context.of("plain", "p", USER, "hidden"),
            USER.scope(
                "grace", USER.scope("ada", ReactorStreams.<String>fromFlux(flux, 4).toList())));
    assertThat(harness.runToCompletion(bound, 9)).containsExactly("ada", "p");
    Future<Optional<String>> mono =
        USER.scope(
            "ada", ReactorStreams.fromMono(Mono.deferContextual(at -> Mono.just(at.get(USER)))));
    assertThat(harness.runToCompletion(mono, 9)).contains("ada");
  }

  @Test
  void theContextGoesThroughAnIteratorAndBack() {
    Flux<String> inner =
        Flux.deferContextual(at -> Flux.just(at.get("plain") + ":" + at.get(USER)));
    Flux<String> outer =
        ReactorStreams.toFlux(() -> ReactorStreams.<String>fromFlux(inner, 4), spawner)
            .contextWrite(at -> at.put("plain", "p").put(USER, "ada"));
    Recorder<String> recorder = subscribe(outer, Context.empty());
    recorder.request(1);
    harness.runTasks();
    assertThat(recorder.items).containsExactly("p:ada");
  }

  @Test
  void automaticPropagationSeesThreadLocalsBothWays() throws Exception {
    ThreadLocal<String> trace = new ThreadLocal<>();
    ContextRegistry.getInstance().registerThreadLocalAccessor("pollux.trace", trace);
    Hooks.enableAutomaticContextPropagation();
    try (PolluxRuntime runtime = PolluxRuntime.builder().workers(2).multiThread();
        PolluxRuntime here = PolluxRuntime.currentThread()) {
      // Out: an operator below reads what the context has, on the thread of the task.
      Flux<String> out =
          ReactorStreams.toFlux(() -> AsyncIterators.of("a", "b"), runtime)
              .map(item -> item + trace.get())
              .contextWrite(at -> at.put("pollux.trace", "t1"));
      StepVerifier.create(out).expectNext("at1", "bt1").verifyComplete();
      // In: the thread that polls first has a value, which the flux reads on another thread.
      trace.set("t2");
      List<Thread> readers = new CopyOnWriteArrayList<>();
      Flux<String> in =
          ReactorStreams.toFlux(() -> AsyncIterators.of("c", "d"), runtime)
              .map(
                  item -> {
                    readers.add(Thread.currentThread());
                    return item + trace.get();
                  });
      assertThat(here.blockOn(ReactorStreams.<String>fromFlux(in, 4).toList()))
          .containsExactly("ct2", "dt2");
      Mono<String> one = in.next();
      assertThat(here.blockOn(ReactorStreams.<String>fromMono(one))).hasValue("ct2");
      assertThat(readers).isNotEmpty().doesNotContain(Thread.currentThread());
      List<String> captured = new ArrayList<>();
      Flux<String> reading =
          Flux.deferContextual(
              at -> {
                captured.add(at.getOrDefault("pollux.trace", "none"));
                return Flux.empty();
              });
      assertThat(harness.runToEnd(ReactorStreams.<String>fromFlux(reading, 1), 9)).isEmpty();
      assertThat(captured).containsExactly("t2");
    } finally {
      trace.remove();
      ContextRegistry.getInstance().removeThreadLocalAccessor("pollux.trace");
    }
  }

  // ---- hooks

  @Test
  void anElementHeldGoesToTheDiscardHookOfTheContextAlone() {
    AtomicInteger closed = new AtomicInteger();
    AutoCloseable element = closed::incrementAndGet;
    Recorder<AutoCloseable> hooked =
        subscribe(ReactorStreams.toFlux(() -> AsyncIterators.of(element), spawner), discardHook());
    hooked.cancel();
    harness.runTasks();
    assertThat(dropped).containsExactly(element);
    assertThat(closed).hasValue(0);
    Recorder<AutoCloseable> plain =
        subscribe(
            ReactorStreams.toFlux(() -> AsyncIterators.of(element), spawner), Context.empty());
    plain.cancel();
    harness.runTasks();
    assertThat(closed).hasValue(1);
  }

  @Test
  void elementsNotTakenGoToTheDiscardHookOnTheWayIn() throws Exception {
    Flux<Integer> flux = Flux.range(0, 8).doOnDiscard(Integer.class, dropped::add);
    AsyncIterator<Integer> iterator = ReactorStreams.fromFlux(flux, 4);
    Future<Next<Integer>> first =
        ReactorStreams.CONTEXT.scope(discardHook(), cx -> Poll.ready(iterator.pollNext(cx)));
    assertThat(harness.poll(first).value()).isEqualTo(Next.item(0));
    iterator.cancel();
    assertThat(dropped).containsExactly(1, 2, 3);
  }

  @Test
  void aFailureThatNobodyHearsGoesToTheHookForDroppedErrors() {
    Hooks.onErrorDropped(dropped::add);
    IOException broken = new IOException("broken");
    AtomicInteger polls = new AtomicInteger();
    AtomicReference<Recorder<String>> recorder = new AtomicReference<>();
    Flux<String> flux =
        ReactorStreams.toFlux(
            () ->
                AsyncIterators.pollFn(
                    cx -> {
                      if (polls.getAndIncrement() == 0) {
                        cx.wakeSelf();
                        return Next.pending();
                      }
                      recorder.get().cancel();
                      throw broken;
                    }),
            spawner);
    recorder.set(new Recorder<>(Context.empty()));
    flux.subscribe(recorder.get());
    harness.runTasks();
    assertThat(dropped).containsExactly(broken);
    assertThat(harness.uncaught()).isEmpty();
  }

  @Test
  void aHookThatThrowsIsReported() {
    Hooks.onErrorDropped(
        failure -> {
          throw new IllegalStateException("hook", failure);
        });
    PublisherProbe<Integer> probe = new PublisherProbe<>();
    AsyncIterator<Integer> iterator = ReactorStreams.fromFlux(probe, 1);
    assertThat(isPending(iterator)).isTrue();
    iterator.cancel();
    probe.subscriber.onError(new IOException("late"));
    assertThat(harness.uncaught())
        .singleElement()
        .hasToString("java.lang.IllegalStateException: hook");
  }

  @Test
  void signalsAfterTheEndGoToTheHooks() throws Exception {
    List<Object> late = new ArrayList<>();
    Hooks.onNextDropped(late::add);
    Hooks.onErrorDropped(dropped::add);
    PublisherProbe<Integer> probe = new PublisherProbe<>();
    AsyncIterator<Integer> iterator = ReactorStreams.fromFlux(probe, 2);
    assertThat(isPending(iterator)).isTrue();
    IOException second = new IOException("late");
    probe.subscriber.onNext(1);
    probe.subscriber.onComplete();
    probe.subscriber.onNext(2);
    probe.subscriber.onComplete();
    probe.subscriber.onError(second);
    assertThat(harness.runToEnd(iterator, 9)).containsExactly(1);
    assertThat(late).containsExactly(2);
    assertThat(dropped).containsExactly(second);
    assertThat(harness.discarded()).containsExactly(2);
    assertThat(harness.uncaught()).isEmpty();
  }

  @Test
  void hooksOnAssemblySeeWhatIsMade() {
    List<String> seen = new ArrayList<>();
    Hooks.onEachOperator(
        publisher -> {
          seen.add(publisher.getClass().getSimpleName());
          return publisher;
        });
    Object flux = ReactorStreams.toFlux(AsyncIterators::<Integer>empty, spawner);
    Object mono = ReactorStreams.toMono(() -> Futures.ready(1), spawner);
    assertThat(seen).containsExactly("IteratorFlux", "FutureMono");
    assertThat(flux).isInstanceOf(Flux.class);
    assertThat(mono).isInstanceOf(Mono.class);
  }

  // ---- Scannable

  @Test
  void aSubscriptionCanBeScanned() {
    Flux<Integer> flux = ReactorStreams.toFlux(() -> AsyncIterators.of(1, 2, 3), spawner);
    assertThat(Scannable.from(flux).scan(Scannable.Attr.RUN_STYLE))
        .isEqualTo(Scannable.Attr.RunStyle.ASYNC);
    Recorder<Integer> recorder = subscribe(flux, Context.empty());
    Scannable scanned = Scannable.from(recorder.subscription);
    assertThat(scanned.scanUnsafe(Scannable.Attr.ACTUAL)).isSameAs(recorder);
    assertThat(scanned.scan(Scannable.Attr.BUFFERED)).isEqualTo(1);
    assertThat(scanned.scan(Scannable.Attr.REQUESTED_FROM_DOWNSTREAM)).isZero();
    assertThat(scanned.scan(Scannable.Attr.RUN_STYLE)).isEqualTo(Scannable.Attr.RunStyle.ASYNC);
    recorder.request(5);
    assertThat(scanned.scan(Scannable.Attr.REQUESTED_FROM_DOWNSTREAM)).isEqualTo(5);
    assertThat(scanned.scan(Scannable.Attr.TERMINATED)).isFalse();
    harness.runTasks();
    assertThat(scanned.scan(Scannable.Attr.TERMINATED)).isTrue();
    assertThat(scanned.scan(Scannable.Attr.CANCELLED)).isFalse();
    assertThat(scanned.scanUnsafe(Scannable.Attr.ACTUAL)).isNull();
    Recorder<Integer> leaving = subscribe(flux, Context.empty());
    leaving.cancel();
    harness.runTasks();
    Scannable left = Scannable.from(leaving.subscription);
    assertThat(left.scan(Scannable.Attr.CANCELLED)).isTrue();
    assertThat(left.scan(Scannable.Attr.TERMINATED)).isFalse();
    IOException broken = new IOException("broken");
    Recorder<Integer> failed =
        subscribe(
            ReactorStreams.toFlux(() -> AsyncIterators.<Integer>failed(broken), spawner),
            Context.empty());
    assertThat(Scannable.from(failed.subscription).scan(Scannable.Attr.ERROR)).isSameAs(broken);
  }

  @Test
  void aSubscriberCanBeScanned() {
    Hooks.onErrorDropped(dropped::add);
    PublisherProbe<Integer> probe = new PublisherProbe<>();
    AsyncIterator<Integer> iterator = ReactorStreams.fromFlux(probe, 4);
    assertThat(isPending(iterator)).isTrue();
    Scannable scanned = Scannable.from(probe.subscriber);
    assertThat(probe.subscriber).isInstanceOf(CoreSubscriber.class);
    assertThat(scanned.scan(Scannable.Attr.PREFETCH)).isEqualTo(4);
    assertThat(scanned.scan(Scannable.Attr.CAPACITY)).isEqualTo(4);
    assertThat(scanned.scanUnsafe(Scannable.Attr.PARENT)).isSameAs(probe.asked);
    probe.subscriber.onNext(1);
    assertThat(scanned.scan(Scannable.Attr.BUFFERED)).isEqualTo(1);
    IOException broken = new IOException("broken");
    probe.subscriber.onError(broken);
    assertThat(scanned.scan(Scannable.Attr.TERMINATED)).isTrue();
    assertThat(scanned.scan(Scannable.Attr.ERROR)).isSameAs(broken);
    iterator.cancel();
    assertThat(scanned.scan(Scannable.Attr.CANCELLED)).isTrue();
  }

  @Test
  void argumentsAreChecked() {
    assertThatThrownBy(() -> ReactorStreams.fromFlux(Flux.just(1), 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("capacity");
    assertThatThrownBy(() -> ReactorStreams.toMono(null, spawner))
        .isInstanceOf(NullPointerException.class)
        .hasMessage("future");
    assertThatThrownBy(
            () -> ReactorStreams.toFlux(AsyncIterators::<Integer>empty, null, DemandMode.EXACT))
        .isInstanceOf(NullPointerException.class)
        .hasMessage("spawner");
  }

  private boolean isPending(AsyncIterator<?> iterator) {
    try {
      return harness.pollNext(iterator).isPending();
    } catch (Exception failure) {
      throw new AssertionError(failure);
    }
  }

  /** Keeps its subscriber for the test to signal. */
  private static final class PublisherProbe<T> implements Publisher<T> {

    Subscriber<? super T> subscriber;
    final Subscription asked =
        new Subscription() {
          @Override
          public void request(long n) {}

          @Override
          public void cancel() {}
        };

    @Override
    public void subscribe(Subscriber<? super T> subscriber) {
      this.subscriber = subscriber;
      subscriber.onSubscribe(asked);
    }
  }
}
