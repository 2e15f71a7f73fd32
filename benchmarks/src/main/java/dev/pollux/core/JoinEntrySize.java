package dev.pollux.core;

import org.openjdk.jol.info.ClassLayout;

/** What a set holds for each of its tasks, besides the task. */
public final class JoinEntrySize {

  private JoinEntrySize() {}

  /** The bytes of an entry of a {@link JoinSet}, padding included. */
  public static long bytes() {
    return ClassLayout.parseClass(JoinedTasks.Entry.class).instanceSize();
  }

  /** The bytes of an entry of a {@link JoinMap}, padding included, without its place by key. */
  public static long bytesKeyed() {
    return ClassLayout.parseClass(JoinMap.KeyedEntry.class).instanceSize();
  }
}
