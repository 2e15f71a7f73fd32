package dev.pollux.executor.task;

import org.openjdk.jol.info.ClassLayout;
import org.openjdk.jol.vm.VM;

/** What the registry of live tasks takes for one of them. */
public final class RegistryShare {

  private RegistryShare() {}

  /**
   * The bytes for one task among many: a share of its page, of the slots of the page, and of the
   * reference to the page.
   */
  public static double bytesPerTask() {
    long page = ClassLayout.parseClass(TaskPage.class).instanceSize();
    long slots = VM.current().sizeOf(new Task<?>[TaskPage.SLOTS]);
    return (double) (page + slots + referenceBytes()) / TaskPage.SLOTS;
  }

  private static long referenceBytes() {
    return VM.current().arrayIndexScale("java.lang.Object");
  }
}
