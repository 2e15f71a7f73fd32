package dev.pollux.stream;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;

/** Logs what passes through a stream. */
final class LogTap<T> implements Tap<T> {

  private final Logger logger;
  private final Level level;
  private final String name;
  private long elements;

  LogTap(Logger logger, Level level, String name) {
    this.logger = logger;
    this.level = level;
    this.name = name;
  }

  @Override
  public void onFirstPoll() {
    logger.log(level, () -> name + ": first poll");
  }

  @Override
  public void onElement(T element) {
    elements++;
    logger.log(level, () -> name + ": element " + element);
  }

  @Override
  public void onEnd() {
    logger.log(level, () -> name + ": ended after " + elements + " elements");
  }

  @Override
  public void onFailure(Throwable failure) {
    logger.log(level, () -> name + ": failed after " + elements + " elements", failure);
  }

  @Override
  public void onCancel() {
    logger.log(level, () -> name + ": cancelled after " + elements + " elements");
  }
}
