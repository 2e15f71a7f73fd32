package dev.pollux.executor.service;

import org.jspecify.annotations.Nullable;

/**
 * A command given to {@code execute}. Nobody waits for it, so what it throws goes on to the task,
 * and from there to the uncaught-failure handler.
 */
final class ExecutedCommand extends ImmediateCommand<@Nullable Void> {

  ExecutedCommand(Runnable work, LiveCommands live) {
    super(work, live);
  }

  @Override
  @Nullable Void invoke(Object work) {
    ((Runnable) work).run();
    return null;
  }

  @Override
  boolean isRethrown(Throwable failure) {
    return true;
  }

  @Override
  String kind() {
    return "executed command";
  }
}
