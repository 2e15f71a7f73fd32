package dev.pollux.streams.reactor;

import dev.pollux.core.TaskLocal;
import dev.pollux.spi.TaskLocals;
import java.util.Iterator;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import reactor.util.context.Context;
import reactor.util.context.ContextView;

/** Reactor's context as task locals, and task locals as Reactor's context. */
final class TaskContext {

  private TaskContext() {}

  /**
   * What holds in the polls of a source whose subscriber has {@code context}: the context itself,
   * and each entry of it whose key is a task local. Null if it is empty.
   */
  static @Nullable TaskLocals locals(ContextView context) {
    if (context.isEmpty()) {
      return null;
    }
    TaskLocals locals = TaskLocals.empty().with(ReactorStreams.CONTEXT, context);
    for (Iterator<Map.Entry<Object, Object>> at = context.stream().iterator(); at.hasNext(); ) {
      Map.Entry<Object, Object> entry = at.next();
      if (entry.getKey() instanceof TaskLocal<?> key && key != ReactorStreams.CONTEXT) {
        locals = with(locals, key, entry.getValue());
      }
    }
    return locals;
  }

  @SuppressWarnings("unchecked") // what a key stands for is the business of who puts it there
  private static <V> TaskLocals with(TaskLocals locals, TaskLocal<V> key, Object value) {
    return locals.with(key, (V) value);
  }

  /**
   * The context of a subscriber where {@code locals} hold: the context that is one of them, and
   * every other one, which is its own key and replaces an entry of that key.
   */
  static Context of(TaskLocals locals) {
    Context[] made = {
      locals.get(ReactorStreams.CONTEXT).map(Context::of).orElseGet(Context::empty)
    };
    locals.forEach(
        (key, value) -> {
          if (key != ReactorStreams.CONTEXT) {
            made[0] = made[0].put(key, value);
          }
        });
    return made[0];
  }
}
