package dev.pollux.operator;

/** Whether there is stack for more than a call or two, asked after a {@code StackOverflowError}. */
public final class StackRoom {

  /** Enough for the cancel of a source and what it calls: some 10 to 50 KB. */
  private static final int FRAMES = 500;

  /** A stream of fewer stages does not fill a stack by itself. */
  private static final int MANY = 100;

  private StackRoom() {}

  public static boolean isLeft() {
    try {
      return descend(FRAMES) == FRAMES;
    } catch (StackOverflowError none) {
      return false;
    }
  }

  /**
   * What a stream fails with that has more stages than the stack has room for: a clear message in
   * place of none. An overflow of another kind, in a user's function, say, is answered as it is.
   */
  static StackOverflowError explain(StackOverflowError overflow, int stages) {
    if (stages < MANY || overflow.getMessage() != null) {
      return overflow;
    }
    StackOverflowError explained =
        new StackOverflowError(
            "a stream of more than "
                + stages
                + " stages, one inside the other, is too deep for the stack of its thread: let a task"
                + " of its own run a part of it, by spawned(capacity), or give the thread more stack");
    explained.initCause(overflow);
    return explained;
  }

  private static int descend(int frames) {
    return frames == 0 ? 0 : descend(frames - 1) + 1;
  }
}
