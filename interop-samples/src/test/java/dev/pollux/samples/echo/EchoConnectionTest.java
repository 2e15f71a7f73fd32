package dev.pollux.samples.echo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pollux.core.Description;
import dev.pollux.testing.PollHarness;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** One connection of a server, polled by hand. */
class EchoConnectionTest {

  private final PollHarness harness = PollHarness.create();
  private final ScriptedPeer peer = new ScriptedPeer();
  private final Tally tally = new Tally();
  private final List<EchoConnection> over = new ArrayList<>();
  private final EchoConnection connection =
      new EchoConnection(peer, peer, 1 << 16, tally, over::add);

  private boolean isReady() throws Exception {
    return harness.poll(connection).isReady();
  }

  private void assertEnded(EchoCounts counts) {
    assertThat(tally.counts()).isEqualTo(counts);
    assertThat(over).containsExactly(connection);
    assertThat(peer.isClosed()).isTrue();
  }

  @Test
  void sendsBackUntilThePeerEnds() throws Exception {
    assertThat(isReady()).isFalse();
    peer.send("ab");
    assertThat(harness.woken()).isTrue();
    assertThat(isReady()).isFalse();
    peer.send("c");
    peer.end();
    assertThat(isReady()).isTrue();
    assertThat(peer.written()).isEqualTo("abc");
    assertEnded(new EchoCounts(0, 1, 0, 0, 0, 3, 0));
  }

  @Test
  void aDrainSendsBackWhatHasComeAndAwaitsTheEndOfThePeer() throws Exception {
    peer.room(1);
    peer.send("abc");
    assertThat(isReady()).isFalse();
    connection.drain();
    assertThat(isReady()).isFalse();
    assertThat(peer.isShutDown()).isFalse();
    peer.send("d"); // comes in time, for it is there before anybody has looked
    peer.room(100);
    assertThat(harness.woken()).isTrue();
    assertThat(isReady()).isFalse();
    assertThat(peer.written()).isEqualTo("abcd");
    assertThat(peer.isShutDown()).isTrue();
    assertThat(Description.of(connection)).asString().contains("AWAIT_END", "draining");
    peer.send("late");
    assertThat(isReady()).isFalse();
    peer.end();
    assertThat(isReady()).isTrue();
    assertEnded(new EchoCounts(0, 0, 0, 1, 0, 4, 4));
  }

  @Test
  void aDrainWakesWhoIsIdle() throws Exception {
    assertThat(isReady()).isFalse();
    harness.forget();
    connection.drain();
    assertThat(harness.woken()).isTrue();
    assertThat(isReady()).isFalse();
    assertThat(peer.isShutDown()).isTrue();
    connection.cancel();
    connection.cancel();
    assertEnded(new EchoCounts(0, 0, 0, 0, 1, 0, 0));
  }

  @Test
  void aFailureIsCountedAndNoFailureOfTheTask() throws Exception {
    peer.send("ab");
    peer.fail(new IOException("reset"));
    assertThat(isReady()).isTrue();
    assertEnded(new EchoCounts(0, 0, 1, 0, 0, 2, 0));
    connection.cancel();
    assertEnded(new EchoCounts(0, 0, 1, 0, 0, 2, 0));
  }
}
