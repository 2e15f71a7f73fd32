package dev.pollux.core;

/**
 * What a leaf has put off to the end of the poll: to publish in one step what it has done in many.
 *
 * <p>A channel, say, that wakes its receiver once for all that was sent in a poll. See {@link
 * Context#atEndOfPoll}. What is put off must be something that nobody misses until the poll is
 * over, for a poll may be long. A poll that is about to block, where an executor allows that, does
 * it before.
 *
 * @threading called by the thread that polls, inside the poll
 */
@FunctionalInterface
public interface EndOfPoll {

  /**
   * Called once, on the polling thread, after the poll that it was asked for in has answered or
   * thrown, and before anybody can see that it has. There is no context any more. Polls nothing,
   * blocks nowhere, throws nothing: a throw is reported, and changes nothing for the poll.
   */
  void pollEnds();
}
