package dev.pollux.io.process;

import static java.util.Objects.requireNonNull;

import dev.pollux.core.AsyncIterator;
import dev.pollux.core.Future;
import dev.pollux.spi.Unpolled;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What the system, or somebody at the keyboard, asks of this process.
 *
 * <pre>{@code
 * runtime.blockOn(Futures.race(serve(listener), Signals.ctrlC()));
 * // a server that reads its settings again:
 * runtime.spawn(Signals.signal("HUP").forEach(times -> settings.reload())).detach();
 * }</pre>
 *
 * <p>To end a server in order, use {@link GracefulShutdown}, which listens by itself.
 *
 * <p><b>Who gets a signal.</b> While somebody listens, a signal comes to all who do, and to nobody
 * else: the virtual machine does not end of a Ctrl-C then. As soon as nobody listens it goes where
 * it went before. So the first Ctrl-C completes the future of somebody who waits for it, and a
 * second one, while the program is busy with its end, ends the virtual machine at once. A future
 * listens from its first poll until it has completed or is cancelled; whoever is to miss nothing
 * between one signal and the next uses {@link #signal}, which listens until it is cancelled.
 *
 * <p>What another library has installed is put back when the last of ours has left; what it
 * installs meanwhile stays.
 *
 * <p><b>Where signals can't be heard.</b> They are heard by {@code sun.misc.Signal}, which is in
 * the module {@code jdk.unsupported}. A program on the class path has it; one that is a module, or
 * is linked with {@code jlink}, must add it. Without it, and where the machine is told to leave
 * signals alone ({@code -Xrs}), {@link #ctrlC()} and {@link #termination()} complete, both, when
 * the virtual machine begins to end, of whatever. It does not wait for what the program does then;
 * a {@link GracefulShutdown} holds it up. With {@code -Xrs} the system ends the process of a
 * signal, without a word to the machine.
 *
 * <p>A signal that this process was started to ignore, as {@code nohup} and shells do for some, is
 * ignored still: nothing completes.
 *
 * <p>Source: {@code tokio::signal}, where the first use takes a signal for good.
 *
 * @threading any thread; what is made belongs to the task that polls it
 */
public final class Signals {

  private static final SignalSource SYSTEM = SystemSignals.find();

  private static final Map<String, SignalListeners> ALL = new ConcurrentHashMap<>();

  private Signals() {}

  /**
   * Completes at the next Ctrl-C ({@code SIGINT}) that comes after its first poll. Any number of
   * these may wait; each is told. Takes no budget.
   *
   * @cancellation it listens no longer
   */
  public static Future<Void> ctrlC() {
    return Unpolled.made(new AwaitSignal(listeners("INT")));
  }

  /**
   * Completes at the next polite request to end ({@code SIGTERM}, that of {@code kill} and of
   * whatever stops services and containers) that comes after its first poll. Any number of these
   * may wait; each is told. Takes no budget.
   *
   * @cancellation it listens no longer
   */
  public static Future<Void> termination() {
    return Unpolled.made(new AwaitSignal(listeners("TERM")));
  }

  /**
   * Tells of each time that a signal comes, from its first poll on, and without end.
   *
   * <p>An element says how often it has come since the last element: at least 1. The system itself
   * makes one of several that come at once.
   *
   * <p>It fails at its first poll with an {@link UnsupportedOperationException} if the signal can't
   * be heard: the virtual machine uses it itself ({@code QUIT}, {@code USR1}, {@code SEGV}), or the
   * system lets nobody hear it ({@code KILL}).
   *
   * @param name the name of the signal without {@code SIG}, such as {@code HUP}
   * @throws IllegalArgumentException if the system has none of that name
   * @cancellation it listens no longer; what has come since the last element is forgotten
   */
  public static AsyncIterator<Long> signal(String name) {
    if (requireNonNull(name, "name").isEmpty() || name.startsWith("SIG")) {
      throw new IllegalArgumentException(
          "name must be that of a signal without SIG, such as HUP, was \"" + name + '"');
    }
    try {
      SYSTEM.check(name);
    } catch (IllegalArgumentException unknown) {
      throw new IllegalArgumentException(
          "name must be that of a signal of this system, was \"" + name + '"', unknown);
    }
    return Unpolled.made(new SignalArrivals(listeners(name)));
  }

  /** Those who listen to a signal of the system. */
  static SignalListeners listeners(String name) {
    return ALL.computeIfAbsent(name, unknown -> new SignalListeners(unknown, SYSTEM));
  }
}
