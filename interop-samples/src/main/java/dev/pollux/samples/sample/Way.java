package dev.pollux.samples.sample;

import dev.pollux.core.AsyncIterator;
import dev.pollux.core.AsyncIterators;
import io.reactivex.rxjava3.core.Flowable;
import java.util.function.BiFunction;
import reactor.core.publisher.Flux;

/**
 * A way to read the numbers of a source: a library, and what stands between the source and its
 * reader.
 *
 * @param name what stands between, in the words of the library
 * @param opening begins to read
 */
record Way(String name, BiFunction<NumberSource, HandCrank, Reader> opening) {

  /** Pollux. */
  static Way pollux(
      String name, BiFunction<AsyncIterator<Integer>, HandCrank, AsyncIterator<Integer>> between) {
    return new Way(
        name,
        (source, crank) -> {
          AsyncIterator<Integer> numbers =
              AsyncIterators.using(() -> source, NumberSource::iterator, NumberSource::close);
          return new PulledReader(between.apply(numbers, crank), source.ledger(), crank.runtime());
        });
  }

  /** Reactor. */
  static Way reactor(String name, BiFunction<Flux<Integer>, HandCrank, Flux<Integer>> between) {
    return new Way(
        name,
        (source, crank) -> {
          Flux<Integer> numbers =
              Flux.using(() -> source, NumberSource::publisher, NumberSource::close);
          PushedReader reader = new PushedReader(source.ledger());
          between.apply(numbers, crank).subscribe(reader);
          return reader;
        });
  }

  /** RxJava. */
  static Way rxJava(
      String name, BiFunction<Flowable<Integer>, HandCrank, Flowable<Integer>> between) {
    return new Way(
        name,
        (source, crank) -> {
          Flowable<Integer> numbers =
              Flowable.using(
                  () -> source,
                  from -> Flowable.fromPublisher(from.publisher()),
                  NumberSource::close);
          PushedReader reader = new PushedReader(source.ledger());
          between.apply(numbers, crank).subscribe(reader);
          return reader;
        });
  }

  /** Lets {@code script} read a source, and answers what was counted. */
  Ledger run(Script script, HandCrank crank) {
    Ledger ledger = new Ledger();
    crank.tell(ledger);
    Reader reader = opening.apply(script.source(ledger), crank);
    crank.turn();
    script.readBy(new Ticks(reader, ledger, crank));
    return ledger;
  }
}
