/**
 * The exercises that a course on async runtimes ends with, done with Pollux: {@code ./pollux
 * exercise --list}.
 *
 * <p>Each exercise is a class to read in one sitting, a few at the most, that explains what it does
 * while it does it, and checks what comes out. Start with {@link
 * dev.pollux.samples.exercise.MiniExecutorExercise}; {@link dev.pollux.samples.exercise.Exercises}
 * has them all.
 *
 * <p>Threads: an exercise runs on the thread that calls it, and blocks it until all is over; its
 * runtimes, threads and processes are its own, and are gone at its end.
 */
@NullMarked
package dev.pollux.samples.exercise;

import org.jspecify.annotations.NullMarked;
