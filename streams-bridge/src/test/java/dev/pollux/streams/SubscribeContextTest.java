package dev.pollux.streams;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pollux.core.AsyncIterator;
import dev.pollux.core.AsyncIterators;
import dev.pollux.executor.PolluxRuntime;
import dev.pollux.executor.micrometer.MicrometerContextPropagation;
import io.micrometer.context.ContextRegistry;
import io.micrometer.context.ContextSnapshotFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;

/** A subscription is a task: its source sees the thread-locals of whoever subscribed. */
@Timeout(60)
class SubscribeContextTest {

  private static final ThreadLocal<@Nullable String> TRACE = new ThreadLocal<>();

  private final ContextRegistry registry = new ContextRegistry();

  @AfterEach
  void forget() {
    TRACE.remove();
  }

  @Test
  void eachSubscriptionSeesWhatHeldAtItsSubscribe() {
    registry.registerThreadLocalAccessor("trace", TRACE);
    ContextSnapshotFactory snapshots =
        ContextSnapshotFactory.builder().contextRegistry(registry).clearMissing(true).build();
    try (PolluxRuntime runtime =
        PolluxRuntime.builder()
            .workers(2)
            .contextPropagation(MicrometerContextPropagation.of(snapshots))
            .multiThread()) {
      Publisher<String> publisher = Streams.toPublisher(SubscribeContextTest::traces, runtime);
      TRACE.set("assembly");
      Flux<String> flux = Flux.from(publisher);
      TRACE.set("first");
      var first = flux.collectList().toFuture();
      TRACE.set("second");
      var second = flux.collectList().toFuture();
      TRACE.remove();
      var none = flux.collectList().toFuture();
      assertThat(first.join()).hasSize(300).containsOnly("first"); // in more than one poll
      assertThat(second.join()).hasSize(300).containsOnly("second");
      assertThat(none.join()).hasSize(300).containsOnly("null");
    }
  }

  private static AsyncIterator<String> traces() {
    return AsyncIterators.range(0, 300).map(i -> String.valueOf(TRACE.get()));
  }
}
