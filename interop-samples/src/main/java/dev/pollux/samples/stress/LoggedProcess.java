package dev.pollux.samples.stress;

import dev.pollux.structure.CancelRegistration;
import dev.pollux.structure.CancellationToken;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Runs a program to its end, its output in a file. */
final class LoggedProcess {

  private LoggedProcess() {}

  /**
   * Runs {@code command}.
   *
   * @param command the program and its arguments
   * @param directory where it runs; made if it is not there
   * @param log takes its output, in place of what was in it
   * @param stop ends it when it is cancelled
   * @return its exit code
   * @throws IOException if it can't be started
   */
  static int run(List<String> command, Path directory, Path log, CancellationToken stop)
      throws IOException, InterruptedException {
    Files.createDirectories(directory);
    Files.createDirectories(log.toAbsolutePath().getParent());
    Process process =
        new ProcessBuilder(command)
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    CancelRegistration listening = stop.onCancel(() -> kill(process));
    try {
      process.getOutputStream().close();
      return process.waitFor();
    } finally {
      listening.close();
      kill(process);
    }
  }

  private static void kill(Process process) {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
  }
}
