package dev.pollux.io.process;

import dev.pollux.core.Discard;
import dev.pollux.core.Future;
import dev.pollux.io.AsyncRead;
import dev.pollux.io.AsyncWrite;
import dev.pollux.io.blocking.BlockingCall;
import dev.pollux.sync.SetOnce;
import java.io.Closeable;
import java.util.List;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * A child: a process that this one has started, by {@link ChildCommand#start()}.
 *
 * <p>Its pipes are read and written by threads of their own, one for each that is used, from its
 * first use on to its end; no task and no thread of a blocking pool waits in them. Each holds 64
 * KiB at most (an input that is written 128), and asks for no more before that is taken: a child
 * whose output nobody reads stands still, as soon as the pipe of the system is full.
 *
 * <p>Who has started a child closes it. One that has exited leaves nothing in the table of
 * processes: the JDK asks for its exit code, whether or not anybody else does.
 *
 * <p>Source: {@code Child} of Tokio.
 *
 * @threading every method may be called from any thread; each stream is polled by one task at a
 *     time
 */
public final class ChildProcess implements Closeable {
  /*
   * Processes are told to end by their handle, never by `Process.destroy`: that closes the streams as well, on the calling
   * thread, where a close waits for a write that blocks, and where what the child has still to say would be lost.
   */
  private final Process process;
  private final ProcessHandle handle;
  private final String name;
  private final boolean killOnClose;
  private final SetOnce<Integer> exit = new SetOnce<>();

  // Null if it is no pipe.
  private final @Nullable ThreadedWrite stdin;
  private final @Nullable ThreadedRead stdout;
  private final @Nullable ThreadedRead stderr;

  ChildProcess(Process process, String program, ChildSetup setup) {
    this.process = process;
    this.handle = process.toHandle();
    this.name = program + "-" + process.pid();
    this.killOnClose = setup.killOnClose();
    this.stdin =
        setup.stdin() == ChildStream.PIPE
            ? new ThreadedWrite(
                ThreadedOutput.owning("stdin of " + name, process.getOutputStream()), true)
            : null;
    this.stdout =
        setup.stdout() == ChildStream.PIPE
            ? new ThreadedRead(
                ThreadedInput.owning("stdout of " + name, process.getInputStream()), true)
            : null;
    this.stderr =
        setup.stderr() == ChildStream.PIPE && !setup.mergeErrors()
            ? new ThreadedRead(
                ThreadedInput.owning("stderr of " + name, process.getErrorStream()), true)
            : null;
    var unused = process.onExit().thenApply(exited -> exit.set(exited.exitValue()));
  }

  /**
   * The number that the system has given to it. Another process may get it when this has exited.
   */
  public long pid() {
    return handle.pid();
  }

  /** Whether it has not exited. */
  public boolean isAlive() {
    return process.isAlive();
  }

  /** Its exit code, or empty while it runs. See {@link #exit()}. */
  public OptionalInt exitCode() {
    return process.isAlive() ? OptionalInt.empty() : OptionalInt.of(process.exitValue());
  }

  /**
   * Completes when it has exited, with its exit code. Any number of these may wait. One that was
   * ended by a signal has 128 more than the number of that, where there are signals.
   *
   * <p>What it has written may still be there to be read, and its own children may still run, and
   * write to the pipes that they have inherited.
   *
   * @cancellation nothing is lost, and the child runs on
   */
  public Future<Integer> exit() {
    return exit.await();
  }

  // ---- its streams

  /**
   * What the child reads. {@code shutdown} is the end of its input; {@code close} is that as well,
   * and drops what it has not taken yet. When the child reads no more, writing fails: what was
   * taken by then, up to 128 KiB, is lost.
   *
   * @throws IllegalStateException if it is no pipe
   */
  public AsyncWrite stdin() {
    if (stdin == null) {
      throw noPipe("stdin");
    }
    return stdin;
  }

  /**
   * What the child writes. It ends when the last process has gone that holds the other end: that
   * may be a child of the child.
   *
   * <p>If nobody has begun to read it when the child exits, what is in the pipe by then is kept,
   * and the pipe is closed by the JDK: what a child of the child writes later is lost.
   *
   * @throws IllegalStateException if it is no pipe
   */
  public AsyncRead stdout() {
    if (stdout == null) {
      throw noPipe("stdout");
    }
    return stdout;
  }

  /**
   * What the child writes to its standard error output; as {@link #stdout()}.
   *
   * @throws IllegalStateException if it is no pipe, or merged with the standard output
   */
  public AsyncRead stderr() {
    if (stderr == null) {
      throw noPipe("stderr");
    }
    return stderr;
  }

  private IllegalStateException noPipe(String stream) {
    return new IllegalStateException("the " + stream + " of " + this + " is no pipe to here");
  }

  boolean hasStdout() {
    return stdout != null;
  }

  boolean hasStderr() {
    return stderr != null;
  }

  // ---- its end

  /**
   * Asks it to exit: {@code SIGTERM}, which it may heed in its own time, or not. Where there is no
   * such thing, as on Windows, it is as {@link #kill()}. Does nothing if it has exited.
   */
  public void terminate() {
    if (process.isAlive()) {
      handle.destroy();
    }
  }

  /**
   * Ends it at once: {@code SIGKILL}. Does nothing if it has exited. Its own children run on: see
   * {@link #killTree()}.
   */
  public void kill() {
    if (process.isAlive()) {
      handle.destroyForcibly();
    }
  }

  /**
   * Ends it, its children, their children and so on, as the table of processes shows them. That is
   * read on the blocking pool, since it takes long where there are many processes. Missed are those
   * that are started in the meantime, and those whose parent has exited before: when the child has
   * exited, its children are nobody's.
   *
   * @return a future of how many were ended
   * @cancellation some of them, all or none are ended
   */
  public Future<Integer> killTree() {
    return BlockingCall.future("killing the tree of " + name, () -> killTree(handle));
  }

  private static int killTree(ProcessHandle root) {
    List<ProcessHandle> children = root.children().toList();
    int count = root.destroyForcibly() ? 1 : 0;
    for (ProcessHandle child : children) {
      count += killTree(child);
    }
    return count;
  }

  /**
   * Lets go of it: kills it, unless that was ruled out by {@link ChildCommand#killOnClose}, and
   * closes the pipes. Who waits for one of these fails with a {@link
   * java.nio.channels.ClosedChannelException}, or hears before of the end that the kill has made of
   * them; who waits for {@link #exit()} goes on waiting. Idempotent; never blocks.
   *
   * <p>The child alone is killed, not what it has started: see {@link #killTree()} for more. A
   * process that still holds the other end of a pipe, and neither writes nor exits, keeps a daemon
   * thread of this one as long.
   */
  @Override
  public void close() {
    if (killOnClose) {
      kill();
    }
    closePipes();
  }

  private void closePipes() {
    if (stdin != null) {
      try {
        stdin.close();
      } catch (Throwable failure) {
        Discard.closing().uncaught(failure, "closing " + stdin);
      }
    }
    if (stdout != null) {
      stdout.close();
    }
    if (stderr != null) {
      stderr.close();
    }
  }

  @Override
  public String toString() {
    return name;
  }
}
