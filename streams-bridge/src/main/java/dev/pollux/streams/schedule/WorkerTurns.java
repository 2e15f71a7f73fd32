package dev.pollux.streams.schedule;

import static java.util.Objects.requireNonNull;

import dev.pollux.spi.Spawner;

/** Jobs run on the workers of a runtime: a queue that has something to do is one task. */
public final class WorkerTurns implements Turns {

  private final Spawner spawner;
  private final String name;

  /**
   * Makes the turns of tasks.
   *
   * @param spawner where tasks are spawned
   * @param name the name of the tasks
   */
  public WorkerTurns(Spawner spawner, String name) {
    this.spawner = requireNonNull(spawner, "spawner");
    this.name = requireNonNull(name, "name");
  }

  @Override
  public void begin(SerialQueue queue, LiveSet live) {
    WorkerDrain drain = new WorkerDrain(queue);
    drain.enter(live);
    try {
      drain.spawnedBy(() -> spawner.spawn(name, drain).detach());
    } catch (Throwable refused) {
      drain.leave();
      throw refused;
    }
  }
}
