package dev.pollux.samples.exercise;

import dev.pollux.core.Future;
import dev.pollux.testing.PollHarness;
import java.util.function.Supplier;
import org.openjdk.jol.info.GraphLayout;
import org.openjdk.jol.info.GraphPathRecord;

/**
 * What a future keeps in memory: itself, and all that can be reached from it and from no other
 * future of its kind.
 *
 * @param objects how many objects
 * @param bytes their sizes together
 * @param depth how many references lie between the future and the farthest of them
 */
record Retained(int objects, long bytes, int depth) {

  /** What a future keeps that was polled {@code polls} times. */
  static Retained after(int polls, Supplier<Future<Long>> maker) throws Exception {
    PollHarness harness = PollHarness.create();
    Future<Long> own = polled(polls, maker, harness);
    Future<Long> another = polled(polls, maker, harness);
    // Of two roots the walk takes the last one first. What both can reach is counted there.
    GraphLayout graph = GraphLayout.parseInstance(own, another);
    int objects = 0;
    long bytes = 0;
    int depth = 0;
    for (long address : graph.addresses()) {
      GraphPathRecord found = graph.record(address);
      if (found.path().startsWith("<r1>")) { // such as <r1>.awaited.future
        objects++;
        bytes += found.size();
        depth = Math.max(depth, (int) found.path().chars().filter(c -> c == '.').count());
      }
    }
    return new Retained(objects, bytes, depth);
  }

  private static Future<Long> polled(int polls, Supplier<Future<Long>> maker, PollHarness harness)
      throws Exception {
    Future<Long> future = maker.get();
    for (int i = 0; i < polls; i++) {
      if (harness.poll(future).isReady()) {
        throw new IllegalStateException("it has no await number " + (i + 1));
      }
    }
    return future;
  }
}
