package dev.pollux.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pollux.spi.Services;
import dev.pollux.spi.TaskLocals;
import org.junit.jupiter.api.Test;

class TaskLocalTest {

  private static final TaskLocal<String> USER = new TaskLocal<>("user");
  private static final TaskLocal<Integer> DEPTH = new TaskLocal<>("depth");

  private final Poller poller = new Poller(new Services() {}, 1, false);

  private <T> T run(Future<T> future) throws Exception {
    Poller before = poller.attach();
    try {
      return poller.poll(future, Waker.noop()).value();
    } finally {
      Poller.reattach(before);
    }
  }

  @Test
  void aValueHoldsInItsScopeOnly() throws Exception {
    Future<String> body = cx -> Poll.ready(USER.get(cx).orElse("nobody"));
    assertThat(run(USER.scope("ada", body))).isEqualTo("ada");
    assertThat(run(body)).isEqualTo("nobody");
  }

  @Test
  void anInnerScopeHidesTheOuterOneAndKeepsOtherKeys() throws Exception {
    Future<String> body =
        cx -> Poll.ready(USER.get(cx).orElseThrow() + DEPTH.get(cx).orElseThrow());
    assertThat(run(DEPTH.scope(3, USER.scope("ada", USER.scope("grace", body)))))
        .isEqualTo("grace3");
  }

  @Test
  void aLambdaWithoutAContextReadsIt() throws Exception {
    assertThat(USER.get()).isEmpty();
    assertThat(run(USER.scope("ada", Futures.lazy(() -> USER.get().orElse("nobody")))))
        .isEqualTo("ada");
    assertThat(USER.get()).isEmpty();
  }

  @Test
  void theScopeEndsWithAPollThatThrows() {
    Future<String> failing =
        cx -> {
          throw new IllegalStateException("no");
        };
    assertThatThrownBy(() -> run(USER.scope("ada", failing))).hasMessage("no");
    assertThat(poller.innermost()).isNull();
  }

  @Test
  void nullsAreRefusedByName() {
    assertThatThrownBy(() -> USER.scope(null, Futures.ready(1))).hasMessage("value");
    assertThatThrownBy(() -> USER.scope("ada", null)).hasMessage("future");
    assertThatThrownBy(() -> new TaskLocal<>(null)).hasMessage("name");
  }

  @Test
  void bindingsPrintInnermostFirst() {
    assertThat(TaskLocals.empty().with(USER, "ada").with(DEPTH, 2))
        .hasToString("TaskLocals[depth=2, user=ada]");
  }
}
