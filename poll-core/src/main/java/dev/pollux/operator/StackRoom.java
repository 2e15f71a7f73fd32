package dev.pollux.operator;

/** Whether there is stack for more than a call or two, asked after a {@code StackOverflowError}. */
public final class StackRoom {

  /** Enough for the cancel of a source and what it calls: some 10 to 50 KB. */
  private static final int FRAMES = 500;

  private StackRoom() {}

  public static boolean isLeft() {
    try {
      return descend(FRAMES) == FRAMES;
    } catch (StackOverflowError none) {
      return false;
    }
  }

  private static int descend(int frames) {
    return frames == 0 ? 0 : descend(frames - 1) + 1;
  }
}
