package dev.pollux.stream;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * How often, how soon and after which failures something is tried again.
 *
 * <pre>{@code
 * Backoff backoff =
 *     Backoff.exponential(Duration.ofMillis(100), Duration.ofSeconds(10))
 *         .jitter(0.2)
 *         .attempts(8)
 *         .onlyIf(failure -> failure instanceof IOException);
 * Future<Page> page = Futures.retry(() -> fetch(url), backoff);
 * }</pre>
 *
 * <p>Unless it is told otherwise it tries again without end, after every {@link Exception}, and
 * without jitter. An {@link Error} is never tried again.
 *
 * <p>Source: {@code Retry.backoff} of Reactor.
 *
 * @threading immutable; what it is given is called by whoever polls
 */
public final class Backoff {

  private static final double DEFAULT_FACTOR = 2;

  private final long firstNanos;
  private final long maxNanos;
  private final double factor;
  private final double jitter;

  /** The seed of the jitter; null if each schedule is given one. */
  private final @Nullable Long seed;

  private final long attempts;
  private final Predicate<? super Exception> retryable;

  private Backoff(
      long firstNanos,
      long maxNanos,
      double factor,
      double jitter,
      @Nullable Long seed,
      long attempts,
      Predicate<? super Exception> retryable) {
    this.firstNanos = firstNanos;
    this.maxNanos = maxNanos;
    this.factor = factor;
    this.jitter = jitter;
    this.seed = seed;
    this.attempts = attempts;
    this.retryable = retryable;
  }

  /**
   * Waits as long before each attempt after the first.
   *
   * @param delay how long, at least zero
   * @throws IllegalArgumentException if {@code delay} is negative
   */
  public static Backoff fixed(Duration delay) {
    if (requireNonNull(delay, "delay").isNegative()) {
      throw new IllegalArgumentException("delay must not be negative, was " + delay);
    }
    long nanos = nanos(delay);
    return new Backoff(nanos, Long.MAX_VALUE, 1, 0, null, Long.MAX_VALUE, failure -> true);
  }

  /**
   * Waits twice as long before each attempt as before the one before it; another factor is set by
   * {@link #factor}.
   *
   * @param first the wait before the second attempt, more than zero
   * @param max the longest wait, at least {@code first}; jitter makes it no longer
   * @throws IllegalArgumentException if {@code first} is not more than zero, or {@code max} is less
   */
  public static Backoff exponential(Duration first, Duration max) {
    if (requireNonNull(first, "first").isNegative() || first.isZero()) {
      throw new IllegalArgumentException("first must be more than 0, was " + first);
    }
    if (requireNonNull(max, "max").compareTo(first) < 0) {
      throw new IllegalArgumentException("max must be at least first, " + first + ", was " + max);
    }
    return new Backoff(
        nanos(first), nanos(max), DEFAULT_FACTOR, 0, null, Long.MAX_VALUE, failure -> true);
  }

  /**
   * This, with another factor from wait to wait. The waits of {@link #fixed} grow by it as well,
   * without a longest.
   *
   * @param factor at least 1, finite
   * @throws IllegalArgumentException if it is not
   */
  public Backoff factor(double factor) {
    if (!(factor >= 1) || Double.isInfinite(factor)) {
      throw new IllegalArgumentException(
          "factor must be at least 1 and not infinite, was " + factor);
    }
    return new Backoff(firstNanos, maxNanos, factor, jitter, seed, attempts, retryable);
  }

  /**
   * This, with each wait made shorter or longer at random, so that many who failed together do not
   * try again together. The random numbers are those of whatever runs the attempts: {@link
   * dev.pollux.core.Context#nextInt}, which a seeded runtime repeats.
   *
   * @param ratio by how much of a wait at most, from 0 to 1
   * @throws IllegalArgumentException if {@code ratio} is not in that range
   */
  public Backoff jitter(double ratio) {
    return withJitter(ratio, null);
  }

  /**
   * This, with each wait made shorter or longer at random: the same in each schedule, so that a
   * schedule can be repeated. Those that share a seed wait alike, which is no help against many at
   * once; see {@link #jitter(double)}.
   *
   * @param ratio by how much of a wait at most, from 0 to 1
   * @param seed where the random numbers start
   * @throws IllegalArgumentException if {@code ratio} is not in that range
   */
  public Backoff jitter(double ratio, long seed) {
    return withJitter(ratio, seed);
  }

  private Backoff withJitter(double ratio, @Nullable Long seed) {
    if (!(ratio >= 0 && ratio <= 1)) {
      throw new IllegalArgumentException("ratio must be from 0 to 1, was " + ratio);
    }
    return new Backoff(firstNanos, maxNanos, factor, ratio, seed, attempts, retryable);
  }

  /**
   * This, with a limit of attempts: the failure of the last one is final.
   *
   * @param attempts how many in a row at most, the first included; at least 1
   * @throws IllegalArgumentException if {@code attempts} is less than 1
   */
  public Backoff attempts(int attempts) {
    if (attempts < 1) {
      throw new IllegalArgumentException("attempts must be at least 1, was " + attempts);
    }
    return new Backoff(firstNanos, maxNanos, factor, jitter, seed, attempts, retryable);
  }

  /**
   * This, for some failures only: another is final. If this is said several times, all of the
   * predicates must hold.
   *
   * @param retryable says whether to try again; what it throws is the failure instead, with the
   *     first one as a suppressed exception
   */
  public Backoff onlyIf(Predicate<? super Exception> retryable) {
    requireNonNull(retryable, "retryable");
    Predicate<? super Exception> before = this.retryable;
    return new Backoff(
        firstNanos,
        maxNanos,
        factor,
        jitter,
        seed,
        attempts,
        failure -> before.test(failure) && retryable.test(failure));
  }

  /**
   * The waits of one thing that is tried: for a loop of one's own. {@code retry} has one of these
   * for each stream or future that it runs.
   *
   * @param seed where the jitter starts, unless this has a seed of its own
   */
  public Schedule schedule(long seed) {
    return new Schedule(this, this.seed == null ? seed : this.seed);
  }

  /**
   * The wait before the attempt that comes after {@code failures} failures in a row, before jitter.
   * What would be more than 292 years is that.
   */
  private long waitNanos(long failures) {
    if (failures == 1 || factor == 1 || firstNanos == 0) {
      return firstNanos; // a double may have to round it
    }
    // In doubles: they overflow to infinity, which the cast turns into the largest long.
    return Math.min(maxNanos, (long) (firstNanos * StrictMath.pow(factor, failures - 1.0)));
  }

  private long jittered(long nanos, SplittableRandom random) {
    if (jitter == 0) {
      return nanos;
    }
    double scale = 1 + jitter * (2 * random.nextDouble() - 1);
    return Math.min(maxNanos, (long) (nanos * scale));
  }

  /** The length of a duration that is not negative, at most the longest that a long can say. */
  private static long nanos(Duration duration) {
    try {
      return duration.toNanos();
    } catch (ArithmeticException tooLong) {
      return Long.MAX_VALUE;
    }
  }

  @Override
  public String toString() {
    return "Backoff[first "
        + Duration.ofNanos(firstNanos)
        + ", max "
        + Duration.ofNanos(maxNanos)
        + ", factor "
        + factor
        + ", jitter "
        + jitter
        + (attempts == Long.MAX_VALUE ? "]" : ", " + attempts + " attempts]");
  }

  /**
   * Where one thing that is tried stands: how often it has failed in a row, and how long to wait.
   *
   * @threading confined to whoever tries
   */
  public static final class Schedule {

    private final Backoff backoff;
    private final SplittableRandom random;
    private long failures;

    private Schedule(Backoff backoff, long seed) {
      this.backoff = backoff;
      this.random = new SplittableRandom(seed);
    }

    /**
     * How long to wait before the next attempt, the last one having failed.
     *
     * @param failure what it failed with
     * @return the wait, or nothing if the failure is final
     */
    public Optional<Duration> next(Exception failure) {
      requireNonNull(failure, "failure");
      failures++;
      if (failures >= backoff.attempts || !backoff.retryable.test(failure)) {
        return Optional.empty();
      }
      return Optional.of(Duration.ofNanos(backoff.jittered(backoff.waitNanos(failures), random)));
    }

    /** Says that an attempt has brought something: the next failure is the first in a row. */
    public void reset() {
      failures = 0;
    }

    /** How many attempts in a row have failed. */
    public long failures() {
      return failures;
    }
  }
}
