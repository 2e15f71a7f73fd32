package dev.pollux.samples.sample;

/**
 * Someone who buys at the shop of {@link WebApplication}.
 *
 * @param id from 1 on
 * @param name by which to greet
 */
record User(int id, String name) {}
