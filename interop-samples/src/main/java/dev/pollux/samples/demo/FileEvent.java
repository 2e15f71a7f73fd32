package dev.pollux.samples.demo;

/** What happens to a file: it has a line, and then it ends or fails. */
sealed interface FileEvent {

  /** Which of the files, counted from 0. */
  int file();

  /** A line was read. */
  record LineRead(int file, Line line) implements FileEvent {}

  /** All lines were read. */
  record Ended(int file) implements FileEvent {}

  /** The file, or what is left of it, can't be read. */
  record Failed(int file, String reason) implements FileEvent {}
}
