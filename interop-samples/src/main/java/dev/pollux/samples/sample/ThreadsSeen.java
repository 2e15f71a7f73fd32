package dev.pollux.samples.sample;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListSet;

/**
 * Which threads did which work, by the names of the threads without their numbers.
 *
 * @threading any thread
 */
final class ThreadsSeen {

  private final Map<String, Set<String>> threads = new ConcurrentHashMap<>();

  /** Records that the calling thread does this. */
  void here(String work) {
    String name = Thread.currentThread().getName().replaceFirst("-\\d+$", "");
    threads.computeIfAbsent(work, first -> new ConcurrentSkipListSet<>()).add(name);
  }

  /** The names of the threads that did it. */
  String names(String work) {
    return String.join(", ", threads.getOrDefault(work, Set.of()));
  }
}
