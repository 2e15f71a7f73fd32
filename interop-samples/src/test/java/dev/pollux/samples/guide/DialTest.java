package dev.pollux.samples.guide;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pollux.core.PollAfterEndException;
import dev.pollux.core.Waker;
import dev.pollux.testing.CountingWaker;
import dev.pollux.testing.FutureConformance;
import dev.pollux.testing.PollHarness;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The leaf of the guide to leaf futures. */
class DialTest {

  /** A dialer whose callback is called by hand. */
  private static final class ManualDialer implements Dialer {
    BiConsumer<Session, Exception> callback;
    int dialled;
    int aborted;

    @Override
    public Attempt dial(String host, BiConsumer<Session, Exception> callback) {
      this.callback = callback;
      dialled++;
      return () -> aborted++;
    }
  }

  /** A session that knows whether it was closed. */
  private static final class Line implements Dialer.Session {
    boolean closed;

    @Override
    public void close() {
      closed = true;
    }
  }

  private final ManualDialer dialer = new ManualDialer();
  private final Dial dial = new Dial(dialer, "example.org");
  private final PollHarness harness = PollHarness.create();

  @TestFactory
  Stream<DynamicTest> dialsConform() {
    return Stream.of(
            FutureConformance.of(
                    "dial",
                    kit -> {
                      ManualDialer dialer = new ManualDialer();
                      kit.event(
                          "a session comes",
                          () -> dialer.callback.accept(kit.mustRelease(new Line()), null));
                      return new Dial(dialer, "example.org");
                    })
                .expectValue("be a session", Objects::nonNull),
            FutureConformance.of(
                    "dial that fails",
                    kit -> {
                      ManualDialer dialer = new ManualDialer();
                      kit.event(
                          "nobody answers",
                          () -> dialer.callback.accept(null, new IOException("busy")));
                      return new Dial(dialer, "example.org");
                    })
                .expectFailure(IOException.class),
            FutureConformance.of(
                    "dial of nobody", kit -> new Dial(new ManualDialer(), "example.org"))
                .expectNever())
        .flatMap(one -> one.checks().stream())
        .map(check -> DynamicTest.dynamicTest(check.name(), check::run));
  }

  @Test
  void nothingIsDoneBeforeTheFirstPoll() throws Exception {
    assertThat(dialer.dialled).isZero();
    assertThat(harness.poll(dial).isPending()).isTrue();
    assertThat(dialer.dialled).isOne();
  }

  @Test
  void theCallbackWakesTheTask() throws Exception {
    harness.poll(dial);
    Line line = new Line();
    dialer.callback.accept(line, null);
    assertThat(harness.woken()).isTrue();
    assertThat(harness.poll(dial).value()).isSameAs(line);
    assertThat(line.closed).isFalse();
  }

  @Test
  void aSessionThatWasNotTakenIsClosedByTheCancel() throws Exception {
    harness.poll(dial);
    Line line = new Line();
    dialer.callback.accept(line, null);
    dial.cancel();
    assertThat(line.closed).isTrue();
    assertThatThrownBy(() -> harness.poll(dial)).isInstanceOf(PollAfterEndException.class);
  }

  @Test
  void aSessionThatComesAfterTheCancelIsClosed() throws Exception {
    harness.poll(dial);
    dial.cancel();
    assertThat(dialer.aborted).isOne();
    Line line = new Line();
    dialer.callback.accept(line, null);
    assertThat(line.closed).isTrue();
  }

  @Test
  void aDialerThatAnswersFromWithinItsCallIsHeard() throws Exception {
    Line line = new Line();
    Dialer prompt =
        (host, callback) -> {
          callback.accept(line, null);
          return () -> {};
        };
    assertThat(harness.poll(new Dial(prompt, "example.org")).value()).isSameAs(line);
  }

  @Test
  void theLatestWakerIsWoken() throws Exception {
    harness.poll(dial);
    CountingWaker first = harness.replaceWaker();
    assertThat(harness.poll(dial).isPending()).isTrue();
    dialer.callback.accept(new Line(), null);
    assertThat(first.count()).isZero();
    assertThat(harness.woken()).isTrue();
  }

  @Test
  void anAbortThatThrowsIsReported() throws Exception {
    IllegalStateException failure = new IllegalStateException("too late");
    Dialer stubborn =
        (host, callback) ->
            () -> {
              throw failure;
            };
    Dial other = new Dial(stubborn, "example.org");
    harness.poll(other);
    other.cancel();
    assertThat(harness.uncaught()).containsExactly(failure);
  }

  @Test
  void aDialerThatKeepsItsCallbackKeepsNoWaker() throws Exception {
    harness.poll(dial);
    dial.cancel();
    WeakReference<Waker> shown = new WeakReference<>(harness.replaceWaker());
    harness.forget();
    for (int i = 0; i < 1_000 && shown.get() != null; i++) {
      System.gc();
    }
    assertThat(shown.get()).isNull();
    assertThat(dialer.callback).isNotNull();
  }

  /** The callback comes from another thread, again and again at about the time of the look. */
  @Test
  void noWakeUpIsLost() throws Exception {
    int rounds = 20_000;
    AtomicReference<BiConsumer<Dialer.Session, Exception>> line = new AtomicReference<>();
    AtomicInteger answered = new AtomicInteger();
    Thread exchange =
        new Thread(
            () -> {
              while (answered.get() < rounds) {
                BiConsumer<Dialer.Session, Exception> callback = line.getAndSet(null);
                if (callback != null) {
                  callback.accept(new Line(), null);
                  answered.incrementAndGet();
                } else {
                  Thread.onSpinWait();
                }
              }
            });
    exchange.setDaemon(true);
    exchange.start();
    for (int round = 1; round <= rounds; round++) {
      Dial racing =
          new Dial(
              (host, callback) -> {
                line.set(callback);
                return () -> {};
              },
              "example.org");
      boolean ready = harness.poll(racing).isReady();
      while (answered.get() < round) {
        Thread.onSpinWait();
      }
      assertThat(ready || harness.woken()).as("woken or ready in round %d", round).isTrue();
    }
    exchange.join(Duration.ofMinutes(1).toMillis());
    assertThat(exchange.isAlive()).isFalse();
  }
}
