package dev.pollux.io.tls;

import static java.util.Objects.requireNonNull;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import dev.pollux.core.Future;
import dev.pollux.core.Futures;
import dev.pollux.core.Poll;
import dev.pollux.io.AsyncByteStream;
import dev.pollux.io.AsyncRead;
import dev.pollux.spi.Blocking;
import dev.pollux.testing.PollHarness;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A client and a server in memory, cranked by hand. */
final class Hands {

  static final int MANY_POLLS = 2_000_000;

  final PollHarness harness = PollHarness.create();
  final TestCertificates certificates = TestCertificates.shared();

  /** By version: they cost time. */
  private final Map<String, TlsConnector> connectors = new HashMap<>();

  private final Map<String, TlsAcceptor> acceptors = new HashMap<>();

  Hands() {
    harness.offer(Blocking.class, new InlineBlocking(harness.services().spawner()));
  }

  /** What has become of a side. */
  record Outcome<T>(@Nullable T value, @Nullable Exception failure) {

    T get() {
      if (failure != null) {
        throw new AssertionError(failure);
      }
      return requireNonNull(value);
    }

    Exception fails() {
      if (failure == null) {
        throw new AssertionError("it should fail, and has answered " + value);
      }
      return failure;
    }
  }

  /** What has become of both. */
  record Outcomes<A, B>(Outcome<A> client, Outcome<B> server) {}

  /** Two sides that have agreed. */
  record Agreed(TlsStream client, TlsStream server) {}

  @CanIgnoreReturnValue
  <T extends @Nullable Object> T run(Future<T> future) throws Exception {
    return harness.runToCompletion(future, MANY_POLLS);
  }

  <T extends @Nullable Object> Exception fails(Future<T> future) {
    try {
      return run(outcome(future)).fails();
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  static <T> Future<Outcome<T>> outcome(Future<T> future) {
    return future.handle((value, failure) -> new Outcome<>(value, failure));
  }

  /** Polls until it is done, or nothing wakes it. */
  @CanIgnoreReturnValue
  <T> Poll<T> pollWhileWoken(Future<T> future) throws Exception {
    while (true) {
      Poll<T> answer = harness.poll(future);
      if (answer.isReady()) {
        return answer;
      }
      harness.runTasks();
      if (!harness.woken()) {
        return answer;
      }
    }
  }

  /** Runs both to their ends, however they end. */
  <A, B> Outcomes<A, B> both(Future<A> client, Future<B> server) throws Exception {
    return run(Futures.join(outcome(client), outcome(server), Outcomes::new));
  }

  /** The outcomes of those that come to an end, until nothing wakes them. */
  @SafeVarargs
  final <T> List<Outcome<T>> whileWoken(Future<T>... futures) throws Exception {
    List<Future<Outcome<T>>> open = new ArrayList<>();
    for (Future<T> future : futures) {
      open.add(outcome(future));
    }
    List<Outcome<T>> outcomes = new ArrayList<>();
    long wakes;
    do {
      wakes = harness.wakes();
      for (Iterator<Future<Outcome<T>>> each = open.iterator(); each.hasNext(); ) {
        Poll<Outcome<T>> answer = pollWhileWoken(each.next());
        if (answer.isReady()) {
          each.remove();
          outcomes.add(answer.value());
        }
      }
    } while (harness.wakes() > wakes && !open.isEmpty());
    for (Future<Outcome<T>> stuck : open) {
      stuck.cancel();
    }
    return outcomes;
  }

  Outcomes<TlsStream, TlsStream> handshake(
      TlsConnector connector, String host, TlsAcceptor acceptor) throws Exception {
    Wire[] ends = Wire.pair(1 << 16);
    return both(connector.connect(ends[0], host), acceptor.accept(ends[1]));
  }

  @CanIgnoreReturnValue
  Agreed agree(AsyncByteStream client, AsyncByteStream server) throws Exception {
    return agree(client, certificates.connector(), server, certificates.acceptor());
  }

  @CanIgnoreReturnValue
  Agreed agree(
      AsyncByteStream client, TlsConnector connector, AsyncByteStream server, TlsAcceptor acceptor)
      throws Exception {
    Outcomes<TlsStream, TlsStream> both =
        both(connector.connect(client, TestCertificates.HOST), acceptor.accept(server));
    return new Agreed(both.client().get(), both.server().get());
  }

  /** Two sides that have agreed on a version. */
  @CanIgnoreReturnValue
  Agreed agree(String version) throws Exception {
    Wire[] ends = Wire.pair(1 << 16);
    return agree(version, ends[0], ends[1]);
  }

  @CanIgnoreReturnValue
  Agreed agree(String version, AsyncByteStream client, AsyncByteStream server) throws Exception {
    return agree(
        client,
        connectors.computeIfAbsent(version, v -> certificates.trusting().protocols(v).build()),
        server,
        acceptors.computeIfAbsent(version, v -> certificates.serving().protocols(v).build()));
  }

  /** Writes and flushes at one end what then is read at the other. */
  void passes(AsyncByteStream from, AsyncByteStream to, String text) throws Exception {
    ByteBuffer dst = ByteBuffer.allocate(bytes(text).remaining());
    run(
        Futures.join(
            from.writeAll(bytes(text)).flatMap(x -> from.flush()),
            to.readExact(dst),
            (x, y) -> true));
    if (!text.equals(text(dst.flip()))) {
      throw new AssertionError("should read " + text + ", was " + text(dst));
    }
  }

  /** Reads one byte, or the end. */
  int read(AsyncRead from) throws Exception {
    ByteBuffer dst = ByteBuffer.allocate(1);
    int count = run(from.read(dst));
    return count == AsyncRead.EOF ? AsyncRead.EOF : dst.get(0) & 0xff;
  }

  static ByteBuffer bytes(String text) {
    return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
  }

  static String text(ByteBuffer bytes) {
    return StandardCharsets.UTF_8.decode(bytes.duplicate()).toString();
  }

  static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
