package dev.pollux.samples.exercise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pollux.core.Future;
import dev.pollux.core.JoinHandle;
import dev.pollux.core.PollAfterEndException;
import dev.pollux.executor.PolluxRuntime;
import dev.pollux.testing.PollHarness;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.DatagramChannel;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
class UdpInboxTest {

  private final PollHarness harness = PollHarness.create();
  private SelectorLoop loop;
  private UdpInbox inbox;
  private DatagramChannel sender;

  @BeforeEach
  void open() throws IOException {
    loop = new SelectorLoop();
    inbox = new UdpInbox(loop);
    sender = DatagramChannel.open();
    sender.connect(inbox.address());
  }

  @AfterEach
  void close() throws IOException {
    sender.close();
    inbox.close();
    loop.close();
  }

  private void send(String text) throws IOException {
    sender.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
  }

  private void awaitLook() {
    while (!inbox.isLookedAt()) {
      Thread.onSpinWait();
    }
  }

  @Test
  void aReceiveThatFindsNothingIsWoken() throws Exception {
    try (PolluxRuntime runtime = PolluxRuntime.multiThread()) {
      JoinHandle<String> received = runtime.spawn(inbox.receive());
      awaitLook();
      send("late");
      assertThat(runtime.blockOn(received)).isEqualTo("late");
    }
    assertThat(loop.wakes()).isEqualTo(1);
    assertThat(inbox.isLookedAt()).isFalse();
  }

  @Test
  void nothingHappensBeforeTheFirstPoll() {
    Future<String> receive = inbox.receive();
    assertThat(inbox.isLookedAt()).isFalse();
    receive.cancel();
    assertThat(inbox.isLookedAt()).isFalse();
  }

  @Test
  void aCancelLeavesNothingBehindAndLosesNothing() throws Exception {
    Future<String> receive = inbox.receive();
    assertThat(harness.poll(receive).isPending()).isTrue();
    assertThat(inbox.isLookedAt()).isTrue();
    assertThat(inbox.hasWaker()).isTrue();
    receive.cancel();
    assertThat(inbox.isLookedAt()).isFalse();
    assertThat(inbox.hasWaker()).isFalse();
    assertThatThrownBy(() -> harness.poll(receive)).isInstanceOf(PollAfterEndException.class);
    send("kept");
    try (PolluxRuntime runtime = PolluxRuntime.currentThread()) {
      assertThat(runtime.blockOn(inbox.receive())).isEqualTo("kept");
    }
  }

  @Test
  void aCancelAfterTheEndLeavesTheNextReceiveAlone() throws Exception {
    send("one");
    Future<String> first = inbox.receive();
    try (PolluxRuntime runtime = PolluxRuntime.currentThread()) {
      runtime.blockOn(first);
    }
    Future<String> second = inbox.receive();
    assertThat(harness.poll(second).isPending()).isTrue();
    first.cancel();
    assertThat(inbox.isLookedAt()).isTrue();
    assertThat(inbox.hasWaker()).isTrue();
    second.cancel();
  }

  @Test
  void aCloseFailsTheReceiveThatWaits() {
    try (PolluxRuntime runtime = PolluxRuntime.multiThread()) {
      JoinHandle<String> received = runtime.spawn(inbox.receive());
      awaitLook();
      assertThatThrownBy(
              () -> {
                inbox.close();
                runtime.blockOn(received);
              })
          .hasRootCauseInstanceOf(ClosedChannelException.class);
    }
  }

  @Test
  void aCloseOfTheLoopFailsTheReceiveThatWaits() {
    try (PolluxRuntime runtime = PolluxRuntime.multiThread()) {
      JoinHandle<String> received = runtime.spawn(inbox.receive());
      awaitLook();
      assertThatThrownBy(
              () -> {
                loop.close();
                runtime.blockOn(received);
              })
          .hasRootCauseInstanceOf(CancelledKeyException.class);
    }
  }

  @Test
  void aCancelAfterTheLoopIsClosedDoesNotThrow() throws Exception {
    Future<String> receive = inbox.receive();
    assertThat(harness.poll(receive).isPending()).isTrue();
    loop.close();
    receive.cancel();
    assertThat(inbox.hasWaker()).isFalse();
  }

  @Test
  void aLoopThatIsClosedTakesNobody() throws Exception {
    loop.close();
    assertThatThrownBy(() -> new UdpInbox(loop)).isInstanceOf(ClosedSelectorException.class);
  }
}
