package dev.pollux.io.limit;

import dev.pollux.core.Context;
import dev.pollux.core.Description;
import dev.pollux.core.Future;
import dev.pollux.core.Poll;
import dev.pollux.core.PollAfterEndException;
import dev.pollux.io.AsyncByteStream;
import dev.pollux.spi.Unpolled;
import org.jspecify.annotations.Nullable;

/**
 * Accepts one connection when there is a place: see {@link ConnectionLimit#accept}.
 *
 * @param <S> the kind of connection
 * @cancellation no connection is lost
 * @threading confined to the polling task, as every future is
 */
final class AdmittedAccept<S extends AsyncByteStream> implements Future<Admitted<S>> {

  /** Null once over. */
  private @Nullable Admission<S> admission;

  AdmittedAccept(Admission<S> admission) {
    this.admission = admission;
  }

  @Override
  public Poll<Admitted<S>> poll(Context cx) throws Exception {
    Admission<S> admission = this.admission;
    if (admission == null) {
      throw new PollAfterEndException("accept");
    }
    Unpolled.used(this);
    Admitted<S> next;
    try {
      next = admission.poll(cx);
    } catch (Throwable failure) {
      cancel();
      throw failure;
    }
    if (next == null) {
      return Poll.pending();
    }
    cancel();
    return Poll.ready(next);
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
    description.name("accept");
    if (admission == null) {
      description.with("state", "over");
    } else {
      admission.describe(description);
    }
  }
}
