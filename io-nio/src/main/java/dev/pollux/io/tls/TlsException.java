package dev.pollux.io.tls;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * TLS could not be begun, or can't go on. After it a stream gives no more bytes and takes none.
 *
 * <p>The kinds that a program may want to tell apart are subclasses; this class itself stands for
 * the rest, such as a peer that speaks no TLS, or bytes that were changed on their way.
 */
public class TlsException extends IOException {

  private static final long serialVersionUID = 1L;

  /**
   * Makes one.
   *
   * @param message what has happened
   * @param cause what the JDK said, if it did
   */
  public TlsException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
