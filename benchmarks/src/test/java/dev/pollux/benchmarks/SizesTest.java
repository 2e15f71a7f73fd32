package dev.pollux.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pollux.core.JoinEntrySize;
import dev.pollux.executor.task.Task;
import dev.pollux.structure.StructureSizes;
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
  void aChannelOfManyReceiversTakesNoMoreThan416BytesAndItsWaitersFew() {
    assertThat(SharedChannelSizes.bytesPerMpmc()).isLessThanOrEqualTo(416);
    assertThat(SharedChannelSizes.bytesPerMpmcSender()).isLessThanOrEqualTo(40);
    assertThat(SharedChannelSizes.bytesPerMpmcReceiver()).isLessThanOrEqualTo(120);
    assertThat(SharedChannelSizes.bytesPerWaitingSend()).isLessThanOrEqualTo(48);
    assertThat(SharedChannelSizes.bytesPerWaitingReceive()).isLessThanOrEqualTo(32);
  }

  @Test
  void aReceiverOfABroadcastTakesNoMoreThan96Bytes() {
    assertThat(SharedChannelSizes.bytesPerBroadcast(16)).isLessThanOrEqualTo(224);
    assertThat(SharedChannelSizes.bytesPerBroadcastReceiver()).isLessThanOrEqualTo(96);
    assertThat(SharedChannelSizes.bytesPerBroadcastReceive()).isLessThanOrEqualTo(32);
  }
}
