package dev.pollux.samples.exercise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pollux.core.Futures;
import dev.pollux.core.Poll;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class MiniExecutorTest {

  private final MiniExecutor executor = new MiniExecutor();

  @Test
  void nothingHappensBeforeItRuns() throws Exception {
    List<String> steps = new ArrayList<>();
    executor.spawn(new Walker("one", steps));
    assertThat(steps).isEmpty();
    assertThat(executor.run()).isEqualTo(3);
    assertThat(steps).containsExactly("one 1", "one 2", "one 3");
  }

  @Test
  void tasksTakeTurns() throws Exception {
    List<String> steps = new ArrayList<>();
    executor.spawn(new Walker("left", steps));
    executor.spawn(new Walker("right", steps));
    executor.run();
    assertThat(steps)
        .containsExactly("left 1", "right 1", "left 2", "right 2", "left 3", "right 3");
  }

  @Test
  void aWakeFromAnotherThreadMakesOnePoll() throws Exception {
    Letter letter = new Letter();
    Thread postman = new Thread(() -> letter.deliver("hello"));
    List<String> read = new ArrayList<>();
    executor.spawn(letter.inspect(read::add));
    executor.spawn(Futures.lazy(() -> start(postman)));
    assertThat(executor.run()).isEqualTo(3);
    assertThat(read).containsExactly("hello");
  }

  @Test
  void manyWakesBeforeAPollMakeOne() throws Exception {
    int[] polls = {0};
    executor.spawn(
        Futures.pollFn(
            cx -> {
              cx.waker().wake();
              cx.waker().wake();
              cx.wakeSelf();
              return ++polls[0] < 2 ? Poll.pending() : Poll.done();
            }));
    executor.spawn(new Walker("other", new ArrayList<>()));
    assertThat(executor.run()).isEqualTo(2 + 3);
  }

  @Test
  void aFailureIsThrown() throws Exception {
    executor.spawn(Futures.failed(new IOException("gone")));
    assertThatThrownBy(executor::run).isInstanceOf(IOException.class).hasMessage("gone");
    executor.spawn(new Walker("other", new ArrayList<>()));
    assertThat(executor.run()).isEqualTo(3);
  }

  private static String start(Thread thread) {
    thread.start();
    return "started";
  }
}
