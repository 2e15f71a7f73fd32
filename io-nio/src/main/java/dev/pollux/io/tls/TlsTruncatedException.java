package dev.pollux.io.tls;

/**
 * The bytes of the peer came to their end, and the peer had not said that they would: somebody may
 * have cut them off. What was read before is whole and in order, but may not be all.
 */
public final class TlsTruncatedException extends TlsException {

  private static final long serialVersionUID = 1L;

  TlsTruncatedException(String message) {
    super(message, null);
  }
}
