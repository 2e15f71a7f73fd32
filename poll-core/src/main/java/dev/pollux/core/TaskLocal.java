package dev.pollux.core;

import static java.util.Objects.requireNonNull;

import dev.pollux.spi.Unpolled;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A value that holds in one task and not in another: what a thread-local is for threads.
 *
 * <p>A value is bound for the time of a future ({@link #scope}) and read by whatever that future
 * polls, from its context or, in a lambda without one, by {@link #get()}.
 *
 * <pre>{@code
 * static final TaskLocal<String> USER = new TaskLocal<>("user");
 * Future<Page> page = USER.scope("ada", renderPage());
 * String user = USER.get().orElse("nobody");   // in any function that the page calls in its polls
 * }</pre>
 *
 * <p>A spawned task inherits no value by itself: see {@link Future#withLocals} and {@link
 * dev.pollux.spi.Spawner#inheriting}. A future that is {@linkplain Future#shielded() shielded}
 * does.
 *
 * <p>Values hold in polls. A {@code cancel()} or {@code describe} runs in no poll of its own: read
 * there without a context, a local has the value that holds for whoever cancels, if that is inside
 * a poll, and otherwise none. What a {@code cancel()} needs to know belongs in a field.
 *
 * <p>Source: {@code task_local!} of Tokio.
 *
 * @param <T> the type of the value
 * @threading immutable; the key itself holds nothing
 */
public final class TaskLocal<T> {

  private final String name;

  /**
   * Makes a key. Two keys are different even with the same name.
   *
   * @param name for messages
   */
  public TaskLocal(String name) {
    this.name = requireNonNull(name, "name");
  }

  /**
   * The value that holds in {@code cx}.
   *
   * @param cx the context of the poll that asks
   */
  public Optional<T> get(Context cx) {
    return cx.locals().get(this);
  }

  /**
   * The value that holds in the innermost poll of the calling thread, for lambdas that have no
   * context.
   */
  public Optional<T> get() {
    return Context.current().flatMap(this::get);
  }

  /**
   * A future that polls {@code future} with this local bound to {@code value}.
   *
   * @param value what is bound
   * @param future where it holds
   * @param <R> the output of the future
   * @cancellation cancels {@code future}
   */
  public <R extends @Nullable Object> Future<R> scope(T value, Future<R> future) {
    return Unpolled.made(
        LocalScope.of(this, requireNonNull(value, "value"), requireNonNull(future, "future")),
        future);
  }

  @Override
  public String toString() {
    return name;
  }
}
