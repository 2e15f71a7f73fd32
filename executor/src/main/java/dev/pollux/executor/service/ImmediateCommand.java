package dev.pollux.executor.service;

import dev.pollux.core.Context;
import dev.pollux.core.Description;
import dev.pollux.core.Poll;
import org.jspecify.annotations.Nullable;

/** A command that runs as soon as there is a thread for it: a task, or a job, of one turn. */
abstract class ImmediateCommand<V extends @Nullable Object> extends Command<V> {

  ImmediateCommand(Object work, LiveCommands live) {
    super(work, live);
  }

  @Override
  public final Poll<Void> poll(Context cx) throws Exception {
    runOnce();
    return Poll.done();
  }

  @Override
  public final void describe(Description description) {
    description.name(kind()).with("state", describeState());
  }
}
