package dev.pollux.samples.echo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pollux.core.Description;
import dev.pollux.core.Future;
import dev.pollux.core.Futures;
import dev.pollux.core.Poll;
import dev.pollux.testing.PollHarness;
import java.io.IOException;
import java.net.ConnectException;
import org.junit.jupiter.api.Test;

/** One connection of a client, polled by hand. */
class LoadConnectionTest {

  private static final int SIZE = LoadNotes.SIZE;

  private final PollHarness harness = PollHarness.create();
  private final ScriptedPeer server = new ScriptedPeer();
  private final LoadNotes notes = new LoadNotes();
  private final LoadConnection<ScriptedPeer> connection =
      new LoadConnection<>(notes, 7, Futures.ready(server));

  private boolean isReady() throws Exception {
    return harness.poll(connection).isReady();
  }

  private void assertFailed(Trouble trouble) throws Exception {
    assertThat(isReady()).isTrue();
    assertThat(notes.troubles).containsExactly(trouble);
    assertThat(server.isClosed()).isTrue();
    connection.cancel();
    assertThat(notes.troubles).hasSize(1);
  }

  @Test
  void theFirstRequestIsSentAndTheOthersWaitForTheWindow() throws Exception {
    assertThat(isReady()).isFalse();
    assertThat(server.writtenBytes()).isEqualTo(SIZE);
    assertThat(connection.isAsking()).isTrue();
    server.echo();
    assertThat(isReady()).isFalse();
    assertThat(notes.answers).containsExactly("first");
    assertThat(connection.isAsking()).isFalse();
    assertThat(Description.of(connection)).asString().contains("the window");

    harness.forget();
    notes.window.open();
    connection.goOn();
    assertThat(harness.woken()).isTrue();
    for (int i = 0; i < 3; i++) {
      assertThat(isReady()).isFalse();
      server.echo();
    }
    notes.window.close();
    assertThat(isReady()).isFalse();
    assertThat(notes.answers).containsExactly("first", "next", "next", "next");
    assertThat(notes.sent).isEqualTo(4 * SIZE);
    assertThat(notes.received).isEqualTo(4 * SIZE);

    connection.cancel();
    assertThat(server.isClosed()).isTrue();
    assertThat(notes.troubles).isEmpty();
  }

  @Test
  void aRequestGoesOutAndComesBackInParts() throws Exception {
    notes.window.open();
    for (int i = 0; i < 30; i++) {
      server.room(1 + i % 9);
      assertThat(isReady()).isFalse();
      server.echo();
    }
    assertThat(notes.received).isBetween(notes.sent - 9, notes.sent);
    assertThat(notes.answers).hasSize(notes.received / SIZE);
  }

  @Test
  void whatGoesWrongIsTold() throws Exception {
    assertThat(isReady()).isFalse();
    server.end();
    assertFailed(Trouble.CLOSED);
  }

  @Test
  void anEndBetweenRequestsIsSeenAtOnce() throws Exception {
    assertThat(isReady()).isFalse();
    server.echo();
    assertThat(isReady()).isFalse();
    server.end();
    assertFailed(Trouble.CLOSED);
  }

  @Test
  void bytesThatWereNotSentAreWrong() throws Exception {
    assertThat(isReady()).isFalse();
    server.send(new byte[SIZE]);
    assertFailed(Trouble.WRONG_ECHO);
  }

  @Test
  void bytesBetweenRequestsAreWrong() throws Exception {
    assertThat(isReady()).isFalse();
    server.echo();
    server.send("x");
    assertFailed(Trouble.WRONG_ECHO);
  }

  @Test
  void anEchoBeforeTheRequestIsWrong() throws Exception {
    server.room(10);
    assertThat(isReady()).isFalse();
    server.echo();
    server.send("what is still to be sent can't be known");
    assertFailed(Trouble.WRONG_ECHO);
  }

  @Test
  void aResetIsTold() throws Exception {
    server.fail(new IOException("Connection reset by peer"));
    assertFailed(Trouble.RESET);
  }

  @Test
  void whoHangsIsGivenUp() throws Exception {
    assertThat(isReady()).isFalse();
    harness.forget();
    connection.giveUp();
    assertThat(harness.woken()).isTrue();
    assertFailed(Trouble.UNANSWERED);
  }

  @Test
  void whoHangsWhileItConnectsIsGivenUp() throws Exception {
    boolean[] cancelled = {false};
    Future<ScriptedPeer> never = Futures.pollFn(cx -> Poll.pending(), () -> cancelled[0] = true);
    LoadConnection<ScriptedPeer> hanging = new LoadConnection<>(notes, 1, never);
    assertThat(harness.poll(hanging).isReady()).isFalse();
    hanging.giveUp();
    assertThat(harness.poll(hanging).isReady()).isTrue();
    assertThat(notes.troubles).containsExactly(Trouble.UNANSWERED);
    assertThat(cancelled[0]).isTrue();
  }

  @Test
  void whoCanNotConnectIsTold() throws Exception {
    LoadConnection<ScriptedPeer> refused =
        new LoadConnection<>(notes, 1, Futures.failed(new ConnectException("Connection refused")));
    assertThat(harness.poll(refused).isReady()).isTrue();
    assertThat(notes.troubles).containsExactly(Trouble.REFUSED);
  }
}
