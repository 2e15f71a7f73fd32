package dev.pollux.spi;

import static java.util.Objects.requireNonNull;

import dev.pollux.core.TaskLocal;
import java.util.Optional;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The task locals that hold in a context: an immutable chain of bindings, the innermost first.
 *
 * <p>Looked up by walking the chain, which is short in practice: one link for each scope the poll
 * is in.
 *
 * @threading immutable
 */
public final class TaskLocals {

  private static final TaskLocals EMPTY = new TaskLocals();

  private final @Nullable TaskLocals outer;
  private final @Nullable TaskLocal<?> key;
  private final @Nullable Object value;

  private TaskLocals() {
    outer = null;
    key = null;
    value = null;
  }

  private TaskLocals(TaskLocals outer, TaskLocal<?> key, Object value) {
    this.outer = outer;
    this.key = key;
    this.value = value;
  }

  /** No bindings. */
  public static TaskLocals empty() {
    return EMPTY;
  }

  /**
   * These bindings with {@code key} bound to {@code value}, which hides an outer binding of the
   * same key.
   *
   * @param key what is bound
   * @param value what it is bound to
   * @param <T> the type of the local
   */
  public <T> TaskLocals with(TaskLocal<T> key, T value) {
    return new TaskLocals(this, requireNonNull(key, "key"), requireNonNull(value, "value"));
  }

  /**
   * The innermost value bound to {@code key}.
   *
   * @param key what is looked up
   * @param <T> the type of the local
   */
  @SuppressWarnings("unchecked") // with() binds a T to a TaskLocal<T> only
  public <T> Optional<T> get(TaskLocal<T> key) {
    for (TaskLocals at = this; at != null; at = at.outer) {
      if (at.key == key) {
        return Optional.of((T) requireNonNull(at.value));
      }
    }
    return Optional.empty();
  }

  /**
   * Shows every binding that {@link #get} can find: each key once, with its innermost value; the
   * innermost first.
   *
   * @param action sees key and value
   */
  public void forEach(BiConsumer<? super TaskLocal<?>, Object> action) {
    requireNonNull(action, "action");
    for (TaskLocals at = this; at != null; at = at.outer) {
      TaskLocal<?> key = at.key;
      if (key != null && !isHidden(key, at)) {
        action.accept(key, requireNonNull(at.value));
      }
    }
  }

  /** Whether a link inside of {@code at} has the same key. */
  private boolean isHidden(TaskLocal<?> key, TaskLocals at) {
    for (TaskLocals inner = this; inner != at; inner = requireNonNull(inner.outer)) {
      if (inner.key == key) {
        return true;
      }
    }
    return false;
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder("TaskLocals[");
    String separator = "";
    for (TaskLocals at = this; at != null && at.key != null; at = at.outer) {
      text.append(separator).append(at.key).append('=').append(at.value);
      separator = ", ";
    }
    return text.append(']').toString();
  }
}
