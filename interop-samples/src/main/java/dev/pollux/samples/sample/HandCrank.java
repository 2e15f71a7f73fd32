package dev.pollux.samples.sample;

import dev.pollux.executor.CurrentThreadRuntime;
import dev.pollux.executor.PolluxRuntime;
import io.reactivex.rxjava3.functions.Consumer;
import io.reactivex.rxjava3.plugins.RxJavaPlugins;
import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * The threads of all three libraries, turned by hand on the thread that calls: what they schedule
 * runs when {@link #turn} is called, and at no other time. And the hooks of Pollux and RxJava for
 * what is dropped, which write into the ledger of the run; those of Reactor are in the context of a
 * {@link PushedReader}.
 *
 * @threading confined to one thread
 */
final class HandCrank implements AutoCloseable {

  private final Queue<Runnable> jobs = new ArrayDeque<>();
  private final CurrentThreadRuntime runtime;
  private final Scheduler reactor = Schedulers.fromExecutor(jobs::add);
  private final io.reactivex.rxjava3.core.Scheduler rxJava =
      io.reactivex.rxjava3.schedulers.Schedulers.from(jobs::add);

  /** Null if there was none. */
  private final @Nullable Consumer<? super Throwable> before;

  private Ledger ledger = new Ledger();

  HandCrank() {
    this.runtime =
        PolluxRuntime.builder()
            .name("hand-crank")
            .pausedClock()
            .onDiscard(element -> ledger.told(element))
            .uncaughtFailureHandler((failure, origin) -> ledger.toldFailure(failure))
            .currentThread();
    this.before = RxJavaPlugins.getErrorHandler();
    RxJavaPlugins.setErrorHandler(failure -> ledger.toldFailure(failure));
  }

  /** Has the hooks write into another ledger from now on. */
  void tell(Ledger ledger) {
    this.ledger = ledger;
  }

  CurrentThreadRuntime runtime() {
    return runtime;
  }

  Scheduler reactor() {
    return reactor;
  }

  io.reactivex.rxjava3.core.Scheduler rxJava() {
    return rxJava;
  }

  /** Runs everything that is ready, until nothing is. */
  void turn() {
    while (true) {
      @Nullable Runnable job = jobs.poll();
      if (job != null) {
        job.run();
      } else if (runtime.liveTasks() == 0 || !runtime.tryTick()) {
        return;
      }
    }
  }

  @Override
  public void close() {
    RxJavaPlugins.setErrorHandler(before);
    reactor.dispose();
    rxJava.shutdown();
    runtime.close();
  }
}
