package dev.pollux.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pollux.core.JoinEntrySize;
import dev.pollux.executor.task.Task;
import dev.pollux.structure.StructureSizes;
import dev.pollux.sync.EventSizes;
import dev.pollux.sync.LockSizes;
import dev.pollux.sync.MpscSizes;
import dev.pollux.sync.SharedChannelSizes;
import dev.pollux.time.DelayQueue;
import dev.pollux.time.Sleep;
import org.junit.jupiter.api.Test;

/** The objects of which a program may have millions do not grow unnoticed. */
class SizesTest {

  @Test
  void aTaskTakesNoMoreThan32Bytes() {
    assertThat(Sizes.bytes(Task.class)).isLessThanOrEqualTo(32);
  }

  @Test
  void aSleepTakesNoMoreThan40Bytes() {
    assertThat(Sizes.bytes(Sleep.class)).isLessThanOrEqualTo(40);
  }

  @Test
  void anEntryOfASetTakesNoMoreThan40Bytes() {
    assertThat(JoinEntrySize.bytes()).isLessThanOrEqualTo(40);
    assertThat(JoinEntrySize.bytesKeyed()).isLessThanOrEqualTo(48);
  }

  @Test
  void aSleepingTaskTakesFewBytesMore() {
    assertThat(Sizes.bytesPerSleepingTask()).isBetween(60.0, 80.0);
  }

  @Test
  void aTokenTakesNoMoreThan48Bytes() {
    assertThat(StructureSizes.bytesPerToken()).isLessThanOrEqualTo(48);
  }

  @Test
  void aTokenWithAWaiterTakesNoMoreThan96Bytes() {
    assertThat(StructureSizes.bytesPerTokenWithWaiter()).isLessThanOrEqualTo(96);
  }

  @Test
  void aTrackerTakesNoMoreThan56BytesAndATrackedFuture24More() {
    assertThat(StructureSizes.bytesPerTracker()).isLessThanOrEqualTo(56);
    assertThat(StructureSizes.bytesPerTracked()).isLessThanOrEqualTo(24);
  }

  @Test
  void anElementOfADelayQueueTakesNoMoreThan40Bytes() {
    assertThat(Sizes.bytes(DelayQueue.Key.class)).isLessThanOrEqualTo(40);
  }

  @Test
  void aOneshotTakesNoMoreThan64Bytes() {
    assertThat(EventSizes.bytesPerOneshot()).isLessThanOrEqualTo(64);
  }

  @Test
  void aNotifyTakesNoMoreThan56BytesAndOneWhoWaits48() {
    assertThat(EventSizes.bytesPerNotify()).isLessThanOrEqualTo(56);
    assertThat(EventSizes.bytesPerNotified()).isLessThanOrEqualTo(48);
  }

  @Test
  void aWatchTakesNoMoreThan160BytesAndAReceiver32More() {
    assertThat(EventSizes.bytesPerWatch()).isLessThanOrEqualTo(160);
    assertThat(EventSizes.bytesPerWatchReceiver()).isLessThanOrEqualTo(32);
    assertThat(EventSizes.bytesPerWatchChanged()).isLessThanOrEqualTo(48);
  }

  @Test
  void aSignalTakesNoMoreThan24Bytes() {
    assertThat(EventSizes.bytesPerSignal()).isLessThanOrEqualTo(24);
    assertThat(EventSizes.bytesPerSignalTake()).isLessThanOrEqualTo(24);
  }

  @Test
  void whatIsSetOnceAndBarriersTakeNoMoreThan48Bytes() {
    assertThat(EventSizes.bytesPerSetOnce()).isLessThanOrEqualTo(48);
    assertThat(EventSizes.bytesPerOnceCell()).isLessThanOrEqualTo(48);
    assertThat(EventSizes.bytesPerBarrier()).isLessThanOrEqualTo(48);
  }

  @Test
  void anMpscTakesNoMoreThan632BytesAndASend48() {
    assertThat(MpscSizes.bytesPerBounded(1024)).isLessThanOrEqualTo(632);
    assertThat(MpscSizes.bytesPerChunk()).isLessThanOrEqualTo(272);
    assertThat(MpscSizes.bytesPerSend()).isLessThanOrEqualTo(48);
  }

  @Test
  void aChannelOfManyReceiversTakesNoMoreThan432BytesAndItsWaitersFew() {
    assertThat(SharedChannelSizes.bytesPerMpmc()).isLessThanOrEqualTo(432);
    assertThat(SharedChannelSizes.bytesPerMpmcSender()).isLessThanOrEqualTo(40);
    assertThat(SharedChannelSizes.bytesPerMpmcReceiver()).isLessThanOrEqualTo(128);
    assertThat(SharedChannelSizes.bytesPerWaitingSend()).isLessThanOrEqualTo(48);
    assertThat(SharedChannelSizes.bytesPerWaitingReceive()).isLessThanOrEqualTo(40);
  }

  @Test
  void aReceiverOfABroadcastTakesNoMoreThan96Bytes() {
    assertThat(SharedChannelSizes.bytesPerBroadcast(16)).isLessThanOrEqualTo(232);
    assertThat(SharedChannelSizes.bytesPerBroadcastReceiver()).isLessThanOrEqualTo(96);
    assertThat(SharedChannelSizes.bytesPerBroadcastReceive()).isLessThanOrEqualTo(32);
  }

  @Test
  void aLockTakesNoMoreThan64Bytes() {
    assertThat(LockSizes.bytesPerMutex()).isLessThanOrEqualTo(56);
    assertThat(LockSizes.bytesPerSemaphore()).isLessThanOrEqualTo(64);
    assertThat(LockSizes.bytesPerRwLock()).isLessThanOrEqualTo(64);
  }

  @Test
  void whoWaitsForALockTakesNoMoreThan64Bytes() {
    assertThat(LockSizes.bytesPerMutexWaiter()).isLessThanOrEqualTo(64);
    assertThat(LockSizes.bytesPerSemaphoreWaiter()).isLessThanOrEqualTo(40);
    assertThat(LockSizes.bytesPerRwLockWaiter()).isLessThanOrEqualTo(40);
    assertThat(LockSizes.bytesPerPermit()).isLessThanOrEqualTo(24);
  }
}
