package dev.pollux.tck;

import dev.pollux.streams.Streams;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.reactivestreams.Processor;
import org.reactivestreams.Publisher;
import org.reactivestreams.tck.IdentityProcessorVerification;
import org.testng.annotations.AfterClass;
import org.testng.annotations.BeforeClass;
import org.testng.annotations.Factory;

/** A processor whose operators change nothing: signals in, an iterator, signals out. */
public class ProcessorTest extends IdentityProcessorVerification<Long> {

  private final ExecutorService publishers = Executors.newCachedThreadPool();
  private final Workers workers;
  private Carrier carrier;

  @Factory(dataProvider = "workers", dataProviderClass = Workers.class)
  public ProcessorTest(Workers workers) {
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
  public Processor<Long, Long> createIdentityProcessor(int bufferSize) {
    return Streams.processor(iterator -> iterator.map(n -> n), bufferSize, carrier.runtime());
  }

  @Override
  public Publisher<Long> createFailedPublisher() {
    return Streams.toPublisher(() -> Carrier.source(1), Carrier.closed());
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
