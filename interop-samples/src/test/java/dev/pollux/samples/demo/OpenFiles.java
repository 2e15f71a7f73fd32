package dev.pollux.samples.demo;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** Which files this process has open, where the system tells. */
final class OpenFiles {

  private static final Path DESCRIPTORS = Path.of("/proc/self/fd");

  private OpenFiles() {}

  static boolean contains(String name) throws IOException {
    assumeTrue(Files.isDirectory(DESCRIPTORS), "no /proc here");
    Path wanted = Path.of(name).toRealPath();
    try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(DESCRIPTORS)) {
      for (Path descriptor : descriptors) {
        if (target(descriptor).equals(wanted)) {
          return true;
        }
      }
    }
    return false;
  }

  private static Path target(Path descriptor) {
    try {
      return Files.readSymbolicLink(descriptor);
    } catch (IOException closedMeanwhile) {
      return descriptor;
    }
  }
}
