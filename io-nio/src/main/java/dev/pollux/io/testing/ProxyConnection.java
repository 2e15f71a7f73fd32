package dev.pollux.io.testing;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * One that has connected to a proxy, and the connection to the target that the proxy has made for
 * it. Two threads pass the bytes on, one for each direction.
 *
 * <p>It is over when both directions are, or when one resets it: then both sockets are closed, and
 * whoever waits in one of them, or for time to go by, ends. A direction that has dropped dead stays
 * until the other has ended.
 *
 * <p>A side that has gone away may have sent bytes before. So a direction that can't pass bytes on
 * to it any more does not reset the connection while the other still passes those on.
 */
final class ProxyConnection {

  private final int number;
  private final Socket client;
  private final Socket target = new Socket();
  private final CountDownLatch over = new CountDownLatch(1);
  private final ProxyDirection toTarget;
  private final ProxyDirection toClient;

  // Guarded by this: how many directions are at their end, how many have dropped dead, and whether
  // the end is to be a reset.
  private int ended;
  private int dead;
  private boolean broken;

  ProxyConnection(int number, Socket client, Faults toTarget, Faults toClient, long seed) {
    this.number = number;
    this.client = client;
    this.toTarget = direction(Direction.TO_TARGET, client, target, toTarget, seed);
    this.toClient = direction(Direction.TO_CLIENT, target, client, toClient, seed);
  }

  private ProxyDirection direction(
      Direction direction, Socket from, Socket to, Faults faults, long seed) {
    Course course = new Course(faults, Course.seed(seed, number, direction));
    return new ProxyDirection(this, direction, from, to, course);
  }

  int number() {
    return number;
  }

  ProxyDirection direction(Direction direction) {
    return direction == Direction.TO_TARGET ? toTarget : toClient;
  }

  /** Connects to the target; false if there is no connection, which is over then. */
  boolean connect(InetSocketAddress address) {
    try {
      client.setTcpNoDelay(true);
      target.setTcpNoDelay(true);
      target.connect(address);
      return true;
    } catch (IOException failure) {
      if (!isOver()) {
        toTarget.note(Fault.Kind.UNREACHABLE, 0);
        reset();
      }
      return false;
    }
  }

  boolean isOver() {
    return over.getCount() == 0;
  }

  /** Waits, or until the connection is over; false if it is. */
  boolean pause(long nanos) {
    return nanos <= 0 ? !isOver() : !isOverWithin(nanos);
  }

  private boolean isOverWithin(long nanos) {
    boolean interrupted = false;
    long until = System.nanoTime() + nanos;
    try {
      while (true) {
        try {
          return over.await(until - System.nanoTime(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException nobodyAsksForThis) {
          interrupted = true;
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** One of the two directions has come to its end. */
  void ended() {
    end(false);
  }

  /** The receiver of one of the two directions takes no more: the end is a reset. */
  void broken() {
    end(true);
  }

  private void end(boolean isBroken) {
    boolean isLast;
    boolean isReset;
    synchronized (this) {
      ended++;
      broken |= isBroken;
      isLast = ended + dead == 2;
      isReset = broken;
    }
    if (isLast && isReset) {
      reset();
    } else if (isLast) {
      close();
    }
  }

  synchronized boolean isBroken() {
    return broken;
  }

  /** One of the two directions has dropped dead. Two of them stay: nobody hears of that. */
  void droppedDead() {
    boolean isLast;
    synchronized (this) {
      dead++;
      isLast = ended == 1;
    }
    if (isLast) {
      close();
    }
  }

  /** Ends it so that both sides get a reset. */
  void reset() {
    for (Socket socket : new Socket[] {client, target}) {
      try {
        socket.setSoLinger(true, 0); // who closes now resets
      } catch (IOException closedAlready) {
        // nothing is left to be reset
      }
    }
    close();
  }

  /** Ends it. */
  void close() {
    over.countDown();
    for (Socket socket : new Socket[] {client, target}) {
      try {
        socket.close();
      } catch (IOException closedAllTheSame) {
        // the socket is let go of, whatever the system says
      }
    }
  }

  @Override
  public String toString() {
    return "ProxyConnection[" + number + (isOver() ? ", over]" : "]");
  }
}
