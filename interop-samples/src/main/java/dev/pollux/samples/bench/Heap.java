package dev.pollux.samples.bench;

import java.util.List;

/**
 * The heap that a workload is measured with. It is touched before the clock starts: the first touch
 * of a page costs more than most of what is measured.
 */
enum Heap {
  /** For all that leaves little behind. */
  USUAL,
  /** For a million tasks alive at once. */
  FOR_A_MILLION;

  /** As options of the virtual machine. */
  List<String> options() {
    return this == USUAL
        ? List.of("-Xms800m", "-Xmx6g", "-Xmn400m", "-XX:+AlwaysPreTouch")
        : List.of("-Xms2g", "-Xmx6g", "-XX:+AlwaysPreTouch");
  }
}
