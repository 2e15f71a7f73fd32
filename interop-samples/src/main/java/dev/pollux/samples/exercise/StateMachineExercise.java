package dev.pollux.samples.exercise;

import dev.pollux.structure.CancelRegistration;
import dev.pollux.structure.CancellationToken;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Exercise 6: how large a suspended computation is, and what for.
 *
 * <p>Read {@link Computations} first, then {@link StateSizes}, which measures them. This class only
 * starts a virtual machine for that.
 */
final class StateMachineExercise {

  static final Exercise EXERCISE =
      new Exercise(
          6,
          "the sizes of five state machines, and what each field is for",
          StateMachineExercise::run);

  private static final int WANTS_TO_BE_TOLD = 23;

  private StateMachineExercise() {}

  private static void run(Narration out, CancellationToken stop) throws Exception {
    out.say(
        "JOL asks a virtual machine where it puts the fields of an object. It needs to be allowed to,"
            + " when the machine starts, so it is done in one of its own.");
    if (!stop.isCancelled()) {
      int exitCode = measure(out, stop);
      if (!stop.isCancelled()) {
        out.check("exit code of that machine", exitCode, 0);
      }
    }
  }

  private static int measure(Narration out, CancellationToken stop)
      throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command()).redirectError(Redirect.INHERIT).start();
    // By its handle: the process itself would close what is read here, which is a failure to read.
    CancelRegistration listening = stop.onCancel(process.toHandle()::destroyForcibly);
    try (BufferedReader reader =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      process.getOutputStream().close();
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        out.line(line);
      }
      return process.waitFor();
    } finally {
      listening.close();
      process.destroyForcibly();
    }
  }

  private static List<String> command() {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-XX:+EnableDynamicAgentLoading"); // JOL attaches an agent
    command.add("-Djdk.attach.allowAttachSelf=true"); // to itself
    command.add("-Djol.skipHotspotSA=true"); // and needs no debugger
    command.add("-Djol.magicFieldOffset=true"); // to look into lambdas
    if (Runtime.version().feature() >= WANTS_TO_BE_TOLD) {
      command.add("--sun-misc-unsafe-memory-access=allow");
    }
    @Nullable String more = System.getenv("POLLUX_JAVA_OPTS");
    if (more != null && !more.isBlank()) {
      command.addAll(List.of(more.trim().split("\\s+", -1)));
    }
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(StateSizes.class.getName());
    return command;
  }
}
