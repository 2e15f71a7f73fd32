package dev.pollux.samples.cli;

import dev.pollux.samples.echo.ServerIdentity;
import dev.pollux.samples.echo.ServerOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that say whether an echo server speaks TLS, and what it shows to its clients. */
final class EchoTlsOptions {

  @Option(
      names = "--tls",
      description = "Speak TLS. Without --certificate with one that is made, for this machine.")
  private boolean tls;

  @Option(
      names = "--certificate",
      paramLabel = "FILE",
      description = "With --tls: a PEM file with the certificate, and those above it.")
  private @Nullable Path certificate;

  @Option(
      names = "--key",
      paramLabel = "FILE",
      description = "With --certificate: a PEM file with its private key, without a password.")
  private @Nullable Path key;

  @Option(
      names = "--save-certificate",
      paramLabel = "FILE",
      description = "With --tls: where to put the certificate, for clients that are to trust it.")
  private @Nullable Path saved;

  /** The options of the server, with this; the certificate was saved. */
  ServerOptions in(ServerOptions options, String host)
      throws CommandException, GeneralSecurityException {
    if (!tls) {
      if (certificate != null || key != null || saved != null) {
        throw refused("--certificate, --key and --save-certificate are for --tls");
      }
      return options;
    }
    if ((certificate == null) != (key == null)) {
      throw refused("--certificate and --key belong together");
    }
    if (!options.isOnRuntime()) {
      throw refused("--tls is for a runtime, not for --" + options.kind());
    }
    try {
      ServerIdentity identity =
          certificate == null || key == null
              ? ServerIdentity.selfSigned(host)
              : ServerIdentity.read(certificate, key);
      if (saved != null) {
        identity.saveCertificate(saved);
      }
      return options.withIdentity(identity);
    } catch (IOException failure) {
      throw new CommandException(ExitCode.FAILED, "echo: " + FileFailures.words(failure));
    }
  }

  private static CommandException refused(String why) {
    return new CommandException(ExitCode.USAGE, "echo: " + why);
  }
}
