package dev.pollux.io.driver;

import static dev.pollux.io.driver.Registration.IN;
import static dev.pollux.io.driver.Registration.WAIT;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pollux.core.Context;
import dev.pollux.core.Future;
import dev.pollux.core.Futures;
import dev.pollux.core.JoinHandle;
import dev.pollux.core.Poll;
import dev.pollux.executor.PolluxRuntime;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Pipe;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who of the workers goes into the driver, and who helps whom. */
@Timeout(60)
class IdleWorkersTest {

  private static final int LIMIT_SECONDS = 30;

  /** A pipe, and its registration. */
  private static final class Source {
    final Pipe pipe;
    final Registration registration;

    Source() throws IOException {
      pipe = Pipe.open();
      pipe.source().configureBlocking(false);
      registration = new Registration(pipe.source(), true);
    }

    void put() throws IOException {
      pipe.sink().write(ByteBuffer.wrap(new byte[] {1}));
    }

    /** Waits until there is something, which it leaves there. */
    Future<Void> ready(CountDownLatch waits) {
      return Futures.pollFn(
          (Context cx) -> {
            while (true) {
              int seen = registration.pollReady(cx, IN);
              if (seen == WAIT) {
                waits.countDown();
                return Poll.pending();
              }
              if (waits.getCount() == 0) {
                return Poll.done();
              }
              registration.exhausted(IN, seen);
            }
          });
    }
  }

  /** Spawns a task that calls {@code then} once there is something, and returns once it waits. */
  private static void waiting(PolluxRuntime runtime, Source source, Runnable then)
      throws InterruptedException {
    CountDownLatch waits = new CountDownLatch(1);
    runtime
        .spawn(
            source
                .ready(waits)
                .map(
                    done -> {
                      then.run();
                      return null;
                    }))
        .detach();
    assertThat(waits.await(LIMIT_SECONDS, TimeUnit.SECONDS)).isTrue();
  }

  private static PolluxRuntime workers(int count) {
    return PolluxRuntime.builder().workers(count).multiThread();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 8})
  void eventsComeInThoughThereIsOneThatNobodyWants(int workers) throws Exception {
    try (PolluxRuntime runtime = workers(workers)) {
      for (int round = 0; round < 20; round++) {
        Source unwanted = new Source();
        Source wanted = new Source();
        CountDownLatch came = new CountDownLatch(1);
        waiting(runtime, wanted, came::countDown);
        CountDownLatch told = new CountDownLatch(1);
        waiting(runtime, unwanted, told::countDown);

        unwanted.put();
        assertThat(told.await(LIMIT_SECONDS, TimeUnit.SECONDS)).isTrue();
        wanted.put(); // and what was put before is still there

        // Nothing is spawned, and nobody joins: no worker is woken but by the event.
        assertThat(came.await(LIMIT_SECONDS, TimeUnit.SECONDS)).isTrue();
        unwanted.registration.close();
        wanted.registration.close();
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 8})
  void whatWasReportedTogetherIsRunThoughTheFirstBlocks(int workers) throws Exception {
    try (PolluxRuntime runtime = workers(workers)) {
      for (int round = 0; round < 20; round++) {
        int count = 5;
        CountDownLatch othersHaveRun = new CountDownLatch(count - 1);
        AtomicInteger turns = new AtomicInteger();
        List<Source> sources = new ArrayList<>();
        List<JoinHandle<Boolean>> tasks = new ArrayList<>();
        for (int i = 0; i < count; i++) {
          Source source = new Source();
          sources.add(source);
          CountDownLatch waitsItself = new CountDownLatch(1);
          tasks.add(
              runtime.spawn(
                  source
                      .ready(waitsItself)
                      .flatMap(
                          done ->
                              Futures.pollFn(
                                  cx -> {
                                    if (turns.getAndIncrement() == 0) {
                                      return Poll.ready(
                                          othersHaveRun.await(LIMIT_SECONDS, TimeUnit.SECONDS));
                                    }
                                    othersHaveRun.countDown();
                                    return Poll.ready(true);
                                  }))));
          assertThat(waitsItself.await(LIMIT_SECONDS, TimeUnit.SECONDS)).isTrue();
        }
        CountDownLatch busy = new CountDownLatch(workers);
        CountDownLatch goOn = new CountDownLatch(1);
        List<JoinHandle<Boolean>> blockers = new ArrayList<>();
        for (int i = 0; i < workers; i++) {
          blockers.add(
              runtime.spawn(
                  Futures.pollFn(
                      cx -> {
                        busy.countDown();
                        return Poll.ready(goOn.await(LIMIT_SECONDS, TimeUnit.SECONDS));
                      })));
        }
        assertThat(busy.await(LIMIT_SECONDS, TimeUnit.SECONDS)).isTrue();
        for (Source source : sources) {
          source.put();
        }
        goOn.countDown();

        for (JoinHandle<Boolean> task : tasks) {
          assertThat(runtime.blockOn(task)).as("the others have run").isTrue();
        }
        for (JoinHandle<Boolean> blocker : blockers) {
          assertThat(runtime.blockOn(blocker)).isTrue();
        }
        for (Source source : sources) {
          source.registration.close();
        }
      }
    }
  }
}
