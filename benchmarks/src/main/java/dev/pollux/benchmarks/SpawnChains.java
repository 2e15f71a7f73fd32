package dev.pollux.benchmarks;

import dev.pollux.core.Context;
import dev.pollux.core.Description;
import dev.pollux.core.Future;
import dev.pollux.core.Futures;
import dev.pollux.core.Poll;
import dev.pollux.spi.Spawner;
import org.jspecify.annotations.Nullable;

/**
 * Spawns a task that spawns the next and ends, and so on; the last answers by a one-shot. Chains
 * follow one after the other; the output is the number of tasks.
 */
public final class SpawnChains implements Future<Long> {

  private final int depth;
  private final int chains;
  private int done;
  private long tasks;
  private @Nullable OneShot<Integer> last;

  /**
   * Makes the future.
   *
   * @param depth how many tasks a chain has
   * @param chains how many chains
   */
  public SpawnChains(int depth, int chains) {
    this.depth = depth;
    this.chains = chains;
  }

  @Override
  public Poll<Long> poll(Context cx) {
    while (true) {
      if (last == null) {
        if (done == chains) {
          return Poll.ready(tasks);
        }
        last = new OneShot<>();
        spawnNext(cx.spawner(), 0, last);
      }
      Poll<Integer> answer = last.poll(cx);
      if (answer.isPending()) {
        return Poll.pending();
      }
      tasks += answer.value();
      last = null;
      done++;
    }
  }

  private void spawnNext(Spawner spawner, int before, OneShot<Integer> answer) {
    if (before == depth) {
      answer.send(before);
      return;
    }
    Future<Integer> next =
        Futures.lazy(
            () -> {
              spawnNext(spawner, before + 1, answer);
              return before;
            });
    spawner.spawn(next).detach();
  }

  @Override
  public void cancel() {
    if (last != null) {
      last.cancel();
    }
  }

  @Override
  public void describe(Description description) {
    description.name("spawn chains").with("done", done);
  }
}
