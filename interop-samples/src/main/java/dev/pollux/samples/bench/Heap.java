package dev.pollux.samples.bench;

import java.util.List;

/**
 * The heap that a workload is measured with. It is touched before the clock starts: the first touch
 * of a page costs more than most of what is measured.
 */
enum Heap {
  /** For all that leaves little behind. */
  USUAL("-Xms800m -Xmx6g -Xmn400m"),
  /** For a million tasks alive at once. */
  FOR_A_MILLION("-Xms2g -Xmx6g"),
  /** For what must fit in it. */
  TWO_GIGABYTES("-Xms2g -Xmx2g");

  private final String sizes;

  Heap(String sizes) {
    this.sizes = sizes;
  }

  /** As options of the virtual machine. */
  List<String> options() {
    return List.of((sizes + " -XX:+AlwaysPreTouch").split(" ", -1));
  }
}
