package dev.pollux.executor.micrometer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pollux.core.Future;
import dev.pollux.core.Futures;
import dev.pollux.core.JoinHandle;
import dev.pollux.core.Poll;
import dev.pollux.executor.PolluxRuntime;
import io.micrometer.context.ContextRegistry;
import io.micrometer.context.ContextSnapshotFactory;
import io.micrometer.context.ThreadLocalAccessor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class MicrometerContextPropagationTest {

  private static final ThreadLocal<@Nullable String> TRACE = new ThreadLocal<>();

  /** As the MDC of a logging library: a map that is replaced as a whole. */
  private static final class DiagnosticContext
      implements ThreadLocalAccessor<Map<String, String>> {
    static final ThreadLocal<@Nullable Map<String, String>> MAP = new ThreadLocal<>();
    final AtomicInteger sets = new AtomicInteger();

    @Override
    public Object key() {
      return "mdc";
    }

    @Override
    public @Nullable Map<String, String> getValue() {
      Map<String, String> map = MAP.get();
      return map == null ? null : Map.copyOf(map);
    }

    @Override
    public void setValue(Map<String, String> value) {
      sets.incrementAndGet();
      MAP.set(value);
    }

    @Override
    public void setValue() {
      MAP.remove();
    }
  }

  private final ContextRegistry registry = new ContextRegistry();
  private final DiagnosticContext mdc = new DiagnosticContext();

  MicrometerContextPropagationTest() {
    registry.registerThreadLocalAccessor("trace", TRACE);
    registry.registerThreadLocalAccessor(mdc);
  }

  @AfterEach
  void forget() {
    TRACE.remove();
    DiagnosticContext.MAP.remove();
  }

  private MicrometerContextPropagation propagation() {
    return MicrometerContextPropagation.of(
        ContextSnapshotFactory.builder().contextRegistry(registry).clearMissing(true).build());
  }

  private static Future<String> seen() {
    return cx -> Poll.ready(TRACE.get() + " " + DiagnosticContext.MAP.get());
  }

  @Test
  void aTaskAndABlockingJobSeeWhatHeldAtTheirSpawn() throws Exception {
    try (PolluxRuntime runtime =
        PolluxRuntime.builder().workers(2).contextPropagation(propagation()).multiThread()) {
      TRACE.set("a");
      DiagnosticContext.MAP.set(Map.of("user", "u1"));
      JoinHandle<String> task =
          runtime.spawn(Futures.yieldNow().flatMap(v -> seen()));
      JoinHandle<String> job = runtime.spawnBlocking(() -> String.valueOf(TRACE.get()));
      TRACE.set("b");
      DiagnosticContext.MAP.set(Map.of());
      assertThat(task.join()).isEqualTo("a {user=u1}");
      assertThat(job.join()).isEqualTo("a");
      assertThat(TRACE.get()).isEqualTo("b");
    }
  }

  @Test
  void aTaskThatIsSpawnedInATaskSeesWhatHoldsThere() throws Exception {
    try (PolluxRuntime runtime =
        PolluxRuntime.builder().workers(1).contextPropagation(propagation()).multiThread()) {
      TRACE.set("outer");
      JoinHandle<JoinHandle<String>> outer =
          runtime.spawn(
              cx -> {
                DiagnosticContext.MAP.set(Map.of("span", "s"));
                return Poll.ready(cx.spawner().spawn(seen()));
              });
      assertThat(outer.join().join()).isEqualTo("outer {span=s}");
      // What the poll has set is undone after it.
      TRACE.remove();
      assertThat(runtime.spawn(seen()).join()).isEqualTo("null null");
    }
  }

  @Test
  void aPollIsOneSwapHoweverManyFuturesItIsMadeOf() throws Exception {
    List<String> seen = new ArrayList<>();
    try (PolluxRuntime runtime =
        PolluxRuntime.builder().workers(1).contextPropagation(propagation()).multiThread()) {
      DiagnosticContext.MAP.set(Map.of("user", "u1"));
      AtomicInteger polls = new AtomicInteger();
      Future<Integer> body =
          cx -> {
            seen.add(String.valueOf(DiagnosticContext.MAP.get()));
            if (polls.incrementAndGet() == 50) {
              return Poll.ready(50);
            }
            cx.wakeSelf();
            return Poll.pending();
          };
      Future<Integer> deep = body.map(v -> v).map(v -> v).flatMap(Futures::ready);
      assertThat(runtime.spawn(deep).join()).isEqualTo(50);
    }
    assertThat(seen).hasSize(50).containsOnly("{user=u1}");
    assertThat(mdc.sets).hasValue(50); // the worker had none, so nothing is set back
  }

  @Test
  void theCallerThatDrivesTheTaskLendsItNothingAndKeepsItsOwn() throws Exception {
    try (PolluxRuntime runtime =
        PolluxRuntime.builder().contextPropagation(propagation()).currentThread()) {
      JoinHandle<String> task = runtime.spawn(seen());
      TRACE.set("of the caller");
      assertThat(runtime.blockOn(task)).isEqualTo("null null");
      assertThat(TRACE.get()).isEqualTo("of the caller");
      assertThat(runtime.blockOn(seen())).isEqualTo("of the caller null");
    }
  }

  @Test
  void ofRegisteredUsesTheGlobalRegistry() throws Exception {
    ContextRegistry global = ContextRegistry.getInstance();
    String key = MicrometerContextPropagationTest.class.getName();
    global.registerThreadLocalAccessor(key, TRACE);
    try (PolluxRuntime runtime =
        PolluxRuntime.builder()
            .workers(1)
            .contextPropagation(MicrometerContextPropagation.ofRegistered())
            .multiThread()) {
      TRACE.set("global");
      assertThat(runtime.spawn(seen()).join()).startsWith("global ");
    } finally {
      assertThat(global.removeThreadLocalAccessor(key)).isTrue();
    }
  }
}
