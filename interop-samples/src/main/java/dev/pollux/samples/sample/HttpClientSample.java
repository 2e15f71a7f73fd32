package dev.pollux.samples.sample;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.pollux.core.AsyncIterator;
import dev.pollux.core.AsyncIterators;
import dev.pollux.core.Future;
import dev.pollux.core.Futures;
import dev.pollux.core.UncaughtFailureHandler;
import dev.pollux.executor.PolluxRuntime;
import dev.pollux.streams.Streams;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.zip.CRC32;

/**
 * The bodies of the JDK's HTTP client, both ways.
 *
 * <p>The client takes the body of a request from a {@code Flow.Publisher}, and gives that of a
 * response as one. An {@code AsyncIterator} is the first through {@code toFlowPublisher}, and reads
 * the second through {@code fromFlowPublisher}; the client's own demand decides how fast.
 */
final class HttpClientSample {

  static final Sample SAMPLE =
      new Sample(
          "http-client",
          "the JDK's HttpClient: a request body from an AsyncIterator, a response body into one",
          findings -> run(findings));

  private static final int CHUNK_BYTES = 16 * 1024;
  private static final int CHUNKS = 512;
  private static final long BODY_BYTES = (long) CHUNK_BYTES * CHUNKS;

  /** How many lists of buffers, as the client has them, may wait for the reader. */
  private static final int CAPACITY = 4;

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private HttpClientSample() {}

  private static void run(Findings findings) throws Exception {
    try (PolluxRuntime runtime =
            PolluxRuntime.builder()
                .uncaughtFailureHandler(HttpClientSample::uncaught)
                .multiThread();
        Server server = new Server()) {
      HttpClient client = HttpClient.newHttpClient();

      Summary sent = new Summary();
      AsyncIterator<ByteBuffer> body = chunks().inspect(sent::add);
      String answer = runtime.blockOn(upload(client, server, body, runtime), PATIENCE);
      findings.row("sent to the server", sent);
      findings.check("the server has received", answer, sent.toString());

      Summary received =
          runtime.blockOn(
              download(client, server, "/body").fold(new Summary(), Summary::with), PATIENCE);
      findings.check("received from the server", received, sent);

      // A response without end: who has seen enough cancels the rest, down to the connection.
      long bytes =
          runtime.blockOn(
              download(client, server, "/endless")
                  .scan(0L, (sum, buffer) -> sum + buffer.remaining())
                  .takeThrough(sum -> sum >= BODY_BYTES)
                  .fold(0L, (before, sum) -> sum),
              PATIENCE);
      findings.check("enough of the endless one", bytes >= BODY_BYTES);
      findings.check("the server has noticed", server.noticesTheCancel());
    }
  }

  /**
   * Failures that have nobody to go to. The client tells even a subscriber that has cancelled that
   * its subscription was; nothing is wrong then.
   */
  private static void uncaught(Throwable failure, String origin) {
    Throwable cause = failure.getCause() == null ? failure : failure.getCause();
    if (!(failure instanceof IOException && "subscription cancelled".equals(cause.getMessage()))) {
      UncaughtFailureHandler.processDefault().uncaught(failure, origin);
    }
  }

  /** What the server answers to a body that is made chunk by chunk, as the client asks for it. */
  private static Future<String> upload(
      HttpClient client, Server server, AsyncIterator<ByteBuffer> body, PolluxRuntime runtime) {
    Flow.Publisher<ByteBuffer> publisher = Streams.toOneShotFlowPublisher(body, runtime);
    HttpRequest request =
        HttpRequest.newBuilder(server.uri("/count"))
            .POST(BodyPublishers.fromPublisher(publisher))
            .build();
    return Futures.defer(
            () -> Streams.fromCompletionStage(client.sendAsync(request, BodyHandlers.ofString())))
        .map(HttpResponse::body);
  }

  /** The body of a response, as it comes in. */
  private static AsyncIterator<ByteBuffer> download(HttpClient client, Server server, String path) {
    HttpRequest request = HttpRequest.newBuilder(server.uri(path)).build();
    // The client sends at once; a future waits to be polled.
    Future<HttpResponse<Flow.Publisher<List<ByteBuffer>>>> response =
        Futures.defer(
            () ->
                Streams.fromCompletionStage(client.sendAsync(request, BodyHandlers.ofPublisher())));
    return AsyncIterators.fromFuture(response)
        .flatMap(found -> Streams.<List<ByteBuffer>>fromFlowPublisher(found.body(), CAPACITY))
        .flatMapIterable(buffers -> buffers);
  }

  private static AsyncIterator<ByteBuffer> chunks() {
    return AsyncIterators.range(0, CHUNKS).map(number -> ByteBuffer.wrap(chunk(number)));
  }

  private static byte[] chunk(int number) {
    byte[] bytes = new byte[CHUNK_BYTES];
    for (int i = 0; i < CHUNK_BYTES; i++) {
      bytes[i] = (byte) (31 * number + i);
    }
    return bytes;
  }

  /** The number of bytes, and their checksum. */
  private static final class Summary {
    private final CRC32 crc = new CRC32();
    private long bytes;

    void add(ByteBuffer buffer) {
      bytes += buffer.remaining();
      crc.update(buffer.duplicate()); // which leaves the buffer's own position alone
    }

    Summary with(ByteBuffer buffer) {
      add(buffer);
      return this;
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Summary && other.toString().equals(toString());
    }

    @Override
    public int hashCode() {
      return Long.hashCode(crc.getValue());
    }

    @Override
    public String toString() {
      return "%d bytes, CRC %08x".formatted(bytes, crc.getValue());
    }
  }

  /** The JDK's own server: blocking, and a thread for each request. */
  private static final class Server implements AutoCloseable {
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final CountDownLatch cancelled = new CountDownLatch(1);
    private final HttpServer server;

    Server() throws IOException {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
      server.setExecutor(threads);
      server.createContext("/count", this::count);
      server.createContext("/body", this::body);
      server.createContext("/endless", this::endless);
      server.start();
    }

    URI uri(String path) {
      return URI.create(
          "http://"
              + server.getAddress().getHostString()
              + ":"
              + server.getAddress().getPort()
              + path);
    }

    private void count(HttpExchange exchange) throws IOException {
      Summary summary = new Summary();
      try (exchange;
          InputStream in = exchange.getRequestBody()) {
        byte[] buffer = new byte[CHUNK_BYTES];
        for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
          summary.add(ByteBuffer.wrap(buffer, 0, n));
        }
        byte[] answer = summary.toString().getBytes(StandardCharsets.US_ASCII);
        exchange.sendResponseHeaders(200, answer.length);
        exchange.getResponseBody().write(answer);
      }
    }

    private void body(HttpExchange exchange) throws IOException {
      try (exchange) {
        exchange.sendResponseHeaders(200, BODY_BYTES);
        for (int number = 0; number < CHUNKS; number++) {
          exchange.getResponseBody().write(chunk(number));
        }
      }
    }

    private void endless(HttpExchange exchange) throws IOException {
      exchange.sendResponseHeaders(200, 0); // in chunks, until the client goes away
      OutputStream out = exchange.getResponseBody();
      byte[] chunk = chunk(0);
      try {
        while (true) {
          out.write(chunk);
        }
      } catch (IOException goneAway) {
        cancelled.countDown();
        throw goneAway;
      }
    }

    boolean noticesTheCancel() throws InterruptedException {
      return cancelled.await(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }

    @Override
    public void close() {
      server.stop(0);
      threads.shutdownNow();
    }
  }
}
