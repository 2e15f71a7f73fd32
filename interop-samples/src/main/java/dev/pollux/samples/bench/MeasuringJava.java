package dev.pollux.samples.bench;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The virtual machine that measures: this one's, or the one that {@code PEERS_JAVA} names. */
public final class MeasuringJava {

  private static final Pattern VERSION = Pattern.compile("version \"([^\"]+)\"");

  private MeasuringJava() {}

  /** The program to start. */
  static String command() {
    @Nullable String named = named();
    return named == null
        ? Path.of(System.getProperty("java.home"), "bin", "java").toString()
        : named;
  }

  /**
   * Its version.
   *
   * @throws IOException if it can't be started, or doesn't say
   */
  public static Runtime.Version version() throws IOException {
    @Nullable String named = named();
    return named == null ? Runtime.version() : versionOf(named);
  }

  private static Runtime.Version versionOf(String java) throws IOException {
    Process process = new ProcessBuilder(java, "-version").redirectErrorStream(true).start();
    try (InputStream in = process.getInputStream()) {
      return parse(new String(in.readAllBytes(), StandardCharsets.UTF_8));
    } finally {
      process.destroy();
    }
  }

  /** Reads what {@code java -version} prints. */
  static Runtime.Version parse(String printed) throws IOException {
    Matcher matcher = VERSION.matcher(printed);
    if (!matcher.find()) {
      throw new IOException("the java of PEERS_JAVA doesn't say its version");
    }
    try {
      return Runtime.Version.parse(matcher.group(1));
    } catch (IllegalArgumentException old) {
      throw new IOException(
          "the java of PEERS_JAVA has the version " + matcher.group(1) + ", not 17 or newer", old);
    }
  }

  private static @Nullable String named() {
    @Nullable String named = System.getenv("PEERS_JAVA");
    return named == null || named.isBlank() ? null : named;
  }
}
