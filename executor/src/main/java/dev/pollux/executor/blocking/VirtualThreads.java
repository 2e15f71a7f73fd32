package dev.pollux.executor.blocking;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.concurrent.ThreadFactory;

/** The virtual threads of newer JDKs, which the JDK that Pollux is compiled for does not know. */
public final class VirtualThreads {

  /** The first JDK that has them for good. */
  private static final int FIRST_JDK = 21;

  private VirtualThreads() {}

  /**
   * Refuses a JDK that has no virtual threads.
   *
   * @param what what asks for them, for the message
   * @throws UnsupportedOperationException if this JDK has none
   */
  public static void require(String what) {
    if (Runtime.version().feature() < FIRST_JDK) {
      throw new UnsupportedOperationException(
          what + " needs JDK " + FIRST_JDK + " or later, this is JDK " + Runtime.version());
    }
  }

  /** Makes virtual threads named {@code prefix} and a number, from 1. */
  static ThreadFactory named(String prefix) {
    require("a factory of virtual threads");
    try {
      MethodHandles.Lookup lookup = MethodHandles.publicLookup();
      Class<?> builder = Class.forName("java.lang.Thread$Builder");
      Class<?> ofVirtual = Class.forName("java.lang.Thread$Builder$OfVirtual");
      MethodHandle begin =
          lookup.findStatic(Thread.class, "ofVirtual", MethodType.methodType(ofVirtual));
      MethodHandle name =
          lookup.findVirtual(
              ofVirtual, "name", MethodType.methodType(ofVirtual, String.class, long.class));
      MethodHandle factory =
          lookup.findVirtual(builder, "factory", MethodType.methodType(ThreadFactory.class));
      Object named = name.invoke(begin.invoke(), prefix, 1L);
      return (ThreadFactory) factory.invoke(named);
    } catch (Throwable broken) {
      throw new IllegalStateException(
          "JDK " + Runtime.version() + " does not make virtual threads as JDK 21 does", broken);
    }
  }
}
