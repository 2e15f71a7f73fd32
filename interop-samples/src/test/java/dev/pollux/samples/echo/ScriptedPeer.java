package dev.pollux.samples.echo;

import dev.pollux.core.AtomicWaker;
import dev.pollux.core.Context;
import dev.pollux.io.AsyncByteStream;
import dev.pollux.io.AsyncRead;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;

/** A connection whose other end does what it is told. */
final class ScriptedPeer implements AsyncByteStream {

  private static final Object END = new Object();

  private final Deque<Object> incoming = new ArrayDeque<>();
  private final ByteArrayOutputStream written = new ByteArrayOutputStream();
  private final AtomicWaker reader = new AtomicWaker();
  private final AtomicWaker writer = new AtomicWaker();
  private int roomBytes = Integer.MAX_VALUE;
  private boolean isShutDown;
  private boolean isClosed;

  void send(String text) {
    send(text.getBytes(StandardCharsets.US_ASCII));
  }

  void send(byte[] bytes) {
    add(ByteBuffer.wrap(bytes));
  }

  void end() {
    add(END);
  }

  void fail(IOException failure) {
    add(failure);
  }

  private void add(Object next) {
    incoming.add(next);
    reader.wake();
  }

  /** Takes so many bytes, and then no more. */
  void room(int bytes) {
    roomBytes = bytes;
    writer.wake();
  }

  /** Sends back what was written and not yet sent back. */
  void echo() {
    send(written.toByteArray());
    written.reset();
  }

  String written() {
    return written.toString(StandardCharsets.US_ASCII);
  }

  int writtenBytes() {
    return written.size();
  }

  boolean isShutDown() {
    return isShutDown;
  }

  boolean isClosed() {
    return isClosed;
  }

  @Override
  public int pollRead(Context cx, ByteBuffer dst) throws IOException {
    if (!cx.tryProceed()) {
      return AsyncRead.NOT_READY;
    }
    if (isClosed) {
      throw new ClosedChannelException();
    }
    Object next = incoming.peek();
    if (next == null) {
      reader.register(cx.waker());
      return AsyncRead.NOT_READY;
    }
    if (next == END) {
      return EOF;
    }
    if (next instanceof IOException failure) {
      throw failure;
    }
    ByteBuffer bytes = (ByteBuffer) next;
    int count = Math.min(bytes.remaining(), dst.remaining());
    dst.put(bytes.slice().limit(count));
    bytes.position(bytes.position() + count);
    if (!bytes.hasRemaining()) {
      incoming.remove();
    }
    return count;
  }

  @Override
  public int pollWrite(Context cx, ByteBuffer src) throws IOException {
    if (!cx.tryProceed()) {
      return AsyncRead.NOT_READY;
    }
    if (isClosed || isShutDown) {
      throw new ClosedChannelException();
    }
    if (roomBytes == 0) {
      writer.register(cx.waker());
      return AsyncRead.NOT_READY;
    }
    int count = Math.min(roomBytes, src.remaining());
    roomBytes -= count;
    for (int i = 0; i < count; i++) {
      written.write(src.get());
    }
    return count;
  }

  @Override
  public boolean pollFlush(Context cx) {
    return true;
  }

  @Override
  public boolean pollShutdown(Context cx) {
    isShutDown = true;
    return true;
  }

  @Override
  public void close() {
    isClosed = true;
    reader.wake();
    writer.wake();
  }

  @Override
  public String toString() {
    return "ScriptedPeer";
  }
}
