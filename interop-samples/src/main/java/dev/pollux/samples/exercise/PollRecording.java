package dev.pollux.samples.exercise;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;

/**
 * The flight recorder, told to record every poll of every task: in production its threshold would
 * leave out the short ones.
 *
 * @threading confined to one thread
 */
final class PollRecording implements AutoCloseable {

  private static final String POLL = "dev.pollux.Poll";
  private static final String TASK_END = "dev.pollux.TaskEnd";

  private final Recording recording = new Recording();

  /** Records from now on. */
  PollRecording() {
    recording.enable(POLL).withoutThreshold();
    recording.enable(TASK_END);
    recording.start();
  }

  /** Ends the recording, and reads what a runtime has written into it. */
  PollTimes read(String runtime) throws IOException {
    recording.stop();
    Path file = Files.createTempFile("pollux-exercise", ".jfr");
    try {
      recording.dump(file);
      PollTimes times = new PollTimes();
      try (RecordingFile events = new RecordingFile(file)) {
        while (events.hasMoreEvents()) {
          RecordedEvent event = events.readEvent();
          if (isOf(event, POLL, runtime)) {
            times.add(nameOf(event), event.getDuration().toNanos(), nanosOf(event.getEndTime()));
          }
        }
      }
      try (RecordingFile events = new RecordingFile(file)) { // they are in no order
        while (events.hasMoreEvents()) {
          RecordedEvent event = events.readEvent();
          if (isOf(event, TASK_END, runtime)) {
            times.ended(nameOf(event));
          }
        }
      }
      return times;
    } finally {
      Files.delete(file);
    }
  }

  private static boolean isOf(RecordedEvent event, String type, String runtime) {
    return event.getEventType().getName().equals(type)
        && runtime.equals(event.getString("runtime"));
  }

  private static String nameOf(RecordedEvent event) {
    String name = event.getString("taskName");
    return name == null ? "task " + event.getLong("taskId") : name;
  }

  private static long nanosOf(Instant instant) {
    return ChronoUnit.NANOS.between(Instant.EPOCH, instant);
  }

  @Override
  public void close() {
    recording.close();
  }
}
