package dev.pollux.sync;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pollux.core.Description;
import dev.pollux.core.Future;
import dev.pollux.core.Futures;
import dev.pollux.sync.AsyncRwLock.ReadGuard;
import dev.pollux.sync.AsyncRwLock.WriteGuard;
import dev.pollux.testing.CountingWaker;
import dev.pollux.testing.PollHarness;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class AsyncRwLockTest {

  private final PollHarness harness = PollHarness.create();
  private final AsyncRwLock lock = new AsyncRwLock("routes");

  private boolean isPending(Future<?> future) throws Exception {
    return harness.poll(future).isPending();
  }

  private ReadGuard reading() {
    return requireNonNull(lock.tryRead());
  }

  private WriteGuard writing() {
    return requireNonNull(lock.tryWrite());
  }

  @Test
  void manyReadOrOneWrites() throws Exception {
    ReadGuard first = harness.poll(lock.read()).value();
    ReadGuard second = reading();
    assertThat(lock.readers()).isEqualTo(2);
    assertThat(lock.tryWrite()).isNull();
    first.close();
    first.close();
    assertThat(lock.tryWrite()).isNull();
    second.close();
    WriteGuard writer = harness.poll(lock.write()).value();
    assertThat(lock.isWriteLocked()).isTrue();
    assertThat(lock.tryRead()).isNull();
    assertThat(lock.tryWrite()).isNull();
    writer.close();
    writer.close();
    reading().close();
    assertThat(lock).hasToString("read-write lock \"routes\", free");
  }

  @Test
  void aWriterThatWaitsStopsNewReaders() throws Exception {
    ReadGuard first = reading();
    ReadGuard second = reading();
    Future<WriteGuard> writer = lock.write();
    assertThat(isPending(writer)).isTrue();
    assertThat(lock.tryRead()).isNull();
    CountingWaker writers = harness.replaceWaker();
    Future<ReadGuard> third = lock.read();
    Future<ReadGuard> fourth = lock.read();
    assertThat(isPending(third)).isTrue();
    assertThat(isPending(fourth)).isTrue();
    first.close();
    assertThat(writers.count()).isZero();
    second.close();
    assertThat(writers.count()).isEqualTo(1);
    assertThat(harness.woken()).isFalse();
    harness.poll(writer).value().close();
    assertThat(harness.wakes()).isEqualTo(2);
    assertThat(lock.readers()).isEqualTo(2);
    harness.poll(third).value().close();
    harness.poll(fourth).value().close();
    writing().close();
  }

  @Test
  void readersBehindAWriterThatGivesUpReadWithTheOthers() throws Exception {
    ReadGuard first = reading();
    Future<WriteGuard> writer = lock.write();
    Future<ReadGuard> second = lock.read();
    assertThat(isPending(writer)).isTrue();
    assertThat(isPending(second)).isTrue();
    writer.cancel();
    assertThat(harness.woken()).isTrue();
    ReadGuard seconds = harness.poll(second).value();
    reading().close();
    first.close();
    seconds.close();
    writing().close();
  }

  @Test
  void readersAreLetInUpToTheNextWriter() throws Exception {
    WriteGuard writer = writing();
    Future<ReadGuard> first = lock.read();
    Future<WriteGuard> second = lock.write();
    Future<ReadGuard> third = lock.read();
    assertThat(isPending(first)).isTrue();
    assertThat(isPending(second)).isTrue();
    assertThat(isPending(third)).isTrue();
    writer.close();
    assertThat(harness.wakes()).isEqualTo(1);
    harness.poll(first).value().close();
    WriteGuard seconds = harness.poll(second).value();
    assertThat(isPending(third)).isTrue();
    seconds.close();
    harness.poll(third).value().close();
    writing().close();
  }

  @Test
  void whatIsGrantedAndCancelledIsGivenBack() throws Exception {
    WriteGuard writer = writing();
    Future<WriteGuard> second = lock.write();
    Future<ReadGuard> third = lock.read();
    Future<WriteGuard> fourth = lock.write();
    assertThat(isPending(second)).isTrue();
    assertThat(isPending(third)).isTrue();
    assertThat(isPending(fourth)).isTrue();
    writer.close();
    second.cancel();
    assertThat(harness.wakes()).isEqualTo(2);
    third.cancel();
    assertThat(harness.wakes()).isEqualTo(3);
    harness.poll(fourth).value().close();
    writing().close();
  }

  @Test
  void nobodyWritesBetweenTheTwoHalvesOfADowngrade() throws Exception {
    WriteGuard writer = writing();
    ReadGuard first = writer.downgrade();
    writer.close();
    assertThat(lock.readers()).isEqualTo(1);
    reading().close();
    first.close();
    WriteGuard second = writing();
    Future<ReadGuard> reader = lock.read();
    Future<WriteGuard> next = lock.write();
    assertThat(isPending(reader)).isTrue();
    assertThat(isPending(next)).isTrue();
    ReadGuard seconds = second.downgrade();
    assertThat(harness.wakes()).as("the reader that is next reads too").isEqualTo(1);
    assertThat(lock.readers()).isEqualTo(2);
    seconds.close();
    harness.poll(reader).value().close();
    harness.poll(next).value().close();
    assertThatThrownBy(second::downgrade).isInstanceOf(IllegalStateException.class);
    assertThat(lock.toString()).endsWith("free");
  }

  @Test
  void aDowngradeLeavesANextWriterWaiting() throws Exception {
    WriteGuard writer = writing();
    Future<WriteGuard> next = lock.write();
    assertThat(isPending(next)).isTrue();
    ReadGuard reader = writer.downgrade();
    assertThat(harness.woken()).isFalse();
    assertThat(lock.tryRead()).isNull();
    reader.close();
    harness.poll(next).value().close();
  }

  @Test
  void withReadAndWithWriteGiveTheLockBack() throws Exception {
    assertThat(harness.poll(lock.withRead(() -> Futures.lazy(lock::readers))).value()).isEqualTo(1);
    assertThat(harness.poll(lock.withWrite(() -> Futures.lazy(lock::isWriteLocked))).value())
        .isTrue();
    assertThat(lock.toString()).endsWith("free");
  }

  @Test
  void saysWhoHoldsAndHowManyWait() throws Exception {
    WriteGuard writer = writing();
    String me = "thread \"" + Thread.currentThread().getName() + "\"";
    Future<ReadGuard> reader = lock.read();
    assertThat(isPending(reader)).isTrue();
    assertThat(Description.of(reader).toString())
        .isEqualTo(
            "read waits for read-write lock \"routes\", held by the writer " + me + ", 1 waits");
    writer.close();
    ReadGuard reading = harness.poll(reader).value();
    assertThat(lock.toString()).startsWith("read-write lock \"routes\", held by 1 reader");
    reading.close();
  }

  @Test
  void blockingCallsRefuseAThreadThatRunsTasks() throws Exception {
    lock.blockingRead().close();
    lock.blockingWrite().close();
    assertThatThrownBy(() -> harness.poll(Futures.lazy(lock::blockingRead)))
        .hasMessageContaining("AsyncRwLock.blockingRead");
    assertThatThrownBy(() -> harness.poll(Futures.lazy(lock::blockingWrite)))
        .hasMessageContaining("AsyncRwLock.blockingWrite");
    assertThat(lock.toString()).endsWith("free");
  }
}
