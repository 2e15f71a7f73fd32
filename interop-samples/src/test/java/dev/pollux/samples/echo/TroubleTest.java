package dev.pollux.samples.echo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

/** What failed, and what that says of the limit. */
class TroubleTest {

  private static final ProcessFacts CLIENT = new ProcessFacts(ProcessHandle.current());

  @Test
  void failuresAreNamed() {
    assertThat(Trouble.of(new ConnectException("Connection refused"))).isEqualTo(Trouble.REFUSED);
    assertThat(Trouble.of(new ConnectException("Connection timed out")))
        .isEqualTo(Trouble.TIMED_OUT);
    assertThat(Trouble.of(new TimeoutException())).isEqualTo(Trouble.TIMED_OUT);
    assertThat(Trouble.of(new SocketException("Too many open files")))
        .isEqualTo(Trouble.NO_DESCRIPTOR);
    assertThat(Trouble.of(new BindException("Cannot assign requested address")))
        .isEqualTo(Trouble.NO_PORT);
    assertThat(Trouble.of(new IOException("Connection reset by peer"))).isEqualTo(Trouble.RESET);
    assertThat(Trouble.of(new IOException("Broken pipe"))).isEqualTo(Trouble.RESET);
    assertThat(Trouble.of(new OutOfMemoryError())).isEqualTo(Trouble.NO_MEMORY);
    assertThat(Trouble.of(new ClosedByServerException())).isEqualTo(Trouble.CLOSED);
    assertThat(Trouble.of(new UnansweredException())).isEqualTo(Trouble.UNANSWERED);
    assertThat(Trouble.of(new WrongEchoException("wrong"))).isEqualTo(Trouble.WRONG_ECHO);
    assertThat(Trouble.of(new IOException())).isEqualTo(Trouble.OTHER);
    assertThat(Trouble.of(new IllegalStateException("refused"))).isEqualTo(Trouble.OTHER);
  }

  @Test
  void troublesAreCountedByKind() {
    Troubles troubles = new Troubles();
    assertThat(Troubles.words(troubles.counts())).isEqualTo("none");
    IOException first = new ClosedByServerException();
    troubles.add(first);
    troubles.add(new ConnectException("Connection refused"));
    troubles.add(new ClosedByServerException());
    troubles.add(Trouble.NO_DESCRIPTOR, 5);
    troubles.add(Trouble.NO_PORT, 0);
    assertThat(troubles.total()).isEqualTo(8);
    assertThat(troubles.first()).isSameAs(first);
    assertThat(Troubles.words(troubles.counts()))
        .isEqualTo("1 refused, 5 no descriptor left, 2 closed by the server");
  }

  @Test
  void theLimitIsNamed() {
    assertThat(limit(Trouble.NO_DESCRIPTOR).resource()).isEqualTo("descriptors of the client");
    assertThat(limit(Trouble.NO_PORT).resource()).isEqualTo("local ports");
    assertThat(limit(Trouble.NO_MEMORY).resource()).isEqualTo("memory of the client");
    assertThat(limit(Trouble.REFUSED)).isEqualTo(new Limit("the server", "it refuses connections"));
    assertThat(limit(Trouble.UNANSWERED)).isEqualTo(new Limit("time", "no answer within 15 s"));
    assertThat(limit(Trouble.CLOSED)).isEqualTo(new Limit("the server", "1 closed by the server"));
    assertThat(limit(Trouble.CLOSED, Trouble.NO_DESCRIPTOR).resource())
        .isEqualTo("descriptors of the client");
  }

  private static Limit limit(Trouble... troubles) {
    Map<Trouble, Integer> counts = new EnumMap<>(Trouble.class);
    for (Trouble trouble : troubles) {
      counts.put(trouble, 1);
    }
    InetSocketAddress anywhere = new InetSocketAddress(InetAddress.getLoopbackAddress(), 1);
    return Limit.of(counts, ServerProcess.running(anywhere, null, null), CLIENT);
  }
}
