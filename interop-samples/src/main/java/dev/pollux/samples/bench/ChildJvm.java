package dev.pollux.samples.bench;

import dev.pollux.structure.CancelRegistration;
import dev.pollux.structure.CancellationToken;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Measures in virtual machines, one for each run, so that each has the heap that its workload needs
 * and nothing that another left behind.
 *
 * @threading confined to one thread
 */
public final class ChildJvm implements Child {

  /** A machine that a signal has ended returns more than this. */
  private static final int BEFORE_SIGNALS = 128;

  private static final int STOP_PATIENCE_MILLIS = 500;

  private final CancellationToken stop;
  private final Map<String, String> settings;

  /**
   * Makes the measurer.
   *
   * @param stop ends the machine that runs when it is cancelled
   * @param settings environment variables for the machines, where they are not set already
   */
  public ChildJvm(CancellationToken stop, Map<String, String> settings) {
    this.stop = stop;
    this.settings = Map.copyOf(settings);
  }

  @Override
  public List<Tsv> run(Contender contender, Workload workload)
      throws ChildFailedException, IOException, InterruptedException {
    throwIfStopped();
    ProcessBuilder builder =
        new ProcessBuilder(command(contender, workload)).redirectError(Redirect.INHERIT);
    settings.forEach(builder.environment()::putIfAbsent);
    Process process = builder.start();
    // By its handle: the process itself would close what is read here, which is a failure to read.
    CancelRegistration listening = stop.onCancel(process.toHandle()::destroyForcibly);
    try {
      process.getOutputStream().close();
      List<Tsv> lines = read(process);
      int exitCode = process.waitFor();
      if (exitCode > BEFORE_SIGNALS) {
        awaitStop();
      }
      throwIfStopped();
      if (exitCode != 0 || lines.isEmpty()) {
        throw new ChildFailedException(exitCode);
      }
      return lines;
    } finally {
      listening.close();
      process.destroyForcibly();
    }
  }

  /**
   * Waits a little for {@link #stop} to be cancelled. Ctrl-C ends the machine too, which may be
   * before this process has cancelled it.
   */
  private void awaitStop() throws InterruptedException {
    CountDownLatch stopped = new CountDownLatch(1);
    CancelRegistration listening = stop.onCancel(stopped::countDown);
    try {
      boolean unused = stopped.await(STOP_PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
    } finally {
      listening.close();
    }
  }

  private void throwIfStopped() {
    if (stop.isCancelled()) {
      throw new CancellationException("stopped");
    }
  }

  private static List<Tsv> read(Process process) throws IOException {
    List<Tsv> lines = new ArrayList<>();
    try (BufferedReader reader =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        Tsv.parse(line).ifPresent(lines::add);
      }
    }
    return lines;
  }

  /** The same options for whoever runs the workload. */
  private static List<String> command(Contender contender, Workload workload) {
    List<String> command = new ArrayList<>();
    command.add(MeasuringJava.command());
    command.addAll(workload.heapOptions());
    command.addAll(options("POLLUX_JAVA_OPTS")); // the last of two options wins
    command.addAll(options("PEERS_JAVA_OPTS"));
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.addAll(contender.program().apply(workload));
    return command;
  }

  private static List<String> options(String variable) {
    @Nullable String options = System.getenv(variable);
    return options == null || options.isBlank() ? List.of() : List.of(options.trim().split("\\s+"));
  }
}
