package dev.pollux.samples.sample;

import static java.util.Objects.requireNonNull;

import dev.pollux.core.AsyncIterator;
import dev.pollux.core.AsyncIterators;
import dev.pollux.core.Future;
import dev.pollux.executor.PolluxRuntime;
import dev.pollux.streams.Streams;
import io.r2dbc.h2.H2ConnectionConfiguration;
import io.r2dbc.h2.H2ConnectionFactory;
import io.r2dbc.pool.ConnectionPool;
import io.r2dbc.pool.ConnectionPoolConfiguration;
import io.r2dbc.pool.PoolMetrics;
import io.r2dbc.spi.Connection;
import io.r2dbc.spi.Row;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;

/**
 * A million rows of a database, pulled.
 *
 * <p>A driver of R2DBC is a {@code Publisher} of results, and a result one of rows. As an {@code
 * AsyncIterator} the rows are asked for as they are taken: at most {@link #CAPACITY} of them wait
 * in the iterator. What the driver and the database hold is their own matter: H2 has the whole
 * result in memory.
 *
 * <p>The pool has one connection, so that a connection that is not given back would be missed at
 * the next query.
 */
final class R2dbcSample {

  static final Sample SAMPLE =
      new Sample(
          "r2dbc", "1,000,000 rows of H2 through an AsyncIterator", findings -> run(findings));

  private static final long ROWS = 1_000_000;
  private static final int CAPACITY = 256;
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private R2dbcSample() {}

  private static void run(Findings findings) throws Exception {
    ConnectionPool pool = pool();
    try (PolluxRuntime runtime = PolluxRuntime.multiThread()) {
      Waiting waiting = new Waiting();
      long begun = System.nanoTime();
      long sum =
          runtime.blockOn(
              numbers(pool, ROWS, waiting).inspect(waiting::take).fold(0L, Long::sum), PATIENCE);
      findings.row("all rows in", (System.nanoTime() - begun) / 1_000_000 + " ms");
      findings.check("rows read", waiting.taken, ROWS);
      findings.check("sum of the rows", sum, ROWS * (ROWS + 1) / 2);
      findings.row("rows waiting at most", waiting.most.get() + ", of which one in hand");
      // The next are asked for in the moment in which one is handed to the reader.
      findings.check("within the capacity of " + CAPACITY, waiting.most.get() - 1 <= CAPACITY);

      // Half of them are enough: whoever ends early cancels what it reads from, and the iterator
      // the query.
      Waiting half = new Waiting();
      runtime.blockOn(
          numbers(pool, ROWS, half).inspect(half::take).take(ROWS / 2).drain(), PATIENCE);
      findings.check("rows read before the cancel", half.taken, ROWS / 2);
      // This waits until the only connection is back in the pool.
      long next = runtime.blockOn(numbers(pool, 10, new Waiting()).count(), PATIENCE);
      findings.check("rows of the next query", next, 10L);
      PoolMetrics metrics = pool.getMetrics().orElseThrow();
      findings.check("connections in use", metrics.acquiredSize(), 0);
      findings.check("connections in the pool", metrics.idleSize(), 1);
    } finally {
      pool.dispose();
    }
  }

  private static ConnectionPool pool() {
    H2ConnectionConfiguration database =
        H2ConnectionConfiguration.builder().inMemory("sample").build();
    return new ConnectionPool(
        ConnectionPoolConfiguration.builder(new H2ConnectionFactory(database))
            .initialSize(1)
            .maxSize(1)
            .build());
  }

  /** The numbers from 1 on, each a row that the database makes. */
  private static AsyncIterator<Long> numbers(ConnectionPool pool, long rows, Waiting waiting) {
    String sql = "SELECT x FROM SYSTEM_RANGE(1, " + rows + ")";
    return query(pool, sql, row -> requireNonNull(row.get(0, Long.class)), waiting);
  }

  /** The rows of a query, on a connection that is given back at the end, whatever that is. */
  private static <T> AsyncIterator<T> query(
      ConnectionPool pool, String sql, Function<Row, T> read, Waiting waiting) {
    return AsyncIterators.usingAsync(
        () -> acquire(pool),
        connection ->
            Streams.fromPublisher(connection.createStatement(sql).execute(), 1)
                .flatMap(
                    result -> {
                      Publisher<T> rows = result.map((row, metadata) -> read.apply(row));
                      return Streams.fromPublisher(waiting.watch(rows), CAPACITY);
                    }),
        connection -> Streams.fromPublisher(connection.close(), 1).drain());
  }

  /**
   * A connection of the pool, asked for once. An iterator would ask for the next one when it has
   * it, and the pool takes every request for one for a connection.
   */
  private static Future<Connection> acquire(ConnectionPool pool) {
    return Streams.singleOf(pool.create());
  }

  /** Counts the rows between driver and reader: emitted by the one, not seen by the other yet. */
  private static final class Waiting {
    private final AtomicInteger now = new AtomicInteger();
    private final AtomicInteger most = new AtomicInteger();
    private long taken;

    <T> Publisher<T> watch(Publisher<T> rows) {
      return Flux.from(rows)
          .doOnNext(row -> most.accumulateAndGet(now.incrementAndGet(), Math::max));
    }

    void take(Object row) {
      now.decrementAndGet();
      taken++;
    }
  }
}
