package dev.pollux.samples.cli;

import java.net.InetSocketAddress;

/** Addresses on the command line. */
final class Ports {

  static final int GREATEST = 65_535;

  private Ports() {}

  /** The address; refused if there is none such. */
  static InetSocketAddress address(String command, String host, int port) throws CommandException {
    if (port < 0 || port > GREATEST) {
      throw new CommandException(
          ExitCode.USAGE, command + ": --port must be 0 to " + GREATEST + ", was " + port);
    }
    InetSocketAddress address = new InetSocketAddress(host, port);
    if (address.isUnresolved()) {
      throw new CommandException(ExitCode.FAILED, command + ": there is no host " + host);
    }
    return address;
  }
}
