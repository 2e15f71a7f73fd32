package dev.pollux.sync;

/** A value that counts how often it was closed. */
final class Closeable implements AutoCloseable {

  private final String name;
  private int closes;

  Closeable(String name) {
    this.name = name;
  }

  @Override
  public synchronized void close() {
    closes++;
  }

  synchronized int closes() {
    return closes;
  }

  @Override
  public String toString() {
    return name;
  }
}
