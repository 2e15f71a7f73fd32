package dev.pollux.io.process;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;

/** A stream whose reads block until the test feeds it. */
final class HandStream extends InputStream {

  /** Bytes; or a failure; none are the end. */
  private final LinkedBlockingQueue<Object> fed = new LinkedBlockingQueue<>();

  /** How many reads have begun. */
  final AtomicInteger reads = new AtomicInteger();

  volatile boolean closed;

  void feed(String text) {
    fed.add(text.getBytes(StandardCharsets.US_ASCII));
  }

  void end() {
    fed.add(new byte[0]);
  }

  void fail(Throwable failure) {
    fed.add(failure);
  }

  @Override
  public int read() {
    throw new AssertionError("it reads byte by byte");
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    reads.incrementAndGet();
    Object next;
    try {
      next = fed.take();
    } catch (InterruptedException e) {
      throw new AssertionError("it interrupts", e);
    }
    if (next instanceof byte[] some) {
      System.arraycopy(some, 0, bytes, offset, some.length);
      return some.length == 0 ? -1 : some.length;
    }
    if (next instanceof Error error) {
      throw error;
    }
    throw (IOException) next;
  }

  @Override
  public void close() {
    closed = true;
  }
}
