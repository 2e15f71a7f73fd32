package dev.pollux.io.net;

import dev.pollux.core.Future;
import java.net.InetAddress;
import java.util.List;

/**
 * Finds the addresses of a host by its name.
 *
 * <pre>{@code
 * Future<List<InetAddress>> addresses = NameLookup.system().lookUp("example.com");
 * TcpConnector.create().nameLookup(name -> myDirectory.addressesOf(name));
 * }</pre>
 *
 * @threading any thread
 */
@FunctionalInterface
public interface NameLookup {

  /**
   * Looks a name up.
   *
   * @param name the name of a host, or an address as text
   * @return a future of its addresses, the best first, at least one. It fails with an {@link
   *     java.net.UnknownHostException} if there is none, or the directory does not answer
   */
  Future<List<InetAddress>> lookUp(String name);

  /**
   * The look-up of the system, by {@link InetAddress#getAllByName}, on the threads that may block.
   * An address as text is not looked up: that takes no thread.
   *
   * <p>The JDK decides on the order and keeps answers for a while: IPv4 first and 30 seconds,
   * unless {@code java.net.preferIPv6Addresses} and {@code networkaddress.cache.ttl} say something
   * else.
   *
   * <p>Each look-up holds a thread until the system answers, which may take it half a minute for a
   * name whose directory is down. Cancelling takes back one that has not begun; one that has begun
   * goes on to its end, and nobody hears of it.
   *
   * <p>What it answers fails with a {@link java.net.UnknownHostException}, that names the host;
   * with an {@link IllegalArgumentException} if the name is empty.
   */
  static NameLookup system() {
    return SystemLookup::of;
  }
}
