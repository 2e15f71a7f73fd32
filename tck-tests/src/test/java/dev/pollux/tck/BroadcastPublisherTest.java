package dev.pollux.tck;

import dev.pollux.streams.Streams;
import dev.pollux.sync.Broadcast;
import org.reactivestreams.Publisher;
import org.reactivestreams.tck.PublisherVerification;
import org.testng.annotations.AfterClass;
import org.testng.annotations.BeforeClass;
import org.testng.annotations.Factory;

/**
 * A broadcast channel, published hot, that is filled for each subscriber when it has subscribed.
 */
public class BroadcastPublisherTest extends PublisherVerification<Long> {

  private final Workers workers;
  private Carrier carrier;

  @Factory(dataProvider = "workers", dataProviderClass = Workers.class)
  public BroadcastPublisherTest(Workers workers) {
    super(Carrier.environment(), Carrier.REFERENCE_GC_MILLIS);
    this.workers = workers;
  }

  @BeforeClass
  public void start() {
    carrier = Carrier.start(workers);
  }

  @AfterClass(alwaysRun = true)
  public void stop() {
    carrier.close();
  }

  @Override
  public Publisher<Long> createPublisher(long elements) {
    return subscriber -> {
      Broadcast<Long> channel = Broadcast.create(1_000);
      Streams.broadcastPublisher(channel, carrier.runtime()).subscribe(subscriber);
      try (Broadcast.Sender<Long> sender = channel.sender()) {
        for (long i = 0; i < elements; i++) {
          sender.send(i);
        }
      }
    };
  }

  @Override
  public Publisher<Long> createFailedPublisher() {
    return Streams.broadcastPublisher(Broadcast.create(1), Carrier.closed());
  }

  @Override
  public long maxElementsFromPublisher() {
    return 1_000;
  }
}
