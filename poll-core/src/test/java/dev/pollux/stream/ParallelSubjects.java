package dev.pollux.stream;

import dev.pollux.core.AsyncIterator;
import dev.pollux.core.IteratorSubjects;
import dev.pollux.core.TaskFailedException;
import dev.pollux.core.Value;
import dev.pollux.testing.AsyncIteratorConformance;
import dev.pollux.testing.ConformanceKit;
import dev.pollux.testing.Law;
import java.io.IOException;
import java.util.function.Function;

/** The operators of {@link Parallel}. */
public final class ParallelSubjects extends IteratorSubjects {

  /** Lists them. */
  public ParallelSubjects() {
    for (int limit : new int[] {1, 2, 9}) {
      String of = "(" + limit + ")";
      ofTasks(
              "parallel.map" + of,
              kit -> source(kit).parallel(limit).map(kit.function(ParallelSubjects::ten)))
          .expectElements(Value.of(11), Value.of(12), Value.of(13));
      ofTasks(
              "parallel.mapUnordered" + of,
              kit ->
                  source(kit)
                      .parallel(limit, kit.spawner())
                      .mapUnordered(kit.function(ParallelSubjects::ten)))
          .expectElements(Value.of(11), Value.of(12), Value.of(13))
          .inAnyOrder();
      ofTasks(
              "parallel.mapAsync" + of,
              kit ->
                  source(kit)
                      .parallel(limit)
                      .mapAsync(kit.function(v -> kit.future("future " + v.number(), ten(v)))))
          .expectElements(Value.of(11), Value.of(12), Value.of(13));
      ofTasks(
              "parallel.mapAsyncUnordered" + of,
              kit ->
                  source(kit)
                      .parallel(limit)
                      .mapAsyncUnordered(
                          kit.function(v -> kit.future("future " + v.number(), ten(v)))))
          .expectElements(Value.of(11), Value.of(12), Value.of(13))
          .inAnyOrder();
      ofTasks(
              "parallel.mapAsync, where one fails" + of,
              kit ->
                  source(kit)
                      .parallel(limit)
                      .mapAsync(
                          kit.function(
                              v ->
                                  v.number() == 2
                                      ? kit.<Value>failingFuture("2", new IOException("torn"))
                                      : kit.future("future " + v.number(), ten(v)))))
          .expectFailure(TaskFailedException.class, Value.of(11));
    }
  }

  private static Value ten(Value v) {
    return v.plus(Value.of(10));
  }

  private AsyncIteratorConformance<Value> ofTasks(
      String name, Function<ConformanceKit, AsyncIterator<Value>> make) {
    return subject("operator.BufferedIterator", name, make)
        .recovers() // a failure comes out of a task as a TaskFailedException
        .without(Law.ERROR, "a task boundary catches it")
        .without(Law.CHILDREN_CANCELLED, "a task that was asked to stop cancels what it runs later")
        .without(Law.THROWING_CANCEL, "the same")
        .without(Law.THROWING_SINK, "the same")
        .without(Law.DESCRIBED, "a task is a tree of its own");
  }
}
