package dev.pollux.io.file;

import dev.pollux.core.Context;
import dev.pollux.core.Description;
import dev.pollux.core.Discard;
import dev.pollux.core.Future;
import dev.pollux.core.Poll;
import dev.pollux.core.PollAfterEndException;
import dev.pollux.io.blocking.BlockingCall;
import dev.pollux.spi.Blocking;
import dev.pollux.spi.Unpolled;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Opens a file: {@link AsyncFile#open}.
 *
 * @cancellation the file is not opened, or closed again
 * @threading confined to the polling task, as every future is
 */
final class FileOpening implements Future<AsyncFile> {

  private final Path path;

  // Null from the first poll on, and once over.
  private @Nullable Set<OpenOption> options;
  private FileAttribute<?> @Nullable [] attributes;

  /** From the first poll until this is over. */
  private @Nullable BlockingCall<AsyncFile> call;

  FileOpening(Path path, Set<OpenOption> options, FileAttribute<?>[] attributes) {
    this.path = path;
    this.options = options;
    this.attributes = attributes;
  }

  @Override
  public Poll<AsyncFile> poll(Context cx) throws Exception {
    Unpolled.used(this);
    try {
      BlockingCall<AsyncFile> call = this.call;
      if (call == null) {
        call = call(cx);
        this.call = call;
      }
      Poll<AsyncFile> answer = call.poll(cx);
      if (answer.isReady()) {
        this.call = null;
      }
      return answer;
    } catch (Throwable failure) {
      cancel();
      throw failure;
    }
  }

  private BlockingCall<AsyncFile> call(Context cx) {
    Set<OpenOption> options = this.options;
    FileAttribute<?>[] attributes = this.attributes;
    if (options == null || attributes == null) {
      throw new PollAfterEndException("open of a file");
    }
    Blocking blocking = cx.blocking();
    Discard discard = cx.discard();
    this.options = null;
    this.attributes = null;
    return BlockingCall.part(
        "open of a file", () -> AsyncFile.openNow(path, options, attributes, blocking, discard));
  }

  @Override
  public void cancel() {
    Unpolled.used(this);
    BlockingCall<AsyncFile> call = this.call;
    options = null;
    attributes = null;
    this.call = null;
    if (call != null) {
      call.cancel();
    }
  }

  @Override
  public void describe(Description description) {
    description.name("open of a file").with("path", path).child("call", call);
    if (call == null && options == null) {
      description.with("state", "over");
    }
  }
}
