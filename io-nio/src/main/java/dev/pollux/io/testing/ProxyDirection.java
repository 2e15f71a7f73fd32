package dev.pollux.io.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;

/**
 * Passes the bytes of one direction on, with their faults.
 *
 * @threading {@link #run} is for one thread; what was noted may be asked for by any
 */
final class ProxyDirection implements Runnable {

  /** Nothing more can be passed on. */
  private static final class BrokenReceiver extends IOException {
    private static final long serialVersionUID = 1L;

    BrokenReceiver(IOException cause) {
      super(cause);
    }
  }

  /** The most that is taken from the sender before it is passed on. */
  private static final int BUFFER_BYTES = 16 << 10;

  /** The most faults that are kept. */
  static final int MOST_NOTED = 10_000;

  private final ProxyConnection connection;
  private final Direction direction;
  private final Socket from;
  private final Socket to;
  private final Course course;

  // Guarded by this.
  private final List<Fault> log = new ArrayList<>();
  private long notNoted;
  private long passed;

  ProxyDirection(
      ProxyConnection connection, Direction direction, Socket from, Socket to, Course course) {
    this.connection = connection;
    this.direction = direction;
    this.from = from;
    this.to = to;
    this.course = course;
  }

  @Override
  public void run() {
    try {
      if (passAll()) {
        connection.ended();
      }
    } catch (BrokenReceiver gone) {
      connection.broken();
    } catch (IOException failed) {
      // A reset, by the sender or by the other direction: nobody is to take it for an end.
      connection.reset();
    }
  }

  /** Passes on what comes; true at the end of that, and false where it stops otherwise. */
  private boolean passAll() throws IOException {
    InputStream in = from.getInputStream();
    OutputStream out = to.getOutputStream();
    byte[] buffer = new byte[BUFFER_BYTES];
    while (true) {
      Fault.Kind end = course.end();
      if (end != null) {
        return end(end, in, buffer);
      }
      int count = in.read(buffer);
      if (count < 0) {
        if (!connection.isBroken()) {
          sayEnd();
        }
        return true;
      }
      if (!pass(buffer, count, out)) {
        return false;
      }
    }
  }

  /** Passes these on, up to the end of the direction; false if the connection is over meanwhile. */
  private boolean pass(byte[] buffer, int count, OutputStream out) throws IOException {
    int begin = 0;
    while (begin < count && course.end() == null) {
      long delay = course.delayNanos();
      if (delay > 0) {
        note(Fault.Kind.DELAY, delay);
        if (!connection.pause(delay)) {
          return false;
        }
      }
      int span = course.span(count - begin);
      for (int i = 0; i < span; i++) {
        int bits = course.change(i);
        if (bits != 0) {
          buffer[begin + i] ^= (byte) bits;
          note(Fault.Kind.CORRUPT, course.offset() + i, bits);
        }
      }
      try {
        out.write(buffer, begin, span);
      } catch (IOException failed) {
        throw new BrokenReceiver(failed);
      }
      begin += span;
      course.pass(span);
      synchronized (this) {
        passed += span;
      }
      if (!connection.pause(course.restNanos(span))) {
        return false;
      }
    }
    return true;
  }

  private void sayEnd() throws BrokenReceiver {
    try {
      to.shutdownOutput();
    } catch (IOException failed) {
      throw new BrokenReceiver(failed);
    }
  }

  private boolean end(Fault.Kind end, InputStream in, byte[] buffer) throws IOException {
    note(end, 0);
    switch (end) {
      case HALF_CLOSE -> {
        sayEnd();
        while (in.read(buffer) >= 0) {
          // The sender is not to notice.
        }
        return true;
      }
      case RESET -> {
        connection.reset();
        return false;
      }
      case DROP_DEAD -> {
        connection.droppedDead();
        return false;
      }
      default -> throw new AssertionError(end);
    }
  }

  /** Remembers what is done at the next byte. */
  void note(Fault.Kind kind, long amount) {
    note(kind, course.offset(), amount);
  }

  private synchronized void note(Fault.Kind kind, long offset, long amount) {
    if (log.size() < MOST_NOTED) {
      log.add(new Fault(kind, connection.number(), direction, offset, amount));
    } else {
      notNoted++;
    }
  }

  synchronized List<Fault> log() {
    return List.copyOf(log);
  }

  synchronized long notNoted() {
    return notNoted;
  }

  synchronized long passed() {
    return passed;
  }

  @Override
  public String toString() {
    return "ProxyDirection[" + direction + " of " + connection + ", " + passed() + " passed]";
  }
}
