package dev.pollux.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.google.errorprone.annotations.Keep;
import dev.pollux.core.AsyncIterator;
import dev.pollux.core.AsyncIterators;
import dev.pollux.core.Context;
import dev.pollux.core.Future;
import dev.pollux.core.FutureSet;
import dev.pollux.core.Futures;
import dev.pollux.core.Poll;
import dev.pollux.core.Selected;
import dev.pollux.core.SharedFuture;
import dev.pollux.core.TaskLocal;
import dev.pollux.core.Turn;
import dev.pollux.core.UncaughtFailureHandler;
import dev.pollux.core.UnpolledFutureException;
import dev.pollux.stream.Backoff;
import dev.pollux.stream.Combine;
import dev.pollux.testing.PollHarness;
import dev.pollux.time.Time;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What is reported of futures that nobody used, and what is not. Runs in debug mode. */
@EnabledIfSystemProperty(named = "pollux.debug", matches = "true")
@Timeout(60)
class UnpolledTest {

  private static final Duration HOUR = Duration.ofHours(1);
  private static final long LIMIT_NANOS = 30_000_000_000L;

  private final List<UnpolledFutureException> reports = new CopyOnWriteArrayList<>();

  /** Reports of what {@link #forget} made. */
  private final AtomicInteger forgotten = new AtomicInteger();

  @Keep private Object held;
  private UncaughtFailureHandler before = UncaughtFailureHandler.logging();

  @BeforeEach
  void listen() {
    before = UncaughtFailureHandler.processDefault();
    UncaughtFailureHandler.setProcessDefault(
        (failure, origin) -> {
          if (failure instanceof UnpolledFutureException unpolled && isOurs(unpolled)) {
            if (unpolled.getStackTrace()[0].getMethodName().equals("forget")) {
              forgotten.incrementAndGet();
            } else {
              reports.add(unpolled);
            }
          } else {
            before.uncaught(failure, origin);
          }
        });
  }

  @AfterEach
  void stopListening() {
    UncaughtFailureHandler.setProcessDefault(before);
  }

  /** Not of another test, whose garbage is found now. */
  private static boolean isOurs(UnpolledFutureException report) {
    return Stream.of(report.getStackTrace())
        .anyMatch(frame -> frame.getClassName().startsWith(UnpolledTest.class.getName()));
  }

  // ---- reported

  /** Each line forgets one thing that is to be reported, and nothing else. */
  static Stream<Arguments> forgotten() {
    return Stream.of(
        forgotten("Futures.lazy", () -> Futures.lazy(() -> 1)),
        forgotten("Futures.defer", () -> Futures.defer(() -> Futures.ready(1))),
        forgotten("Futures.pollFn", () -> Futures.pollFn(cx -> Poll.done())),
        forgotten("Futures.yieldNow", Futures::yieldNow),
        forgotten("Futures.consumeBudget", Futures::consumeBudget),
        forgotten("Futures.unconstrained", () -> Futures.unconstrained(Futures.yieldNow())),
        forgotten("Futures.join", () -> Futures.join(sleep(), sleep(), (a, b) -> 1)),
        forgotten("Futures.joinAll", () -> Futures.joinAll(List.of(sleep(), sleep()))),
        forgotten("Futures.joinAll", () -> Futures.joinAll(many())),
        forgotten("Futures.race", () -> Futures.race(sleep(), sleep())),
        forgotten("Futures.select", () -> Futures.select(List.of(sleep(), sleep()))),
        forgotten("Futures.repeat", () -> Futures.repeat(Futures::yieldNow)),
        forgotten("Futures.repeatUntil", () -> Futures.repeatUntil(Futures::pending)),
        forgotten("Future.map", () -> sleep().map(nothing -> 1)),
        forgotten("Future.flatMap", () -> sleep().flatMap(nothing -> Futures.done())),
        forgotten("Future.recover", () -> Futures.lazy(() -> 1).recover(failure -> 2)),
        forgotten("Future.recoverWith", () -> sleep().recoverWith(failure -> Futures.done())),
        forgotten("Future.handle", () -> sleep().handle((nothing, failure) -> 1)),
        forgotten("Future.timeout", () -> Futures.yieldNow().timeout(HOUR)),
        forgotten("Future.cancellable", () -> sleep().cancellable()),
        forgotten("Future.toAsyncIterator", () -> Futures.yieldNow().toAsyncIterator()),
        forgotten("TaskLocal.scope", () -> new TaskLocal<Integer>("n").scope(1, sleep())),
        forgotten("Time.sleep", UnpolledTest::sleep),
        forgotten("Time.sleepUntil", () -> Time.sleepUntil(1)),
        forgotten("Time.timeout", () -> Time.timeout(HOUR, sleep())),
        forgotten("Time.interval", () -> Time.interval(HOUR)),
        forgotten("AsyncIterators.of", () -> AsyncIterators.of(1, 2)),
        forgotten("AsyncIterators.range", () -> AsyncIterators.range(0, 2)),
        forgotten("AsyncIterators.rangeLong", () -> AsyncIterators.rangeLong(0, 2)),
        forgotten("AsyncIterators.fromIterable", () -> AsyncIterators.fromIterable(List.of(1))),
        forgotten("AsyncIterators.fromStream", () -> AsyncIterators.fromStream(Stream.of(1))),
        forgotten("AsyncIterators.unfold", () -> AsyncIterators.unfold(1, n -> Optional.empty())),
        forgotten(
            "AsyncIterators.unfoldAsync",
            () -> AsyncIterators.unfoldAsync(1, n -> Futures.pending())),
        forgotten("AsyncIterators.fromFuture", () -> AsyncIterators.fromFuture(Futures.yieldNow())),
        forgotten("AsyncIterator.map", () -> numbers().map(n -> n)),
        forgotten("AsyncIterator.filter", () -> numbers().filter(n -> true)),
        forgotten("AsyncIterator.flatMap", () -> numbers().flatMap(n -> numbers())),
        forgotten("AsyncIterator.take", () -> numbers().take(1)),
        forgotten("AsyncIterator.skip", () -> numbers().skip(1)),
        forgotten("AsyncIterator.takeWhile", () -> numbers().takeWhile(n -> true)),
        forgotten("AsyncIterator.chain", () -> numbers().chain(numbers()).chain(numbers())),
        forgotten("AsyncIterator.buffered", () -> numbers().buffered(2, Futures::ready)),
        forgotten("AsyncIterator.fold", () -> numbers().fold(0, Integer::sum)),
        forgotten("AsyncIterator.collect", () -> numbers().collect(Collectors.toList())),
        forgotten("AsyncIterator.forEach", () -> numbers().forEach(n -> {})),
        forgotten("AsyncIterator.count", () -> numbers().count()),
        forgotten("AsyncIterator.next", () -> numbers().next()),
        forgotten("FutureSet.add", UnpolledTest::set),
        forgotten("AsyncIterator.scan", () -> numbers().scan(0, Integer::sum)),
        forgotten("AsyncIterator.distinct", () -> numbers().distinct(3)),
        forgotten("AsyncIterator.distinctUntilChanged", () -> numbers().distinctUntilChanged()),
        forgotten("AsyncIterator.skipWhile", () -> numbers().skipWhile(n -> true)),
        forgotten("AsyncIterator.takeThrough", () -> numbers().takeThrough(n -> true)),
        forgotten("AsyncIterator.takeLast", () -> numbers().takeLast(1)),
        forgotten("AsyncIterator.skipLast", () -> numbers().skipLast(1)),
        forgotten("AsyncIterator.takeUntil", () -> numbers().takeUntil(sleep())),
        forgotten("AsyncIterator.skipUntil", () -> numbers().skipUntil(sleep())),
        forgotten("AsyncIterator.indexed", () -> numbers().indexed()),
        forgotten("AsyncIterator.ofType", () -> numbers().ofType(Integer.class)),
        forgotten("AsyncIterator.inspect", () -> numbers().inspect(n -> {})),
        forgotten("AsyncIterator.mapAsync", () -> numbers().mapAsync(Futures::ready)),
        forgotten(
            "AsyncIterator.filterAsync", () -> numbers().filterAsync(n -> Futures.ready(true))),
        forgotten("AsyncIterator.flatMapIterable", () -> numbers().flatMapIterable(List::of)),
        forgotten("AsyncIterator.switchMap", () -> numbers().switchMap(n -> numbers())),
        forgotten("AsyncIterator.peekable", () -> numbers().peekable()),
        forgotten("AsyncIterator.defaultIfEmpty", () -> numbers().defaultIfEmpty(1)),
        forgotten(
            "AsyncIterator.switchIfEmpty", () -> numbers().switchIfEmpty(UnpolledTest::numbers)),
        forgotten("AsyncIterator.intersperse", () -> numbers().intersperse(1)),
        forgotten("AsyncIterator.spawned", () -> numbers().spawned(1)),
        forgotten("AsyncIterator.reduce", () -> numbers().reduce(Integer::sum)),
        forgotten("AsyncIterator.toList", () -> numbers().toList()),
        forgotten("AsyncIterator.find", () -> numbers().find(n -> true)),
        forgotten("AsyncIterators.defer", () -> AsyncIterators.defer(UnpolledTest::numbers)),
        forgotten(
            "AsyncIterators.concat", () -> AsyncIterators.concat(List.of(numbers(), numbers()))),
        forgotten("AsyncIterators.generate", () -> AsyncIterators.generate(() -> 1)),
        forgotten("AsyncIterators.repeat", () -> AsyncIterators.repeat(UnpolledTest::numbers)),
        forgotten(
            "AsyncIterators.retry", () -> AsyncIterators.retry(UnpolledTest::numbers, backoff())),
        forgotten(
            "AsyncIterators.using", () -> AsyncIterators.using(() -> 1, n -> numbers(), n -> {})),
        forgotten("Futures.retry", () -> Futures.retry(UnpolledTest::sleep, backoff())),
        forgotten("Futures.firstSuccess", () -> Futures.firstSuccess(sleep(), sleep())),
        forgotten("Futures.allSettled", () -> Futures.allSettled(List.of(sleep(), sleep()))),
        forgotten("Future.shared", () -> sleep().shared()),
        forgotten("Future.whenDone", () -> sleep().whenDone((nothing, failure) -> {})),
        forgotten("Future.handleWith", () -> sleep().handleWith((nothing, failure) -> sleep())),
        forgotten("Future.delayed", () -> Futures.yieldNow().delayed(HOUR)),
        forgotten("Timed.debounce", () -> numbers().timed().debounce(HOUR)),
        forgotten("Timed.spaced", () -> numbers().timed().spaced(HOUR)),
        forgotten("Chunked.ofSize", () -> numbers().chunked().ofSize(2)),
        forgotten("Windowed.ofSize", () -> numbers().windowed().ofSize(2)),
        forgotten("Concurrent.map", () -> numbers().concurrent(2).map(Futures::ready)),
        forgotten("Concurrent.flatMap", () -> numbers().concurrent(2).flatMap(n -> numbers())),
        forgotten("Concurrent.forEach", () -> numbers().concurrent(2).forEach(n -> Futures.done())),
        forgotten("Parallel.map", () -> numbers().parallel(2).map(n -> n)),
        forgotten("Failures.resume", () -> numbers().failures().resume(failure -> numbers())),
        forgotten("Failures.toResults", () -> numbers().failures().toResults()),
        forgotten("Observed.whenOver", () -> numbers().observed().whenOver(how -> {})),
        forgotten("Combine.merge", () -> Combine.merge(List.of(numbers(), numbers()))),
        forgotten("Combine.zip", () -> Combine.zip(numbers(), numbers(), Integer::sum)),
        forgotten("Combine.interleave", () -> Combine.interleave(List.of(numbers(), numbers()))),
        forgotten("Combine.race", () -> Combine.race(List.of(numbers(), numbers()))),
        forgotten(
            "Combine.withLatestFrom",
            () -> Combine.withLatestFrom(numbers(), numbers(), Integer::sum)));
  }

  private static Backoff backoff() {
    return Backoff.fixed(HOUR);
  }

  private static Arguments forgotten(String maker, Supplier<Object> made) {
    return arguments(maker, made);
  }

  private static Future<Void> sleep() {
    return Time.sleep(HOUR);
  }

  private static List<Future<Void>> many() {
    return Stream.generate(UnpolledTest::sleep).limit(100).toList();
  }

  private static AsyncIterator<Integer> numbers() {
    return AsyncIterators.range(0, 3);
  }

  private static FutureSet<Integer> set() {
    FutureSet<Integer> set = new FutureSet<>();
    set.add(sleep().map(nothing -> 1));
    set.add(sleep().map(nothing -> 2));
    return set;
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("forgotten")
  void whatIsForgottenIsReported(String maker, Supplier<Object> made) {
    assertThat(made.get()).isNotNull();
    awaitReports(1);
    collectGarbage();
    assertThat(reports).as("the outermost only, and once").hasSize(1);
    assertThat(reports.get(0))
        .hasMessageContaining(maker + " made at " + UnpolledTest.class.getName())
        .hasMessageContaining("UnpolledTest.java:");
  }

  @Test
  void theReportNamesTheLineThatMadeIt() {
    StackTraceElement here = new Throwable().getStackTrace()[0];
    assertThat(Futures.lazy(() -> 1)).isNotNull();
    awaitReports(1);
    StackTraceElement site = reports.get(0).getStackTrace()[0];
    assertThat(site.getMethodName()).isEqualTo(here.getMethodName());
    assertThat(site.getLineNumber()).isEqualTo(here.getLineNumber() + 1);
    assertThat(reports.get(0).getStackTrace()).hasSizeGreaterThan(1);
  }

  @Test
  void whatIsMadeInAPollAndForgottenIsReported() {
    Future<Integer> outer =
        Futures.lazy(
            () -> {
              assertThat(Futures.yieldNow()).isNotNull();
              return 1;
            });
    assertThat(poll(outer)).isNotNull();
    awaitReports(1);
    assertThat(reports.get(0)).hasMessageContaining("Futures.yieldNow");
  }

  @Test
  void aFutureThatIsHeldIsNotReportedYet() {
    held = sleep();
    collectGarbage();
    assertThat(reports).isEmpty();
    held = null;
    awaitReports(1);
  }

  // ---- not reported

  /** Each line uses what it makes. */
  static Stream<Arguments> used() {
    return Stream.of(
        used("polled and pending", () -> poll(sleep())),
        used("polled to its end", () -> poll(Futures.lazy(() -> 1))),
        used("cancelled", () -> cancelled(sleep())),
        used("the outer cancelled", () -> cancelled(Futures.join(sleep(), sleep(), (a, b) -> 1))),
        used("the outer polled", () -> poll(Futures.race(sleep(), sleep()))),
        used("a long chain", () -> cancelled(longChain())),
        used("a long chain polled", () -> poll(longChain())),
        used("constants", () -> List.of(Futures.ready(1), Futures.done(), Futures.pending())),
        used(
            "more constants",
            () -> List.of(Futures.failed(new Exception()), AsyncIterators.empty())),
        used("an empty set", () -> new FutureSet<Integer>()),
        used("losers of a select", UnpolledTest::losers),
        used(
            "made by a step and not polled for want of budget",
            () -> poll(Futures.pollFn(UnpolledTest::useUp).flatMap(nothing -> sleep()))),
        used("polled by hand in a poll", () -> poll(byHand(sleep()))),
        used("iterator polled", () -> iterate(numbers())),
        used("pipeline polled", () -> iterate(numbers().map(n -> n).chain(numbers()).take(5))),
        used("chained to one that was polled", UnpolledTest::chainedAfterAPoll),
        used(
            "buffered, with fewer polls than futures",
            () -> iterate(numbers().buffered(3, n -> sleep()))),
        used("iterator cancelled", () -> cancelledIterator(numbers().filter(n -> true))),
        used("a handle that others are made of", UnpolledTest::anotherHandle),
        used("deferred", () -> iterate(AsyncIterators.defer(UnpolledTest::numbers))),
        used("deferred and cancelled", () -> cancelledIterator(AsyncIterators.defer(() -> null))),
        used("started by another", () -> iterate(numbers().skipUntil(sleep()))),
        used("ended by another", () -> iterate(numbers().takeUntil(sleep()))),
        used("switched over", () -> iterate(numbers().switchMap(n -> numbers()))),
        used(
            "with a resource",
            () -> iterate(AsyncIterators.using(() -> 1, n -> numbers(), n -> {}))),
        used("tried again", () -> iterate(AsyncIterators.retry(UnpolledTest::torn, backoff()))),
        used("the first success", () -> poll(Futures.firstSuccess(sleep(), Futures.done()))),
        used("resumed", () -> iterate(torn().failures().resume(failure -> numbers()))),
        used("raced", () -> iterate(Combine.race(List.of(numbers(), numbers())))),
        used("merged", () -> iterate(Combine.merge(List.of(numbers(), numbers())))),
        used("shared", () -> iterate(numbers().shared().slowest(9).subscribe())),
        used("windows", () -> iterate(numbers().windowed().ofSize(2))),
        used("handed to a thread", () -> numbers().toIterable(new NoBlockOn())));
  }

  private static Arguments used(String how, Supplier<Object> use) {
    return arguments(how, use);
  }

  private static Object poll(Future<?> future) {
    try {
      return PollHarness.create().poll(future);
    } catch (Exception failure) {
      throw new AssertionError(failure);
    }
  }

  private static Poll<Void> useUp(Context cx) {
    while (cx.budget().tryConsume()) {}
    return Poll.done();
  }

  private static AsyncIterator<Integer> torn() {
    return AsyncIterators.failed(new IllegalStateException("torn"));
  }

  private static Object anotherHandle() {
    SharedFuture<Void> kept = sleep().shared();
    return poll(kept.another());
  }

  private static Object cancelled(Future<?> future) {
    future.cancel();
    return future;
  }

  private static Object cancelledIterator(AsyncIterator<?> iterator) {
    iterator.cancel();
    return iterator;
  }

  private static Future<Integer> longChain() {
    Future<Integer> chain = Futures.yieldNow().map(nothing -> 0);
    Function<Integer, Integer> next = n -> n + 1;
    for (int i = 0; i < 1_000; i++) {
      chain = chain.map(next);
    }
    return chain;
  }

  private static Object losers() {
    Future<Selected<Void>> select =
        Futures.select(List.of(Futures.done(), Futures.done(), sleep()));
    return poll(select);
  }

  private static Future<Void> byHand(Future<Void> future) {
    return cx -> {
      Poll<Void> answer = future.poll(cx);
      return answer;
    };
  }

  private static <T> Object iterate(AsyncIterator<T> iterator) {
    return poll(
        cx -> {
          Turn turn = iterator.pollEach(cx, item -> true);
          return turn == Turn.PENDING ? Poll.pending() : Poll.ready(turn);
        });
  }

  private static Object chainedAfterAPoll() {
    AsyncIterator<Integer> first = numbers().chain(numbers());
    Object polled = poll(first.next());
    return List.of(polled, iterate(first.chain(numbers())));
  }

  private static final class NoBlockOn implements BlockOn {
    @Override
    public <T extends @org.jspecify.annotations.Nullable Object> T blockOn(Future<T> future) {
      throw new UnsupportedOperationException();
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("used")
  void whatIsUsedIsNotReported(String how, Supplier<Object> use) {
    assertThat(use.get()).as(how).isNotNull();
    collectGarbage();
    assertThat(reports).isEmpty();
  }

  @Test
  void aFutureThatIsUsedWhileGarbageIsCollectedIsNotReported() throws InterruptedException {
    AtomicBoolean enough = new AtomicBoolean();
    Thread user =
        new Thread(
            () -> {
              while (!enough.get()) {
                sleep().cancel();
                Futures.join(sleep(), sleep(), (a, b) -> 1).cancel();
              }
              for (int i = 0; i < 10_000; i++) {
                sleep().cancel(); // as many as are watched: the next test begins with all of them
              }
            });
    user.start();
    for (int i = 0; i < 20; i++) {
      System.gc();
    }
    enough.set(true);
    user.join();
    collectGarbage();
    assertThat(reports).isEmpty();
  }

  // ---- waiting

  private void awaitReports(int count) {
    long limit = System.nanoTime() + LIMIT_NANOS;
    while (reports.size() < count) {
      assertThat(System.nanoTime()).as("waited too long").isLessThan(limit);
      System.gc();
    }
  }

  /** Collects what can be: something that is forgotten now is found, and so was all before. */
  private void collectGarbage() {
    for (int i = 0; i < 2; i++) {
      long limit = System.nanoTime() + LIMIT_NANOS;
      int found = forgotten.get();
      forget();
      while (forgotten.get() == found) {
        assertThat(System.nanoTime()).as("waited too long").isLessThan(limit);
        System.gc();
      }
    }
  }

  private static void forget() {
    // After many futures none is watched for a while.
    for (Object future = null; future == null || !Unpolled.isWatched(future); ) {
      future = Futures.yieldNow();
    }
  }
}
