package dev.pollux.streams.rxjava;

import static dev.pollux.streams.rxjava.Waiting.await;
import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pollux.executor.PolluxRuntime;
import io.reactivex.rxjava3.core.Flowable;
import io.reactivex.rxjava3.core.Scheduler;
import io.reactivex.rxjava3.functions.Function;
import io.reactivex.rxjava3.plugins.RxJavaPlugins;
import io.reactivex.rxjava3.schedulers.Schedulers;
import io.reactivex.rxjava3.schedulers.TestScheduler;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** One line makes a runtime the schedulers of RxJava, and one puts back what was there. */
@Timeout(60)
class PolluxRxSchedulersTest {

  @RegisterExtension final Plugins plugins = new Plugins();

  @Test
  void operatorsUseTheRuntimeUntilItIsClosed() {
    try (PolluxRuntime runtime = PolluxRuntime.builder().name("here").workers(2).multiThread()) {
      List<Scheduler> builtIn = current();
      try (PolluxRxSchedulers installed = PolluxRxSchedulers.install(runtime)) {
        assertThat(current())
            .containsExactly(
                installed.computation(), installed.io(), installed.newThread(), installed.single());
        assertThat(installed.toString()).contains("computation on here", "single on here");
        List<String> threads = Collections.synchronizedList(new ArrayList<>());
        Flowable.interval(1, MILLISECONDS)
            .doOnNext(tick -> threads.add(Thread.currentThread().getName()))
            .take(3)
            .flatMap(tick -> Flowable.just(tick).subscribeOn(Schedulers.io()))
            .observeOn(Schedulers.single())
            .doOnNext(tick -> threads.add(Thread.currentThread().getName()))
            .test()
            .awaitDone(30, SECONDS)
            .assertComplete()
            .assertValueCount(3);
        assertThat(threads).hasSize(6).allMatch(name -> name.startsWith("here-worker"));
      }
      assertThat(current()).isEqualTo(builtIn);
      assertThat(RxJavaPlugins.getOnBeforeBlocking()).isNull();
      assertThat(runtime.isClosed()).isFalse();
    }
  }

  @Test
  void handlersThatWereThereComeBack() {
    Function<Scheduler, Scheduler> theirs = builtIn -> builtIn;
    TestScheduler test = new TestScheduler();
    RxJavaPlugins.setComputationSchedulerHandler(theirs);
    RxJavaPlugins.setIoSchedulerHandler(builtIn -> test);
    RxJavaPlugins.setOnBeforeBlocking(() -> false);
    var before = RxJavaPlugins.getOnBeforeBlocking();
    try (PolluxRuntime runtime = PolluxRuntime.currentThread()) {
      PolluxRxSchedulers installed = PolluxRxSchedulers.install(runtime);
      assertThat(Schedulers.io()).isSameAs(installed.io());
      installed.close();
      installed.close();
    }
    assertThat(RxJavaPlugins.getComputationSchedulerHandler()).isSameAs(theirs);
    assertThat(Schedulers.io()).isSameAs(test);
    assertThat(RxJavaPlugins.getNewThreadSchedulerHandler()).isNull();
    assertThat(RxJavaPlugins.getSingleSchedulerHandler()).isNull();
    assertThat(RxJavaPlugins.getOnBeforeBlocking()).isSameAs(before);
  }

  @Test
  void newestThatIsNotClosedIsInForce() {
    try (PolluxRuntime runtime = PolluxRuntime.currentThread()) {
      List<Scheduler> builtIn = current();
      for (int[] order :
          new int[][] {{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}}) {
        List<PolluxRxSchedulers> all = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
          all.add(PolluxRxSchedulers.install(runtime));
        }
        List<PolluxRxSchedulers> open = new ArrayList<>(all);
        for (int next : order) {
          assertThat(Schedulers.io()).isSameAs(open.get(open.size() - 1).io());
          all.get(next).close();
          open.remove(all.get(next));
          all.get(next).close();
        }
        assertThat(current()).isEqualTo(builtIn);
        assertThat(RxJavaPlugins.getIoSchedulerHandler()).isNull();
        assertThat(RxJavaPlugins.getOnBeforeBlocking()).isNull();
      }
    }
  }

  @Test
  void hooksThatOthersSetSinceAreLeftAlone() {
    try (PolluxRuntime runtime = PolluxRuntime.currentThread()) {
      TestScheduler test = new TestScheduler();
      RxJavaPlugins.setIoSchedulerHandler(builtIn -> test);
      PolluxRxSchedulers installed = PolluxRxSchedulers.install(runtime);
      Function<? super Scheduler, ? extends Scheduler> ours = RxJavaPlugins.getIoSchedulerHandler();
      assertThat(ours).isNotNull();
      Function<Scheduler, Scheduler> wrapping = given -> ours.apply(given);
      RxJavaPlugins.setIoSchedulerHandler(wrapping);
      assertThat(Schedulers.io()).isSameAs(installed.io());
      installed.close();
      assertThat(RxJavaPlugins.getIoSchedulerHandler()).isSameAs(wrapping);
      assertThat(Schedulers.io()).isSameAs(test);
      assertThat(RxJavaPlugins.getSingleSchedulerHandler()).isNull();
    }
  }

  @Test
  void resetOfThePluginsIsNotUndone() {
    try (PolluxRuntime runtime = PolluxRuntime.currentThread()) {
      Scheduler builtIn = Schedulers.computation();
      PolluxRxSchedulers installed = PolluxRxSchedulers.install(runtime);
      RxJavaPlugins.reset();
      assertThat(Schedulers.computation()).isSameAs(builtIn);
      installed.close();
      assertThat(Schedulers.computation()).isSameAs(builtIn);
      assertThat(RxJavaPlugins.getComputationSchedulerHandler()).isNull();
    }
  }

  @Test
  void shutdownAndStartOfAllWorkOnOurs() throws Exception {
    try (PolluxRuntime runtime = PolluxRuntime.builder().workers(1).multiThread();
        PolluxRxSchedulers installed = PolluxRxSchedulers.install(runtime)) {
      Schedulers.shutdown();
      assertThat(installed.io().createWorker().isDisposed()).isTrue();
      Schedulers.start();
      for (Scheduler scheduler : current()) {
        Flowable.just(1).subscribeOn(scheduler).test().awaitDone(30, SECONDS).assertResult(1);
      }
      assertThat(installed.io()).isSameAs(Schedulers.io());
    }
  }

  @Test
  void closeLeavesWhatIsUnderWay() throws Exception {
    try (PolluxRuntime runtime = PolluxRuntime.builder().workers(1).multiThread()) {
      List<Long> ticks = Collections.synchronizedList(new ArrayList<>());
      PolluxRxSchedulers installed = PolluxRxSchedulers.install(runtime);
      var interval = Flowable.interval(1, MILLISECONDS).onBackpressureDrop().subscribe(ticks::add);
      installed.close();
      int before = ticks.size();
      await(() -> ticks.size() > before + 2);
      interval.dispose();
      await(() -> runtime.liveTasks() == 0);
    }
  }

  @Test
  void blockingIsRefusedOnThreadsThatRunTasks() {
    try (PolluxRuntime runtime = PolluxRuntime.builder().workers(2).multiThread();
        PolluxRxSchedulers installed = PolluxRxSchedulers.install(runtime)) {
      RxJavaPlugins.setFailOnNonBlockingScheduler(true);
      for (Scheduler scheduler : List.of(installed.computation(), installed.single())) {
        Flowable.just(1)
            .subscribeOn(scheduler)
            .map(i -> Flowable.just(i).delay(1, MILLISECONDS).blockingFirst())
            .test()
            .awaitDone(30, SECONDS)
            .assertFailure(IllegalStateException.class);
      }
      for (Scheduler scheduler : List.of(installed.io(), installed.newThread())) {
        Flowable.just(1)
            .subscribeOn(scheduler)
            .map(i -> Flowable.just(i).delay(1, MILLISECONDS).blockingFirst())
            .test()
            .awaitDone(30, SECONDS)
            .assertResult(1);
      }
      assertThat(Flowable.just(1).delay(1, MILLISECONDS).blockingFirst()).isEqualTo(1);
    }
  }

  @Test
  void blockingHookThatWasThereIsAskedToo() {
    try (PolluxRuntime runtime = PolluxRuntime.currentThread()) {
      RxJavaPlugins.setFailOnNonBlockingScheduler(true);
      RxJavaPlugins.setOnBeforeBlocking(() -> true);
      try (PolluxRxSchedulers installed = PolluxRxSchedulers.install(runtime)) {
        assertThat(installed.computation()).isSameAs(Schedulers.computation());
        assertThatThrownBy(() -> Flowable.never().blockingFirst())
            .isInstanceOf(IllegalStateException.class);
      }
    }
  }

  @Test
  void nothingOfAClosedOneIsHeld() throws Exception {
    List<WeakReference<?>> gone = new ArrayList<>();
    PolluxRxSchedulers older;
    try (PolluxRuntime runtime = PolluxRuntime.builder().workers(1).multiThread()) {
      older = PolluxRxSchedulers.install(runtime);
      installOnTop(gone);
      installBetween(gone);
    }
    older.close();
    await(
        () -> {
          System.gc();
          return gone.stream().allMatch(reference -> reference.get() == null);
        });
    assertThat(RxJavaPlugins.getIoSchedulerHandler()).isNull();
  }

  private static PolluxRxSchedulers installAndUse(List<WeakReference<?>> gone) {
    PolluxRuntime runtime = PolluxRuntime.builder().workers(1).multiThread();
    PolluxRxSchedulers installed = PolluxRxSchedulers.install(runtime);
    Flowable.range(1, 10)
        .subscribeOn(Schedulers.io())
        .observeOn(Schedulers.computation())
        .test()
        .awaitDone(30, SECONDS)
        .assertComplete();
    runtime.close();
    gone.add(new WeakReference<>(runtime));
    gone.add(new WeakReference<>(installed.io()));
    return installed;
  }

  private static void installOnTop(List<WeakReference<?>> gone) {
    installAndUse(gone).close();
  }

  private static void installBetween(List<WeakReference<?>> gone) {
    PolluxRxSchedulers between = installAndUse(gone);
    try (PolluxRuntime runtime = PolluxRuntime.currentThread();
        PolluxRxSchedulers newest = PolluxRxSchedulers.install(runtime)) {
      between.close();
      assertThat(Schedulers.io()).isSameAs(newest.io());
    }
  }

  private static List<Scheduler> current() {
    return List.of(
        Schedulers.computation(), Schedulers.io(), Schedulers.newThread(), Schedulers.single());
  }
}
