package dev.pollux.structure;

import org.jspecify.annotations.Nullable;

/**
 * Cancels a token when it is closed, unless it was disarmed: see {@link CancellationToken#guard()}.
 *
 * <p>Source: {@code DropGuard} of tokio_util.
 *
 * @threading one thread at a time
 */
public final class CancelGuard implements AutoCloseable {

  /** Null once closed or disarmed. */
  private @Nullable CancellationToken token;

  CancelGuard(CancellationToken token) {
    this.token = token;
  }

  /** Makes {@link #close()} do nothing. Idempotent. */
  public void disarm() {
    token = null;
  }

  /** Cancels the token, unless this was disarmed. Idempotent; never throws. */
  @Override
  public void close() {
    CancellationToken token = this.token;
    this.token = null;
    if (token != null) {
      token.cancel();
    }
  }

  @Override
  public String toString() {
    return "CancelGuard[" + (token == null ? "closed or disarmed" : "armed") + "]";
  }
}
