package dev.pollux.samples.demo;

import dev.pollux.core.AsyncIterator;
import dev.pollux.core.AsyncIterators;
import dev.pollux.core.Future;
import dev.pollux.spi.Spawner;
import dev.pollux.streams.Streams;
import io.reactivex.rxjava3.core.Flowable;
import java.util.List;
import java.util.function.Consumer;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;

/**
 * The way of a line: read and cut by Pollux, counted by Reactor, added up by RxJava, and handed
 * back to Pollux. Each element takes all of it, one at a time, on the thread of the runtime.
 */
final class Pipeline {

  /** How many elements may wait in the last bridge. */
  private static final int CAPACITY = 256;

  private Pipeline() {}

  /**
   * A future that reads all files and gives what was counted, after each line, to {@code action}.
   *
   * @param names the files
   * @param spawner where the publisher's side runs
   * @param crossings counts the elements at each bridge
   * @param action sees the running tally of the file, line by line, and at last how the file ended
   */
  static Future<Void> of(
      List<String> names,
      Spawner spawner,
      Crossings crossings,
      Consumer<? super FileTally> action) {
    Publisher<FileEvent> events = Streams.toPublisher(() -> read(names), spawner);
    Flux<FileTally> counted =
        Flux.from(events).doOnNext(event -> crossings.intoFlux()).map(FileTally::of);
    Flowable<FileTally> added =
        Flowable.fromPublisher(counted)
            .doOnNext(tally -> crossings.intoFlowable())
            .scan(FileTally.NONE, FileTally::plus)
            .skip(1); // what it starts with
    return Streams.<FileTally>fromPublisher(added, CAPACITY)
        .forEach(
            tally -> {
              crossings.back();
              action.accept(tally);
            });
  }

  private static AsyncIterator<FileEvent> read(List<String> names) {
    return AsyncIterators.range(0, names.size())
        .flatMap(
            file ->
                new FileEvents(
                    file, new FileLines(names.get(file)).map(Line::withoutCarriageReturn)));
  }
}
