package io.orrery.rpc;

import com.google.protobuf.Timestamp;
import com.google.protobuf.util.Durations;
import com.google.protobuf.util.Timestamps;
import io.orrery.job.ApiException;
import io.orrery.job.FieldViolation;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Collects what is wrong with a request, so that the caller is told all of it at once. */
final class Violations {
  private static final int MOST = 50;

  private final List<FieldViolation> found = new ArrayList<>();

  void add(String field, String description) {
    if (found.size() < MOST) {
      found.add(new FieldViolation(field, description));
    }
  }

  void require(boolean condition, String field, String description) {
    if (!condition) {
      add(field, description);
    }
  }

  void range(String field, double value, double least, double most) {
    require(
        value >= least && value <= most,
        field,
        "must be from " + number(least) + " to " + number(most) + ", and is " + number(value));
  }

  private static String number(double value) {
    return value == Math.rint(value) && Math.abs(value) < 1e15
        ? Long.toString((long) value)
        : Double.toString(value);
  }

  /** A text without NUL that has at most so many bytes in UTF-8. */
  void text(String field, String value, int mostBytes) {
    require(value.indexOf('\0') < 0, field, "must not contain NUL");
    int bytes = utf8Length(value);
    require(
        bytes <= mostBytes, field, "must have at most " + mostBytes + " bytes, and has " + bytes);
  }

  /** A time of the range that protobuf allows: the years 1 to 9999. */
  void time(String field, Timestamp value) {
    require(Timestamps.isValid(value), field, "must be a time of the years 1 to 9999");
  }

  /** A duration of the range that protobuf allows, and of ours. */
  void duration(String field, com.google.protobuf.Duration value, Duration least, Duration most) {
    boolean sane =
        Durations.isValid(value)
            && Times.duration(value).compareTo(least) >= 0
            && Times.duration(value).compareTo(most) <= 0;
    require(
        sane, field, "must be from " + least.toSeconds() + " to " + most.toSeconds() + " seconds");
  }

  /**
   * @throws ApiException INVALID_REQUEST with all that was found, if anything was
   */
  void check() {
    if (!found.isEmpty()) {
      throw ApiException.invalid(found);
    }
  }

  static int utf8Length(String value) {
    return value.getBytes(StandardCharsets.UTF_8).length;
  }
}
