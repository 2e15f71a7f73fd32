package dev.pollux.samples.bench;

import dev.pollux.structure.CancelRegistration;
import dev.pollux.structure.CancellationToken;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Measures workloads in virtual machines of their own, so that each has the heap that it needs and
 * nothing that another left behind.
 *
 * @threading confined to one thread
 */
public final class ChildJvm {

  private final List<String> program;
  private final CancellationToken stop;

  /**
   * Makes the measurer.
   *
   * @param program the main class and the arguments which, followed by the name of a workload,
   *     print its results as {@link Tsv}
   * @param stop ends the machine that runs when it is cancelled
   */
  public ChildJvm(List<String> program, CancellationToken stop) {
    this.program = List.copyOf(program);
    this.stop = stop;
  }

  /**
   * Measures {@code workload} in {@code forks} machines, one after the other. With one, the results
   * are its own; with several, they are the median and the extremes of the medians of each.
   *
   * @param workload what is measured
   * @param forks how many, at least 1
   * @param results takes them
   * @throws ChildFailedException if a machine ends with another exit code than 0
   * @throws IOException if a machine can't be started
   */
  public void measure(Workload workload, int forks, Results results)
      throws ChildFailedException, IOException, InterruptedException {
    if (forks == 1) {
      run(workload).forEach(line -> results.take(line.workload(), line.metric(), line.value()));
      return;
    }
    Map<String, List<Double>> medians = new LinkedHashMap<>();
    for (int i = 0; i < forks; i++) {
      for (Tsv line : run(workload)) {
        if (!line.isExtreme()) {
          medians.computeIfAbsent(line.metric(), metric -> new ArrayList<>()).add(line.value());
        }
      }
    }
    medians.forEach(
        (metric, values) -> Samples.of(values).report(workload.name(), metric, results));
  }

  private List<Tsv> run(Workload workload)
      throws ChildFailedException, IOException, InterruptedException {
    Process process = new ProcessBuilder(command(workload)).redirectError(Redirect.INHERIT).start();
    // By its handle: the process itself would close what is read here, which is a failure to read.
    CancelRegistration listening = stop.onCancel(process.toHandle()::destroyForcibly);
    try {
      process.getOutputStream().close();
      List<Tsv> lines = read(process);
      int exitCode = process.waitFor();
      if (exitCode != 0 || lines.isEmpty()) {
        throw new ChildFailedException(workload.name(), exitCode);
      }
      return lines;
    } finally {
      listening.close();
      process.destroyForcibly();
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

  private List<String> command(Workload workload) {
    List<String> command = new ArrayList<>();
    command.add(java());
    command.addAll(workload.heap().options());
    command.addAll(options("POLLUX_JAVA_OPTS")); // the last of two options wins
    command.addAll(options("PEERS_JAVA_OPTS"));
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.addAll(program);
    command.add(workload.name());
    return command;
  }

  /**
   * The virtual machine that the peers run on, if that is said, so that all are measured on one.
   */
  private static String java() {
    @Nullable String peers = System.getenv("PEERS_JAVA");
    return peers == null || peers.isBlank()
        ? Path.of(System.getProperty("java.home"), "bin", "java").toString()
        : peers;
  }

  private static List<String> options(String variable) {
    @Nullable String options = System.getenv(variable);
    return options == null || options.isBlank() ? List.of() : List.of(options.trim().split("\\s+"));
  }
}
