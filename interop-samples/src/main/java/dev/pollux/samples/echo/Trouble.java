package dev.pollux.samples.echo;

import dev.pollux.io.tls.TlsCertificateException;
import dev.pollux.io.tls.TlsException;
import dev.pollux.io.tls.TlsHandshakeTimeoutException;
import java.io.IOException;
import java.util.Locale;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** What can go wrong with a connection. */
enum Trouble {
  REFUSED("refused"),
  NO_DESCRIPTOR("no descriptor left"),
  NO_PORT("no local port left"),
  NO_MEMORY("no memory left"),
  TIMED_OUT("not connected in time"),
  UNANSWERED("not answered in time"),
  CLOSED("closed by the server"),
  RESET("reset by the server"),
  UNTRUSTED("not trusted"),
  NO_TLS("no agreement on TLS"),
  WRONG_ECHO("wrong bytes came back"),
  OTHER("failed");

  private final String words;

  Trouble(String words) {
    this.words = words;
  }

  /** Names a failure. The JDK tells most of these apart by the words of the system only. */
  static Trouble of(Throwable failure) {
    if (failure instanceof OutOfMemoryError) {
      return NO_MEMORY;
    }
    if (failure instanceof TimeoutException || failure instanceof TlsHandshakeTimeoutException) {
      return TIMED_OUT;
    }
    if (failure instanceof WrongEchoException) {
      return WRONG_ECHO;
    }
    if (failure instanceof TlsCertificateException) {
      return UNTRUSTED;
    }
    if (failure instanceof TlsException) {
      return NO_TLS;
    }
    if (failure instanceof UnansweredException) {
      return UNANSWERED;
    }
    if (failure instanceof ClosedByServerException) {
      return CLOSED;
    }
    @Nullable String message = failure.getMessage();
    if (!(failure instanceof IOException) || message == null) {
      return OTHER;
    }
    String words = message.toLowerCase(Locale.ROOT);
    if (words.contains("too many open files")) {
      return NO_DESCRIPTOR;
    }
    if (words.contains("cannot assign requested address")
        || words.contains("address already in use")) {
      return NO_PORT;
    }
    if (words.contains("cannot allocate memory") || words.contains("no buffer space")) {
      return NO_MEMORY;
    }
    if (words.contains("refused")) {
      return REFUSED;
    }
    if (words.contains("timed out")) {
      return TIMED_OUT;
    }
    return words.contains("reset") || words.contains("broken pipe") ? RESET : OTHER;
  }

  /** In words: {@code closed by the server}. */
  @Override
  public String toString() {
    return words;
  }
}
