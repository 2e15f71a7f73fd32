package dev.pollux.io.file;

import dev.pollux.core.Context;
import dev.pollux.core.Description;
import dev.pollux.core.Future;
import dev.pollux.core.Poll;
import dev.pollux.io.blocking.BlockingCall;
import dev.pollux.spi.Unpolled;
import java.io.IOException;

/**
 * A {@link BlockingCall} without an answer.
 *
 * @cancellation as that of the call
 * @threading confined to the polling task, as every future is
 */
final class FileAction implements Future<Void> {

  private final BlockingCall<Boolean> call;

  private FileAction(BlockingCall<Boolean> call) {
    this.call = call;
  }

  /** What blocks. */
  @FunctionalInterface
  interface Body {
    void run() throws IOException;
  }

  /** An action for the caller of the caller, who polls it. */
  static Future<Void> future(String name, Body body) {
    return Unpolled.made(
        new FileAction(
            BlockingCall.part(
                name,
                () -> {
                  body.run();
                  return Boolean.TRUE;
                })));
  }

  @Override
  public Poll<Void> poll(Context cx) throws Exception {
    Unpolled.used(this);
    return call.poll(cx).isReady() ? Poll.done() : Poll.pending();
  }

  @Override
  public void cancel() {
    Unpolled.used(this);
    call.cancel();
  }

  @Override
  public void describe(Description description) {
    description.sameAs(call);
  }
}
