package dev.pollux.streams.bridge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pollux.core.Discard;
import dev.pollux.streams.ManualPublisher;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class UpstreamTest {

  private final List<Throwable> uncaught = new ArrayList<>();
  private final Upstream upstream =
      new Upstream(Discard.closing(value -> {}, (failure, origin) -> uncaught.add(failure)));
  private final ManualPublisher.Asked asked = new ManualPublisher.Asked();

  @Test
  void aCancelByAnotherThreadWaitsUntilTheRequestIsOver() {
    List<Thread> cancellers = new ArrayList<>();
    asked.onCancel = () -> cancellers.add(Thread.currentThread());
    asked.onRequest =
        n -> {
          // Rule 2.7: the other thread leaves its cancel to this one, and goes its way.
          CompletableFuture.runAsync(upstream::cancel).orTimeout(30, TimeUnit.SECONDS).join();
          assertThat(asked.calls).containsExactly("request 3");
        };
    upstream.arrive(asked);
    assertThat(upstream.request(3)).isNull();
    assertThat(asked.calls).containsExactly("request 3", "cancel");
    assertThat(cancellers).containsExactly(Thread.currentThread());
  }

  @Test
  void aCancelFromInsideTheRequestDoesNotWait() {
    asked.onRequest =
        n -> {
          upstream.cancel();
          assertThat(asked.calls).containsExactly("request 1", "cancel");
        };
    upstream.arrive(asked);
    assertThat(upstream.request(1)).isNull();
    assertThat(asked.calls).containsExactly("request 1", "cancel");
  }

  @Test
  void nothingIsAskedAfterCancelNorCancelledTwice() {
    upstream.arrive(asked);
    upstream.cancel();
    upstream.cancel();
    assertThat(upstream.request(1)).isNull();
    upstream.close();
    assertThat(asked.calls).containsExactly("cancel");
  }

  @Test
  void anEndedUpstreamIsNotCancelled() {
    upstream.arrive(asked);
    upstream.close();
    upstream.cancel();
    assertThat(upstream.request(1)).isNull();
    assertThat(asked.calls).isEmpty();
  }

  @Test
  void theFirstSubscriptionIsTakenUnlessItComesTooLate() {
    ManualPublisher.Asked second = new ManualPublisher.Asked();
    assertThat(upstream.hasArrived()).isFalse();
    upstream.cancel();
    upstream.arrive(asked);
    upstream.arrive(second);
    assertThat(asked.calls).containsExactly("cancel");
    assertThat(second.calls).containsExactly("cancel");
  }

  @Test
  void whatTheSubscriptionThrowsIsReturnedOrReported() {
    IllegalStateException fromRequest = new IllegalStateException("request");
    IllegalStateException fromCancel = new IllegalStateException("cancel");
    asked.onRequest =
        n -> {
          throw fromRequest;
        };
    asked.onCancel =
        () -> {
          throw fromCancel;
        };
    upstream.arrive(asked);
    assertThat(upstream.request(1)).isSameAs(fromRequest);
    upstream.cancel();
    assertThat(uncaught).containsExactly(fromCancel);
  }

  @Test
  void saysWhatStateItIsIn() {
    assertThat(upstream).hasToString("Upstream[NONE]");
    asked.onRequest = n -> assertThat(upstream).hasToString("Upstream[ARRIVED|REQUESTING]");
    upstream.arrive(asked);
    assertThat(upstream.request(1)).isNull();
    upstream.cancel();
    assertThat(upstream).hasToString("Upstream[ARRIVED|CLOSED]");
  }
}
