package dev.pollux.samples.sample;

/**
 * What the shop of {@link WebApplication} offers to somebody.
 *
 * @param user to whom
 * @param cents what it costs
 */
record Offer(User user, int cents) {}
