package dev.pollux.samples.echo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pollux.core.Futures;
import dev.pollux.core.Poll;
import dev.pollux.io.AsyncRead;
import dev.pollux.testing.PollHarness;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The end of what a connection reads. */
@Timeout(120)
class EchoSourceTest {

  private static final int ROUNDS = 100_000;

  @Test
  void aDrainThatMeetsAReadEndsItOrWakesIt() throws Exception {
    EchoSource[] sources = new EchoSource[ROUNDS];
    for (int i = 0; i < ROUNDS; i++) {
      sources[i] = new EchoSource(new ScriptedPeer());
    }
    AtomicInteger turn = new AtomicInteger(-1);
    Thread drains =
        new Thread(
            () -> {
              for (int i = 0; i < ROUNDS; i++) {
                while (turn.get() < i) {
                  Thread.onSpinWait();
                }
                sources[i].drain();
              }
            });
    drains.start();
    PollHarness[] harnesses = new PollHarness[ROUNDS];
    int[] answers = new int[ROUNDS];
    ByteBuffer buffer = ByteBuffer.allocate(1);
    for (int i = 0; i < ROUNDS; i++) {
      harnesses[i] = PollHarness.create();
      EchoSource source = sources[i];
      turn.set(i);
      answers[i] =
          harnesses[i]
              .poll(Futures.pollFn(cx -> Poll.ready(source.pollRead(cx, buffer)), () -> {}))
              .value();
    }
    drains.join();
    for (int i = 0; i < ROUNDS; i++) {
      assertThat(answers[i] == AsyncRead.EOF || harnesses[i].woken()).as("round " + i).isTrue();
      assertThat(sources[i].hasPeerEnded()).isFalse();
    }
  }
}
