package dev.pollux.samples.echo;

import java.lang.management.ManagementFactory;

/**
 * What a virtual machine knows of itself.
 *
 * @param heapBytes what is alive in its heap
 * @param threads of the platform, which run
 */
public record JvmFacts(long heapBytes, int threads) {

  /** Those of the machine that this runs on, after a collection. */
  public static JvmFacts here() {
    System.gc();
    return new JvmFacts(
        ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed(),
        ManagementFactory.getThreadMXBean().getThreadCount());
  }

  /** As a line, for another process. */
  public String toLine() {
    return heapBytes + " " + threads;
  }

  /**
   * Those that a line has.
   *
   * @throws IllegalArgumentException if it is no such line
   */
  static JvmFacts ofLine(String line) {
    String[] words = line.split(" ", -1);
    if (words.length != 2) {
      throw new IllegalArgumentException("no facts of a virtual machine: " + line);
    }
    return new JvmFacts(Long.parseLong(words[0]), Integer.parseInt(words[1]));
  }
}
