package dev.pollux.samples.bench;

/** A million pseudo-random durations of 1 to 1000 ms, the same for every runtime measured. */
public final class Millis {

  /** How many there are. */
  public static final int COUNT = 1_000_000;

  private static final int[] MILLIS = millis();

  private Millis() {}

  /** The duration of that index, below {@link #COUNT}. */
  public static int get(int index) {
    return MILLIS[index];
  }

  private static int[] millis() {
    int[] millis = new int[COUNT];
    long x = 0x9E3779B97F4A7C15L;
    for (int i = 0; i < COUNT; i++) {
      x ^= x << 13;
      x ^= x >>> 7;
      x ^= x << 17;
      millis[i] = 1 + (int) ((x >>> 11) % 1000);
    }
    return millis;
  }
}
