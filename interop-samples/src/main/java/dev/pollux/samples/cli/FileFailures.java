package dev.pollux.samples.cli;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;

/** Why a file can't be used, in words: what the JDK throws often says the name only. */
final class FileFailures {

  private FileFailures() {}

  static String words(IOException failure) {
    if (failure instanceof NoSuchFileException missing) {
      return "there is no file " + missing.getFile();
    }
    if (failure instanceof AccessDeniedException denied) {
      return "no access to " + denied.getFile();
    }
    if (failure instanceof FileSystemException other && other.getReason() == null) {
      return other.getFile() + " can't be used";
    }
    return String.valueOf(failure.getMessage());
  }
}
