package dev.pollux.io.net;

import dev.pollux.core.Context;
import dev.pollux.core.Description;
import dev.pollux.core.Discard;
import dev.pollux.core.Future;
import dev.pollux.core.Poll;
import dev.pollux.core.PollAfterEndException;
import dev.pollux.spi.Unpolled;
import dev.pollux.time.Sleep;
import dev.pollux.time.Time;
import java.io.IOException;
import java.net.ConnectException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Connects to a host that has several addresses. It tries them one after the other, the two
 * families in turn, and does not wait for one that is slow: the next attempt begins when one has
 * failed, or none was begun for a while. The first to be connected is the answer, and the others
 * are cancelled.
 *
 * <p>Source: RFC 8305. Addresses of both families are looked up by one call here, so there is no
 * resolution delay; and the order of the look-up is trusted as to which family comes first.
 *
 * @param <T> the connection
 * @cancellation cancels the attempts, newest first, or the look-up
 * @threading confined to the polling task, as every future is
 */
final class HappyEyeballs<T> implements Future<T> {

  private final String host;
  private final int port;

  /** Null once over. */
  private @Nullable Function<InetSocketAddress, Future<T>> connect;

  /** From one attempt to the next; it rests while no address is left. */
  private final Sleep delay;

  private final Duration delayTime;

  /** Null once the addresses are known, or this is over. */
  private @Nullable Future<List<InetAddress>> lookup;

  private final Deque<InetSocketAddress> untried = new ArrayDeque<>();

  /** The attempts that are not over, the oldest first. */
  private final List<Future<T>> attempts = new ArrayList<>();

  private final List<IOException> failures = new ArrayList<>();
  private Discard discard = Discard.closing();

  /**
   * @param lookup of the addresses, and {@code port} goes with each of them
   * @param delayTime from one attempt to the next
   * @param connect begins an attempt
   */
  HappyEyeballs(
      String host,
      int port,
      Future<List<InetAddress>> lookup,
      Duration delayTime,
      Function<InetSocketAddress, Future<T>> connect) {
    this.host = host;
    this.port = port;
    this.lookup = lookup;
    this.delayTime = delayTime;
    this.delay = Time.sleep(delayTime);
    Unpolled.used(delay); // by this, which is watched itself
    this.connect = connect;
  }

  @Override
  public Poll<T> poll(Context cx) throws Exception {
    Function<InetSocketAddress, Future<T>> connect = this.connect;
    if (connect == null) {
      throw new PollAfterEndException("connect");
    }
    Unpolled.used(this);
    discard = cx.discard();
    Future<List<InetAddress>> lookup = this.lookup;
    Poll<T> connected;
    try {
      if (lookup != null && !isLookedUp(cx, lookup)) {
        return Poll.pending();
      }
      int failed = failures.size();
      connected = pollAttempts(cx, 0);
      while (connected == null
          && !untried.isEmpty()
          && (failures.size() > failed || attempts.isEmpty() || delay.poll(cx).isReady())) {
        failed = failures.size();
        attempts.add(connect.apply(untried.remove()));
        delay.reset(delayTime);
        connected = pollAttempts(cx, attempts.size() - 1);
      }
    } catch (Throwable failure) {
      cancel();
      throw failure;
    }
    if (connected != null) {
      cancel();
      return connected;
    }
    if (attempts.isEmpty()) {
      IOException failure = failure();
      cancel();
      throw failure;
    }
    if (untried.isEmpty()) {
      delay.cancel();
    }
    return Poll.pending();
  }

  private boolean isLookedUp(Context cx, Future<List<InetAddress>> lookup) throws Exception {
    Poll<List<InetAddress>> answer;
    try {
      answer = lookup.poll(cx);
    } catch (Throwable failure) {
      this.lookup = null;
      throw failure;
    }
    if (answer.isPending()) {
      return false;
    }
    this.lookup = null;
    for (InetAddress address : inTurn(answer.value())) {
      untried.add(new InetSocketAddress(address, port));
    }
    if (untried.isEmpty()) {
      throw new UnknownHostException("can't look up " + host + ": it has no address");
    }
    return true;
  }

  /** The two families in turn, beginning with that of the first; each in its own order. */
  static List<InetAddress> inTurn(List<InetAddress> addresses) {
    Deque<InetAddress> first = new ArrayDeque<>();
    Deque<InetAddress> second = new ArrayDeque<>();
    for (InetAddress address : addresses) {
      boolean likeFirst = isV6(address) == isV6(addresses.get(0));
      (likeFirst ? first : second).add(address);
    }
    List<InetAddress> inTurn = new ArrayList<>(addresses.size());
    while (!first.isEmpty() || !second.isEmpty()) {
      if (!first.isEmpty()) {
        inTurn.add(first.remove());
      }
      if (!second.isEmpty()) {
        inTurn.add(second.remove());
      }
    }
    return inTurn;
  }

  private static boolean isV6(InetAddress address) {
    return address instanceof Inet6Address;
  }

  /**
   * Polls the attempts from the index {@code from} on, the oldest first.
   *
   * @return the answer of the first that is connected, or null
   */
  private @Nullable Poll<T> pollAttempts(Context cx, int from) throws Exception {
    for (int i = from; i < attempts.size(); ) {
      Poll<T> answer;
      try {
        answer = attempts.get(i).poll(cx);
      } catch (IOException failure) {
        attempts.remove(i);
        failures.add(failure);
        continue;
      } catch (Throwable failure) {
        attempts.remove(i);
        throw failure;
      }
      if (answer.isReady()) {
        attempts.remove(i);
        return answer;
      }
      i++;
    }
    return null;
  }

  /** What to throw when no attempt is left: the failure of the one, or one that has them all. */
  private IOException failure() {
    IOException first = failures.get(0);
    if (failures.size() == 1) {
      return first;
    }
    ConnectException all =
        new ConnectException(
            "can't connect to "
                + host
                + " port "
                + port
                + " at any of its "
                + failures.size()
                + " addresses; the first: "
                + first.getMessage());
    all.initCause(first);
    failures.subList(1, failures.size()).forEach(all::addSuppressed);
    return all;
  }

  @Override
  public void cancel() {
    Unpolled.used(this);
    connect = null;
    delay.cancel();
    untried.clear();
    failures.clear();
    while (!attempts.isEmpty()) {
      cancel(attempts.remove(attempts.size() - 1));
    }
    Future<List<InetAddress>> lookup = this.lookup;
    this.lookup = null;
    if (lookup != null) {
      cancel(lookup);
    }
  }

  private void cancel(Future<?> child) {
    try {
      child.cancel();
    } catch (Throwable failure) {
      discard.uncaught(failure, "cancel of a " + child.getClass().getName());
    }
  }

  @Override
  public void describe(Description description) {
    description.name("connect").with("to", host + " port " + port);
    if (connect == null) {
      description.with("state", "over");
      return;
    }
    description.child("look-up", lookup);
    for (Future<T> attempt : attempts) {
      description.child("attempt", attempt);
    }
    if (!untried.isEmpty()) {
      description.with("untried", untried).child("next attempt", delay);
    }
  }
}
