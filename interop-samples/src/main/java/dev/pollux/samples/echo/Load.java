package dev.pollux.samples.echo;

import dev.pollux.core.Future;
import dev.pollux.io.AsyncByteStream;
import dev.pollux.samples.terminal.ProgressLine;
import dev.pollux.structure.CancellationToken;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.concurrent.CancellationException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * The connections to a server: opened in any number, and then all busy or all idle.
 *
 * @threading the controlling thread; {@link #isUp}, {@link #failed} and {@link #broke} are for the
 *     threads of the connections
 */
final class Load implements AutoCloseable {

  /**
   * Who gets no answer for so long will get none. It is longer than a TLS handshake may take: on a
   * busy machine that is several seconds where both sides have just been started, and nothing
   * hangs.
   */
  static final long STALL_NANOS = TimeUnit.SECONDS.toNanos(15);

  /** And for so long, where somebody wants an end. */
  private static final long HURRY_NANOS = TimeUnit.SECONDS.toNanos(1);

  /** So many connections are under way at once: the queue of a listener is not endless. */
  private static final int MOST_UNDER_WAY = 256;

  /**
   * And so many that have to agree on TLS: they share the processors, so the more there are the
   * later is the first of them done.
   */
  private static final int MOST_HANDSHAKES_UNDER_WAY = 16;

  private static final long GLANCE_MILLIS = 20;

  /**
   * Kept back: without a descriptor the virtual machine can't even load the classes of a failure.
   */
  private static final int DESCRIPTORS_FOR_ITSELF = 32;

  private final CancellationToken stop;
  private final ProgressLine progress;
  private final Window window = new Window();
  private final List<LoadThread> threads = new ArrayList<>();
  private final Semaphore mayConnect;
  private final AtomicInteger up = new AtomicInteger();
  private final AtomicInteger settled = new AtomicInteger();
  private final Troubles troubles = new Troubles();

  /** The controlling thread's. */
  private int begun;

  Load(
      Supplier<? extends Future<? extends AsyncByteStream>> connect,
      boolean isByTls,
      LoadOptions options,
      CancellationToken stop,
      ProgressLine progress) {
    this.mayConnect = new Semaphore(isByTls ? MOST_HANDSHAKES_UNDER_WAY : MOST_UNDER_WAY);
    this.stop = stop;
    this.progress = progress;
    Classes.loadAhead();
    for (int i = 0; i < options.threads(); i++) {
      threads.add(new LoadThread(i, connect, options.sizeBytes(), window, this));
    }
  }

  /**
   * Opens connections until there are {@code count}, each with one answer; goes on to the end
   * whatever fails.
   *
   * @throws CancellationException if it is interrupted
   */
  void connect(int count) throws Exception {
    open(count, false);
  }

  /**
   * As {@link #connect}, but stops at the first failure.
   *
   * @return whether there are as many
   * @throws CancellationException if it is interrupted
   */
  boolean tryConnect(int count) throws Exception {
    open(count, true);
    return up.get() == count;
  }

  private void open(int count, boolean untilFailure) throws Exception {
    Supplier<String> state = () -> "%d of %d connections".formatted(up.get(), count);
    int missing = count - begun;
    int possible = (int) Math.min(missing, spareDescriptors());
    for (int i = 0; i < possible; i++) {
      if (untilFailure && troubles.total() > 0) {
        break;
      }
      if (!await(() -> mayConnect.tryAcquire(), this::answers, state)) {
        break;
      }
      threads.get(begun % threads.size()).connect(begun);
      begun++;
    }
    if (!await(() -> settled.get() >= begun, this::answers, state)) {
      giveUp();
    }
    troubles.add(Trouble.NO_DESCRIPTOR, missing - possible);
  }

  private static long spareDescriptors() {
    ProcessFacts client = new ProcessFacts(ProcessHandle.current());
    OptionalLong open = client.descriptors();
    OptionalLong most = client.mostDescriptors();
    return open.isPresent() && most.isPresent()
        ? Math.max(0, most.getAsLong() - open.getAsLong() - DESCRIPTORS_FOR_ITSELF)
        : Long.MAX_VALUE;
  }

  private long answers() {
    return settled.get();
  }

  /**
   * Has all connections send requests for {@code warmUpNanos}, and then counts the answers that
   * come within {@code nanos}; at the end all are idle again.
   *
   * @return the latencies
   * @throws CancellationException if it is interrupted during the warm-up; if it is later, what was
   *     counted is returned
   */
  Measured run(long warmUpNanos, long nanos) throws Exception {
    window.open();
    threads.forEach(LoadThread::goOn);
    rest(warmUpNanos, "warming up");
    long countedBefore = counted();
    if (nanos > 0) {
      window.count(nanos);
      rest(nanos, countedBefore, nanos);
    }
    window.close();
    double seconds = window.countedNanos() / 1e9;
    awaitIdle();
    LatencyHistogram latencies = new LatencyHistogram();
    for (LoadThread thread : threads) {
      latencies.addAll(thread.takeLatencies());
    }
    return new Measured(latencies, seconds);
  }

  /**
   * What was measured.
   *
   * @param latencies of the answers that count
   * @param seconds how long they were counted
   */
  record Measured(LatencyHistogram latencies, double seconds) {}

  /** Lets time pass; returns earlier if nobody is left, or if it is interrupted. */
  private void rest(long nanos, long countedBefore, long allNanos) throws InterruptedException {
    await(
        () -> window.countedNanos() >= nanos || up.get() == 0 || stop.isCancelled(),
        this::counted,
        () -> {
          double seconds = Math.max(1e-9, window.countedNanos() / 1e9);
          return String.format(
              Locale.ROOT,
              "%.0f of %.0f s, %d connections, %.0f requests/s%s",
              seconds,
              allNanos / 1e9,
              up.get(),
              (counted() - countedBefore) / seconds,
              troubles.total() == 0 ? "" : ", " + troubles.total() + " failed");
        });
  }

  /** Lets time pass. */
  void rest(long nanos, String what) throws InterruptedException {
    long begin = window.nanos();
    await(() -> window.nanos() - begin >= nanos, window::nanos, () -> what);
  }

  private void awaitIdle() throws Exception {
    long begin = window.nanos();
    while (asking() > 0) {
      long patience = stop.isCancelled() ? HURRY_NANOS : STALL_NANOS;
      if (window.nanos() - begin > patience) {
        giveUp();
        return;
      }
      TimeUnit.MILLISECONDS.sleep(GLANCE_MILLIS);
    }
  }

  /** Has the connections that still await something fail. */
  private void giveUp() throws Exception {
    for (LoadThread thread : threads) {
      thread.giveUp();
    }
    while (asking() > 0) {
      TimeUnit.MILLISECONDS.sleep(GLANCE_MILLIS);
    }
  }

  private int asking() throws Exception {
    int asking = 0;
    for (LoadThread thread : threads) {
      asking += thread.asking();
    }
    return asking;
  }

  /**
   * Waits until {@code isDone}, and shows how it goes.
   *
   * @return false if {@code advance} has not changed for too long
   */
  private boolean await(BooleanSupplier isDone, LongSupplier advance, Supplier<String> state)
      throws InterruptedException {
    long seen = advance.getAsLong();
    long seenNanos = window.nanos();
    while (!isDone.getAsBoolean()) {
      if (stop.isCancelled()) {
        throw new CancellationException("interrupted");
      }
      progress.show(() -> "echo-load: " + state.get());
      TimeUnit.MILLISECONDS.sleep(GLANCE_MILLIS);
      long now = advance.getAsLong();
      if (now != seen) {
        seen = now;
        seenNanos = window.nanos();
      } else if (window.nanos() - seenNanos > STALL_NANOS) {
        return false;
      }
    }
    return true;
  }

  private long counted() {
    return threads.stream().mapToLong(LoadThread::counted).sum();
  }

  long sentBytes() {
    return threads.stream().mapToLong(LoadThread::sentBytes).sum();
  }

  long receivedBytes() {
    return threads.stream().mapToLong(LoadThread::receivedBytes).sum();
  }

  /** How many connections are open and have had an answer. */
  int up() {
    return up.get();
  }

  Troubles troubles() {
    return troubles;
  }

  @Override
  public void close() {
    for (LoadThread thread : threads) {
      thread.close();
    }
  }

  // ---- for the threads

  void isUp() {
    up.incrementAndGet();
    settle();
  }

  void failed(boolean wasUp, Throwable failure) {
    troubles.add(failure);
    if (wasUp) {
      up.decrementAndGet();
    } else {
      settle();
    }
  }

  private void settle() {
    settled.incrementAndGet();
    mayConnect.release();
  }

  void broke(Throwable failure) {
    troubles.add(failure);
  }
}
