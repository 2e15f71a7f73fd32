package dev.pollux.core;

import dev.pollux.testing.Law;
import java.io.IOException;

/** Streams that a task of their own reads. */
public final class SpawnedSubjects extends IteratorSubjects {

  /** Adds them. */
  public SpawnedSubjects() {
    for (int capacity : new int[] {1, 2, 256}) {
      subject(
              "core.SpawnedIterator",
              "spawned, capacity " + capacity,
              kit -> source(kit).spawned(capacity))
          .expectElements(Value.of(1), Value.of(2), Value.of(3))
          .recovers() // what the upstream throws comes out of another task
          .without(Law.CHILDREN_CANCELLED, "a task is asked to stop, and stops when it is polled")
          .without(Law.THROWING_SINK, "the same")
          .without(Law.DESCRIBED, "a task is a tree of its own");
    }
    subject(
            "core.SpawnedIterator",
            "spawned, of one that fails",
            kit -> kit.failingIterator("source", new IOException("torn"), Value.of(1)).spawned(2))
        .expectFailure(IOException.class, Value.of(1))
        .recovers()
        .without(Law.CHILDREN_CANCELLED, "a task is asked to stop, and stops when it is polled")
        .without(Law.THROWING_SINK, "the same")
        .without(Law.DESCRIBED, "a task is a tree of its own");
  }
}
