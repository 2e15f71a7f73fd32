package dev.pollux.samples.echo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.stream.Stream;

/** What the system says of a process: memory and descriptors where there is a {@code /proc}. */
final class ProcessFacts {

  private final ProcessHandle process;
  private final Path proc;

  ProcessFacts(ProcessHandle process) {
    this.process = process;
    this.proc = Path.of("/proc", Long.toString(process.pid()));
  }

  /** The memory that is in use, shared libraries included. */
  OptionalLong residentBytes() {
    return number("status", "VmRSS:", 1024);
  }

  /** The most of it that ever was. */
  OptionalLong mostResidentBytes() {
    return number("status", "VmHWM:", 1024);
  }

  /** How many descriptors it may have open. */
  OptionalLong mostDescriptors() {
    return number("limits", "Max open files", 1);
  }

  /** How many descriptors it has open. */
  OptionalLong descriptors() {
    try (Stream<Path> open = Files.list(proc.resolve("fd"))) {
      return OptionalLong.of(open.count());
    } catch (IOException | RuntimeException unknown) {
      return OptionalLong.empty();
    }
  }

  /** The processor time that it has used, in steps of some 10 ms; zero if it can't be known. */
  Duration processorTime() {
    return process.info().totalCpuDuration().orElse(Duration.ZERO);
  }

  /** The first number behind {@code label} in a file. */
  private OptionalLong number(String file, String label, long unit) {
    try (Stream<String> lines = Files.lines(proc.resolve(file))) {
      return lines
          .filter(line -> line.startsWith(label))
          .map(line -> line.substring(label.length()).trim().split("\\s+", 2)[0])
          .mapToLong(number -> Long.parseLong(number) * unit)
          .findFirst();
    } catch (IOException | RuntimeException unknown) { // no such process, or "unlimited"
      return OptionalLong.empty();
    }
  }
}
