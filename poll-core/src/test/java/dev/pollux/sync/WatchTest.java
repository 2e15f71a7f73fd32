package dev.pollux.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pollux.core.AsyncIterator;
import dev.pollux.core.Description;
import dev.pollux.core.Future;
import dev.pollux.core.Poll;
import dev.pollux.core.PollAfterEndException;
import dev.pollux.testing.CountingWaker;
import dev.pollux.testing.PollHarness;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;

class WatchTest {

  private final PollHarness harness = PollHarness.create();
  private final Watch<Integer> watch = Watch.create(1);
  private final Watch.Sender<Integer> sender = watch.sender();
  private final Watch.Receiver<Integer> receiver = watch.receiver();

  private void send(int value) {
    assertThat(sender.send(value)).isTrue();
  }

  // ---- looking

  @Test
  void whatWasSentIsSeen() {
    assertThat(receiver.borrow()).isEqualTo(1);
    assertThat(receiver.hasChanged()).isFalse();
    send(2);
    assertThat(receiver.hasChanged()).isTrue();
    assertThat(receiver.borrow()).isEqualTo(2);
    assertThat(sender.borrow()).isEqualTo(2);
    assertThat(receiver.hasChanged()).isTrue();
    assertThat(receiver.borrowAndUpdate()).isEqualTo(2);
    assertThat(receiver.hasChanged()).isFalse();
  }

  @Test
  void receiversSeeOnTheirOwn() {
    send(2);
    Watch.Receiver<Integer> another = receiver.another();
    Watch.Receiver<Integer> subscribed = sender.subscribe();
    assertThat(another.hasChanged()).isTrue();
    assertThat(subscribed.hasChanged()).isFalse();
    assertThat(another.borrowAndUpdate()).isEqualTo(2);
    assertThat(receiver.hasChanged()).isTrue();
    assertThat(sender.receiverCount()).isEqualTo(3);
  }

  @Test
  void whatIsSeenCanBeSaid() throws Exception {
    receiver.markChanged();
    assertThat(receiver.hasChanged()).isTrue();
    assertThat(harness.poll(receiver.changed()).isReady()).isTrue();
    send(2);
    receiver.markUnchanged();
    assertThat(receiver.hasChanged()).isFalse();
    assertThat(harness.poll(receiver.changed()).isPending()).isTrue();
  }

  @Test
  void whatIsReplacedIsNotClosed() {
    Closeable first = new Closeable("first");
    Watch<Closeable> closeables = Watch.create(first);
    assertThat(closeables.sender().send(new Closeable("second"))).isTrue();
    closeables.sender().close();
    closeables.receiver().close();
    assertThat(first.closes()).isZero();
    assertThat(closeables.receiver().borrow().closes()).isZero();
  }

  // ---- sending

  @Test
  void withoutAReceiverNothingIsSentButReplaced() {
    receiver.close();
    receiver.close();
    assertThat(sender.isClosed()).isTrue();
    assertThat(sender.receiverCount()).isZero();
    assertThat(sender.send(2)).isFalse();
    assertThat(sender.borrow()).isEqualTo(1);
    assertThat(sender.sendReplace(3)).isEqualTo(1);
    assertThat(sender.sendModify(value -> value + 1)).isEqualTo(4);
    assertThat(sender.subscribe().borrow()).isEqualTo(4);
    assertThat(sender.send(5)).isTrue();
  }

  @Test
  void sendModifyTellsAlsoIfNothingHasChanged() throws Exception {
    Future<Void> changed = receiver.changed();
    harness.poll(changed);
    assertThat(sender.sendModify(value -> value)).isEqualTo(1);
    assertThat(harness.poll(changed).isReady()).isTrue();
  }

  @Test
  void sendIfModifiedTellsIfSomethingHasChanged() throws Exception {
    Future<Void> changed = receiver.changed();
    harness.poll(changed);
    assertThat(sender.sendIfModified(value -> value)).isFalse();
    assertThat(harness.woken()).isFalse();
    assertThat(receiver.hasChanged()).isFalse();
    assertThat(sender.sendIfModified(value -> value + 1)).isTrue();
    assertThat(harness.poll(changed).isReady()).isTrue();
    assertThat(receiver.borrow()).isEqualTo(2);
  }

  @Test
  void aChangeIsMadeAgainIfAnotherCameBetween() {
    List<Integer> seen = new ArrayList<>();
    int after =
        sender.sendModify(
            value -> {
              seen.add(value);
              if (value == 1) {
                send(10);
              }
              return value + 1;
            });
    assertThat(after).isEqualTo(11);
    assertThat(seen).containsExactly(1, 10);
  }

  @Test
  void aChangeThatThrowsOrMakesNullChangesNothing() {
    IllegalStateException thrown = new IllegalStateException("thrown by the change");
    assertThatThrownBy(
            () ->
                sender.sendModify(
                    value -> {
                      throw thrown;
                    }))
        .isSameAs(thrown);
    assertThatThrownBy(() -> sender.sendModify(value -> null))
        .isInstanceOf(NullPointerException.class)
        .hasMessageContaining("change");
    assertThat(receiver.hasChanged()).isFalse();
  }

  @Test
  void aSenderThatIsClosedRefuses() {
    sender.close();
    sender.close();
    assertThat(sender.isClosed()).isTrue();
    assertThat(sender.send(2)).isFalse();
    assertThatThrownBy(() -> sender.sendReplace(2)).isInstanceOf(ChannelClosedException.class);
    assertThatThrownBy(() -> sender.sendModify(value -> 2))
        .isInstanceOf(ChannelClosedException.class);
    assertThatThrownBy(() -> sender.sendIfModified(value -> 2))
        .isInstanceOf(ChannelClosedException.class);
    assertThat(sender.sendIfModified(value -> value)).isFalse();
    assertThat(receiver.borrow()).isEqualTo(1);
  }

  // ---- waiting

  @Test
  void aSendWakesEverybody() throws Exception {
    Watch.Receiver<Integer> another = receiver.another();
    Future<Void> changed = receiver.changed();
    Future<Void> changedToo = another.changed();
    assertThat(harness.poll(changed).isPending()).isTrue();
    assertThat(harness.poll(changed).isPending()).isTrue();
    assertThat(harness.poll(changedToo).isPending()).isTrue();
    send(2);
    assertThat(harness.wakes()).isEqualTo(2);
    send(3);
    assertThat(harness.wakes()).isEqualTo(2);
    assertThat(harness.poll(changed).isReady()).isTrue();
    assertThat(harness.poll(changedToo).isReady()).isTrue();
    assertThat(receiver.hasChanged()).isFalse();
    assertThatThrownBy(() -> harness.poll(changed)).isInstanceOf(PollAfterEndException.class);
  }

  @Test
  void whatWasNotSeenNeedsNoWaiting() throws Exception {
    send(2);
    assertThat(harness.poll(receiver.changed()).isReady()).isTrue();
    assertThat(harness.poll(receiver.changed()).isPending()).isTrue();
  }

  @Test
  void whoIsCancelledHasNotSeen() throws Exception {
    Future<Void> changed = receiver.changed();
    harness.poll(changed);
    send(2);
    changed.cancel();
    changed.cancel();
    assertThat(receiver.hasChanged()).isTrue();
    Future<Void> again = receiver.changed();
    assertThat(harness.poll(again).isReady()).isTrue();
  }

  @Test
  void theLatestWakerIsWoken() throws Exception {
    Future<Void> changed = receiver.changed();
    harness.poll(changed);
    CountingWaker before = harness.replaceWaker();
    harness.poll(changed);
    send(2);
    assertThat(before.count()).isZero();
    assertThat(harness.wakes()).isEqualTo(1);
  }

  @Test
  void theLastValueIsSeenBeforeTheClose() throws Exception {
    Future<Void> changed = receiver.changed();
    harness.poll(changed);
    send(2);
    sender.close();
    assertThat(harness.poll(changed).isReady()).isTrue();
    Future<Void> another = receiver.changed();
    assertThatThrownBy(() -> harness.poll(another)).isInstanceOf(ChannelClosedException.class);
    assertThatThrownBy(() -> harness.poll(another)).isInstanceOf(PollAfterEndException.class);
  }

  @Test
  void aCloseWakesWhoWaits() throws Exception {
    Future<Void> changed = receiver.changed();
    Future<Integer> waitFor = receiver.another().waitFor(value -> value > 1);
    harness.poll(changed);
    harness.poll(waitFor);
    sender.close();
    assertThat(harness.wakes()).isEqualTo(2);
    assertThatThrownBy(() -> harness.poll(changed)).isInstanceOf(ChannelClosedException.class);
    assertThatThrownBy(() -> harness.poll(waitFor)).isInstanceOf(ChannelClosedException.class);
  }

  @Test
  void waitForLooksAtThePresentValueFirst() throws Exception {
    assertThat(harness.poll(receiver.waitFor(value -> value == 1)).value()).isEqualTo(1);
    sender.close();
    assertThat(harness.poll(receiver.waitFor(value -> value == 1)).value()).isEqualTo(1);
  }

  @Test
  void waitForWaitsUntilThePredicateHolds() throws Exception {
    List<Integer> tested = new ArrayList<>();
    Future<Integer> waitFor =
        receiver.waitFor(
            value -> {
              tested.add(value);
              return value >= 4;
            });
    assertThat(harness.poll(waitFor).isPending()).isTrue();
    assertThat(harness.poll(waitFor).isPending()).isTrue();
    send(2);
    assertThat(harness.poll(waitFor).isPending()).isTrue();
    assertThat(receiver.hasChanged()).isFalse();
    send(3);
    send(4);
    assertThat(harness.woken()).isTrue();
    assertThat(harness.poll(waitFor).value()).isEqualTo(4);
    assertThat(tested).containsExactly(1, 2, 4);
    assertThatThrownBy(() -> harness.poll(waitFor)).isInstanceOf(PollAfterEndException.class);
  }

  @Test
  void aPredicateThatThrowsFailsTheFuture() {
    IllegalStateException thrown = new IllegalStateException("thrown by the predicate");
    Future<Integer> waitFor =
        receiver.waitFor(
            value -> {
              throw thrown;
            });
    assertThatThrownBy(() -> harness.poll(waitFor)).isSameAs(thrown);
    assertThatThrownBy(() -> harness.poll(waitFor)).isInstanceOf(PollAfterEndException.class);
  }

  @Test
  void changesGivesThePresentValueAndThenTheLatest() throws Exception {
    AsyncIterator<Integer> changes = receiver.changes();
    assertThat(harness.pollNext(changes).value()).isEqualTo(1);
    assertThat(harness.pollNext(changes).isPending()).isTrue();
    send(2);
    send(3);
    assertThat(harness.wakes()).isEqualTo(1);
    assertThat(harness.pollNext(changes).value()).isEqualTo(3);
    assertThat(harness.pollNext(changes).isPending()).isTrue();
    send(4);
    assertThat(harness.pollNext(changes).value()).isEqualTo(4);
    assertThat(changes.knownEnded()).isFalse();
    sender.close();
    assertThat(changes.knownEnded()).isTrue();
    assertThat(harness.pollNext(changes).isEnd()).isTrue();
    assertThatThrownBy(() -> harness.pollNext(changes)).isInstanceOf(PollAfterEndException.class);
    assertThat(sender.receiverCount()).isZero();
  }

  @Test
  void changesGivesTheLastValueAfterTheClose() throws Exception {
    send(2);
    sender.close();
    assertThat(harness.runToEnd(receiver.changes(), 9)).containsExactly(2);
  }

  @Test
  void changesOwnsItsReceiver() throws Exception {
    AsyncIterator<Integer> changes = receiver.changes();
    assertThat(harness.pollNext(changes).value()).isEqualTo(1);
    harness.pollNext(changes);
    changes.cancel();
    changes.cancel();
    assertThat(sender.receiverCount()).isZero();
    assertThat(sender.send(2)).isFalse();
    assertThat(harness.woken()).isFalse();
  }

  // ---- what is seen between the polls

  @Test
  void changesGoesOnThoughItsReceiverHasSeenTheValueItself() throws Exception {
    AsyncIterator<Integer> changes = receiver.changes();
    assertThat(harness.pollNext(changes).value()).isEqualTo(1);
    assertThat(harness.pollNext(changes).isPending()).isTrue();
    send(2);
    assertThat(receiver.borrowAndUpdate()).isEqualTo(2);
    assertThat(harness.pollNext(changes).isPending()).isTrue();
    assertThat(sender.receiverCount()).isEqualTo(1);
    send(3);
    assertThat(harness.wakes()).isEqualTo(2);
    assertThat(harness.pollNext(changes).value()).isEqualTo(3);
    assertThat(harness.pollNext(changes).isPending()).isTrue();
    send(4);
    receiver.markUnchanged();
    sender.close();
    assertThat(harness.pollNext(changes).isEnd()).isTrue();
  }

  @Test
  void aChangeThatWasSeenBeforeThePollIsNone() throws Exception {
    Future<Void> changed = receiver.changed();
    harness.poll(changed);
    send(2);
    assertThat(receiver.borrowAndUpdate()).isEqualTo(2);
    assertThat(harness.poll(changed).isPending()).isTrue();
    assertThat(receiver.state().waiting()).isEqualTo(1);
    send(3);
    assertThat(harness.wakes()).isEqualTo(2);
    assertThat(harness.poll(changed).isReady()).isTrue();
    assertThat(receiver.state().waiting()).isZero();
  }

  @Test
  void markChangedReachesWhoWaits() throws Exception {
    Watch.Receiver<Integer> another = receiver.another();
    Future<Void> changed = receiver.changed();
    Future<Void> notMeant = another.changed();
    harness.poll(changed);
    harness.poll(notMeant);
    receiver.markChanged();
    assertThat(harness.wakes()).isEqualTo(1);
    assertThat(harness.poll(notMeant).isPending()).isTrue();
    assertThat(harness.poll(changed).isReady()).isTrue();
    Future<Void> again = receiver.changed();
    harness.poll(again);
    receiver.markChanged();
    receiver.markUnchanged();
    assertThat(harness.poll(again).isPending()).isTrue();
    send(2);
    assertThat(harness.poll(again).isReady()).isTrue();
    assertThat(harness.poll(notMeant).isReady()).isTrue();
  }

  @Test
  void waitForWaitsOnThoughTheValueCountsAsSeenOrNot() throws Exception {
    Future<Integer> waitFor = receiver.waitFor(value -> value == 3);
    harness.poll(waitFor);
    receiver.markChanged();
    assertThat(harness.poll(waitFor).isPending()).isTrue();
    send(3);
    receiver.markUnchanged();
    assertThat(harness.poll(waitFor).value()).isEqualTo(3);
  }

  // ---- the end of the receivers

  @Test
  void whoWaitsForAReceiverThatIsClosedIsTold() throws Exception {
    Watch.Receiver<Integer> waited = receiver.another();
    Watch.Receiver<Integer> iterated = receiver.another();
    Future<Void> notMeant = receiver.another().changed();
    Future<Void> changed = receiver.changed();
    Future<Integer> waitFor = waited.waitFor(value -> value == 9);
    AsyncIterator<Integer> changes = iterated.changes();
    harness.pollNext(changes);
    harness.pollNext(changes);
    harness.poll(notMeant);
    harness.poll(changed);
    harness.poll(waitFor);
    receiver.close();
    waited.close();
    iterated.close();
    assertThat(harness.wakes()).isEqualTo(3);
    assertThat(receiver.state().waiting()).isEqualTo(1);
    assertThat(changes.knownEnded()).isFalse();
    for (Future<?> future : List.of(changed, waitFor)) {
      assertThatThrownBy(() -> harness.poll(future))
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("this receiver of a watch is closed");
      assertThatThrownBy(() -> harness.poll(future)).isInstanceOf(PollAfterEndException.class);
    }
    assertThatThrownBy(() -> harness.pollNext(changes))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("this receiver of a watch is closed");
    assertThatThrownBy(() -> harness.pollNext(changes)).isInstanceOf(PollAfterEndException.class);
    assertThat(sender.receiverCount()).isEqualTo(1);
    notMeant.cancel();
  }

  @Test
  void whatWasMadeAndNotPolledIsToldOfTheCloseOfItsReceiver() throws Exception {
    Future<Void> changed = receiver.changed();
    send(2);
    receiver.close();
    assertThatThrownBy(() -> harness.poll(changed))
        .isInstanceOf(IllegalStateException.class)
        .isNotInstanceOf(PollAfterEndException.class);
  }

  @Test
  void aPredicateMayCloseTheReceiver() throws Exception {
    Future<Integer> waitFor =
        receiver.waitFor(
            value -> {
              receiver.close();
              return false;
            });
    assertThatThrownBy(() -> harness.poll(waitFor))
        .hasMessage("this receiver of a watch is closed");
    assertThat(receiver.state().waiting()).isZero();
  }

  @Test
  void whoSubscribesCountsInPlaceOfAFirstThatNobodyAskedFor() throws Exception {
    Watch<Integer> lazy = Watch.create(1);
    assertThat(lazy.sender().isClosed()).isFalse();
    assertThat(lazy.sender().receiverCount()).isEqualTo(1);
    Future<Void> closed = lazy.sender().whenClosed();
    assertThat(harness.poll(closed).isPending()).isTrue();
    Watch.Receiver<Integer> subscribed = lazy.sender().subscribe();
    Watch.Receiver<Integer> second = lazy.sender().subscribe();
    assertThat(lazy.sender().receiverCount()).isEqualTo(2);
    subscribed.close();
    assertThat(lazy.sender().send(2)).isTrue();
    second.close();
    assertThat(lazy.sender().isClosed()).isTrue();
    assertThat(lazy.sender().send(3)).isFalse();
    assertThat(harness.poll(closed).isReady()).isTrue();
    assertThat(lazy.receiver().hasChanged()).isTrue();
    assertThat(lazy.receiver()).isSameAs(lazy.receiver());
    assertThat(lazy.sender().receiverCount()).isEqualTo(1);
    assertThat(lazy.sender().send(3)).isTrue();
  }

  @Test
  void nothingIsRefusedBeforeTheFirstIsAskedFor() {
    Watch<Integer> lazy = Watch.create(1);
    assertThat(lazy.sender().send(2)).isTrue();
    assertThat(lazy.receiver().hasChanged()).isTrue();
    assertThat(lazy.sender().receiverCount()).isEqualTo(1);
    lazy.receiver().close();
    assertThat(lazy.sender().isClosed()).isTrue();
  }

  @Test
  void theSenderHearsOfTheEndOfTheLastReceiver() throws Exception {
    Watch.Receiver<Integer> another = receiver.another();
    Future<Void> closed = sender.whenClosed();
    Future<Void> gone = sender.whenClosed();
    assertThat(harness.poll(closed).isPending()).isTrue();
    assertThat(harness.poll(closed).isPending()).isTrue();
    harness.poll(gone);
    gone.cancel();
    receiver.close();
    assertThat(harness.woken()).isFalse();
    another.close();
    assertThat(harness.wakes()).isEqualTo(1);
    Watch.Receiver<Integer> late = sender.subscribe();
    assertThat(harness.poll(closed).isReady()).isTrue();
    Future<Void> again = sender.whenClosed();
    assertThat(harness.poll(again).isPending()).isTrue();
    late.close();
    assertThat(harness.poll(again).isReady()).isTrue();
    assertThatThrownBy(() -> harness.poll(again)).isInstanceOf(PollAfterEndException.class);
  }

  @Test
  void aClosedReceiverMayLookAndNotWait() {
    receiver.close();
    assertThat(receiver.borrow()).isEqualTo(1);
    assertThatThrownBy(receiver::changed).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(receiver::changes).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(receiver::another).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> receiver.waitFor(value -> true))
        .isInstanceOf(IllegalStateException.class);
  }

  // ---- threads

  @Test
  void aThreadMayBlock() throws Exception {
    BlockedThread<Void> blocked =
        BlockedThread.in(
            () -> {
              receiver.blockingChanged();
              return null;
            });
    BlockedThread<Integer> another =
        BlockedThread.in(() -> sender.subscribe().blockingWaitFor(value -> value == 3));
    send(2);
    assertThat(blocked.result()).isNull();
    send(3);
    assertThat(another.result()).isEqualTo(3);
  }

  @Test
  void anInterruptedThreadLeavesTheQueue() {
    BlockedThread<Void> blocked =
        BlockedThread.in(
            () -> {
              receiver.blockingChanged();
              return null;
            });
    blocked.interrupt();
    assertThatThrownBy(blocked::result)
        .isInstanceOf(ExecutionException.class)
        .hasCauseInstanceOf(InterruptedException.class);
    assertThat(receiver.state().waiting()).isZero();
  }

  @Test
  void aThreadThatRunsTasksMustNotBlock() {
    send(2);
    assertThatThrownBy(
            () ->
                harness.poll(
                    cx -> {
                      receiver.blockingChanged();
                      return Poll.done();
                    }))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("Watch.Receiver.blockingChanged");
    assertThatThrownBy(() -> harness.poll(cx -> Poll.ready(receiver.blockingWaitFor(v -> true))))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("Watch.Receiver.blockingWaitFor");
  }

  // ---- misuse, words

  @Test
  void refusesNull() {
    assertThatThrownBy(() -> Watch.create(null)).hasMessage("initial");
    assertThatThrownBy(() -> sender.send(null)).hasMessage("value");
    assertThatThrownBy(() -> sender.sendReplace(null)).hasMessage("value");
    assertThatThrownBy(() -> sender.sendModify(null)).hasMessage("change");
    assertThatThrownBy(() -> sender.sendIfModified(null)).hasMessage("change");
    assertThatThrownBy(() -> receiver.waitFor(null)).hasMessage("predicate");
  }

  @Test
  void describesItself() throws Exception {
    Future<Void> changed = receiver.changed();
    Future<Integer> waitFor = receiver.waitFor(value -> value > 1);
    Future<Void> closed = sender.whenClosed();
    assertThat(Description.of(changed))
        .hasToString("Watch.Receiver.changed waits for a change of version 1");
    assertThat(Description.of(closed))
        .hasToString("Watch.Sender.whenClosed waits for the end of 1 receivers");
    harness.poll(waitFor);
    assertThat(Description.of(waitFor))
        .hasToString("Watch.Receiver.waitFor waits for a value other than version 1");
    assertThat(watch).hasToString("Watch[version 1, 1 receiver]");
    send(2);
    assertThat(receiver).hasToString("Watch.Receiver[not seen, version 2, 1 receiver]");
    sender.close();
    assertThat(sender).hasToString("Watch.Sender[version 2, the last, 1 receiver]");
    changed.cancel();
    waitFor.cancel();
    closed.cancel();
    assertThat(Description.of(changed)).hasToString("Watch.Receiver.changed {state=over}");
    assertThat(Description.of(waitFor)).hasToString("Watch.Receiver.waitFor {state=over}");
    assertThat(Description.of(closed)).hasToString("Watch.Sender.whenClosed {state=over}");
    AsyncIterator<Integer> changes = receiver.changes();
    assertThat(Description.ofIterator(changes))
        .hasToString("Watch.Receiver.changes waits for a change of version 0");
    changes.cancel();
    assertThat(Description.ofIterator(changes)).hasToString("Watch.Receiver.changes {state=over}");
    assertThat(receiver).hasToString("Watch.Receiver[closed, version 2, the last, 0 receivers]");
  }
}
