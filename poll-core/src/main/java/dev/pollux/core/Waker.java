package dev.pollux.core;

/**
 * How a future that answered {@link Pending} asks to be polled again.
 *
 * <p>Within one task (or one child of a set) the same waker object is shown from poll to poll, so a
 * leaf may skip storing it again when it is identical to the one it holds. Waking twice, too early,
 * or after completion is harmless; not waking is the bug that hangs a program.
 *
 * <p>Source: {@code std::task::Waker} of Rust; cloning and dropping are the garbage collector's
 * work here.
 *
 * @threading {@link #wake()} may be called from any thread, and from inside a poll
 */
@FunctionalInterface
public interface Waker {

  /**
   * Asks that the future be polled again.
   *
   * <p>Never runs user code or a poll inline, never blocks and never throws. What happened before
   * this call is seen by a poll that starts after it.
   *
   * @threading callable from any thread, from several at once, and from inside any poll
   */
  void wake();

  /** A waker that wakes nobody, for a poll whose answer {@code Pending} is not waited for. */
  static Waker noop() {
    return NoopWaker.INSTANCE;
  }
}
