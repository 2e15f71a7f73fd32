package dev.pollux.io.process;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A system with one signal, which a test sends. Not of the system. */
final class ScriptedSignals implements SignalSource {

  private @Nullable Arrivals arrivals;

  /** What has happened, in order: for tests of one thread. */
  final List<String> log = new ArrayList<>();

  boolean refuses;
  boolean machineEnds;

  @Override
  public void check(String name) {}

  @Override
  public synchronized Installed install(String name, Arrivals arrivals) {
    if (refuses) {
      throw new UnsupportedOperationException("signal " + name + " is used by the test");
    }
    if (machineEnds) {
      throw new MachineEndsException(new IllegalStateException("shutdown in progress"));
    }
    log.add("install");
    this.arrivals = arrivals;
    return () -> {
      synchronized (this) {
        log.add("restore");
        this.arrivals = null;
      }
    };
  }

  @Override
  public synchronized void raise(String name) {
    log.add("raise");
  }

  /** Sends the signal; false if it goes where it always went. */
  @CanIgnoreReturnValue
  boolean send() {
    Arrivals to = to();
    if (to != null) {
      to.came();
    }
    return to != null;
  }

  synchronized @Nullable Arrivals to() {
    return arrivals;
  }
}
