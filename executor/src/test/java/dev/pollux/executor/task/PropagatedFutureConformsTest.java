package dev.pollux.executor.task;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pollux.core.Description;
import dev.pollux.core.Future;
import dev.pollux.core.Futures;
import dev.pollux.core.Poll;
import dev.pollux.testing.ConformanceKit;
import dev.pollux.testing.FutureConformance;
import dev.pollux.testing.Law;
import java.io.IOException;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The future that a task runs in place of its own, where a context is propagated. */
class PropagatedFutureConformsTest {

  private static final Propagation PROPAGATION =
      new Propagation(
          () -> () -> () -> {},
          (failure, origin) -> {
            throw new AssertionError(origin, failure);
          },
          "a test");

  private static final String BY_THE_TASK = "the task, its owner, reports it by name";

  private static <T> Future<T> propagated(Future<T> future) {
    Future<T> wrapped = PROPAGATION.capture(future);
    assertThat(wrapped).isInstanceOf(PropagatedFuture.class);
    return wrapped;
  }

  private static Stream<DynamicTest> tests(FutureConformance<?> conformance) {
    return conformance.checks().stream()
        .map(check -> DynamicTest.dynamicTest(check.law().toString(), check::run));
  }

  @TestFactory
  Stream<DynamicTest> oneThatCompletesConforms() {
    return tests(
        FutureConformance.of("propagated", kit -> propagated(child(kit)))
            .expectValue(1)
            .without(Law.THROWING_CANCEL, BY_THE_TASK));
  }

  private static Future<Integer> child(ConformanceKit kit) {
    return kit.future("child", 1);
  }

  @TestFactory
  Stream<DynamicTest> oneThatFailsConforms() {
    return tests(
        FutureConformance.<Integer>of(
                "propagated, failing",
                kit -> propagated(kit.failingFuture("child", new IOException("torn"))))
            .expectFailure(IOException.class)
            .without(Law.THROWING_CANCEL, BY_THE_TASK));
  }

  @Test
  void aDescriptionDoesNotShowIt() {
    Future<Integer> inner = Futures.<Integer>pending().map(v -> v);
    assertThat(Description.of(propagated(inner))).hasToString(Description.of(inner).toString());
    Future<Integer> unnamed = cx -> Poll.pending();
    assertThat(Description.of(propagated(unnamed))).hasToString(Description.of(unnamed).toString());
    inner.cancel(); // nobody has used it
  }
}
