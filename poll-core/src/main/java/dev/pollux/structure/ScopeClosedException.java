package dev.pollux.structure;

import org.jspecify.annotations.Nullable;

/**
 * Thrown by a spawn into a {@link TaskScope} that takes no more children: it was closed, or one of
 * its children has failed, which is the {@linkplain #getCause cause} then. The child that was to be
 * spawned has been cancelled.
 */
public final class ScopeClosedException extends IllegalStateException {

  private static final long serialVersionUID = 1L;

  ScopeClosedException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
