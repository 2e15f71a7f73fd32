package dev.pollux.samples.cli;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The command line in a JVM of its own. */
final class ChildProcess implements AutoCloseable {

  private final Process process;
  private final Path out;
  private final Path err;

  private ChildProcess(Process process, Path out, Path err) {
    this.process = process;
    this.out = out;
    this.err = err;
  }

  static ChildProcess start(
      Path directory, Map<String, String> environment, List<String> jvmOptions, List<String> args)
      throws IOException {
    return start(directory, environment, List.of(), jvmOptions, args);
  }

  /** As the other, where {@code shell} comes before the command, such as {@code nice}. */
  static ChildProcess start(
      Path directory,
      Map<String, String> environment,
      List<String> shell,
      List<String> jvmOptions,
      List<String> args)
      throws IOException {
    List<String> command = new ArrayList<>(shell);
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(jvmOptions);
    command.add("-cp");
    command.add(classPath());
    command.add(Main.class.getName());
    command.addAll(args);
    Path out = Files.createTempFile(directory, "out", "");
    Path err = Files.createTempFile(directory, "err", "");
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
    builder.environment().putAll(environment);
    return new ChildProcess(builder.start(), out, err);
  }

  /** Without what only the tests have, and which makes Reactor complain. */
  private static String classPath() {
    return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator, -1))
        .filter(entry -> !entry.contains("slf4j"))
        .collect(Collectors.joining(File.pathSeparator));
  }

  static Ended run(Path directory, List<String> jvmOptions, String... args)
      throws IOException, InterruptedException {
    try (ChildProcess child = start(directory, Map.of(), jvmOptions, List.of(args))) {
      return child.await();
    }
  }

  /** Waits until the process has printed something to standard error. */
  void awaitComplaint() throws IOException, InterruptedException {
    awaitComplaint("");
  }

  /** Waits until the process has printed {@code text} to standard error, or has ended. */
  void awaitComplaint(String text) throws IOException, InterruptedException {
    await(err, text);
  }

  /** Waits for the first line of output, or the end of the process. */
  String awaitFirstLine() throws IOException, InterruptedException {
    await(out, System.lineSeparator());
    return Files.readString(out).lines().findFirst().orElse("");
  }

  private void await(Path file, String text) throws IOException, InterruptedException {
    while ((Files.size(file) == 0 || !Files.readString(file).contains(text)) && process.isAlive()) {
      Thread.onSpinWait();
      process.waitFor(10, TimeUnit.MILLISECONDS);
    }
  }

  /** Sends the signal that asks for an end. */
  void terminate() throws IOException, InterruptedException {
    send("TERM");
  }

  /** Sends the signal of Ctrl-C. */
  void interrupt() throws IOException, InterruptedException {
    send("INT");
  }

  private void send(String signal) throws IOException, InterruptedException {
    int exitCode = new ProcessBuilder("kill", "-" + signal, Long.toString(pid())).start().waitFor();
    if (exitCode != 0) {
      throw new AssertionError("kill ended with " + exitCode);
    }
  }

  long pid() {
    return process.pid();
  }

  Ended await() throws IOException, InterruptedException {
    if (!process.waitFor(90, TimeUnit.SECONDS)) {
      throw new AssertionError("the process did not end; it printed " + Files.readString(err));
    }
    return new Ended(process.exitValue(), Files.readString(out), Files.readString(err));
  }

  /** Whether this process, and so its children, ignore the signal of Ctrl-C. */
  static boolean ignoresInterrupts() throws IOException {
    Path status = Path.of("/proc/self/status");
    if (!Files.exists(status)) {
      return true;
    }
    try (InputStream in = Files.newInputStream(status)) {
      String text = new String(in.readAllBytes(), StandardCharsets.US_ASCII);
      String ignored =
          text.lines().filter(line -> line.startsWith("SigIgn:")).findFirst().orElseThrow();
      long mask = Long.parseUnsignedLong(ignored.substring("SigIgn:".length()).trim(), 16);
      long interrupt = 1L << 1; // the bit of signal 2
      return (mask & interrupt) != 0;
    }
  }

  @Override
  public void close() {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
  }
}
