package dev.pollux.samples.terminal;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Turns the signal that would end the process (Ctrl-C, or a polite kill) into a request to stop,
 * and holds the process until the request has been met.
 *
 * <p>The virtual machine answers the signal by running its shutdown hooks, and ends when they have:
 * with exit code 130 after Ctrl-C.
 *
 * @threading {@code isRequested} from any thread; {@code onRequest} and {@code close} belong to the
 *     one who listens
 */
public final class Interruption implements AutoCloseable {

  /** How long the process may take to stop. */
  private static final long PATIENCE_SECONDS = 10;

  private final Thread hook = new Thread(this::request, "interruption");
  private final CountDownLatch met = new CountDownLatch(1);
  private volatile boolean requested;

  /** Guarded by this. */
  private @Nullable Runnable reaction;

  private Interruption() {}

  /** Listens until it is closed. */
  public static Interruption listen() {
    Interruption interruption = new Interruption();
    try {
      Runtime.getRuntime().addShutdownHook(interruption.hook);
    } catch (IllegalStateException shuttingDown) {
      interruption.requested = true;
    }
    return interruption;
  }

  /**
   * Runs {@code reaction} at the request, on another thread; at once if it was made already. Takes
   * the place of the reaction given before.
   */
  public void onRequest(Runnable reaction) {
    synchronized (this) {
      if (!requested) {
        this.reaction = reaction;
        return;
      }
    }
    reaction.run();
  }

  /** Whether the signal has come. */
  public boolean isRequested() {
    return requested;
  }

  private void request() {
    Runnable reaction;
    synchronized (this) {
      requested = true;
      reaction = this.reaction;
    }
    if (reaction != null) {
      reaction.run();
    }
    try {
      boolean inTime = met.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
      if (!inTime) {
        System.err.println("pollux: did not stop within " + PATIENCE_SECONDS + " seconds");
      }
    } catch (InterruptedException hurried) {
      Thread.currentThread().interrupt();
    }
  }

  /** Says that the request has been met, or that none is listened to any more. */
  @Override
  public void close() {
    met.countDown();
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException shuttingDown) {
      // Then the hook has been waiting for the line above.
    }
  }
}
