package dev.pollux.io.limit;

import dev.pollux.core.AsyncIterator;
import dev.pollux.core.Context;
import dev.pollux.core.Description;
import dev.pollux.core.Next;
import dev.pollux.core.PollAfterEndException;
import dev.pollux.io.AsyncByteStream;
import dev.pollux.spi.Unpolled;
import java.nio.channels.ClosedChannelException;
import org.jspecify.annotations.Nullable;

/**
 * Accepts connections while there is a place: see {@link ConnectionLimit#incoming}.
 *
 * @param <S> the kind of connection
 * @cancellation no connection is lost, and the listener stays open
 * @threading confined to the polling task, as every iterator is
 */
final class AdmittedIncoming<S extends AsyncByteStream> implements AsyncIterator<Admitted<S>> {

  /** Null once over. */
  private @Nullable Admission<S> admission;

  AdmittedIncoming(Admission<S> admission) {
    this.admission = admission;
  }

  @Override
  public Next<Admitted<S>> pollNext(Context cx) throws Exception {
    Admission<S> admission = this.admission;
    if (admission == null) {
      throw new PollAfterEndException("incoming");
    }
    Unpolled.used(this);
    Admitted<S> next;
    try {
      next = admission.poll(cx);
    } catch (ClosedChannelException closed) {
      cancel();
      return Next.end();
    } catch (Throwable failure) {
      cancel();
      throw failure;
    }
    return next == null ? Next.pending() : Next.item(next);
  }

  @Override
  public void cancel() {
    Unpolled.used(this);
    Admission<S> admission = this.admission;
    this.admission = null;
    if (admission != null) {
      admission.end();
    }
  }

  @Override
  public void describe(Description description) {
    description.name("incoming");
    if (admission == null) {
      description.with("state", "over");
    } else {
      admission.describe(description);
    }
  }
}
