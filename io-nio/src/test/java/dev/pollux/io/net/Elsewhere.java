package dev.pollux.io.net;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;

/** What a thread of its own does: a peer with a blocking socket, say. */
public final class Elsewhere<T> {

  private static final long LIMIT_SECONDS = 60;

  private final FutureTask<T> end;

  private Elsewhere(Callable<T> body) {
    end = new FutureTask<>(body);
  }

  /** Begins {@code body}. */
  public static <T> Elsewhere<T> run(Callable<T> body) {
    Elsewhere<T> elsewhere = new Elsewhere<>(body);
    Thread thread = new Thread(elsewhere.end, "elsewhere");
    thread.setDaemon(true);
    thread.start();
    return elsewhere;
  }

  /** Waits for its end; fails if it failed. */
  @CanIgnoreReturnValue
  public T result() throws Exception {
    return end.get(LIMIT_SECONDS, TimeUnit.SECONDS);
  }
}
