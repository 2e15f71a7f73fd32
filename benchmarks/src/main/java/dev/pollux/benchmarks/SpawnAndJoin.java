package dev.pollux.benchmarks;

import dev.pollux.core.Context;
import dev.pollux.core.Description;
import dev.pollux.core.Future;
import dev.pollux.core.JoinHandle;
import dev.pollux.core.Poll;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Spawns a number of tasks at its first poll, awaits them in the order in which they were spawned,
 * and adds up their outputs.
 */
public final class SpawnAndJoin implements Future<Long> {

  private final IntFunction<? extends Future<Integer>> body;
  private final @Nullable JoinHandle<Integer>[] handles;
  private boolean begun;
  private int joined;
  private long sum;

  /**
   * Makes the future.
   *
   * @param count how many tasks
   * @param body makes what each of them runs
   */
  @SuppressWarnings("unchecked") // an array of nulls
  public SpawnAndJoin(int count, IntFunction<? extends Future<Integer>> body) {
    this.body = body;
    this.handles = (JoinHandle<Integer>[]) new JoinHandle<?>[count];
  }

  @Override
  public Poll<Long> poll(Context cx) throws Exception {
    if (!begun) {
      begun = true;
      for (int i = 0; i < handles.length; i++) {
        handles[i] = cx.spawner().spawn(body.apply(i));
      }
    }
    for (; joined < handles.length; joined++) {
      JoinHandle<Integer> handle = handles[joined];
      assert handle != null : "joined before it was spawned";
      Poll<Integer> output = handle.poll(cx);
      if (output.isPending()) {
        return Poll.pending();
      }
      sum += output.value();
      handles[joined] = null;
    }
    return Poll.ready(sum);
  }

  @Override
  public void cancel() {
    for (int i = handles.length - 1; i >= joined; i--) {
      JoinHandle<Integer> handle = handles[i];
      if (handle != null) {
        handle.cancel();
      }
    }
    joined = handles.length;
  }

  @Override
  public void describe(Description description) {
    description.name("spawn and join").with("tasks", handles.length).with("joined", joined);
    if (joined < handles.length) {
      description.child("next", handles[joined]);
    }
  }
}
