package dev.pollux.io.net;

import static java.util.Objects.requireNonNull;

import dev.pollux.io.driver.Registration;
import java.io.IOException;
import java.net.BindException;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Takes connections of the same machine in, at a file: Unix domain sockets.
 *
 * <pre>{@code
 * try (UnixListener listener = UnixListener.bind(Path.of("/run/service.sock"))) {
 *   runtime.blockOn(listener.incoming().concurrent(1_000).forEach(stream -> serve(stream)));
 * }
 * }</pre>
 *
 * <p>{@link #close()} removes the file, if it is still the one that this has made, unless {@link
 * #keepFile()} was said. A process that ends without that leaves it, as does a runtime that ends
 * before its listener is closed: nobody listens there any more then, and it must be removed before
 * another can listen. Who may connect is said by the permissions of the directory and of the file.
 *
 * <p>Source: {@code UnixListener} of Tokio, which leaves the file to its user.
 *
 * @threading any thread, and any number of tasks at once
 */
public final class UnixListener extends SocketListener<UnixStream> {

  private static final int BACKLOG = 1024;

  private final UnixDomainSocketAddress local;

  /** What tells the file from another of the same name; null where the file system has no such. */
  private final @Nullable Object fileKey;

  private final AtomicBoolean mayRemove = new AtomicBoolean(true);

  private UnixListener(ServerSocketChannel channel, UnixDomainSocketAddress local)
      throws IOException {
    super(channel);
    this.local = local;
    this.fileKey = keyOf(local.getPath());
  }

  /**
   * Listens at {@code path}, and makes the socket file. 1,024 connections are kept that nobody has
   * accepted yet, or as many as the system allows.
   *
   * @param path the file, which must not exist
   * @throws IllegalArgumentException if the path is not one of the default file system
   * @throws BindException if there is a file already, be it of a listener or not; the message names
   *     it
   * @throws SocketException if the directory does not exist or may not be written to, or the path
   *     is too long for the system (some 100 bytes); the message names it
   * @throws IOException if the system refuses
   */
  public static UnixListener bind(Path path) throws IOException {
    return bind(path, BACKLOG);
  }

  /**
   * As {@link #bind(Path)}, with another backlog.
   *
   * @param path the file, which must not exist
   * @param backlog how many connections the system keeps that nobody has accepted yet, at least 1
   * @throws IllegalArgumentException if the path is not one of the default file system, or {@code
   *     backlog} is less than 1
   * @throws IOException as {@link #bind(Path)}
   */
  public static UnixListener bind(Path path, int backlog) throws IOException {
    UnixDomainSocketAddress address = addressOf(path);
    if (backlog < 1) {
      throw new IllegalArgumentException("backlog must be at least 1, was " + backlog);
    }
    ServerSocketChannel channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    try {
      channel.configureBlocking(false);
      bind(channel, address, backlog);
      return new UnixListener(channel, address);
    } catch (Throwable failure) {
      channel.close();
      throw failure;
    }
  }

  private static void bind(
      ServerSocketChannel channel, UnixDomainSocketAddress address, int backlog)
      throws IOException {
    try {
      channel.bind(address, backlog);
    } catch (SocketException failure) {
      String message = "can't listen at " + address + ": " + failure.getMessage();
      SocketException named =
          failure instanceof BindException
              ? new BindException(message)
              : new SocketException(message);
      named.initCause(failure);
      throw named;
    }
  }

  static UnixDomainSocketAddress addressOf(Path path) {
    if (requireNonNull(path, "path").getFileSystem() != FileSystems.getDefault()) {
      throw new IllegalArgumentException(
          "path must be one of the default file system, was " + path.toUri());
    }
    if (path.toString().isEmpty()) {
      throw new IllegalArgumentException("path must not be empty");
    }
    return UnixDomainSocketAddress.of(path);
  }

  private static @Nullable Object keyOf(Path path) throws IOException {
    return Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
        .fileKey();
  }

  @Override
  UnixStream connection(SocketChannel channel, Registration registration) throws IOException {
    return new UnixStream(channel, registration);
  }

  /** Has {@link #close()} leave the file where it is. */
  public void keepFile() {
    mayRemove.set(false);
  }

  /** The address of this end. */
  public UnixDomainSocketAddress localAddress() {
    return local;
  }

  /**
   * {@inheritDoc} Removes the file, if it is still that of this listener.
   *
   * @throws IOException if letting go fails, or the file can't be removed; this is closed all the
   *     same
   */
  @Override
  public void close() throws IOException {
    try {
      super.close();
    } finally {
      if (mayRemove.compareAndSet(true, false)) {
        removeFile();
      }
    }
  }

  private void removeFile() throws IOException {
    try {
      if (fileKey == null || fileKey.equals(keyOf(local.getPath()))) {
        Files.deleteIfExists(local.getPath());
      }
    } catch (NoSuchFileException gone) {
      // somebody else has removed it, which is as well
    }
  }

  @Override
  public String toString() {
    return "UnixListener[" + local + (isOpen() ? "]" : ", closed]");
  }
}
