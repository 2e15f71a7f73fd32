package dev.pollux.tck;

import dev.pollux.streams.DemandMode;
import dev.pollux.streams.Streams;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Flow;
import org.reactivestreams.tck.flow.IdentityFlowProcessorVerification;
import org.testng.annotations.AfterClass;
import org.testng.annotations.BeforeClass;
import org.testng.annotations.Factory;

/** As {@link ProcessorTest}, for Flow. */
public class FlowProcessorTest extends IdentityFlowProcessorVerification<Long> {

  private final ExecutorService publishers = Executors.newCachedThreadPool();
  private final Workers workers;
  private Carrier carrier;

  @Factory(dataProvider = "workers", dataProviderClass = Workers.class)
  public FlowProcessorTest(Workers workers) {
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
    publishers.shutdownNow();
  }

  @Override
  public Flow.Processor<Long, Long> createIdentityFlowProcessor(int bufferSize) {
    return Streams.flowProcessor(
        iterator -> iterator.map(n -> n), bufferSize, carrier.runtime(), DemandMode.ONE_AHEAD);
  }

  @Override
  public Flow.Publisher<Long> createFailedFlowPublisher() {
    return Streams.toFlowPublisher(() -> Carrier.source(1), Carrier.closed());
  }

  @Override
  public ExecutorService publisherExecutorService() {
    return publishers;
  }

  @Override
  public Long createElement(int element) {
    return (long) element;
  }

  @Override
  public long maxSupportedSubscribers() {
    return 1;
  }
}
