package dev.pollux.samples.demo;

import dev.pollux.core.AsyncIterator;
import dev.pollux.core.Context;
import dev.pollux.core.Description;
import dev.pollux.core.Discard;
import dev.pollux.core.JoinHandle;
import dev.pollux.core.Next;
import dev.pollux.core.Poll;
import dev.pollux.core.PollAfterEndException;
import dev.pollux.core.TaskFailedException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The lines of a UTF-8 text file, read in chunks on the runtime's blocking threads.
 *
 * <p>A line ends with a newline; the last one may do without. The memory used does not grow with
 * the file: a line longer than the limit comes in pieces. What is no text (bytes that are not
 * UTF-8, or a NUL) is a failure, thrown after the lines before it.
 *
 * @cancellation closes the file, at once or when the read in flight is done; lines read and not
 *     given are lost
 * @threading owned by the task that polls it
 */
final class FileLines implements AsyncIterator<Line> {

  /** How many bytes are read at once. */
  static final int CHUNK_BYTES = 64 * 1024;

  /** How long a line may be before it comes in pieces. */
  static final int LONGEST_BYTES = 1024 * 1024;

  private final String name;
  private final FileChunks chunks;
  private final int chunkBytes;
  private final int longestBytes;
  private final CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();

  /*
   * The bytes in hand: those from `start` to `end` of the buffer were read and not given. None of
   * those before `scanned` is a newline. While `read` is set the buffer belongs to the read.
   */
  private byte[] buffer = {};
  private int start;
  private int scanned;
  private int end;

  /** Where in the file the buffer begins. */
  private long offset;

  private @Nullable JoinHandle<Integer> read;
  private boolean isFileRead;

  /** Whether the line in hand has given a piece already, which ended within a word. */
  private boolean resumesWord;

  private boolean over;
  private Discard discard = Discard.closing();

  FileLines(String name) {
    this(name, CHUNK_BYTES, LONGEST_BYTES);
  }

  /**
   * Makes the iterator; the file is opened by its first poll.
   *
   * @param name the name of the file
   * @param chunkBytes how many bytes are read at once
   * @param longestBytes how long a line may be before it comes in pieces; at least 8
   */
  FileLines(String name, int chunkBytes, int longestBytes) {
    if (chunkBytes < 1) {
      throw new IllegalArgumentException("chunkBytes must be at least 1, was " + chunkBytes);
    }
    if (longestBytes < 8) { // a piece must hold a character
      throw new IllegalArgumentException("longestBytes must be at least 8, was " + longestBytes);
    }
    this.name = name;
    this.chunks = new FileChunks(name);
    this.chunkBytes = chunkBytes;
    this.longestBytes = longestBytes;
  }

  @Override
  public Next<Line> pollNext(Context cx) throws Exception {
    if (over) {
      throw new PollAfterEndException("file lines");
    }
    discard = cx.discard();
    try {
      while (true) {
        if (read != null && !pollRead(read, cx)) {
          return Next.pending();
        }
        int lineEnd = findLineEnd();
        if (lineEnd > 0) {
          return cx.tryProceed() ? Next.item(takeLine(lineEnd)) : Next.pending();
        }
        if (isFileRead) {
          over = true;
          buffer = new byte[0];
          return Next.end();
        }
        startRead(cx);
      }
    } catch (Throwable failure) {
      cancel();
      throw failure;
    }
  }

  // ---- reading

  private void startRead(Context cx) {
    if (start > 0 || end + chunkBytes > buffer.length) {
      int kept = end - start;
      byte[] next = kept + chunkBytes <= buffer.length ? buffer : new byte[kept + chunkBytes];
      System.arraycopy(buffer, start, next, 0, kept);
      buffer = next;
      offset += start;
      scanned -= start;
      start = 0;
      end = kept;
    }
    byte[] into = buffer;
    int from = end;
    read = cx.blocking().spawnBlocking("read " + name, () -> chunks.read(into, from));
  }

  private boolean pollRead(JoinHandle<Integer> read, Context cx) throws Exception {
    Poll<Integer> answer;
    try {
      answer = read.poll(cx);
    } catch (TaskFailedException failed) {
      this.read = null;
      if (failed.getCause() instanceof IOException cause) {
        throw cause;
      }
      throw failed;
    }
    if (answer.isPending()) {
      return false;
    }
    this.read = null;
    isFileRead = answer.value() < buffer.length - end;
    end += answer.value();
    return true;
  }

  // ---- making lines

  /** Where the line that begins at {@code start} ends in the buffer, or 0 if it isn't all there. */
  private int findLineEnd() throws NotTextException {
    for (; scanned < end; scanned++) {
      if (buffer[scanned] == '\n') {
        return scanned + 1; // and stay, until it is taken
      }
      if (buffer[scanned] == 0) {
        throw new NotTextException("a NUL", offset + scanned);
      }
    }
    if (end - start >= longestBytes) {
      return lastCharacterStart();
    }
    return isFileRead && start < end ? end : 0;
  }

  /** Where the last character in hand begins, which may not be all there. */
  private int lastCharacterStart() {
    int at = end - 1;
    while (at > end - 4 && (buffer[at] & 0xC0) == 0x80) {
      at--;
    }
    return at;
  }

  private Line takeLine(int lineEnd) throws NotTextException {
    boolean newline = lineEnd > start && buffer[lineEnd - 1] == '\n';
    boolean isLast = newline || (isFileRead && lineEnd == end);
    String text = decode(start, newline ? lineEnd - 1 : lineEnd);
    Line line = new Line(text, lineEnd - start, isLast, resumesWord);
    resumesWord = !isLast && endsInWord(text);
    start = lineEnd;
    scanned = Math.max(scanned, start);
    return line;
  }

  private static boolean endsInWord(String text) {
    return !Character.isWhitespace(text.charAt(text.length() - 1));
  }

  private String decode(int from, int to) throws NotTextException {
    ByteBuffer bytes = ByteBuffer.wrap(buffer, from, to - from);
    try {
      return decoder.decode(bytes).toString();
    } catch (CharacterCodingException malformed) {
      throw new NotTextException("no UTF-8", offset + bytes.position());
    }
  }

  // ---- the end

  @Override
  public void cancel() {
    if (over) {
      return;
    }
    over = true;
    JoinHandle<Integer> read = this.read;
    this.read = null;
    buffer = new byte[0];
    if (read != null) {
      read.cancel();
    }
    try {
      chunks.close();
    } catch (IOException failure) {
      discard.uncaught(failure, "closing " + name);
    }
  }

  @Override
  public void describe(Description description) {
    description.name("file lines").with("file", name).with("offset", offset + start);
    description.child("read", read);
  }
}
