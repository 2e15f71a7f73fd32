package dev.pollux.structure;

import static java.util.Objects.requireNonNull;

import dev.pollux.core.UncaughtFailureHandler;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How a {@link TaskScope} behaves.
 *
 * <pre>{@code
 * ScopeOptions options = ScopeOptions.defaults().withName("crawl").withMaxConcurrent(16);
 * }</pre>
 *
 * @threading immutable
 */
public final class ScopeOptions {

  private static final ScopeOptions DEFAULTS =
      new ScopeOptions(null, Integer.MAX_VALUE, FailurePolicy.CANCEL_SIBLINGS, null);

  private final @Nullable String name;
  private final int maxConcurrent;
  private final FailurePolicy failurePolicy;
  private final @Nullable UncaughtFailureHandler handler;

  private ScopeOptions(
      @Nullable String name,
      int maxConcurrent,
      FailurePolicy failurePolicy,
      @Nullable UncaughtFailureHandler handler) {
    this.name = name;
    this.maxConcurrent = maxConcurrent;
    this.failurePolicy = failurePolicy;
    this.handler = handler;
  }

  /**
   * No name, as many children at a time as are spawned, {@link FailurePolicy#CANCEL_SIBLINGS}, and
   * reports to {@link UncaughtFailureHandler#processDefault()}.
   */
  public static ScopeOptions defaults() {
    return DEFAULTS;
  }

  /**
   * These options with another name.
   *
   * @param name names the scope in messages
   */
  public ScopeOptions withName(String name) {
    return new ScopeOptions(requireNonNull(name, "name"), maxConcurrent, failurePolicy, handler);
  }

  /**
   * These options with another limit.
   *
   * @param maxConcurrent how many children are live at a time at most, at least 1; a spawn beyond
   *     that waits
   * @throws IllegalArgumentException if it is less than 1
   */
  public ScopeOptions withMaxConcurrent(int maxConcurrent) {
    if (maxConcurrent < 1) {
      throw new IllegalArgumentException("maxConcurrent must be at least 1, was " + maxConcurrent);
    }
    return new ScopeOptions(name, maxConcurrent, failurePolicy, handler);
  }

  /**
   * These options with another policy.
   *
   * @param failurePolicy what a failure of a child does to the others
   */
  public ScopeOptions withFailurePolicy(FailurePolicy failurePolicy) {
    return new ScopeOptions(
        name, maxConcurrent, requireNonNull(failurePolicy, "failurePolicy"), handler);
  }

  /**
   * These options with another handler.
   *
   * @param handler takes the report of a scope that was lost while children were live, and the
   *     failures that the scope owns and nobody took
   */
  public ScopeOptions withUncaughtFailureHandler(UncaughtFailureHandler handler) {
    return new ScopeOptions(name, maxConcurrent, failurePolicy, requireNonNull(handler, "handler"));
  }

  /** These options, with {@code handler} if none was given. */
  ScopeOptions reportingTo(UncaughtFailureHandler handler) {
    return this.handler == null
        ? new ScopeOptions(name, maxConcurrent, failurePolicy, handler)
        : this;
  }

  /** The name, if one was given. */
  public Optional<String> name() {
    return Optional.ofNullable(name);
  }

  /** How many children are live at a time at most; {@link Integer#MAX_VALUE} by default. */
  public int maxConcurrent() {
    return maxConcurrent;
  }

  /** What a failure of a child does to the others. */
  public FailurePolicy failurePolicy() {
    return failurePolicy;
  }

  /** What takes the reports: the process's default at this moment, unless another was given. */
  public UncaughtFailureHandler uncaughtFailureHandler() {
    return handler == null ? UncaughtFailureHandler.processDefault() : handler;
  }

  @Override
  public String toString() {
    return "ScopeOptions["
        + (name == null ? "unnamed" : name)
        + ", "
        + (maxConcurrent == Integer.MAX_VALUE ? "unlimited" : "at most " + maxConcurrent)
        + ", "
        + failurePolicy
        + "]";
  }
}
