package dev.pollux.executor.service;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/** A command given to {@code submit}, {@code invokeAll} or {@code invokeAny}. */
class SubmittedCommand<V extends @Nullable Object> extends ImmediateCommand<V> {

  SubmittedCommand(Callable<? extends V> work, LiveCommands live) {
    super(work, live);
  }

  @Override
  @SuppressWarnings("unchecked") // as the constructor took it
  final @Nullable V invoke(Object work) throws Exception {
    return ((Callable<? extends V>) work).call();
  }

  @Override
  String kind() {
    return "submitted command";
  }
}
