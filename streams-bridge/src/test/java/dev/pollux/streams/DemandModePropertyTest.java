package dev.pollux.streams;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** What is emitted and pulled, against a model that counts. */
class DemandModePropertyTest {

  @Property(tries = 300)
  void aStreamNeverEmitsMoreThanRequestedNorPullsMoreThanOneAhead(
      @ForAll("requests") List<Integer> requests, @ForAll DemandMode mode) {
    TestSpawner spawner = new TestSpawner();
    RecordingSubscriber<Integer> subscriber = new RecordingSubscriber<>();
    ManualSource<Integer> source = new ManualSource<>();
    Streams.toOneShotPublisher(source, spawner, mode).subscribe(subscriber);
    int requested = 0;
    int offered = 0;
    for (int request : requests) {
      if (request > 0) {
        subscriber.subscription.request(request);
        requested += request;
      } else {
        for (int i = request; i < 0; i++) {
          source.with(offered++);
        }
      }
      if (request % 3 != 0) { // else the next step comes before the task runs
        spawner.run();
        assertThat(subscriber.items).hasSize(Math.min(requested, offered)).isSorted();
        int ahead = source.pulled - subscriber.items.size();
        assertThat(ahead).isBetween(0, mode == DemandMode.EXACT ? 0 : 1);
      }
    }
  }

  @Provide
  Arbitrary<List<Integer>> requests() {
    return Arbitraries.integers().between(-200, 200).list().ofMaxSize(40);
  }
}
