package dev.pollux.benchmarks;

import dev.pollux.core.Futures;
import dev.pollux.core.JoinEntrySize;
import dev.pollux.executor.task.RegistryShare;
import dev.pollux.executor.task.Task;
import dev.pollux.structure.StructureSizes;
import dev.pollux.sync.EventSizes;
import dev.pollux.sync.LockSizes;
import dev.pollux.sync.MpscSizes;
import dev.pollux.sync.SharedChannelSizes;
import dev.pollux.time.DelayQueue;
import dev.pollux.time.Sleep;
import dev.pollux.time.Time;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.openjdk.jol.info.ClassLayout;
import org.openjdk.jol.vm.VM;

/**
 * Prints how many bytes the objects take of which a program has many, with the headers and the
 * reference size of the virtual machine that runs this.
 */
public final class Sizes {

  private Sizes() {}

  /** Prints the sizes, a line for each class. */
  public static void main(String[] args) {
    System.out.println(
        "JDK "
            + Runtime.version()
            + ", objects of "
            + VM.current().objectAlignment()
            + " bytes' alignment");
    for (Class<?> type :
        List.of(
            Task.class,
            Sleep.class,
            DelayQueue.Key.class,
            Futures.yieldNow().getClass(),
            Time.timeout(Duration.ZERO, Futures.done()).getClass())) {
      System.out.printf("%-30s %3d%n", type.getName(), bytes(type));
    }
    System.out.printf("%-30s %3d%n", "an entry of a JoinSet", JoinEntrySize.bytes());
    System.out.printf("%-30s %3d%n", "an entry of a JoinMap", JoinEntrySize.bytesKeyed());
    System.out.printf(
        Locale.ROOT, "%-30s %5.1f%n", "a sleeping task in all", bytesPerSleepingTask());
    print("a token", StructureSizes.bytesPerToken());
    print("a token with a waiter", StructureSizes.bytesPerTokenWithWaiter());
    print("a task tracker", StructureSizes.bytesPerTracker());
    print("what a tracked future adds", StructureSizes.bytesPerTracked());
    print("a oneshot", EventSizes.bytesPerOneshot());
    print("a notify", EventSizes.bytesPerNotify());
    print("one who waits for it", EventSizes.bytesPerNotified());
    print("a watch with a receiver", EventSizes.bytesPerWatch());
    print("one more receiver", EventSizes.bytesPerWatchReceiver());
    print("one who waits for a change", EventSizes.bytesPerWatchChanged());
    print("a signal", EventSizes.bytesPerSignal());
    print("one who waits for a signal", EventSizes.bytesPerSignalTake());
    print("a value set once", EventSizes.bytesPerSetOnce());
    print("a once cell", EventSizes.bytesPerOnceCell());
    print("a barrier", EventSizes.bytesPerBarrier());
    print("an Mpsc for 1,024", MpscSizes.bytesPerBounded(1024));
    print("an Mpsc for 1", MpscSizes.bytesPerBounded(1));
    print("a chunk of it in use", MpscSizes.bytesPerChunk());
    print("an unbounded Mpsc", MpscSizes.bytesPerUnbounded());
    print("one more sender", MpscSizes.bytesPerSender());
    print("a send to an Mpsc", MpscSizes.bytesPerSend());
    print("a reserve", MpscSizes.bytesPerReserve());
    print("an empty Mpmc", SharedChannelSizes.bytesPerMpmc());
    print("one more sender of an Mpmc", SharedChannelSizes.bytesPerMpmcSender());
    print("one more receiver of an Mpmc", SharedChannelSizes.bytesPerMpmcReceiver());
    print("a send that waits", SharedChannelSizes.bytesPerWaitingSend());
    print("a recv that waits", SharedChannelSizes.bytesPerWaitingReceive());
    print("a Broadcast for 16", SharedChannelSizes.bytesPerBroadcast(16));
    print("a receiver of a Broadcast", SharedChannelSizes.bytesPerBroadcastReceiver());
    print("a recv of a Broadcast", SharedChannelSizes.bytesPerBroadcastReceive());
    print("a mutex", LockSizes.bytesPerMutex());
    print("one who waits for a mutex", LockSizes.bytesPerMutexWaiter());
    print("a semaphore", LockSizes.bytesPerSemaphore());
    print("one who waits for permits", LockSizes.bytesPerSemaphoreWaiter());
    print("a permit", LockSizes.bytesPerPermit());
    print("a read-write lock", LockSizes.bytesPerRwLock());
    print("one who waits to read or write", LockSizes.bytesPerRwLockWaiter());
  }

  private static void print(String what, long bytes) {
    System.out.printf("%-30s %3d%n", what, bytes);
  }

  /** The bytes of a task that sleeps, with its share of the registry of live tasks. */
  public static double bytesPerSleepingTask() {
    return bytes(Task.class) + bytes(Sleep.class) + RegistryShare.bytesPerTask();
  }

  /** The bytes of one instance, padding included. */
  static long bytes(Class<?> type) {
    return ClassLayout.parseClass(type).instanceSize();
  }
}
